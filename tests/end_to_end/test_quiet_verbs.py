"""The operator's word on being told: ack and mute."""

import datetime
import unittest

from harness import wait_until
from verb_case import ACCOUNT, NO_INCIDENT, NO_MUTE, VerbCase

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Ack(VerbCase):
    def test_an_acknowledged_incident_says_who_takes_care_of_it(self):
        incident = self.revoke()
        self.assertIsNone(self.answer("incidents", incident)["acknowledged"])
        acknowledged = self.answer("ack", incident, "--reason", "asked them", "--by", "alice")
        self.assertEqual((acknowledged["incident"], acknowledged["by"], acknowledged["reason"]),
                         (incident, "alice", "asked them"))
        self.refused(2, "was acknowledged already; the daemon takes it up", "ack", incident, "--by", "bob")
        self.daemon()
        word = wait_until(lambda: self.answer("incidents", incident)["acknowledged"], 20, what="the daemon took it up")
        self.assertEqual(word, {"by": "alice", "reason": "asked them", "at": acknowledged["at"]})
        shown = self.shown("incidents", incident)
        self.assertIn(f"acknowledged  by alice at {acknowledged['at']}\n              asked them\n", shown)
        self.assertRegex(self.shown("incidents"), r"open\s+by alice")
        self.assertRegex(self.shown("status"), r"open\s+by alice")
        self.refused(2, f"was acknowledged already, by alice at {acknowledged['at']}", "ack", incident)

    def test_a_reason_is_not_needed(self):
        incident = self.revoke()
        run = self.command("ack", incident)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("within seconds, or at its next start", run.stdout)

    def test_only_what_is_open_is_acknowledged(self):
        incident = self.revoke()
        self.refused(6, "there is no incident", "ack", NO_INCIDENT)
        self.refused(6, "there is no incident", "ack", "17")
        self.refused(2, "at most 500", "ack", incident, "--reason", "x" * 501)
        self.refused(2, "", "ack")
        self.fake.do("restore", token="brand-a")
        self.audit()
        self.refused(6, "is not open any more: it was resolved at", "ack", incident)


class Mute(VerbCase):
    def mute(self, match="token=brand-a", until="2h"):
        return self.answer("mute", match, "--reason", "they move", "--until", until, "--by", "alice")

    def test_a_mute_is_kept_listed_and_ended(self):
        self.audit()
        mute = self.mute("token=brand-*,severity=critical")
        self.assertEqual((mute["state"], mute["match"], mute["by"], mute["reason"]),
                         ("in force", "severity=critical,token=brand-*", "alice", "they move"))
        self.assertEqual(self.answer("mute", "list"), {"mutes": [mute], "open_windows": []})
        self.assertRegex(self.shown("mute", "list"), rf"{mute['id']}\s+in force\s+severity=critical,token=brand-\*")
        ended = self.answer("mute", "end", mute["id"])
        self.assertEqual(ended["id"], mute["id"])
        self.assertEqual(self.answer("mute", "list")["mutes"], [])
        self.assertEqual(self.shown("mute", "list"), "no mute is in force\n")
        self.assertEqual([each["state"] for each in self.answer("mute", "list", "--all")["mutes"]], ["ended"])
        self.refused(6, f'no mute "{mute["id"]}" is in force', "mute", "end", mute["id"])

    def test_it_says_how_many_open_incidents_fit(self):
        self.revoke()
        run = self.command("mute", "token=brand-a", "--reason", "they move", "--until", "2h")
        self.assertIn("1 open incident fits it", run.stdout)
        run = self.command("mute", "token=brand-b", "--reason", "they move", "--until", "2h")
        self.assertIn("0 open incidents fit it", run.stdout)
        run = self.command("mute", "label.owner=ads-*,app=agency", "--reason", "they move", "--until", "2h")
        self.assertIn("1 open incident fits it", run.stdout)

    def test_reason_and_end_are_needed_and_thirty_days_are_the_most(self):
        self.audit()
        good = ("mute", "token=brand-a", "--reason", "why", "--until", "2h")
        change = lambda old, new: [new if word == old else word for word in good]  # noqa: E731
        self.refused(2, "wants MATCH, --reason and --until", *good[:4])
        self.refused(2, "wants MATCH, --reason and --until", *good[:2], *good[4:])
        self.refused(2, "wants MATCH, --reason and --until", "mute")
        self.refused(2, "--reason is empty", *change("why", " "))
        self.refused(2, "is over", *change("2h", "2020-01-01"))
        self.refused(2, "not a point in time", *change("2h", "soon"))
        self.refused(2, "is more than 30 days away", *change("2h", "31d"))
        self.refused(2, "MATCH: ", *change("token=brand-a", "brand-a"))
        self.refused(2, "MATCH: ", *change("token=brand-a", "severity=grave"))
        self.refused(6, "is in force", "mute", "end", NO_MUTE)
        self.refused(6, "is in force", "mute", "end", "17")
        self.assertEqual(self.answer("mute", "list", "--all")["mutes"], [])
        self.assertEqual(self.command(*change("2h", "30d")).returncode, 0)

    def test_open_maintenance_windows_are_listed(self):
        self.audit()
        weekday = datetime.datetime.now(datetime.timezone.utc).weekday()
        days = [day for index, day in enumerate(DAYS) if index != (weekday + 3) % 7]
        self.write(maintenance=[{"match": {"account": "18ce5zz9"}, "days": days, "from": "00:00", "to": "24:00",
                                 "zone": "Etc/UTC", "reason": "campaign freeze"}])
        windows = self.answer("mute", "list")["open_windows"]
        self.assertEqual([(window["name"], window["match"], window["reason"], window["by"]) for window in windows],
                         [("maintenance[0]", "account=18ce5zz9", "campaign freeze", None)])
        self.assertRegex(self.shown("mute", "list"), r"maintenance\[0\]\s+account=18ce5zz9")

    def test_what_is_muted_is_found_and_told_when_the_mute_ends(self):
        self.audit()
        mute = self.mute()
        daemon = self.daemon()
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: self.answer("incidents")["incidents"], 20, what="it is found")
        self.fake.do("revoke", token="brand-b")
        self.assertEqual(self.wait_for_posts("/hook/*", 1)[0]["data"]["token"]["name"], "brand-b")
        self.assertEqual(self.command("mute", "end", mute["id"]).returncode, 0)
        told = self.wait_for_posts("/hook/*", 2)
        self.assertEqual([(post["data"]["token"]["name"], post["data"]["state"]) for post in told],
                         [("brand-b", "opened"), ("brand-a", "opened")])
        daemon.stop()


class Words(VerbCase):
    def test_every_verb_has_an_example(self):
        for verb in (("ack",), ("mute",), ("mute", "list"), ("mute", "end")):
            self.check_help(*verb)

    def test_without_a_database_all_are_6(self):
        for arguments in (("ack", NO_INCIDENT), ("mute", "account=" + ACCOUNT, "--reason", "x", "--until", "2h"),
                          ("mute", "list"), ("mute", "end", NO_MUTE)):
            self.assertEqual(self.command(*arguments).returncode, 6, arguments)


if __name__ == "__main__":
    unittest.main()
