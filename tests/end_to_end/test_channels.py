"""One story on every channel at once, with real receivers wherever there are some.

A token is revoked and restored; a role is reduced, reduced further, and given back. So each channel has to tell of two
incidents: five messages.
"""

import collections
import json
import pathlib
import re
import tempfile
import unittest

import channels
from block_kit import check_slack_body
from harness import Daemon, FakeApi, World, leaked_canaries, make_pki, make_settings, verify_webhook, wait_until
from invariants import Alert
from mail_thread import text_of, threads
from node_verifiers import LIBRARIES, NodeVerifiers
from real_alertmanager import RealAlertmanager
from world import SecretFiles

MANAGER, LESS, LEAST = ["AD_MANAGER"], ["CREATIVE_MANAGER"], ["CAMPAIGN_ANALYST"]
REVOKED, REDUCED = ("token.revoked", "acme", None), ("role.reduced", "bolt", "18ce5bolt1")
OPENED = [("opened", *REVOKED), ("opened", *REDUCED)]
UPDATED = [("updated", *REDUCED)]
RESOLVED = [("resolved", *REVOKED), ("resolved", *REDUCED)]
STORY = [*OPENED, *UPDATED, *RESOLVED]
AUDIT = {"interval": "1s", "confirm": {"count": 2, "spacing": "1s"}, "control_token": "owner",
         "discovery_interval": "1h"}
PATIENCE = 40


def make_world():
    world = World()
    world.add_token("acme", "2417045701", {"18ce5acme1": MANAGER}, app="agency")
    world.add_token("bolt", "2417045702", {"18ce5bolt1": MANAGER, "18ce5bolt2": MANAGER}, app="studio")
    world.add_token("owner", "2417045706", {"18ce5home1": ["ACCOUNT_ADMIN"]}, app="own")
    return world


def told(fake):
    """What the webhook was told, each as often as it came."""
    return collections.Counter(Alert(post["body_bytes"]).says() for post in fake.posts("/hook/siem"))


def shape(value):
    """A JSON value with its types in place of what is in it; of a list, the shapes that its entries have. Labels and
    annotations are named as one likes."""
    if isinstance(value, dict):
        return {name: "texts" if name.lower().endswith(("labels", "annotations")) else shape(member)
                for name, member in value.items()}
    if isinstance(value, list):
        return [one for number, one in enumerate(map(shape, value)) if one not in list(map(shape, value[:number]))]
    return type(value).__name__


class AllAtOnce(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        from mail_server import MailServer  # a room of its own, beside the channel that it is for

        cls.directory = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        pki, world, cls.secrets = make_pki(cls.directory), make_world(), channels.Secrets()
        cls.fake = cls.enterClassContext(FakeApi(pki, world.for_fake()))
        cls.fake.sink_behaviour("/slack*", per_second=1, burst=3)
        cls.alertmanager = cls.enterClassContext(
            RealAlertmanager(cls.directory / "alertmanager", cls.fake.sink_url("/hook/real")))
        cls.mail_server = cls.enterClassContext(MailServer(pki, users={"adsauditd": cls.secrets.mail_password}))
        destinations = channels.all_destinations(SecretFiles(cls.directory / "secrets"), cls.fake, cls.secrets,
                                                 cls.alertmanager, cls.mail_server)
        settings = make_settings(cls.directory, cls.fake, world, audit=AUDIT, destinations=destinations,
                                 routes=channels.routes_to(destinations), status={"listen": "off"})
        cls.daemon = cls.enterClassContext(Daemon(settings, cls.directory))
        cls.tell_story()

    @classmethod
    def tell_story(cls):
        wait_until(lambda: cls.count("changes WHERE kind = 1") == 4, PATIENCE, what="the first answers")
        cls.fake.do("revoke", token="acme")
        cls.fake.do("grant", token="bolt", account="18ce5bolt1", permissions=LESS)
        cls.wait_for(OPENED)
        cls.fired = wait_until(lambda: len(cls.alertmanager.alerts()) >= 2 and cls.alertmanager.alerts(), PATIENCE)
        cls.fake.do("grant", token="bolt", account="18ce5bolt1", permissions=LEAST)
        cls.wait_for(OPENED + UPDATED)
        cls.fake.do("restore", token="acme")
        cls.fake.do("grant", token="bolt", account="18ce5bolt1", permissions=MANAGER)
        cls.wait_for(STORY)
        wait_until(lambda: cls.count("deliveries WHERE state = 'pending'") == 0, PATIENCE, what="nothing is pending")

    @classmethod
    def wait_for(cls, alerts):
        wait_until(lambda: not collections.Counter(alerts) - told(cls.fake), PATIENCE, what=f"alerts {alerts}")

    @classmethod
    def count(cls, rows):
        return cls.daemon.query(f"SELECT count(*) FROM {rows}")[0][0]

    def test_everything_was_delivered_at_the_first_attempt(self):
        self.assertEqual(told(self.fake), collections.Counter(STORY))
        self.assertEqual(self.count("deliveries WHERE state <> 'delivered' OR attempts <> 1"), 0)
        statuses = collections.Counter(post["status"] for post in self.fake.posts())
        self.assertEqual(set(statuses) - {200, 202, 204}, set())

    def test_slack_shows_every_message(self):
        bodies = {post["body_bytes"] for post in self.fake.posts(self.secrets.slack_path)}
        self.assertEqual(len(bodies), len(STORY))
        for body in bodies:
            check_slack_body(body)

    def test_the_bot_has_one_thread_an_incident_and_its_first_message_says_how_it_ended(self):
        for post in self.fake.posts("/slack-api/*"):
            check_slack_body(post["body_bytes"])
            self.assertEqual(post["header"]["authorization"], "Bearer " + self.secrets.bot_token)
        messages = self.fake.slack_messages(channels.BOT_CHANNEL)
        self.assertEqual(sorted(len(message["replies"]) for message in messages), [1, 2])
        for message in messages:
            self.assertGreaterEqual(message["edits"], 1)
            for last_word in (message, message["replies"][-1]):
                self.assertIn("resolved", json.dumps(last_word["blocks"] or last_word["text"]).lower())

    def test_webhooks_verify_with_the_new_secret_and_with_the_old_one(self):
        posts = self.fake.posts("/hook/siem")
        self.assertEqual(len(posts), len(STORY))
        for post in posts:
            for secret in (self.secrets.new_hook, self.secrets.old_hook):
                verify_webhook(post["header"], post["body_bytes"], secret)
            self.assertEqual(len(post["header"]["webhook-signature"].split(" ")), 2)

    def test_npm_libraries_verify_them_too(self):
        verifiers = NodeVerifiers()
        asked = [(post["header"], post["body_bytes"], secret) for post in self.fake.posts("/hook/siem")
                 for secret in (self.secrets.new_hook, self.secrets.old_hook)]
        asked += [(post["header"], post["body_bytes"], self.secrets.payload_hook)
                  for post in self.fake.posts("/hook/payload")]
        self.assertEqual(verifiers.verify(*asked), [dict.fromkeys(LIBRARIES)] * len(asked))

    def test_our_alertmanager_payload_has_the_shape_of_the_real_one(self):
        ours = [json.loads(post["body_bytes"]) for post in self.fake.posts("/hook/payload")]
        real = [json.loads(post["body_bytes"]) for post in wait_until(lambda: self.fake.posts("/hook/real"), PATIENCE)]
        self.assertEqual(len(ours), len(STORY))
        for payload in ours:
            self.assertEqual(shape(payload), shape(real[0]))
            self.assertEqual(payload["version"], "4")
            alert, = payload["alerts"]
            self.assertEqual(alert["status"], payload["status"])
            self.assertRegex(alert["fingerprint"], "^[0-9a-f]{16}$")
        self.assertEqual(collections.Counter(payload["status"] for payload in ours), {"firing": 3, "resolved": 2})
        fingerprints = collections.Counter(payload["alerts"][0]["fingerprint"] for payload in ours)
        self.assertEqual(sorted(fingerprints.values()), [2, 3])

    def test_the_real_alertmanager_showed_both_and_resolves_them(self):
        shown = {(alert["labels"]["alertname"], alert["labels"]["token"], alert["labels"].get("account"))
                 for alert in self.fired}
        self.assertEqual(shown, {REVOKED, REDUCED})
        self.assertEqual(len(self.fired), 2)
        wait_until(lambda: self.alertmanager.alerts() == [], PATIENCE, what="amtool shows nothing")

    def test_pagerduty_has_one_alert_an_incident_opened_and_closed(self):
        revoked, reduced = sorted(self.fake.pagerduty_alerts(), key=lambda alert: alert["severity"])
        self.assertEqual((revoked["severity"], revoked["state"], revoked["triggers"]), ("critical", "resolved", 1))
        self.assertEqual((reduced["severity"], reduced["state"], reduced["triggers"]), ("warning", "resolved", 2))
        self.assertNotEqual(revoked["dedup_key"], reduced["dedup_key"])
        self.assertIn("acme", revoked["summary"])

    def test_teams_takes_every_card(self):
        posts = self.fake.posts(self.secrets.teams_path)
        self.assertEqual([post["status"] for post in posts], [202] * len(STORY))

    def test_mail_is_one_thread_an_incident(self):
        mails = list(self.mail_server.mails)
        self.assertEqual({(mail.sender, *mail.recipients, mail.under_tls, mail.username) for mail in mails},
                         {(channels.SENDER, channels.RECIPIENT, True, "adsauditd")})
        found = threads([mail.message for mail in mails])
        self.assertEqual(sorted(len(thread) for thread in found), [2, 3])
        for thread in found:
            subjects = {re.sub(r"(?i)^(re: )?((resolved|updated): )?", "", str(mail["Subject"])) for mail in thread}
            self.assertEqual(len(subjects), 1, "mail programs that go by the subject would break the thread")
            self.assertIn("resolved", (str(thread[-1]["Subject"]) + text_of(thread[-1])).lower())

    def test_the_watchdog_heard_us_each_second(self):
        beats = [post["at_ms"] for post in self.fake.posts("/ping/alive")]
        gaps = [later - earlier for earlier, later in zip(beats, beats[1:])]
        self.assertGreater(len(beats), 5)
        self.assertLess(sorted(gaps)[len(gaps) // 2], 1500)

    def test_no_secret_is_in_what_was_told_kept_or_logged(self):
        bodies = [post["body_bytes"] for post in self.fake.posts()]
        mails = [mail.message for mail in self.mail_server.mails]
        database = self.daemon.database
        kept = [file.read_bytes() for file in sorted(self.directory.glob(database.name + "*"))]
        self.assertEqual(leaked_canaries(*bodies, *mails, *kept, self.daemon.log(), json.dumps(self.fired)), [])
        # PagerDuty wants its key in the body; it belongs nowhere else.
        for place in (*kept, self.daemon.log().encode()):
            self.assertNotIn(channels.ROUTING_KEY.encode(), place)


class Shape(unittest.TestCase):
    def test_it_tells_types_apart_and_nothing_else(self):
        self.assertEqual(shape({"status": "firing", "alerts": [{"n": 1}, {"n": 2}], "labels": {"a": "b"}}),
                         {"status": "str", "alerts": [{"n": "int"}], "labels": "texts"})
        self.assertNotEqual(shape({"n": 1}), shape({"n": "1"}))
        self.assertNotEqual(shape([{"n": 1}]), shape([{"n": 1}, {}]))


if __name__ == "__main__":
    unittest.main()
