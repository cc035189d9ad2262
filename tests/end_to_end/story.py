"""One day in a minute: the story that the demo tells.

Two apps, six tokens of both kinds, a dozen ad accounts. A token is revoked, a role is reduced, a composer right is lost,
an account is taken away, X is ill for a while, and everything recovers.
"""

import collections
import json
import time

from block_kit import check_slack_body
from harness import World, verify_webhook, wait_until

MANAGER = ["AD_MANAGER"]
COMPOSER = ["AD_MANAGER", "TWEET_COMPOSER"]

# The words of the story beside what each alert must be: (cause, token, account).
REVOKED = ("token.revoked", "acme", None)
REDUCED = ("role.reduced", "bolt", "18ce5bolt1")
COMPOSER_LOST = ("composer.lost", "agency-dev", "18ce5dune1")
REMOVED = ("access.removed", "agency-dev", "18ce5cafe1")
TROUBLES = [REVOKED, REDUCED, COMPOSER_LOST, REMOVED]
EXPECTED = collections.Counter([("opened", *trouble) for trouble in TROUBLES] +
                               [("resolved", *trouble) for trouble in TROUBLES])


def make_world():
    world = World()
    world.options["revoked"] = "unauthorized_access"  # the vague answer: only the identity host says 89
    world.add_app("agency")
    world.add_app("studio")
    for account, name in (("18ce5acme1", "Acme EU"), ("18ce5acme2", "Acme US"), ("18ce5acme3", "Acme Japan"),
                          ("18ce5bolt1", "Bolt Shoes"), ("18ce5bolt2", "Bolt Bikes"), ("18ce5cafe1", "Café Zürich"),
                          ("18ce5cafe2", "Café <Wien> & Graz"), ("18ce5dune1", "Dune Travel"),
                          ("18ce5dune2", "Dune Hotels"), ("18ce5echo1", "Echo Music"), ("18ce5echo2", "Echo Radio"),
                          ("18ce5home1", "Our own account")):
        world.add_account(account, name)
    world.add_token("acme", "2417045701", {"18ce5acme1": COMPOSER, "18ce5acme2": MANAGER, "18ce5acme3": MANAGER},
                    labels={"client": "Acme", "owner": "ads-ops"})
    world.add_token("bolt", "2417045702", {"18ce5bolt1": MANAGER, "18ce5bolt2": ["ACCOUNT_ADMIN"]},
                    labels={"client": "Bolt", "owner": "ads-ops"})
    world.add_token("cafe", "2417045703", {"18ce5cafe1": ["ACCOUNT_ADMIN"], "18ce5cafe2": MANAGER}, app="studio")
    world.add_token("agency-dev", "2417045704", {"18ce5acme1": MANAGER, "18ce5cafe1": MANAGER, "18ce5dune1": COMPOSER,
                                                 "18ce5dune2": ["CREATIVE_MANAGER"]}, kind="developer",
                    discovered=True, labels={"owner": "agency-tech"})
    world.add_token("studio-dev", "2417045705", {"18ce5echo1": MANAGER, "18ce5echo2": ["CAMPAIGN_ANALYST"]},
                    app="studio", kind="developer")
    world.add_token("owner", "2417045706", {"18ce5home1": ["ACCOUNT_ADMIN"]})
    return world


PAIRS = 14
AUDIT = {"interval": "2s", "confirm": {"count": 2, "spacing": "1s"}, "control_token": "owner",
         "discovery_interval": "1h"}


def hook_alerts(fake, hook_secret):
    """{webhook-id: (what it says, bytes)} of the signed posts. AssertionError when one id came with two bodies."""
    alerts = {}
    for post in fake.posts("/hook/*"):
        identity = verify_webhook(post["header"], post["body_bytes"], hook_secret)
        body = json.loads(post["body_bytes"])
        data = body["data"]
        says = (data["state"], body["type"], (data["token"] or {}).get("name"), (data["account"] or {}).get("id"))
        known = alerts.setdefault(identity, (says, post["body_bytes"]))
        assert known[1] == post["body_bytes"], f"{identity} came with two bodies"
    return alerts


def told(fake, hook_secret):
    """How often each alert was told, repeats of an id aside."""
    return collections.Counter(says for says, _ in hook_alerts(fake, hook_secret).values())


def slack_bodies(fake):
    """The different bodies that came to the incoming webhook. BlockKitError when Slack would not show one of them."""
    bodies = {post["body_bytes"] for post in fake.posts("/slack/*")}
    for body in bodies:
        check_slack_body(body)
    return bodies


class Story:
    """Tells itself step by step; `say` is called with what happens, `wait` bounds each step in seconds."""

    def __init__(self, fake, hook_secret, say=lambda text: None, wait=20.0):
        self._fake, self._hook_secret, self._say, self._wait = fake, hook_secret, say, wait
        self._expected = collections.Counter()

    def _expect(self, *alerts):
        self._expected.update(alerts)

        def arrived():
            everything = not self._expected - told(self._fake, self._hook_secret)
            return everything and len(slack_bodies(self._fake)) >= sum(self._expected.values())

        wait_until(arrived, self._wait, every=0.1, what=f"alerts {alerts}")

    def tell(self, pairs_answered):
        """`pairs_answered()` counts the pairs that have an answer. Raises AssertionError when an alert stays away."""
        self._say("The daemon meets its tokens: two apps, six tokens, a dozen ad accounts. Nobody is alarmed.")
        wait_until(lambda: pairs_answered() >= PAIRS, self._wait, every=0.1, what="every pair has its first answer")
        self._say("Acme revokes the app. The Ads host only mumbles 401; the identity host says code 89.")
        self._fake.do("revoke", token="acme")
        self._expect(("opened", *REVOKED))
        self._say("On Bolt Shoes, somebody makes our ad manager a campaign analyst.")
        self._fake.do("grant", token="bolt", account="18ce5bolt1", permissions=["CAMPAIGN_ANALYST"])
        self._expect(("opened", *REDUCED))
        self._say("Dune Travel takes the composer right from the agency's handle.")
        self._fake.do("grant", token="agency-dev", account="18ce5dune1", permissions=MANAGER)
        self._expect(("opened", *COMPOSER_LOST))
        self._say("Café Zürich takes the agency's handle off its account. Café's own token still sees it.")
        self._fake.do("drop_grant", token="agency-dev", account="18ce5cafe1")
        self._expect(("opened", *REMOVED))
        self._say("X is ill: 503 to everything for six seconds. Nobody is accused.")
        self._ill_for(6.0)
        self._say("Everything is put right again.")
        self._fake.do("restore", token="acme")
        self._fake.do("grant", token="bolt", account="18ce5bolt1", permissions=MANAGER)
        self._fake.do("grant", token="agency-dev", account="18ce5dune1", permissions=COMPOSER)
        self._fake.do("grant", token="agency-dev", account="18ce5cafe1", permissions=MANAGER)
        self._expect(*(("resolved", *trouble) for trouble in TROUBLES))

    def _ill_for(self, seconds):
        before = told(self._fake, self._hook_secret)
        order = self._fake.misbehave("503")
        time.sleep(seconds)
        self._fake.behave(order)
        assert told(self._fake, self._hook_secret) == before, "an alert was sent while X was ill"
