"""The verbs of the settings file: a first one, the check, what is in force and who says so, and the schema."""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

import schemas
from harness import daemon_binary, leaked_canaries, run_command, write_settings
from verb_case import VerbCase

SOURCE = pathlib.Path(__file__).parent.parent.parent


class Init(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.directory / "adsauditd.yaml"

    def test_what_it_writes_passes_the_check_once_the_secrets_are_there(self):
        run = run_command("config", "init", str(self.file))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("adsauditd key init", run.stdout)
        text = self.file.read_text(encoding="utf-8")
        matter = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
        self.assertLessEqual(len(matter), 15)
        self.assertEqual(text, (SOURCE / "config/adsauditd.yaml").read_text(encoding="utf-8"))
        self.assertEqual(run_command("config", "check", "--no-network", "--config", str(self.file)).returncode, 3)
        credentials = self.directory / "credentials"
        credentials.mkdir(mode=0o700)
        self.assertEqual(run_command("key", "init", str(credentials / "adsauditd.key")).returncode, 0)
        for name, secret in (("agency.consumer_key", "abc"), ("agency.consumer_secret", "def"),
                             ("slack.url", "https://hooks.slack.com/services/T0/B0/x")):
            (credentials / name).write_text(secret + "\n", encoding="utf-8")
            (credentials / name).chmod(0o600)
        check = run_command("config", "check", "--no-network", "--config", str(self.file),
                            environment={"CREDENTIALS_DIRECTORY": str(credentials)})
        self.assertEqual((check.returncode, check.stderr), (0, ""))

    def test_it_never_overwrites(self):
        self.file.write_text("mine", encoding="utf-8")
        run = run_command("config", "init", "--config", str(self.file))
        self.assertEqual(run.returncode, 1)
        self.assertIn("exists and is not overwritten", run.stderr)
        self.assertEqual(self.file.read_text(encoding="utf-8"), "mine")
        link = self.directory / "link.yaml"
        link.symlink_to(self.directory / "nowhere.yaml")
        self.assertEqual(run_command("config", "init", str(link)).returncode, 1)
        self.assertEqual(run_command("config", "init", str(self.directory / "no" / "a.yaml")).returncode, 1)

    @unittest.skipUnless(os.geteuid() == 0, "NOT TESTED: only root writes it for another user")
    def test_written_by_root_it_is_for_the_group_of_its_folder(self):
        os.chown(self.directory, 0, 4711)
        mask = os.umask(0o077)
        try:
            run = run_command("config", "init", str(self.file))
        finally:
            os.umask(mask)
        self.assertEqual(run.returncode, 0, run.stderr)
        status = self.file.stat()
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)), (0, 4711, 0o640))

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"), "NOT TESTED: only root may have an /etc of its own")
    def test_a_file_that_the_daemons_user_cannot_read_is_a_warning_to_root(self):
        script = """set -e
            mkdir etc; cp -a /etc/. etc; grep -q ^adsauditd: etc/passwd || echo adsauditd:x:4711:4711::/:/bin/false >>etc/passwd
            group=$(sed -n 's/^adsauditd:[^:]*:[^:]*:\\([0-9]*\\):.*/\\1/p' etc/passwd)
            rm -rf etc/adsauditd; mkdir -p etc/adsauditd/conf.d; mount --bind etc /etc
            "$0" config init >&2; chgrp -R $group /etc/adsauditd; chmod 750 /etc/adsauditd /etc/adsauditd/conf.d
            echo 'log: {level: debug}' >/etc/adsauditd/conf.d/a.yaml; chgrp $group /etc/adsauditd/conf.d/a.yaml
            for modes in "640 640" "600 600" "640 640 700"; do
              set -- $modes; chmod $1 /etc/adsauditd/adsauditd.yaml; chmod $2 /etc/adsauditd/conf.d/a.yaml
              chmod ${3:-750} /etc/adsauditd/conf.d; "$0" config check --no-network --json || true
            done"""
        run = subprocess.run(["unshare", "--mount", "sh", "-c", script, daemon_binary()], cwd=self.directory, text=True,
                             capture_output=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        for line in run.stdout.splitlines():
            schemas.check("config_check", json.loads(line))
        said = [[complaint["message"] for complaint in json.loads(line)["complaints"] if "runs as" in complaint["message"]]
                for line in run.stdout.splitlines()]
        words = "the daemon, which runs as the user adsauditd, cannot "
        read = words + "read it; run: chgrp adsauditd {0} && chmod g+r {0}"
        look = words + "look into {0}; run: chgrp adsauditd {0} && chmod g+rx {0}"
        self.assertEqual(said, [[], [read.format("/etc/adsauditd/adsauditd.yaml"), read.format("/etc/adsauditd/conf.d/a.yaml")],
                                [look.format("/etc/adsauditd/conf.d")]])

    def test_json_and_mode(self):
        run = run_command("config", "init", "--json", "--config", str(self.file))
        self.assertEqual(json.loads(run.stdout), {"written": str(self.file)})
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode) & 0o037, 0)


class Config(VerbCase):
    def test_strict_fails_on_what_is_never_used(self):
        self.write(apps=[*self.settings["apps"], {**self.settings["apps"][0], "name": "spare"}],
                   routes=[{"match": {"cause": "role.*"}, "to": ["ops"]},
                           {"match": {"cause": "role.reduced"}, "to": ["ops"]}, {"to": ["ops"]}])
        lenient = self.command("config", "check", "--no-network")
        self.assertEqual(lenient.returncode, 0, lenient.stderr)
        self.assertIn("routes[1]: is never used, because the route at", lenient.stderr)
        self.assertIn("no route leads to this destination", lenient.stderr)
        strict = self.command("config", "check", "--no-network", "--strict")
        self.assertEqual(strict.returncode, 3)
        self.assertIn("the app spare has no token", strict.stderr)
        self.write(apps=self.settings["apps"][:1], routes=[{"to": ["ops", "siem"]}],
                   audit={**self.settings["audit"], "interval": "1m", "discovery_interval": "1m"})
        strict = self.command("config", "check", "--no-network", "--strict")
        self.assertEqual((strict.returncode, strict.stderr), (0, ""))

    def test_a_host_that_takes_no_connection_is_a_warning(self):
        check = self.command("config", "check", "--json")
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertFalse(any("cannot be reached" in one["message"] for one in json.loads(check.stdout)["complaints"]))
        self.fake.stop()
        check = self.command("config", "check", "--json")
        self.assertEqual(check.returncode, 0)
        complaints = json.loads(check.stdout)["complaints"]
        unreachable = {one["path"] for one in complaints if "cannot be reached now: Connection refused" in one["message"]}
        self.assertEqual(unreachable, {"api.base_url", "api.identity_url", "destination ops", "destination siem"})
        self.assertEqual(self.command("config", "check", "--strict").returncode, 3)
        quiet = self.command("config", "check", "--no-network")
        self.assertNotIn("cannot be reached", quiet.stderr)

    def test_effective_settings_name_their_origin_and_hide_secrets(self):
        folder = self.directory / "conf.d"
        folder.mkdir()
        write_settings(folder / "10-more.yaml", {"routes": [{"match": {"severity": "critical"}, "to": "siem"}]})
        run = self.command("config", "show", "--effective", "--origin", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        known = {one["path"]: one for one in json.loads(run.stdout)["settings"]}
        self.assertEqual(known["audit.interval"]["value"], "1s")
        self.assertRegex(known["audit.interval"]["origin"], rf"^{self.file}:\d+$")
        self.assertEqual((known["audit.boost.enabled"]["value"], known["audit.boost.enabled"]["origin"]),
                         ("true", "default"))
        self.assertEqual(known["api.version"]["value"], "12")
        self.assertEqual(known["budget.share"]["value"], "100%")
        self.assertEqual(known["routes[0].to"]["value"], "[ops, siem]")
        self.assertEqual(known["routes[1].match.severity"]["value"], "critical")
        self.assertEqual(known["routes[1].to"]["origin"], f"{folder}/10-more.yaml:4")
        self.assertEqual(known["routes[1].continue"], {"path": "routes[1].continue", "value": "false", "origin": "default"})
        self.assertTrue(known["apps[0].consumer_key"]["value"].startswith("${file:/"))
        self.assertEqual(known["destinations[1].url"]["value"], "***")
        self.assertEqual(known["log.level"]["value"], "info")
        text = self.shown("config", "show", "--effective", "--origin")
        self.assertIn("SETTING", text)
        for shown in (text, run.stdout):
            self.assertEqual(leaked_canaries(shown), [])
        self.assertNotIn("ORIGIN", self.shown("config", "show", "--effective"))

    def test_a_value_given_twice_names_both_places(self):
        folder = self.directory / "conf.d"
        folder.mkdir()
        write_settings(folder / "a.yaml", {"audit": {"interval": "5m"}})
        write_settings(folder / "b.yaml", {"destinations": [{"name": "more", "type": "webhook",
                                                             "url": self.fake.sink_url("/hook/more"),
                                                             "secret": self.settings["destinations"][1]["secret"],
                                                             "allow_private": True}]})
        check = self.command("config", "check", "--no-network")
        self.assertEqual(check.returncode, 3)
        self.assertRegex(check.stderr, rf"{folder}/a.yaml:2:\d+: audit.interval: is set twice, here and at {self.file}:\d+")
        (folder / "a.yaml").unlink()
        check = self.command("config", "check", "--no-network")
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertIn("3 destinations", check.stdout)

    def test_each_verb_has_help_with_an_example(self):
        for verb in ("init", "check", "show", "schema"):
            self.check_help("config", verb)


if __name__ == "__main__":
    unittest.main()
