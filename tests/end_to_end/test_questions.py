"""Questions over time, and the operator's word: who-had-access, history, incidents, expect-change, accept, db verify."""

import contextlib
import json
import pathlib
import sqlite3
import tempfile
import time
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings

ACCOUNT = "18ce5a1"
OTHER = "18ce5a2"


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03}Z"


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "77", {ACCOUNT: ["AD_MANAGER"], OTHER: ["ANALYST"]})
        self.world.add_token("brand-b", "78", {ACCOUNT: ["ACCOUNT_ADMIN"]}, kind="developer")
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments):
        return run_command("--config", str(self.file), *arguments)

    def answer(self, *arguments):
        run = self.command(*arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def refused(self, code, words, *arguments):
        run = self.command(*arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.assertIn(words, run.stderr)

    def audit(self):
        audit = self.command("audit", "--once")
        self.assertIn(audit.returncode, (0, 10), audit.stderr)

    def write(self, sql, parameters=()):
        with contextlib.closing(sqlite3.connect(self.settings["store"]["path"], timeout=5)) as database, database:
            return database.execute(sql, parameters).fetchall()


class Past(Case):
    """One history, made by the real daemon: both tokens are met, brand-a's role is reduced, brand-b is revoked."""

    def make_history(self):
        with Daemon(self.settings, self.directory) as daemon:
            changes = lambda kind: daemon.query("SELECT count(*) FROM changes WHERE kind = ?", (kind,))[0][0]  # noqa: E731
            wait_until(lambda: changes(1) == 3, what="every pair was seen")
            self.before = time.time()
            time.sleep(0.1)
            self.fake.do("grant", token="brand-a", account=ACCOUNT, permissions=["CAMPAIGN_ANALYST"])
            wait_until(lambda: changes(0) >= 1, 15, what="the role was reduced")
            self.fake.do("revoke", token="brand-b")
            wait_until(lambda: changes(0) >= 2, 15, what="the token was revoked")
        self.after = time.time()

    def test_who_had_access_answers_from_the_log(self):
        self.make_history()
        then = self.answer("who-had-access", ACCOUNT, "--at", instant(self.before))
        self.assertEqual([(who["token"], who["kind"], who["user_id"], who["permissions"]) for who in then["granted"]],
                         [("brand-a", "advertiser", "77", ["AD_MANAGER"]),
                          ("brand-b", "developer", "78", ["ACCOUNT_ADMIN"])])
        self.assertEqual(then["refused"], [])
        log = {change["number"]: change for change in self.answer("history")["changes"]}
        for who in then["granted"]:
            self.assertEqual(who["change"], log[who["change"]["number"]])
            self.assertEqual(who["change"]["kind"], "first_seen")
            self.assertEqual(who["ended_by"], log[who["ended_by"]["number"]])
            self.assertEqual(who["until"], who["ended_by"]["at"])
        now = self.answer("who-had-access", ACCOUNT, "--at", instant(self.after))
        self.assertEqual([(who["token"], who["permissions"]) for who in now["granted"]],
                         [("brand-a", ["CAMPAIGN_ANALYST"])])
        self.assertEqual([(who["token"], who["answer"]) for who in now["refused"]],
                         [("brand-b", "denied token_invalid")])
        self.assertIsNone(now["granted"][0]["until"])
        self.assertIsNotNone(now["granted"][0]["last_seen"])
        text = self.command("who-had-access", ACCOUNT, "--at", instant(self.after)).stdout
        number, digest = now["granted"][0]["change"]["number"], now["granted"][0]["change"]["hash"]
        self.assertIn(f"change {number}, changed, {digest[:12]}", text)
        self.assertIn("still, last seen", text)
        self.assertIn("refused", text)

    def test_before_the_first_answer_nobody_is_known(self):
        self.audit()
        run = self.command("who-had-access", ACCOUNT, "--at", "2020-01-01")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("no token is known to have had access to 18ce5a1 at 2020-01-01T00:00:00.000Z", run.stdout)
        self.refused(6, 'no ad account "18ce5a9"', "who-had-access", "18ce5a9", "--at", "2020-01-01")
        self.refused(2, "still to come", "who-had-access", ACCOUNT, "--at", "2220-01-01")
        self.refused(2, "not a point in time", "who-had-access", ACCOUNT, "--at", "noon")

    def test_an_offset_is_taken_off(self):
        self.audit()
        then = self.answer("who-had-access", ACCOUNT, "--at", "2020-01-01T02:00:00+02:00")
        self.assertEqual(then["at"], "2020-01-01T00:00:00.000Z")

    def test_a_removed_token_has_no_access_from_then_on(self):
        token = self.world.secret("brand-b")
        added = run_command("--config", str(self.file), "token", "add", "brand-c", "--app", "agency", "--kind",
                            "developer", "--account", ACCOUNT, stdin=f"{token['token']}\n{token['secret']}\n")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.audit()
        before = time.time()
        self.assertEqual(self.command("token", "remove", "brand-c").returncode, 0)
        names = lambda at: [who["token"] for who in self.answer("who-had-access", ACCOUNT, "--at", instant(at))["granted"]]  # noqa: E731
        self.assertEqual(names(before), ["brand-a", "brand-b", "brand-c"])
        self.assertEqual(names(time.time()), ["brand-a", "brand-b"])

    def test_history_is_filtered_and_read_in_pages(self):
        self.make_history()
        everything = self.answer("history")
        numbers = [change["number"] for change in everything["changes"]]
        self.assertIsNone(everything["next_after"])
        paged, after = [], 0
        while after is not None:
            page = self.answer("history", "--limit", "2", "--after", str(after))
            paged += [change["number"] for change in page["changes"]]
            after = page["next_after"]
        self.assertEqual(paged, numbers)
        back = self.answer("history", "--latest", "--limit", "2")
        self.assertEqual([change["number"] for change in back["changes"]], numbers[-1:-3:-1])
        self.assertEqual((back["next_after"], back["next_before"]), (None, numbers[-2]))
        first = self.answer("history", "--before", "2")["changes"]
        self.assertEqual([change["number"] for change in first], [1])
        changed = self.answer("history", "--kind", "changed,token_removed", "--account", ACCOUNT)["changes"]
        self.assertEqual({change["kind"] for change in changed}, {"changed"})
        self.assertEqual(self.answer("history", "--kind", "accepted")["changes"], [])
        text = self.command("history", "--limit", "2", "--evidence").stdout
        self.assertIn("go on with --after 2", text)
        self.assertIn("WITNESSES", text)
        self.assertIn("go on with --latest --before", self.command("history", "--limit", "2", "--latest").stdout)
        self.refused(2, 'did you mean "changed"?', "history", "--kind", "chnaged")

    def test_incidents_are_filtered_and_one_is_shown_whole(self):
        self.make_history()
        causes = lambda *filters: sorted(each["cause"] for each in self.answer("incidents", *filters)["incidents"])  # noqa: E731
        self.assertEqual(causes(), ["role.reduced", "token.revoked"])
        self.assertEqual(causes("--cause", "role.reduced"), ["role.reduced"])
        self.assertEqual(causes("--token", "brand-b"), ["token.revoked"])
        self.assertEqual(causes("--account", ACCOUNT), ["role.reduced"])
        self.assertEqual(causes("--since", instant(time.time() + 60)), [])
        self.assertEqual(causes("--all", "--cause", "audit.blind"), [])
        revoked = self.answer("incidents", "--cause", "token.revoked")["incidents"][0]
        self.assertEqual(self.answer("incidents", revoked["id"]), revoked)
        for member in ("rule", "witnesses", "details", "affected", "examples", "part_of", "flips", "topic"):
            self.assertIn(member, revoked)
        text = self.command("incidents", revoked["id"]).stdout
        self.assertIn("token.revoked (critical)", text)
        self.assertIn("brand-b", text)
        self.assertIn("HTTP 401", text)
        self.assertIn("RULE", self.command("incidents", "--evidence").stdout)
        self.refused(6, "there is no incident", "incidents", "inc_00000000000000000000000001")
        self.refused(6, "there is no incident", "incidents", "17")
        self.refused(2, 'did you mean "token.revoked"?', "incidents", "--cause", "token.revokd")
        self.refused(2, "", "incidents", revoked["id"], "--all")

    def test_an_altered_log_is_13_and_the_entry_is_named(self):
        self.audit()
        whole = self.command("db", "verify")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        last = self.answer("history", "--latest", "--limit", "1")["changes"][0]
        self.assertIn(last["hash"], whole.stdout)
        self.write("DROP TRIGGER changes_never_update")
        self.write("UPDATE changes SET confirmations = 7 WHERE number = 2")
        broken = self.command("db", "verify", "--json")
        self.assertEqual(broken.returncode, 13, broken.stderr)
        answer = json.loads(broken.stdout)
        self.assertEqual((answer["ok"], answer["broken_at"], answer["broken"]["number"]), (False, 2, 2))
        self.assertIn("altered at entry 2", self.command("db", "verify").stdout)


class Announcements(Case):
    def announce(self, *arguments):
        return self.answer("expect-change", ACCOUNT, "--reason", "a new agency", *arguments)

    def test_an_announced_change_is_kept_listed_and_withdrawn(self):
        self.audit()
        plan = self.announce("--to", "CAMPAIGN_ANALYST,TWEET_COMPOSER", "--token", "brand-a", "--until", "2h", "--by",
                             "alice")
        self.assertEqual((plan["state"], plan["account"], plan["token"], plan["to"], plan["by"], plan["reason"]),
                         ("open", ACCOUNT, "brand-a", ["CAMPAIGN_ANALYST", "TWEET_COMPOSER"], "alice", "a new agency"))
        none = self.announce("--to", "none", "--until", "2220-01-01T00:00:00Z")
        self.assertEqual((none["to"], none["token"], none["until"]), (None, None, "2220-01-01T00:00:00.000Z"))
        self.assertEqual(len(none["by"]) > 0, True)
        listed = self.answer("expect-change", "--list")["planned_changes"]
        self.assertEqual([each["id"] for each in listed], [none["id"], plan["id"]])
        self.assertIn("no access", self.command("expect-change", "--list").stdout)
        self.assertEqual(self.answer("expect-change", "--withdraw", plan["id"])["state"], "withdrawn")
        self.refused(6, "is not open any more: it is withdrawn", "expect-change", "--withdraw", plan["id"])
        listed = self.answer("expect-change", "--list")["planned_changes"]
        self.assertEqual([each["id"] for each in listed], [none["id"]])
        self.assertEqual(len(self.answer("expect-change", "--list", "--all")["planned_changes"]), 2)

    def test_what_makes_no_sense_is_refused_and_nothing_is_kept(self):
        self.audit()
        good = ("expect-change", ACCOUNT, "--to", "AD_MANAGER", "--until", "2h", "--reason", "why")
        change = lambda old, new: [new if word == old else word for word in good]  # noqa: E731
        self.refused(2, 'did you mean "AD_MANAGER"?', *change("AD_MANAGER", "AD_MANGER"))
        self.refused(2, 'unknown permission ""', *change("AD_MANAGER", "AD_MANAGER,"))
        self.refused(2, "is over", *change("2h", "2020-01-01"))
        self.refused(2, "is over", *change("2h", "0s"))
        self.refused(2, "not a point in time", *change("2h", "soon"))
        self.refused(2, "--reason is empty", *change("why", " "))
        self.refused(2, "at most 500", *change("why", "x" * 501))
        self.refused(6, 'no ad account "18ce5a9"', *change(ACCOUNT, "18ce5a9"))
        self.refused(6, 'no token "nobody"', *good, "--token", "nobody")
        self.refused(2, "wants ACCOUNT", "expect-change")
        self.refused(2, "", *good, "--list")
        self.refused(6, "no announced change", "expect-change", "--withdraw", "pln_00000000000000000000000001")
        self.assertIn("no change is announced", self.command("expect-change", "--list").stdout)


class Acceptances(Case):
    def reduced(self):
        self.audit()
        self.fake.do("grant", token="brand-a", account=ACCOUNT, permissions=["CAMPAIGN_ANALYST"])
        self.audit()
        return self.answer("incidents", "--cause", "role.reduced")["incidents"][0]["id"]

    def test_an_accepted_incident_waits_for_the_daemon_with_who_and_why(self):
        incident = self.reduced()
        accepted = self.answer("accept", incident, "--reason", "they only read now", "--by", "alice")
        self.assertEqual((accepted["incident"], accepted["by"], accepted["reason"]),
                         (incident, "alice", "they only read now"))
        self.assertEqual(self.write("SELECT accepted_by, reason FROM acceptances"), [("alice", "they only read now")])
        self.refused(2, "was accepted already", "accept", incident, "--reason", "again")

    def test_the_daemon_is_told_to_come(self):
        run = self.command("accept", self.reduced(), "--reason", "they only read now")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("takes it up within seconds, or at its next start", run.stdout)

    def test_only_what_is_open_and_a_matter_of_opinion_is_accepted(self):
        incident = self.reduced()
        self.refused(6, "there is no incident", "accept", "inc_00000000000000000000000001", "--reason", "x")
        self.refused(2, "--reason is empty", "accept", incident, "--reason", "")
        self.refused(2, "", "accept", incident)
        self.fake.do("grant", token="brand-a", account=ACCOUNT, permissions=["AD_MANAGER"])
        self.fake.do("revoke", token="brand-b")
        self.audit()
        self.refused(6, "is not open any more: it was resolved at", "accept", incident, "--reason", "x")
        revoked = self.answer("incidents", "--cause", "token.revoked")["incidents"][0]["id"]
        self.refused(2, "adsauditd token remove brand-b", "accept", revoked, "--reason", "x")
        self.assertEqual(self.write("SELECT count(*) FROM acceptances"), [(0,)])


class Words(Case):
    def test_every_verb_has_an_example(self):
        for verb in (("who-had-access",), ("history",), ("incidents",), ("expect-change",), ("accept",), ("db", "verify")):
            shown = run_command(*verb, "--help")
            self.assertEqual(shown.returncode, 0)
            self.assertIn("Example: adsauditd " + " ".join(verb), shown.stdout)

    def test_without_a_database_all_are_6(self):
        for arguments in (("who-had-access", ACCOUNT, "--at", "2020-01-01"), ("expect-change", "--list"),
                          ("accept", "inc_00000000000000000000000001", "--reason", "x"), ("incidents", "x"),
                          ("db", "verify")):
            self.assertEqual(self.command(*arguments).returncode, 6, arguments)


if __name__ == "__main__":
    unittest.main()
