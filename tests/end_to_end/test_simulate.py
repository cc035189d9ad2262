"""`adsauditd simulate`: what one would be told, without settings, a database or X."""

import json
import pathlib
import tempfile
import unittest

from harness import run_command


class Simulate(unittest.TestCase):
    def simulate(self, *arguments):
        return run_command("--config", "/does/not/exist.yaml", "simulate", *arguments)

    def story(self, *arguments, code=0):
        run = self.simulate("--json", *arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def test_the_list_names_what_can_be_played(self):
        names = [entry["name"] for entry in json.loads(self.simulate("--list", "--json").stdout)["scenarios"]]
        self.assertIn("app-suspended", names)
        self.assertIn("random", names)
        self.assertIn("a user revokes the app", self.simulate("--list").stdout)

    def test_on_a_calm_day_nobody_is_told_anything(self):
        story = self.story("--scenario", "calm", "--pairs", "10")
        self.assertEqual(story["story"], [])
        self.assertIn("Nobody would be told anything", self.simulate("--scenario", "calm", "--pairs", "10").stdout)

    def test_a_suspended_app_is_one_alert(self):
        story = self.story("--scenario", "app-suspended", "--pairs", "20")
        opened = [told["cause"] for told in story["story"] if told["state"] == "opened"]
        self.assertEqual(opened[0], "app.rejected")
        self.assertNotIn("token.revoked", opened)

    def test_the_same_seed_tells_the_same_story(self):
        arguments = ("--scenario", "role-change", "--seed", "7", "--pairs", "10")
        self.assertEqual(self.story(*arguments), self.story(*arguments))

    def test_a_file_is_played(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "story.yaml"
            file.write_text("tokens:\n  - {name: brand-a, app: agency, accounts: {18ce54d4x5t: [AD_MANAGER]}}\n"
                            "events:\n  - {at: 2h, what: role_changed, token: brand-a, to: [CAMPAIGN_ANALYST]}\n")
            told = self.story("--scenario", str(file))["story"]
        self.assertEqual([(alert["cause"], alert["state"]) for alert in told], [("role.reduced", "opened")])
        self.assertIn("brand-a", told[0]["title"])
        self.assertTrue(told[0]["repair"])

    def test_a_broken_file_is_3_and_says_where(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "story.yaml"
            file.write_text("pairs: 10\nevents:\n  - {at: 2h, what: token_revokd, token: brand-0}\n")
            run = self.simulate("--scenario", str(file))
        self.assertEqual(run.returncode, 3)
        self.assertIn('story.yaml:3:20: events[0].what: unknown event "token_revokd", did you mean "token_revoked"?',
                      run.stderr)

    def test_an_unknown_name_is_6(self):
        run = self.simulate("--scenario", "app-suspendet")
        self.assertEqual(run.returncode, 6)
        self.assertIn('did you mean "app-suspended"?', run.stderr)


if __name__ == "__main__":
    unittest.main()
