"""What tests of the operator's verbs about alerts have in common: two tokens, a Slack sink `ops`, a webhook sink `siem`."""

import json
import pathlib
import tempfile
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings

ACCOUNT = "18ce5a1"
OTHER = "18ce5a2"
NO_INCIDENT = "inc_00000000000000000000000001"
NO_ALERT = "msg_00000000000000000000000001"
NO_DELIVERY = "dlv_00000000000000000000000001"
NO_MUTE = "mut_00000000000000000000000001"


class VerbCase(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "77", {ACCOUNT: ["AD_MANAGER"], OTHER: ["ANALYST"]},
                             labels={"owner": "ads-ops", "client": "Brand A"})
        self.world.add_token("brand-b", "78", {ACCOUNT: ["ACCOUNT_ADMIN"]}, kind="developer")
        self.enlarge(self.world)
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.write()

    def enlarge(self, world):
        """More tokens, for a test that wants them."""

    def write(self, **sections):
        """Writes the settings file anew; None leaves a section out."""
        for name, value in sections.items():
            self.settings[name] = value
            if value is None:
                del self.settings[name]
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments, timeout=60):
        return run_command("--config", str(self.file), *arguments, timeout=timeout)

    def answer(self, *arguments, code=0):
        run = self.command(*arguments, "--json")
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def refused(self, code, words, *arguments):
        run = self.command(*arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.assertIn(words, run.stderr)

    def shown(self, *arguments):
        run = self.command(*arguments)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def audit(self):
        """Asks everything once, and waits for what is to be told."""
        run = self.command("audit", "--once")
        self.assertIn(run.returncode, (0, 10), run.stderr)

    def revoke(self, token="brand-a"):
        """Meets the tokens, revokes one; the id of the incident."""
        self.audit()
        self.fake.do("revoke", token=token)
        self.audit()
        return self.answer("incidents", "--cause", "token.revoked")["incidents"][0]["id"]

    def daemon(self):
        return self.enterContext(Daemon(self.settings, self.directory))

    def posts(self, path="*"):
        return [json.loads(post["body_bytes"]) for post in self.fake.posts(path)]

    def wait_for_posts(self, path, count, timeout=20):
        return wait_until(lambda: len(self.fake.posts(path)) >= count and self.posts(path), timeout,
                          what=f"{count} posts to {path}")

    def check_help(self, *verb):
        shown = run_command(*verb, "--help")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("Example: adsauditd " + " ".join(verb), shown.stdout)
