"""`adsauditd budget`: the proof that the audits fit X's limits, before and beside a daemon."""

import json
import pathlib
import tempfile
import unittest

from harness import World, make_pki, make_settings, run_command, wait_until, write_settings, Daemon, FakeApi


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.pki = make_pki(self.directory)
        self.world = World()

    def write(self, **overrides):
        fake = self.enterContext(FakeApi(self.pki, self.world.for_fake()))
        self.settings = make_settings(self.directory, fake, self.world, status={"listen": "off"}, **overrides)
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)
        return fake

    def command(self, *arguments):
        return run_command("--config", str(self.file), *arguments)

    def budget(self, *arguments):
        run = self.command("budget", "--json", *arguments)
        self.assertEqual(run.stderr, "")
        return run.returncode, json.loads(run.stdout)


class Settings(Case):
    def test_what_fits_is_0_with_the_bound_of_each_pair(self):
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["AD_MANAGER"]})
        self.write(api={"deadline": "10s"}, audit={"interval": "15m", "jitter": "10%",
                                                   "confirm": {"count": 2, "spacing": "20s"}}, budget={"share": "10%"})
        code, answer = self.budget()
        self.assertEqual(code, 0)
        self.assertTrue(answer["fits"])
        self.assertEqual(answer["terms"], {
            "interval_ms": 900_000, "critical_interval_ms": 300_000, "archive_interval_ms": 21_600_000, "jitter": 0.1,
            "lateness_ms": 1000, "deadline_ms": 10_000, "confirmations": 2, "spacing_ms": 20_000})
        by_account, by_token = answer["by_account"], answer["by_token"]
        self.assertEqual([bucket["account"] for bucket in by_account["buckets"]], ["18ce5a1", "18ce5a2"])
        self.assertEqual([(bucket["token"], bucket["pairs"], bucket["wanted"]) for bucket in by_token["buckets"]],
                         [("brand-a", 2, 2.0)])
        # 15m and a tenth, one second of the scheduler, two deadlines, one spacing
        self.assertEqual({pair["bound_ms"] for pair in by_token["pairs"]}, {990_000 + 1000 + 10_000 + 30_000})

    def test_what_does_not_fit_is_10_with_what_would(self):
        self.world.add_token("agency", "77", {f"18ce5a{number}": ["AD_MANAGER"] for number in range(5)})
        self.write(audit={"interval": "60s"}, budget={"share": "1%"})
        code, answer = self.budget()
        self.assertEqual(code, 10)
        self.assertFalse(answer["fits"])
        self.assertTrue(answer["by_account"]["fits"])
        self.assertFalse(answer["by_token"]["fits"])
        bucket = answer["by_token"]["buckets"][0]
        self.assertEqual((bucket["token"], bucket["wanted"], bucket["limit"]), ("agency", 75.0, 2000))
        self.assertLess(bucket["allowed"], 21)
        self.assertGreater(bucket["would_fit"]["share"], 75 / 2000)
        self.assertGreater(bucket["would_fit"]["interval_factor"], 3)
        self.assertGreater(bucket["would_fit"]["tokens"], 3)
        text = self.command("budget")
        self.assertEqual(text.returncode, 10)
        self.assertIn("If X counts by ad account: fits", text.stdout)
        self.assertIn("If X counts by token: DOES NOT FIT", text.stdout)
        self.assertIn("What would make token agency fit: a share of ", text.stdout)
        self.assertIn("5 calls in 15m for each token until X's headers show more", text.stdout)
        check = self.command("config", "check")
        self.assertEqual(check.returncode, 0)
        self.assertIn("the audits do not fit when X counts by token: token agency is to be asked 75 times", check.stderr)
        self.assertNotIn("by ad account", check.stderr)

    def test_classes_and_rules_count(self):
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"]}, labels={"tier": "gold"})
        self.world.add_token("brand-b", "78", {"18ce5a2": ["AD_MANAGER"]})
        self.write(audit={"interval": "15m", "intervals": {"critical": "5m", "archive": "6h"},
                          "classes": [{"class": "critical", "match": {"labels": {"tier": "gold"}}},
                                      {"class": "archive", "match": {"account": ["18ce5a2"]}}]},
                   budget={"share": "10%", "rules": [{"match": {"token": "brand-b"}, "share": "20%"}]})
        code, answer = self.budget()
        self.assertEqual(code, 0)
        self.assertEqual({pair["token"]: pair["interval_ms"] for pair in answer["by_token"]["pairs"]},
                         {"brand-a": 300_000, "brand-b": 21_600_000})
        allowed = {bucket["token"]: bucket["allowed"] for bucket in answer["by_token"]["buckets"]}
        self.assertEqual(allowed["brand-b"], 2 * allowed["brand-a"])

    def test_a_filter_narrows_what_is_told_but_not_what_counts(self):
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"]})
        self.world.add_token("brand-b", "78", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["AD_MANAGER"]})
        self.write(audit={"interval": "15m"})
        code, answer = self.budget("--account", "18ce5a1", "--token", "brand-a")
        self.assertEqual(code, 0)
        self.assertEqual([pair["token"] for pair in answer["by_account"]["pairs"]], ["brand-a"])
        self.assertEqual([(bucket["account"], bucket["pairs"]) for bucket in answer["by_account"]["buckets"]],
                         [("18ce5a1", 2)])
        for arguments in (("--token", "nobody"), ("--account", "zzz"), ("--token", "brand-a", "--account", "18ce5a2")):
            self.assertEqual(self.command("budget", *arguments).returncode, 6, arguments)

    def test_without_any_pair_it_fits(self):
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"]}, discovered=True)
        self.write()
        code, answer = self.budget()
        self.assertEqual(code, 0)
        self.assertEqual(answer["by_token"]["pairs"], [])
        self.assertEqual([(entry["token"], entry["accounts"], entry["allowed"]) for entry in answer["discovery"]],
                         [("brand-a", 0, 5)])
        self.assertIn("A list of 12000 accounts would take about ", self.command("budget").stdout)


class BesideADaemon(Case):
    def test_learned_limits_and_discovered_accounts_count(self):
        self.world.options = {"account_limit": 4000}
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["AD_MANAGER"]}, discovered=True)
        self.write()
        with Daemon(self.settings, self.directory) as daemon:
            wait_until(lambda: len(self.budget()[1]["by_token"]["pairs"]) == 2, 20, every=0.5)
            wait_until(lambda: all(pair["answer"] for pair in json.loads(daemon.command("status", "--json").stdout)["pairs"]),
                       20, every=0.5)
        limits = {bucket["account"]: bucket["limit"] for bucket in self.budget()[1]["by_account"]["buckets"]}
        self.assertEqual(limits, {"18ce5a1": 4000, "18ce5a2": 4000})


if __name__ == "__main__":
    unittest.main()
