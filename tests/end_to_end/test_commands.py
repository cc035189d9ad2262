"""The command line: what each verb prints, and the exit codes that scripts depend on."""

import fcntl
import json
import pathlib
import stat
import tempfile
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, run_command, wait_until, write_settings

BROKEN = pathlib.Path(__file__).parent.parent / "data" / "settings" / "broken"


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.world = World()
        self.world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["ACCOUNT_ADMIN"]})
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        self.settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.file = write_settings(self.directory / "adsauditd.yaml", self.settings)

    def command(self, *arguments, stdin=None, timeout=60):
        return run_command("--config", str(self.file), *arguments, stdin=stdin, timeout=timeout)


class Audit(Case):
    def test_all_well_is_0(self):
        audit = self.command("audit", "--once", "--json")
        self.assertEqual(audit.returncode, 0, audit.stderr)
        answer = json.loads(audit.stdout)
        self.assertEqual([pair["account"] for pair in answer["pairs"]], ["18ce5a1", "18ce5a2"])
        self.assertEqual(answer["findings"], [])

    def test_something_wrong_is_10_and_the_alert_is_sent(self):
        self.fake.do("revoke", token="brand-a")
        audit = self.command("audit", "--once", "--json")
        self.assertEqual(audit.returncode, 10, audit.stderr)
        self.assertEqual([finding["cause"] for finding in json.loads(audit.stdout)["findings"]], ["token.revoked"])
        self.assertEqual(len(self.fake.posts("/hook/*")), 1)
        self.assertEqual(len(self.fake.posts("/slack/*")), 1)

    def test_no_statement_is_12(self):
        self.fake.misbehave("503")
        audit = self.command("audit", "--once")
        self.assertEqual(audit.returncode, 12, audit.stdout)
        self.assertEqual(self.fake.posts(), [])

    def test_a_narrowed_audit_asks_only_what_fits(self):
        audit = self.command("audit", "--once", "--account", "18ce5a2", "--explain")
        self.assertEqual(audit.returncode, 0, audit.stderr)
        self.assertEqual(self.fake.requests()["by_account"], {"18ce5a2": 1})
        self.assertIn("brand-a on 18ce5a2: granted ACCOUNT_ADMIN to user 2417045708 (HTTP 200)", audit.stderr)

    def test_an_unknown_pair_is_6(self):
        self.assertEqual(self.command("audit", "--once", "--token", "nobody").returncode, 6)


class Tokens(Case):
    CSV = ("name,app,kind,access_token,access_token_secret,accounts,labels\n"
           "brand-b,agency,advertiser,77-aa,s1,18ce5a1 18ce5a2,client=Brand B;owner=ads-ops\n"
           "\"brand-c\",agency,developer,78-bb,\"s,2\",,\n")

    def test_import_stores_all_and_list_shows_them_without_secrets(self):
        file = self.directory / "tokens.csv"
        file.write_text(self.CSV)
        self.assertEqual(self.command("token", "import", "--from", "csv", str(file), "--dry-run").returncode, 0)
        self.assertEqual(self.command("token", "list").returncode, 6)  # the dry run made no database
        imported = self.command("token", "import", "--from", "csv", str(file))
        self.assertEqual(imported.returncode, 0, imported.stderr)
        listed = self.command("token", "list", "--json")
        tokens = {token["name"]: token for token in json.loads(listed.stdout)["tokens"]}
        self.assertEqual(tokens["brand-b"]["accounts"], ["18ce5a1", "18ce5a2"])
        self.assertEqual(tokens["brand-b"]["labels"], {"client": "Brand B", "owner": "ads-ops"})
        self.assertTrue(tokens["brand-c"]["discovered"])
        self.assertEqual(tokens["brand-c"]["kind"], "developer")
        self.assertNotIn("77-aa", listed.stdout)

    def test_one_bad_line_stores_nothing_and_every_bad_line_is_told(self):
        file = self.directory / "tokens.csv"
        file.write_text(self.CSV + "brand-d,agancy,advertiser,79-cc,s3,,\nbrand-e,agency,owner,80-dd,,XYZ,\n")
        imported = self.command("token", "import", "--from", "csv", str(file))
        self.assertEqual(imported.returncode, 2)
        for words in ('no app "agancy", did you mean "agency"?', 'unknown kind "owner"', '"XYZ" is not an ad account id',
                      "access token secret is missing"):
            self.assertIn(words, imported.stderr)
        self.assertEqual(self.command("token", "list").returncode, 6)

    def test_a_running_daemon_notices_added_and_removed_tokens(self):
        self.fake.do("add", world={"users": [{"id": "99", "screen_name": "u99"}],
                                   "tokens": [{"name": "brand-b", "token": "99-bb", "secret": "s1", "user": "99",
                                               "app": "agency"}],
                                   "grants": [{"account": "18ce5a1", "user": "99", "permissions": ["ANALYST"]}]})
        with Daemon(self.settings, self.directory) as daemon:
            added = daemon.command("token", "add", "brand-b", "--app", "agency", "--kind", "developer", "--account",
                                   "18ce5a1", stdin="99-bb\ns1\n")
            self.assertEqual(added.returncode, 0, added.stderr)
            wait_until(lambda: self.fake.requests()["by_token"].get("brand-b"), 15)
            self.assertEqual(daemon.command("token", "remove", "brand-b").returncode, 0)
            self.assertEqual(daemon.command("token", "remove", "brand-b").returncode, 6)
            self.assertEqual(daemon.command("token", "remove", "brand-a").returncode, 2)  # of the settings
            kinds = [change["kind"] for change in json.loads(daemon.command("history", "--json", "--token", "brand-b").stdout)["changes"]]
            self.assertEqual(kinds[0], "token_added")
            self.assertEqual(kinds[-1], "token_removed")
            self.assertEqual(daemon.query("SELECT count(*) FROM tokens WHERE name = 'brand-b' AND removed_at IS NULL"), [(0,)])


class Refusals(Case):
    def test_every_broken_settings_file_is_3_with_a_place(self):
        files = sorted(BROKEN.glob("*.yaml"))
        self.assertGreaterEqual(len(files), 40)
        for file in files:
            with self.subTest(file=file.name):
                check = run_command("--config", str(file), "config", "check")
                self.assertEqual(check.returncode, 3, check.stdout)
                self.assertIn(file.name + ":", check.stderr)
                start = run_command("--config", str(file), "run", timeout=20)
                self.assertEqual(start.returncode, 3)
                self.assertIn(check.stderr.strip(), start.stderr)  # the check says what the start says

    def test_a_second_daemon_is_11_and_changes_nothing(self):
        with Daemon(self.settings, self.directory) as daemon:
            second = self.command("run", timeout=20)
            self.assertEqual(second.returncode, 11, second.stderr)
            self.assertTrue(daemon.is_running())

    def test_a_command_that_has_the_database_is_waited_for(self):
        database = pathlib.Path(self.settings["store"]["path"])
        daemon = Daemon(self.settings, self.directory)
        self.addCleanup(lambda: daemon.is_running() and daemon.kill())
        with open(f"{database}.lock", "w", encoding="utf-8") as lock:  # as audit --once has it
            fcntl.flock(lock, fcntl.LOCK_EX)
            for ends in (True, False):
                waits = daemon.log().count("a command uses the database")
                daemon.launch()
                wait_until(lambda: daemon.log().count("a command uses the database") > waits, what="it waits")
                if ends:
                    self.assertEqual(daemon.stop(), 0)
        daemon.wait_ready()
        self.assertEqual(daemon.stop(), 0)

    def test_a_damaged_database_is_13_and_is_left_as_it_is(self):
        database = pathlib.Path(self.settings["store"]["path"])
        database.write_bytes(b"this is no database" * 400)
        database.chmod(0o600)
        before = database.read_bytes()
        self.assertEqual(self.command("run", timeout=20).returncode, 13)
        self.assertEqual(database.read_bytes(), before)

    def test_nonsense_is_2_with_advice(self):
        typo = self.command("statsu")
        self.assertEqual(typo.returncode, 2)
        self.assertIn('did you mean "status"?', typo.stderr)
        self.assertEqual(self.command("history", "--since", "yesterday").returncode, 2)
        self.assertEqual(self.command().returncode, 2)

    def test_without_a_database_reading_is_6(self):
        for verb in ("status", "history", "incidents"):
            self.assertEqual(self.command(verb).returncode, 6, verb)

    def test_a_missing_settings_file_is_3(self):
        self.assertEqual(run_command("--config", "/nonexistent/a.yaml", "config", "check").returncode, 3)


class SmallVerbs(Case):
    def test_key_init_writes_once(self):
        file = self.directory / "fresh.key"
        self.assertEqual(json.loads(run_command("key", "init", str(file), "--json").stdout), {"key_file": str(file)})
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o400)
        first = file.read_text()
        self.assertEqual(len(first.strip()), 44)
        again = run_command("key", "init", str(file))
        self.assertEqual(again.returncode, 1)
        self.assertIn("not overwritten", again.stderr)
        self.assertEqual(run_command("key", "init", "/sys/adsauditd.key").returncode, 5)  # nobody may write there
        self.assertEqual(file.read_text(), first)

    def test_version_and_help_are_0(self):
        self.assertIn("version", json.loads(run_command("version", "--json").stdout))
        self.assertEqual(run_command("--help").returncode, 0)
        self.assertIn("Usage", run_command("token", "add", "--help").stdout)

    def test_good_settings_are_0(self):
        check = self.command("config", "check", "--json")
        self.assertEqual(check.returncode, 0, check.stdout)
        self.assertTrue(json.loads(check.stdout)["ok"])


if __name__ == "__main__":
    unittest.main()
