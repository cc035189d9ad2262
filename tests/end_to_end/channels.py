"""Every channel that alerts can take, as settings whose receivers are the fake's sinks, Alertmanager and a mail server."""


from canaries import canary, webhook_secret

BOT_CHANNEL = "C0123456789"
ROUTING_KEY = "7" * 32  # no canary: PagerDuty wants it in the body
SENDER, RECIPIENT = "adsauditd@example.com", "ops@example.com"


class Secrets:
    """What the destinations authenticate with; canaries where no body may hold them."""

    def __init__(self):
        self.slack_path, self.teams_path = "/slack/" + canary("slackUrl"), "/teams/" + canary("teamsUrl")
        self.bot_token = "xoxb-" + canary("botToken")
        self.new_hook, self.old_hook, self.payload_hook = webhook_secret(), webhook_secret(), webhook_secret()
        self.mail_password = canary("mailPassword")


def all_destinations(files, fake, secrets, alertmanager, mail_server):
    """The destinations of the settings. `files` keeps the secrets."""

    def secret(name, text):
        return files.reference(name, text)

    destinations = [
        {"name": "ops", "type": "slack", "url": secret("slack.url", fake.sink_url(secrets.slack_path))},
        {"name": "ops-bot", "type": "slack_bot", "url": fake.sink_url("/slack-api"), "channel": BOT_CHANNEL,
         "token": secret("slack.token", secrets.bot_token)},
        {"name": "siem", "type": "webhook", "url": fake.sink_url("/hook/siem"),
         "secret": [secret("hook.new", secrets.new_hook), secret("hook.old", secrets.old_hook)]},
        {"name": "payload", "type": "webhook", "format": "alertmanager", "url": fake.sink_url("/hook/payload"),
         "secret": secret("hook.payload", secrets.payload_hook)},
        {"name": "am", "type": "alertmanager", "url": [alertmanager.url]},
        {"name": "oncall", "type": "pagerduty", "url": fake.sink_url("/pagerduty/v2/enqueue"),
         "routing_key": secret("pagerduty.key", ROUTING_KEY)},
        {"name": "team", "type": "teams", "url": secret("teams.url", fake.sink_url(secrets.teams_path))},
        {"name": "mail", "type": "email", "url": mail_server.url, "from": SENDER, "to": [RECIPIENT],
         "username": "adsauditd", "password": secret("mail.password", secrets.mail_password)},
        heartbeat(fake),
    ]
    return [{**destination, "allow_private": True} for destination in destinations]


def heartbeat(fake):
    return {"name": "alive", "type": "heartbeat", "url": fake.sink_url("/ping/alive"), "every": "1s",
            "allow_private": True}


def routes_to(destinations):
    """Everything goes everywhere, at once; a heartbeat takes no alerts."""
    return [{"to": [entry["name"] for entry in destinations if entry["type"] != "heartbeat"],
             "group_by": "incident", "group_wait": "0s"}]
