"""What `token add`, `token import` and `config check` say of tokens beside each other."""

import json
import pathlib
import tempfile
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"]})
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.settings["apps"][0]["token_limit"] = 2
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments, stdin=None):
        return run_command("--config", str(self.file), *arguments, stdin=stdin)

    def add(self, name, token, secret="s1"):
        added = self.command("token", "add", name, "--app", "agency", "--kind", "developer", "--account", "18ce5a1",
                             stdin=f"{token}\n{secret}\n")
        self.assertEqual(added.returncode, 0, added.stderr)
        return "".join(line for line in added.stderr.splitlines(True) if line.startswith("warning: token "))


class Warnings(Case):
    def test_the_token_beyond_the_limit_is_told_and_stored(self):
        self.assertEqual(self.add("brand-b", "78-bb"), "")  # with brand-a of the settings, the second
        warning = self.add("brand-c", "79-cc")
        self.assertIn("warning: token brand-c: the app agency may hold 2 tokens; this is number 3", warning)
        self.assertNotIn("79-cc", warning)
        self.assertEqual(len(json.loads(self.command("token", "list", "--json").stdout)["tokens"]), 2)
        self.assertEqual(self.add("brand-b", "78-dd"), "")  # replaced: no more tokens than before

    def test_one_users_token_twice_is_told(self):
        self.assertIn("it is of user 77, and so is brand-a", self.add("other", "77-zz"))
        same = self.add("again", "77-zz")
        self.assertIn("it is the very same token as other", same)
        self.assertNotIn("77-zz", same)

    def test_an_import_tells_of_its_own_lines(self):
        file = self.directory / "tokens.csv"
        file.write_text("name,app,kind,access_token,access_token_secret\n"
                        "x,agency,developer,90-aa,s\ny,agency,developer,90-aa,s\nz,agency,developer,90-bb,s\n")
        imported = self.command("token", "import", "--from", "csv", str(file), "--dry-run")
        self.assertEqual(imported.returncode, 0)
        self.assertIn("token y: it is the very same token as x", imported.stderr)
        self.assertIn("token z: it is of user 90, and so is x", imported.stderr)
        self.assertIn("token z: the app agency may hold 2 tokens; this is number 4", imported.stderr)


class Status(Case):
    def test_a_running_daemon_tells_of_its_schedule(self):
        with Daemon(self.settings, self.directory) as daemon:
            wait_until(lambda: json.loads(daemon.command("status", "--json").stdout)["pairs"], 20, every=0.5)
        answer = json.loads(self.command("status", "--json").stdout)
        self.assertEqual(sum(answer["daemon"][f"pairs_{place}"] for place in ("waiting", "running", "parked")), 1)
        self.assertGreater(answer["daemon"]["detection_bound_ms"], 1000)
        text = self.command("status").stdout
        self.assertRegex(text, r"schedule: \d+ waiting, \d+ running, \d+ parked; lateness p99 \d+")
        self.assertRegex(text, r"oldest answer .+ of bound ")


if __name__ == "__main__":
    unittest.main()
