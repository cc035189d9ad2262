"""The access review: report checks itself against what the test did to the fake API."""

import csv
import io
import json
import sqlite3
import stat
import time
import unittest
from datetime import datetime, timezone

from canaries import leaked_canaries
from harness import Daemon, wait_until
from verb_case import ACCOUNT, OTHER, VerbCase

FORMS = ("markdown", "csv", "json", "html")


def instant(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class ReportTest(VerbCase):
    def make_quarter(self):
        """brand-a's role is reduced on one account and accepted, brand-b is revoked and acknowledged."""
        with Daemon(self.settings, self.directory) as daemon:
            count = lambda kind: daemon.query("SELECT count(*) FROM changes WHERE kind = ?", (kind,))[0][0]  # noqa: E731
            wait_until(lambda: count(1) == 3, what="every pair was seen")
            time.sleep(0.05)
            self.began = time.time()
            time.sleep(0.05)
            self.fake.do("grant", token="brand-a", account=ACCOUNT, permissions=["CAMPAIGN_ANALYST"])
            reduced = wait_until(lambda: self.answer("incidents", "--cause", "role.reduced")["incidents"], 15,
                                 what="the role was reduced")[0]["id"]
            self.shown("accept", reduced, "--by", "dana", "--reason", "=HYPERLINK(1) <b>moved</b> to reporting")
            wait_until(lambda: not self.answer("incidents", "--cause", "role.reduced")["incidents"], 15,
                       what="it was accepted")
            self.fake.do("revoke", token="brand-b")
            revoked = wait_until(lambda: self.answer("incidents", "--cause", "token.revoked")["incidents"], 15,
                                 what="the token was revoked")[0]["id"]
            self.shown("ack", revoked, "--by", "kim", "--reason", "asking the client")
            wait_until(lambda: self.answer("incidents", revoked)["acknowledged"], 15, what="it was acknowledged")
        self.ended = time.time()
        self.revoked = revoked
        self.reduced = reduced

    def report(self, *arguments, code=0):
        run = self.command("report", "--since", instant(self.began), "--until", instant(self.ended), *arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run.stdout

    def table(self, name, *arguments):
        return list(csv.DictReader(io.StringIO(self.report("--format", "csv", "--table", name, *arguments), newline="")))

    def test_a_report_tells_what_happened(self):
        self.make_quarter()
        made = json.loads(self.report("--json"))
        self.check_json(made)
        self.check_tables()
        self.check_texts()
        self.check_file()
        self.check_filters()
        leaked = leaked_canaries(*(self.report("--format", form) for form in FORMS))
        self.assertEqual(leaked, [])
        self.check_altered()

    def check_json(self, made):
        pairs = {(pair["token"], pair["account"]): pair for pair in made["access"]}
        self.assertEqual(set(pairs), {("brand-a", ACCOUNT), ("brand-a", OTHER), ("brand-b", ACCOUNT)})
        moved = pairs["brand-a", ACCOUNT]
        self.assertEqual(moved["at_start"]["permissions"], ["AD_MANAGER"])
        self.assertEqual(moved["at_end"]["permissions"], ["CAMPAIGN_ANALYST"])
        self.assertIn("accepted by dana", moved["approved"])
        still = pairs["brand-a", OTHER]
        self.assertEqual(still["at_start"], still["at_end"])
        self.assertEqual(still["in_incident_ms"] + still["blind_ms"] + still["unknown_ms"], 0)
        dead = pairs["brand-b", ACCOUNT]
        self.assertEqual((dead["at_start"]["granted"], dead["at_end"]["granted"]), (True, False))
        span = round(self.ended * 1000) - round(self.began * 1000)
        for pair in made["access"]:
            spent = sum(pair[name] for name in ("well_ms", "in_incident_ms", "blind_ms", "unknown_ms"))
            self.assertAlmostEqual(spent, span, delta=2)
            self.assertLess(pair["evidence_age_ms"], 15_000)
        self.check_incidents(made, moved, dead)

    def check_incidents(self, made, moved, dead):
        seen = {one["incident"]["id"]: one for one in made["incidents"]}
        self.assertEqual(set(seen), {self.reduced, self.revoked})
        self.assertEqual(moved["in_incident_ms"], seen[self.reduced]["in_span_ms"])
        self.assertEqual(dead["in_incident_ms"], seen[self.revoked]["in_span_ms"])
        self.assertTrue(seen[self.revoked]["open_at_end"])
        self.assertFalse(seen[self.reduced]["open_at_end"])
        for one in seen.values():
            self.assertLess(0, one["noticed_within_ms"])
            self.assertLess(one["noticed_within_ms"], made["detection_bound_ms"])
        log = self.answer("history", "--since", instant(self.began), "--until", instant(self.ended))["changes"]
        self.assertEqual(made["changes"], log)
        self.assertEqual([made["log"]["first"]["hash"], made["log"]["last"]["hash"]], [log[0]["hash"], log[-1]["hash"]])
        self.assertEqual([(word["what"], word["by"]) for word in made["approvals"]],
                         [("accepted", None), ("acknowledged", "kim")])

    def check_tables(self):
        rows = self.table("access")
        self.assertEqual([(row["token"], row["permissions at the end"]) for row in rows],
                         [("brand-a", "CAMPAIGN_ANALYST"), ("brand-b", "refused: token_invalid"), ("brand-a", "ANALYST")])
        self.assertEqual([row["kind"] for row in self.table("changes")], ["changed", "accepted", "changed"])
        self.assertEqual({row["acknowledged"][:6] for row in self.table("incidents")}, {"kim at", ""})
        self.assertEqual(len(self.table("coverage")), 3)
        raw = self.report("--format", "csv")
        self.assertEqual(raw.count("\n"), 4)

    def check_texts(self):
        page = self.report("--format", "html")
        for forbidden in ("<script", "<b>moved", "http://", "https://", "src="):
            self.assertNotIn(forbidden, page)
        self.assertIn("&lt;b&gt;moved&lt;/b&gt;", page)
        self.assertIn("What this report cannot tell", page)
        text = self.report()
        self.assertIn("&lt;b\\>moved", text)
        self.assertIn("| brand-a | advertiser | 77 | CAMPAIGN\\_ANALYST |", text)

    def check_file(self):
        path = self.directory / "review.html"
        path.write_text("old")
        self.assertEqual(self.report("--format", "html", "--output", str(path)), "")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertTrue(path.read_text().startswith("<!doctype html>"))
        self.assertEqual([name.name for name in self.directory.iterdir() if name.name.startswith("review")],
                         ["review.html"])
        link = self.directory / "link.html"
        link.symlink_to(path)
        self.refused(1, "not a regular file", "report", "--quarter", "this", "--output", str(link))
        self.assertTrue(link.is_symlink())
        run = self.command("report", "--quarter", "this", "--output", str(self.directory / "none" / "review.md"))
        self.assertEqual(run.returncode, 1)
        self.assertIn("No such file", run.stderr)

    def check_filters(self):
        made = json.loads(self.report("--json", "--token", "brand-b"))
        self.assertEqual({pair["token"] for pair in made["access"]}, {"brand-b"})
        self.assertEqual({one["incident"]["token"] for one in made["incidents"]}, {"brand-b"})
        self.assertEqual(len(self.table("access", "--account", OTHER)), 1)

    def check_altered(self):
        with sqlite3.connect(self.settings["store"]["path"]) as database:
            database.execute("DROP TRIGGER changes_never_update")
            database.execute("UPDATE changes SET confirmations = 9 WHERE number = 2")
        run = self.command("report", "--quarter", "this")
        self.assertEqual(run.returncode, 13)
        self.assertIn("altered at entry 2", run.stderr)
        self.assertIn("ALTERED at entry 2", run.stdout)


class UsageTest(VerbCase):
    def test_spans_that_make_no_sense_are_refused(self):
        for words, arguments in (("is not a quarter", ("--quarter", "2026Q5")),
                                 ("still to come", ("--quarter", "2220Q1")),
                                 ("not both", ("--quarter", "last", "--since", "2026-01-01")),
                                 ("give --since", ("--until", "2026-01-01")),
                                 ("is not after --since", ("--since", "2026-02-01", "--until", "2026-01-01")),
                                 ("still to come", ("--since", "2220-01-01")),
                                 ("did you mean \"html\"", ("--format", "htm")),
                                 ("did you mean \"changes\"", ("--format", "csv", "--table", "change")),
                                 ("only CSV", ("--table", "changes")),
                                 ("contradict", ("--format", "csv", "--json"))):
            self.refused(2, words, "report", *arguments)
        self.refused(6, "database", "report")
        self.audit()
        self.refused(6, 'no token "nobody"', "report", "--token", "nobody")
        self.refused(6, 'no ad account "nowhere"', "report", "--account", "nowhere")
        for quarter, since, until in (("2024Q4", "2024-10-01", "2025-01-01"), ("2025q1", "2025-01-01", "2025-04-01")):
            made = self.answer("report", "--quarter", quarter)
            self.assertEqual((made["since"], made["until"]), (since + "T00:00:00.000Z", until + "T00:00:00.000Z"))
            self.assertEqual(made["access"], [])
        made = self.answer("report", "--quarter", "this")
        self.assertEqual((made["until"], len(made["access"])), (made["made_at"], 3))
        self.check_help("report")


if __name__ == "__main__":
    unittest.main()
