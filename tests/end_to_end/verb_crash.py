"""Crash points that only a verb of the command line passes, or the daemon when it takes up what a verb has left.

A workshop is a database with a bit of everything in it. Each run has a copy: the verb, or the daemon, ends at the point;
what is there then is looked at; the verb is run again, and does its work.
"""

import base64
import collections
import contextlib
import json
import secrets
import shutil
import signal

import invariants
from harness import Background, Daemon, FakeApi, World, make_settings, wait_until
from kill_run import AUDIT, MANAGER, PATIENCE

# `effect`: what there is one row more of when the verb has done its work, or None. `by_daemon`: the daemon is what passes
# the point, when it takes up what the verb left. `done_already`: exit codes of a second run after that.
Verb = collections.namedtuple("Verb", ["arguments", "effect", "by_daemon", "done_already"], defaults=[False, (0,)])
USAGE, NOT_FOUND, FINE = 2, 6, (0,)
MANY_TOKENS = 15000  # enough for a commit to copy the log into the database


class Workshop:
    """The database, as a daemon left it that was stopped in order. Use as a context manager: its fake API lives so long."""

    def __init__(self, directory, pki):
        self._directory, self._pki = directory, pki
        self._many_tokens, self._one_token = directory / "many.csv", directory / "one.csv"
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self._directory.mkdir()
        lines = [f"many-{number},app-d,advertiser,{number}-many,secret,18ce5home1," for number in range(MANY_TOKENS)]
        for file, some in ((self._many_tokens, lines), (self._one_token, lines[7:8])):
            file.write_text("name,app,kind,access_token,access_token_secret,accounts,labels\n" + "\n".join(some) + "\n")
        world = make_world()
        self._fake = self._stack.enter_context(FakeApi(self._pki, world.for_fake()))
        self._settings = make_settings(self._directory, self._fake, world, audit=AUDIT, status={"listen": "off"})
        with self._stack.pop_all() as stack:  # closed when filling fails
            self._verbs = self._fill()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _fill(self):
        """An incident that may be accepted, one that may not, a dead letter, an operator's token, a mute."""
        self._fake.sink_behaviour("/slack/*", status=413)
        with Daemon(self._settings, self._directory) as daemon:
            daemon.command("token", "add", "spare", "--app", "app-d", "--kind", "advertiser", "--account", "18ce5home1",
                           stdin="2417045705-spare\nsecret\n")
            wait_until(lambda: rows(daemon, "changes WHERE kind = 1") >= 4, PATIENCE, what="first answers")
            self._fake.do("revoke", token="acme")
            self._fake.do("grant", token="bolt", account="18ce5bolt1", permissions=["CAMPAIGN_ANALYST"])
            wait_until(lambda: rows(daemon, "deliveries WHERE state = 'dead'") >= 1
                       and incidents(daemon).keys() >= {"token.revoked", "role.reduced"},
                       PATIENCE, what="two incidents, and a message that was refused")
            mute = json.loads(daemon.command("mute", "account=18ce5home1", "--reason", "test", "--until", "2h",
                                             "--json").stdout or '{"id": ""}')["id"]
            self._fake.sink_behaviour("/slack/*", clear=True)
            return self._make_verbs(incidents(daemon), mute)

    def _make_verbs(self, incident, mute):
        """{what the names of its points begin with: Verb}"""
        return {
            "commit.put_planned_change.": Verb(["expect-change", "18ce5bolt1", "--to", "CAMPAIGN_ANALYST", "--until",
                                                "2h", "--reason", "test"], "planned_changes"),
            "commit.request_acceptance.": Verb(["accept", incident["role.reduced"], "--reason", "test"], "acceptances",
                                               done_already=(USAGE,)),
            "commit.request_acknowledgement.": Verb(["ack", incident["token.revoked"], "--reason", "test"],
                                                    "acknowledgements", done_already=(USAGE,)),
            "commit.remove_token.": Verb(["token", "remove", "spare"], "tokens WHERE removed_at IS NOT NULL",
                                         done_already=(NOT_FOUND,)),
            "commit.put_tokens.": Verb(["token", "import", str(self._one_token)], "tokens WHERE name = 'many-7'"),
            "checkpoint.": Verb(["token", "import", str(self._many_tokens)], "tokens WHERE name = 'many-7'"),
            "commit.request_discovery.": Verb(["account", "discover", "--token", "dune"], None),
            "commit.take_discovery_requests.": Verb(["account", "discover", "--token", "dune"], None, by_daemon=True),
            "commit.put_mute.": Verb(["mute", "account=18ce5bolt1", "--reason", "test", "--until", "2h"], "mutes"),
            "commit.end_mute.": Verb(["mute", "end", mute], "mutes WHERE withdrawn", done_already=(USAGE, NOT_FOUND)),
            "commit.request_test.": Verb(["alerts", "test", "ops"], "test_requests"),
            "commit.replay.": Verb(["alerts", "replay", "--all"], "replays", done_already=(0, NOT_FOUND)),
            "commit.take_replays.": Verb(["alerts", "replay", "--all"], None, by_daemon=True),
            "commit.alerts.": Verb(["alerts", "list"], None),
            "commit.prune.": Verb(["db", "prune"], None),
            "db_backup.": Verb(["db", "backup", "{directory}/copy.db"], None),
            "commit.rotation_": Verb(["key", "rotate"], None),
            "rotation.": Verb(["key", "rotate"], None),
        }

    def verb_for(self, point):
        """None when nothing here passes it."""
        return next((verb for start, verb in self._verbs.items() if point.startswith(start)), None)

    def run_for(self, point):
        daemon, verb = self._copy(point), self.verb_for(point)
        arguments = [argument.format(directory=daemon.directory) for argument in verb.arguments]
        return VerbRun(daemon, point, verb._replace(arguments=arguments))

    def _copy(self, name):
        """With a new key beside the one that sealed what is there, so that it can be rotated."""
        directory = self._directory / name
        directory.mkdir()
        store = self._settings["store"]
        database = shutil.copy(store["path"], directory)
        key = directory / "new.key"
        key.touch(0o600)
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return Daemon({**self._settings, "store": {"path": str(database), "key": f"${{file:{key}}}",
                                                   "old_key": store["key"]}}, directory)


class VerbRun:
    def __init__(self, daemon, point, verb):
        self._daemon, self._point, self._verb = daemon, point, verb

    def play(self):
        before = self._effect()
        if self._verb.by_daemon:
            self._crash_daemon()
        elif "request_discovery" in self._point:  # without a daemon, the verb reads the list by itself
            with self._daemon:
                self._crash_verb()
                self._repeat(FINE)
        else:
            self._crash_verb()
            self._check_what_is_left(before)
        self._check_books()

    def _crash_verb(self):
        run = self._daemon.command(*self._verb.arguments, environment={"ADSAUDITD_CRASH_AT": self._point})
        require(run.returncode == -signal.SIGKILL, f"{self._verb.arguments} ended with {run.returncode}: {run.stderr}")

    def _check_what_is_left(self, before):
        kept = self._effect() - before
        is_after = not self._point.endswith(".before") or self._point.startswith("checkpoint.")
        if self._verb.effect:
            require(kept == is_after, f"of {self._verb.effect} there are {kept} rows more")
        self._repeat(self._verb.done_already if is_after else FINE)
        if self._verb.effect and self._verb.effect != "test_requests":  # a test is taken up by the verb itself
            require(self._effect() > before, "the second run had no effect")

    def _crash_daemon(self):
        self._daemon.start(PATIENCE)
        self._daemon.stop()
        self._daemon.launch({"ADSAUDITD_CRASH_AT": self._point})
        self._daemon.wait_ready(PATIENCE)
        try:
            verb = Background(lambda: self._daemon.command(*self._verb.arguments, timeout=PATIENCE))
            wait_until(lambda: not self._daemon.is_running(), PATIENCE, what=f"the daemon comes to {self._point}")
            status = self._daemon.exit_status
            require(status == -signal.SIGKILL, f"the daemon ended with {status}:\n{self._daemon.log()[-4000:]}")
            self._daemon.start(PATIENCE)
            run = verb.result(PATIENCE)
            require(run.returncode == 0, f"{self._verb.arguments} ended with {run.returncode}: {run.stderr}")
            wait_until(lambda: rows(self._daemon, "discovery_requests") + rows(self._daemon, "replays") == 0, PATIENCE,
                       what="the request is taken up")
        finally:
            self._daemon.stop()

    def _repeat(self, fine):
        run = self._daemon.command(*self._verb.arguments, timeout=PATIENCE)
        require(run.returncode in fine, f"again, {self._verb.arguments} ended with {run.returncode}: {run.stderr}")

    def _effect(self):
        return rows(self._daemon, self._verb.effect) if self._verb.effect else 0

    def _check_books(self):
        with invariants.Image(self._daemon.database) as image:
            invariants.i10_the_database_is_whole(image)
            invariants.i2_no_delivery_vanishes(image, {})
        require(self._daemon.command("db", "verify").returncode == 0, "the chain of changes is broken")


def make_world():
    world = World()
    world.options["revoked"] = "code_89"
    world.add_token("acme", "2417045701", {"18ce5acme1": MANAGER}, app="app-a")
    world.add_token("bolt", "2417045702", {"18ce5bolt1": MANAGER}, app="app-b")
    world.add_token("dune", "2417045703", {"18ce5dune1": MANAGER}, app="app-c", discovered=True)
    world.add_token("owner", "2417045704", {"18ce5home1": ["ACCOUNT_ADMIN"]}, app="app-d")
    return world


def rows(daemon, what):
    return daemon.query(f"SELECT count(*) FROM {what}")[0][0]


def incidents(daemon):
    """{cause: id of an open incident}"""
    run = daemon.command("incidents", "--json")
    return {incident["cause"]: incident["id"] for incident in json.loads(run.stdout)["incidents"]}


def require(holds, complaint):
    if not holds:
        raise AssertionError(complaint)
