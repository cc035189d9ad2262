"""One short life of a daemon that is killed over and over while alerts flow, with all invariants checked at each crash.

Each token has an app of its own, so that no trouble of one explains another's. What goes wrong with a token is put right
again once both sinks heard of it, twice at most: after that it would flap, and people would be spared the rest.
"""

import collections
import random
import time

import invariants
from block_kit import check_slack_body
from harness import Daemon, FakeApi, World, make_settings, wait_until, webhook_secret

MANAGER = ["AD_MANAGER"]
COMPOSER = ["AD_MANAGER", "TWEET_COMPOSER"]
AUDIT = {"interval": "1s", "confirm": {"count": 2, "spacing": "1s"}, "control_token": "owner",
         "discovery_interval": "1h"}
LOCKED = 11  # exit code of a daemon that finds another one on its database
SINKS = {"ops": "/slack/x", "siem": "/hook/siem"}
MOST_REPEATS = 1  # of one sink and crash: what was under way, or was answered since the last commit
MOST_CYCLES = 2  # of one trouble; a third time within half an hour is flapping
MOST_UNTOLD = 4  # what waits for Slack's pace of one a second, and has to be waited for in the end
LONGEST_LIFE = 3.0  # seconds; it takes about two until a trouble is confirmed
PATIENCE = 120.0  # seconds, for a machine that does much else


class Trouble:
    """Something that can go wrong with one token: how, how it is put right, and as what it is told."""

    def __init__(self, cause, token, account, break_it, mend_it):
        self.subject = (cause, token, account)
        self.break_it, self.mend_it = break_it, mend_it
        self.steps = 0  # broken and mended so far
        self.truth = [(0.0, False)]  # (since, ill)

    def is_ill(self):
        return self.steps % 2 == 1

    def expected(self):
        """What both sinks hear of it, as far as it has come."""
        return collections.Counter({("opened", *self.subject): (self.steps + 1) // 2,
                                    ("resolved", *self.subject): self.steps // 2})

    def turn(self, fake):
        action, members = self.mend_it if self.is_ill() else self.break_it
        began = time.time()
        fake.do(action, **members)
        self.steps += 1
        # In between nobody can say which it was. Times of alerts are cut to a millisecond.
        self.truth.append((began - 0.001, True) if self.is_ill() else (time.time() + 0.001, False))


def revoked(token, _account, _user):
    return Trouble("token.revoked", token, None, ("revoke", {"token": token}), ("restore", {"token": token}))


def suspended(token, _account, user):
    return Trouble("token.user_suspended", token, None, ("suspend_user", {"user": user}),
                   ("suspend_user", {"user": user, "on": False}))


def reduced(token, account, _user):
    return regranted("role.reduced", token, account, MANAGER, ["CAMPAIGN_ANALYST"])


def composer_lost(token, account, _user):
    return regranted("composer.lost", token, account, COMPOSER, MANAGER)


def removed(token, account, _user):
    pair = {"token": token, "account": account}
    return Trouble("access.removed", token, account, ("drop_grant", pair), ("grant", {**pair, "permissions": MANAGER}))


def regranted(cause, token, account, normal, less):
    pair = {"token": token, "account": account}
    return Trouble(cause, token, account, ("grant", {**pair, "permissions": less}),
                   ("grant", {**pair, "permissions": normal}))


KINDS = [revoked] * 4 + [reduced] * 3 + [composer_lost] * 2 + [removed, suspended]
PAIRS = 2 * len(KINDS) + 1


def make_world(chance):
    """The world and its troubles."""
    world, troubles = World(), []
    world.options["revoked"] = chance.choice(["unauthorized_access", "code_89"])
    for number, kind in enumerate(KINDS):
        token, account, user = f"brand-{number}", f"18ce5a{number}", f"24170457{number:02}"
        permissions = COMPOSER if kind is composer_lost else MANAGER
        world.add_token(token, user, {account: permissions, account + "b": MANAGER}, app=f"app-{number}")
        troubles.append(kind(token, account, user))
    world.add_token("owner", "2417045799", {"18ce5home": ["ACCOUNT_ADMIN"]}, app="app-owner")
    return world, troubles


class KillRun:
    """`kills` crashes, then quiet. play() raises AssertionError with the invariant that does not hold."""

    def __init__(self, directory, pki, seed, kills):
        self.seed = seed
        self._directory, self._pki, self._chance, self._kills = directory, pki, random.Random(seed), kills
        self._hook_secret = webhook_secret()
        self._world, self._troubles = make_world(self._chance)
        self._fake = self._daemon = None
        self._bodies = {name: collections.Counter() for name in SINKS}
        self._alerts = {}  # by webhook-id, in the order of their first arrival
        self._last_post = 0
        self._deliveries = {}
        self.crashes = 0

    def play(self):
        self._directory.mkdir()
        with FakeApi(self._pki, self._world.for_fake(), arguments=["--threads", "24"]) as self._fake:
            # A sink that takes its time is killed into more often.
            self._fake.sink_behaviour("*", ms=self._chance.choice([5, 100, 400]))
            self._daemon = Daemon(self._settings(), self._directory)
            try:
                self._begin()
                for number in range(self._kills):
                    self._disturb(number)
                self._end()
            finally:
                if self._daemon.is_running():
                    self._daemon.kill()

    def _disturb(self, _number):
        """A while of alerts, and then what is to be survived."""
        self._live(self._chance.uniform(0, LONGEST_LIFE))
        self._crash()
        self._daemon.launch()

    def _settings(self):
        settings = make_settings(self._directory, self._fake, self._world, self._hook_secret, audit=AUDIT,
                                 status={"listen": "off"})
        for entry in settings["destinations"]:
            if entry["type"] == "slack":
                entry["most_per_minute"] = 0  # what is counted here must not become a digest
        return settings

    def _begin(self):
        def first_answers():
            return self._daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0]

        self._daemon.start(PATIENCE)
        wait_until(lambda: first_answers() == PAIRS, PATIENCE, what="the first answers")

    def repeats(self):
        """{sink: how many of its posts were repeats}"""
        return {name: sum(bodies.values()) - len(bodies) for name, bodies in self._bodies.items()}

    def told(self):
        """How many alerts were told, repeats aside."""
        return len(self._alerts)

    def _live(self, seconds):
        """For so long, and every other time until then a post arrives: that is when it matters most."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._receive()
            self._turn_something()
            time.sleep(min(0.1, left))
        seen = self._last_post
        until += self._chance.choice([0.0, LONGEST_LIFE])
        while time.monotonic() < until and self._last_post == seen:
            self._receive()

    def _turn_something(self):
        said = self._said()
        untold = {trouble for trouble in self._troubles if trouble.expected() - said}
        free = [trouble for trouble in self._troubles if trouble not in untold and trouble.steps < 2 * MOST_CYCLES]
        if free and self._slack_waits_for() < MOST_UNTOLD:
            self._chance.choice(free).turn(self._fake)

    def _expected(self):
        return sum((trouble.expected() for trouble in self._troubles), collections.Counter())

    def _said(self):
        return collections.Counter(alert.says() for alert in self._alerts.values())

    def _slack_waits_for(self):
        """Its messages are not made for programs: they are counted, and checked byte for byte against the database."""
        return sum(self._expected().values()) - len(self._seen()["ops"])

    def _receive(self):
        for post in self._fake.posts(after=self._last_post):
            self._last_post = post["number"]
            name = next((name for name, path in SINKS.items() if post["path"] == path), None)
            invariants.require("I8", name is not None, f"a post to {post['path']}")
            self._bodies[name][post["body_bytes"]] += 1
            if name == "siem":
                invariants.i3_an_id_has_one_body(post, self._hook_secret, self._alerts)
            else:
                check_slack_body(post["body_bytes"])

    def _crash(self):
        if not self._daemon.is_running():
            raise AssertionError(f"the daemon ended by itself:\n{self._daemon.log()[-4000:]}")
        invariants.i8_no_peer_but(self._daemon.pid, {self._fake.api_port, self._fake.sink_port})
        invariants.i9_one_process_has(self._daemon.database, self._daemon.pid)
        self._daemon.kill()
        self.crashes += 1
        self._receive()
        self._check_what_is_left()

    def _check_what_is_left(self):
        """While no daemon runs."""
        with invariants.Image(self._daemon.database) as image:
            invariants.i10_the_database_is_whole(image)
            invariants.i1_every_step_has_one_delivery_a_destination(image, SINKS)
            self._deliveries = invariants.i2_no_delivery_vanishes(image, self._deliveries)
            invariants.i3_what_is_delivered_was_seen_and_what_was_seen_is_on_record(image, self._seen())
            invariants.i7_no_secret_is_in(image.directory)
        invariants.i4_first_deliveries_are_in_order(self._alerts.values())
        invariants.i5_nothing_is_invented(self._alerts.values(), self._truth())
        for name, repeats in self.repeats().items():
            if repeats > self.crashes * MOST_REPEATS:
                raise AssertionError(f"{name} saw {repeats} repeats after {self.crashes} crashes")

    def _seen(self):
        """{sink: its different bodies}"""
        return {name: set(bodies) for name, bodies in self._bodies.items()}

    def _truth(self):
        return {trouble.subject: trouble.truth for trouble in self._troubles}

    def _end(self):
        """Everything is put right and everything is told: then all must be as if nobody had been killed."""
        self._daemon.wait_ready(PATIENCE)
        self._wait_until_told()
        for trouble in self._troubles:
            if trouble.is_ill():
                trouble.turn(self._fake)
        self._wait_until_told()
        self._check_the_end()

    def _check_the_end(self):
        """Of a daemon that runs, and stops."""
        second = self._daemon.command("run", timeout=PATIENCE)
        invariants.require("I9", second.returncode == LOCKED, f"a second daemon ended with {second.returncode}")
        if self._daemon.stop(PATIENCE) != 0:
            raise AssertionError("the daemon did not end in order")
        self._receive()
        self._check_what_is_left()
        invariants.i6_everything_was_told(self._said(), self._expected())
        if set(self._deliveries.values()) != {"delivered"}:
            raise AssertionError(f"at the end deliveries are {collections.Counter(self._deliveries.values())}")
        verified = self._daemon.command("db", "verify", timeout=PATIENCE)
        if verified.returncode != 0:
            raise AssertionError(f"db verify ended with {verified.returncode}: {verified.stdout}{verified.stderr}")
        invariants.i7_no_secret_is_in(self._daemon.log_file, *self._bodies["ops"], *self._bodies["siem"])
        requests = self._fake.requests()
        if requests["signature_failures"] or requests["nonce_reuses"]:
            raise AssertionError(f"the API was asked wrongly: {requests}")

    def _wait_until_told(self):
        def is_told():
            self._receive()
            return not self._expected() - self._said() and self._slack_waits_for() <= 0 and self._pending() == 0

        try:
            wait_until(is_told, PATIENCE, every=0.1)
        except AssertionError:
            invariants.i6_everything_was_told(self._said(), self._expected())
            raise

    def _pending(self):
        return self._daemon.query("SELECT count(*) FROM deliveries WHERE state = 'pending'")[0][0]
