"""Expectations from the settings to the alert, and the verbs that tell of them before anything happens."""

import json
import pathlib
import tempfile
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "2417045708", {"18ce5a1": ["ACCOUNT_ADMIN"], "18ce5a2": ["AD_MANAGER"]},
                             labels={"owner": "ads-ops", "client": "Brand A"})
        self.world.add_token("agency-1", "77", {"18ce5a2": ["CAMPAIGN_ANALYST", "TWEET_COMPOSER"]}, kind="developer",
                             labels={"owner": "ads-ops"})
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.file = self.write()

    def write(self, **sections):
        self.settings.update(sections)
        return write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments, timeout=60):
        return run_command("--config", str(self.file), *arguments, timeout=timeout)

    def parsed(self, *arguments, code=0):
        done = self.command(*arguments, "--json")
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)


class Explain(unittest.TestCase):
    def test_all_causes_are_listed_without_any_settings(self):
        listed = run_command("explain")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        for cause in ("token.revoked", "policy.violated", "audit.blind", "change.overdue"):
            self.assertIn(cause, listed.stdout)
        causes = json.loads(run_command("explain", "--json").stdout)["causes"]
        self.assertEqual(len(causes), 24)
        self.assertTrue(all(cause["rules"] for cause in causes))

    def test_one_cause_is_told_with_its_rules(self):
        told = run_command("explain", "redundancy.lost")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("too_few_live_tokens", told.stdout)
        page = json.loads(run_command("explain", "redundancy.lost", "--json").stdout)
        self.assertEqual((page["cause"], page["severity"]), ("redundancy.lost", "warning"))
        self.assertEqual([rule["rule"] for rule in page["rules"]], ["too_few_live_tokens", "too_few_admins"])

    def test_an_unknown_cause_is_6_with_advice(self):
        unknown = run_command("explain", "token.revokd")
        self.assertEqual(unknown.returncode, 6)
        self.assertIn('did you mean "token.revoked"?', unknown.stderr)
        self.assertIn("adsauditd explain lists them", run_command("explain", "weather").stderr)


class BlastRadius(Case):
    def setUp(self):
        super().setUp()
        audited = self.command("audit", "--once")
        self.assertEqual(audited.returncode, 0, audited.stderr)

    def test_a_token_takes_along_what_no_other_token_can(self):
        radius = self.parsed("blast-radius", "brand-a")
        self.assertEqual((radius["kind"], radius["tokens"]), ("token", ["brand-a"]))
        self.assertEqual(radius["accounts"], [
            {"account": "18ce5a1", "tokens": ["brand-a"], "live_tokens_left": 0,
             "loses_its_only": ["live_token", "admin", "conversions"]},
            {"account": "18ce5a2", "tokens": ["brand-a"], "live_tokens_left": 1, "loses_its_only": ["conversions"]}])
        stops = {stop["need"]: stop for stop in radius["stops"]}
        self.assertEqual(stops["conversions"], {"need": "conversions", "certainty": "documented", "accounts": 2,
                                                "without_other_token": 2})
        self.assertEqual(stops["analytics"], {"need": "analytics", "certainty": "by role name", "accounts": 2,
                                              "without_other_token": 1})
        self.assertEqual(radius["labels"], {"client": {"Brand A": 1}, "owner": {"ads-ops": 1}})

    def test_an_app_and_an_account_are_told_too(self):
        app = self.parsed("blast-radius", "agency")
        self.assertEqual((app["kind"], app["tokens"]), ("app", ["agency-1", "brand-a"]))
        self.assertEqual([account["live_tokens_left"] for account in app["accounts"]], [0, 0])
        self.assertEqual(app["labels"]["owner"], {"ads-ops": 2})
        account = self.parsed("blast-radius", "18ce5a2")
        self.assertEqual((account["kind"], account["tokens"]), ("account", ["agency-1", "brand-a"]))
        self.assertIn("ads_ui", [stop["need"] for stop in account["stops"]])

    def test_people_read_it_as_tables(self):
        told = self.command("blast-radius", "--token", "brand-a")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("without token brand-a: 1 tokens, 2 ad accounts", told.stdout)
        self.assertRegex(told.stdout, r"18ce5a1\s+brand-a\s+0\s+live token, ACCOUNT_ADMIN, token for conversions")
        self.assertRegex(told.stdout, r"conversion uploads\s+documented\s+2\s+2")
        self.assertRegex(told.stdout, r"owner\s+ads-ops\s+1")

    def test_an_unknown_name_is_6_and_one_name_must_be_given(self):
        unknown = self.command("blast-radius", "brand-b")
        self.assertEqual(unknown.returncode, 6)
        self.assertIn('did you mean "brand-a"?', unknown.stderr)
        self.assertEqual(self.command("blast-radius", "--app", "brand-a").returncode, 6)
        self.assertEqual(self.command("blast-radius").returncode, 2)
        self.assertEqual(self.command("blast-radius", "brand-a", "--token", "brand-a").returncode, 2)


class Ambiguous(Case):
    def setUp(self):
        super().setUp()
        self.settings["tokens"][1]["name"] = "agency"
        self.file = self.write()
        self.command("audit", "--once")

    def test_a_name_of_several_things_says_how_to_choose(self):
        both = self.command("blast-radius", "agency")
        self.assertEqual(both.returncode, 2)
        self.assertIn("--token agency or --app agency", both.stderr)
        self.assertEqual(self.parsed("blast-radius", "--token", "agency")["kind"], "token")
        self.assertEqual(len(self.parsed("blast-radius", "--app", "agency")["tokens"]), 2)


class Expectations(Case):
    EXPECT = [{"match": {"token": "brand-*"}, "at_least": ["AD_MANAGER"]},
              {"match": {"account": "18ce5a1", "token": "brand-a"}, "exactly": ["ACCOUNT_ADMIN"]},
              {"match": {"account": "18ce5a2"}, "min_live_tokens": 2, "min_admins": 1},
              {"match": {"kind": "developer"}, "needs": ["conversions"], "severity": "critical"}]

    def setUp(self):
        super().setUp()
        self.file = self.write(expect=self.EXPECT)

    def test_config_show_tells_which_expectation_decides(self):
        shown = self.parsed("config", "show")
        decides = {(pair["token"], pair["account"]): pair for pair in shown["pairs"]}
        self.assertEqual(decides["brand-a", "18ce5a1"]["expectation"], "expect[1]")
        self.assertEqual(decides["brand-a", "18ce5a1"]["also_fit"], ["expect[0]"])
        self.assertEqual(decides["brand-a", "18ce5a2"]["expectation"], "expect[0]")
        self.assertEqual(decides["brand-a", "18ce5a2"]["also_fit"], ["expect[2]"])
        self.assertEqual(decides["agency-1", "18ce5a2"]["expects"], "needs conversions")
        self.assertEqual(decides["agency-1", "18ce5a2"]["severity"], "critical")
        self.assertEqual(shown["accounts"], [{"account": "18ce5a2", "min_live_tokens": 2,
                                              "min_live_tokens_by": "expect[2]", "min_admins": 1,
                                              "min_admins_by": "expect[2]"}])
        text = self.command("config", "show")
        self.assertRegex(text.stdout, r"brand-a\s+18ce5a1\s+normal\s+1s\s+expect\[1\]\s+exactly ACCOUNT_ADMIN")

    def test_a_first_observation_that_breaks_an_expectation_is_found_and_told(self):
        audited = self.parsed("audit", "--once", code=10)
        self.assertEqual(sorted(finding["cause"] for finding in audited["findings"]),
                         ["policy.violated", "redundancy.lost"])
        posts = {post["type"]: post for post in
                 (json.loads(post["body_bytes"]) for post in self.fake.posts("/hook/*"))}
        violated = posts["policy.violated"]["data"]
        self.assertEqual(violated["severity"], "critical")
        self.assertEqual(violated["token"]["name"], "agency-1")
        self.assertEqual(violated["details"], ["cannot upload conversions: that takes ACCOUNT_ADMIN or AD_MANAGER",
                                               "expected by expect[3]"])
        self.assertEqual(violated["rule"], "expectation_broken")
        lost = posts["redundancy.lost"]["data"]
        self.assertEqual(lost["details"], ["0 of 1 administrators, expected by expect[2]"])

    def test_more_rights_than_expected_is_told_once_and_ends_when_they_are_gone(self):
        self.file = self.write(expect=[{"match": {"account": "18ce5a2", "token": "brand-a"}, "forbid": ["ACCOUNT_ADMIN"]}])
        with Daemon(self.settings, self.directory) as daemon:
            first_seen = "SELECT count(*) FROM changes WHERE kind = 1"
            wait_until(lambda: daemon.query(first_seen) == [(3,)], 20)
            self.fake.do("grant", account="18ce5a2", user="2417045708", permissions=["ACCOUNT_ADMIN"])
            opened = json.loads(wait_until(lambda: self.fake.posts("/hook/*"), 20)[0]["body_bytes"])
            self.assertEqual(opened["type"], "policy.violated")
            self.assertEqual(opened["data"]["details"][0],
                             "has ACCOUNT_ADMIN, which is forbidden: more rights than expected")
            self.fake.do("grant", account="18ce5a2", user="2417045708", permissions=["AD_MANAGER"])
            posts = wait_until(lambda: len(self.fake.posts("/hook/*")) >= 2 and self.fake.posts("/hook/*"), 20)
            self.assertEqual([(post["type"], post["data"]["state"]) for post in
                              (json.loads(post["body_bytes"]) for post in posts)],
                             [("policy.violated", "opened"), ("policy.violated", "resolved")])


if __name__ == "__main__":
    unittest.main()
