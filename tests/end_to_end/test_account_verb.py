"""`adsauditd account list | discover`, in front and beside a daemon."""

import json
import pathlib
import tempfile
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "77", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["ANALYST"]}, discovered=True)
        self.world.add_token("brand-b", "78", {"18ce5a1": ["ACCOUNT_ADMIN"]})
        self.world.options = {"accounts_limit": 2000}
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"},
                                      audit={"discovery_interval": "1h"})
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments, timeout=90):
        return run_command("--config", str(self.file), *arguments, timeout=timeout)

    def answer(self, *arguments):
        run = self.command(*arguments, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def add_account(self, account):
        self.fake.do("add", world={"accounts": [{"id": account, "name": "Account " + account}],
                                   "grants": [{"account": account, "user": "77", "permissions": ["ANALYST"]}]})


class InFront(Case):
    def test_a_first_discovery_finds_all_and_a_second_what_is_new(self):
        first = self.answer("account", "discover")
        self.assertEqual([(new["token"], new["account"], new["name"]) for new in first["new"]],
                         [("brand-a", "18ce5a1", "Account 18ce5a1"), ("brand-a", "18ce5a2", "Account 18ce5a2")])
        self.assertEqual((first["complete"], first["accounts"], first["failures"]), (True, 2, []))
        self.add_account("18ce5a3")
        second = self.answer("account", "discover", "--token", "brand-a")
        self.assertEqual([new["account"] for new in second["new"]], ["18ce5a3"])
        text = self.command("account", "discover")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("0 new, 3 ad accounts in all", text.stdout)

    def test_only_lists_are_read(self):
        self.answer("account", "discover")
        self.assertEqual(self.fake.requests()["by_account"], {})

    def test_an_unknown_token_is_6_and_a_fixed_list_2(self):
        self.assertEqual(self.command("account", "discover", "--token", "nobody").returncode, 6)
        fixed = self.command("account", "discover", "--token", "brand-b")
        self.assertEqual(fixed.returncode, 2)
        self.assertIn("fixed list", fixed.stderr)
        self.assertEqual(self.command("account", "discover", "--limit", "soon").returncode, 2)

    def test_lists_that_cannot_be_read_in_time_are_12(self):
        self.fake.misbehave("503")
        run = self.command("account", "discover", "--limit", "3s")
        self.assertEqual(run.returncode, 12, run.stderr)
        self.assertIn("token brand-a: its list was not read", run.stderr)


class BesideADaemon(Case):
    def test_the_daemon_reads_on_request(self):
        with Daemon(self.settings, self.directory):
            wait_until(lambda: len(self.answer("account", "list")["accounts"]) == 2, 20, every=0.5)
            self.add_account("18ce5a3")
            found = self.answer("account", "discover", "--token", "brand-a")
            self.assertEqual([new["account"] for new in found["new"]], ["18ce5a3"])
            late = self.command("account", "discover", "--limit", "1s")
            self.assertEqual(late.returncode, 12, late.stderr)


class List(Case):
    def test_accounts_are_told_with_their_tokens_and_last_answers(self):
        self.assertEqual(self.command("account", "list").returncode, 6)  # no database yet
        self.assertEqual(self.command("account", "discover").returncode, 0)
        self.assertEqual(self.command("audit", "--once").returncode, 0)
        accounts = {account["id"]: account for account in self.answer("account", "list")["accounts"]}
        self.assertEqual(sorted(accounts), ["18ce5a1", "18ce5a2"])
        shared = accounts["18ce5a1"]
        self.assertEqual((shared["name"], shared["approval_status"], shared["deleted"]),
                         ("Account 18ce5a1", "ACCEPTED", False))
        self.assertEqual([(reach["token"], reach["answer"]) for reach in shared["tokens"]],
                         [("brand-a", "granted user=77 AD_MANAGER"), ("brand-b", "granted user=78 ACCOUNT_ADMIN")])
        of_one = self.answer("account", "list", "--token", "brand-b")["accounts"]
        self.assertEqual([account["id"] for account in of_one], ["18ce5a1"])
        self.assertEqual(self.command("account", "list", "--token", "nobody").returncode, 6)
        self.assertIn("brand-a brand-b", self.command("account", "list").stdout)


if __name__ == "__main__":
    unittest.main()
