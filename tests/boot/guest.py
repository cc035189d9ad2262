"""An operator's day under a real systemd: runs inside the machine that boot.py boots, in the order of the numbers."""

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import stat
import time
import unittest

from canaries import canary, leaked_canaries
from harness import FakeApi, make_pki, wait_until
from machine import (DATABASE, ETC, PACKAGE, UNIT, drop_in, is_active, journal, main_pid, make_settings, make_world, must,
                     run, show, wait_for_another, write_settings)
from sign_in import SignIn, approve

SETTINGS_BROKEN, LOCKED = "3", "11"
README = pathlib.Path("/opt/boot/README.md")


def mode_and_owner(path):
    status = pathlib.Path(path).stat()
    return stat.S_IMODE(status.st_mode), pwd.getpwuid(status.st_uid).pw_name


class Day(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = pathlib.Path("/opt/boot/pki")
        cls.world = make_world()
        cls.fake = FakeApi(make_pki(directory), cls.world.for_fake())
        cls.addClassCleanup(cls.fake.stop)
        for path in [directory, *directory.glob("*.pem")]:
            path.chmod(0o755)  # the daemon reads the CA

    def posts(self, cause, path="/hook/siem"):
        """What the webhook took of a cause."""
        return [post for post in self.fake.posts(path)
                if post["status"] < 300 and json.loads(post["body_bytes"])["type"] == cause]

    def revoke(self, number):
        self.fake.do("revoke", token=f"brand-{number}")

    def test_01_the_package_installs_and_starts_nothing(self):
        must("dpkg", "--install", PACKAGE)
        if "libasan" in must("ldd", "/usr/bin/adsauditd"):  # its leak check wants to trace the process, and may not
            drop_in("sanitizers", "[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n")
        self.assertEqual(mode_and_owner(ETC), (0o750, "root"))
        self.assertEqual(mode_and_owner(ETC / "credentials"), (0o700, "root"))
        self.assertEqual(mode_and_owner(DATABASE.parent), (0o700, "adsauditd"))
        self.assertEqual(show("ActiveState"), "inactive")
        self.assertEqual(show("UnitFileState"), "disabled")

    def test_02_the_unit_is_well_made(self):
        verified = run("systemd-analyze", "verify", UNIT)
        self.assertEqual((verified.returncode, verified.stdout, verified.stderr), (0, "", ""))
        must("systemd-analyze", "security", "--threshold=12", "--no-pager", UNIT)
        for page in (("1", "adsauditd"), ("8", "adsauditd"), ("5", "adsauditd.yaml")):
            must("man", "--where", *page)

    def test_03_without_settings_it_says_so_and_is_not_restarted(self):
        self.assertNotEqual(run("systemctl", "start", UNIT).returncode, 0)
        self.assertEqual(show("ExecMainStatus"), SETTINGS_BROKEN)
        self.assertEqual((show("ActiveState"), show("NRestarts")), ("failed", "0"))
        self.assertIn("adsauditd config init", journal())

    def test_04_it_starts_with_credentials_as_its_own_user(self):
        write_settings(make_settings(self.fake, self.world))
        self.assertEqual(mode_and_owner(ETC / "adsauditd.yaml"), (0o640, "root"))
        must("systemctl", "enable", "--now", "--quiet", UNIT)
        self.assertTrue(is_active())
        wait_until(lambda: "watching 4 tokens on 4 pairs" in show("StatusText"), 10, what="a line of status")
        self.assertEqual(mode_and_owner(DATABASE), (0o600, "adsauditd"))
        status = pathlib.Path(f"/proc/{main_pid()}/status").read_text()
        uid = pwd.getpwnam("adsauditd").pw_uid
        for line in (f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", "NoNewPrivs:\t1", "CapBnd:\t0000000000000000"):
            self.assertIn(line, status)
        wait_until(lambda: self.fake.requests()["by_token"].get("brand-3"), 10, what="X is asked")
        self.assertTrue(must("adsauditd", "status"))

    def test_05_its_memory_is_private(self):
        process = pathlib.Path(f"/proc/{main_pid()}")
        limits = (process / "limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        if "libasan" not in (process / "maps").read_text():  # main() leaves it readable for the leak check
            self.assertEqual((process / "environ").stat().st_uid, 0, "its user may read its memory")

    def test_06_killed_it_comes_back_and_the_pending_alert_arrives_once(self):
        self.fake.sink_behaviour("/hook/*", status=503)
        self.revoke(1)
        wait_until(lambda: [post for post in self.fake.posts("/hook/siem") if post["status"] == 503], 20)
        first, began = main_pid(), time.monotonic()
        os.kill(first, signal.SIGKILL)
        self.fake.sink_behaviour("/hook/*", clear=True)
        wait_for_another(first)
        self.assertLessEqual(time.monotonic() - began, 5 + 2, "RestartSec and two seconds")
        self.assertEqual(show("NRestarts"), "1")
        wait_until(lambda: self.posts("token.revoked"), 20, what="the pending alert")
        time.sleep(2)
        self.assertEqual(len(self.posts("token.revoked")), 1)

    def test_07_hanging_it_is_ended_by_the_watchdog(self):
        drop_in("watchdog", "[Service]\nWatchdogSec=2s\nRestartSec=1s\n")
        must("systemctl", "restart", UNIT)
        pid = main_pid()
        time.sleep(5)
        self.assertEqual(main_pid(), pid, "the watchdog is fed while all is well")
        os.kill(pid, signal.SIGSTOP)
        wait_for_another(pid)
        self.assertIn("Watchdog timeout", journal())
        self.assertIn(f"code=killed, status={int(signal.SIGABRT)}/ABRT", journal())  # and no core was dumped
        drop_in("watchdog", "")

    def test_08_a_second_daemon_is_refused_and_not_restarted(self):
        text = pathlib.Path(show("FragmentPath")).read_text()
        second = pathlib.Path("/etc/systemd/system/second.service")
        second.write_text(re.sub(r"(?m)^RuntimeDirectory.*\n", "", text))  # which would go with it
        drop_ins = pathlib.Path(f"/etc/systemd/system/{UNIT}.d")
        if drop_ins.exists():
            shutil.copytree(drop_ins, "/etc/systemd/system/second.service.d")
        must("systemctl", "daemon-reload")
        pid = main_pid()
        self.assertNotEqual(run("systemctl", "start", "second.service").returncode, 0)
        self.assertEqual(show("ExecMainStatus", "second.service"), LOCKED)
        self.assertEqual(show("NRestarts", "second.service"), "0")
        self.assertEqual(main_pid(), pid)
        second.unlink()
        must("systemctl", "daemon-reload")

    def test_09_reload_takes_good_settings_and_refuses_broken_ones(self):
        if "'reload')" not in must("adsauditd", "completion", "bash"):
            self.skipTest("NOT TESTED: this version has no reload")
        pid, file = main_pid(), ETC / "adsauditd.yaml"
        good = file.read_text()
        file.write_text(good.replace("interval: 1s", "interval: 2s"))
        must("systemctl", "reload", UNIT)
        file.write_text(good.replace("interval: 1s", "interval: soon"))
        self.assertNotEqual(run("systemctl", "reload", UNIT).returncode, 0)
        self.assertTrue(is_active())
        self.assertIn("soon", journal())
        file.write_text(good)
        must("systemctl", "reload", UNIT)
        self.assertEqual(main_pid(), pid)

    def test_10_a_full_disk_pauses_it_and_room_lets_it_go_on(self):
        must("systemctl", "stop", UNIT)
        user = pwd.getpwnam("adsauditd")
        must("mount", "-t", "tmpfs", "-o", f"size=4m,mode=0700,uid={user.pw_uid},gid={user.pw_gid}", "tmpfs",
             str(DATABASE.parent))
        must("systemctl", "start", UNIT)
        wait_until(lambda: self.posts("token.revoked"), 20, what="the first look at a new database is over")
        filler = DATABASE.parent / "filler"
        run("dd", "if=/dev/zero", f"of={filler}", "bs=4k")
        self.revoke(2)
        wait_until(lambda: "auditing paused" in journal(), 30, what="the pause")
        self.assertTrue(is_active())
        filler.unlink()
        wait_until(lambda: "auditing resumed" in journal(), 40, what="the end of the pause")
        wait_until(lambda: any(b"brand-2" in post["body_bytes"] for post in self.posts("token.revoked")), 20,
                   what="the alert that could not be kept before")

    def test_11_it_stops_within_five_seconds(self):
        began = time.monotonic()
        must("systemctl", "stop", UNIT)
        self.assertLessEqual(time.monotonic() - began, 5)
        self.assertEqual((show("Result"), show("ExecMainStatus")), ("success", "0"))
        must("umount", str(DATABASE.parent))
        must("systemctl", "start", UNIT)

    def test_12_the_journal_explains_incidents_and_holds_no_secret(self):
        entries = [json.loads(line) for line in journal("--output=json").splitlines()]
        opened = [entry for entry in entries if entry["MESSAGE"].startswith("incident opened")]
        self.assertEqual(opened[0]["ADSAUDITD_CAUSE"], "token.revoked")
        self.assertTrue(opened[0]["ADSAUDITD_INCIDENT"].startswith("inc_"))
        explained = journal("--catalog", f"MESSAGE_ID={opened[0]['MESSAGE_ID']}")
        self.assertIn("Defined-By: adsauditd", explained)
        self.assertIn("adsauditd explain token.revoked", explained)
        everything = must("journalctl", "--no-pager", "--output=export") + run("systemctl", "status", UNIT).stdout
        self.assertEqual(leaked_canaries(everything), [])

    def test_13_an_upgrade_keeps_settings_and_database_and_restarts(self):
        settings, pid = (ETC / "adsauditd.yaml").read_text(), main_pid()
        must("dpkg", "--install", PACKAGE)
        wait_for_another(pid)
        self.assertEqual((ETC / "adsauditd.yaml").read_text(), settings)
        self.assertIn("token.revoked", must("adsauditd", "incidents", "--all"))

    def test_14_a_removal_that_does_not_come_about_leaves_it_running(self):
        pid = main_pid()
        scripts = pathlib.Path("/var/lib/dpkg/info")
        must("sh", str(scripts / "adsauditd.prerm"), "remove")
        self.assertFalse(is_active())
        must("sh", str(scripts / "adsauditd.postinst"), "abort-remove")
        self.assertTrue(is_active())
        self.assertNotEqual(main_pid(), pid)
        must("systemctl", "stop", UNIT)
        for script, way in (("prerm", "remove"), ("postinst", "abort-remove")):
            must("sh", str(scripts / f"adsauditd.{script}"), way)
        self.assertFalse(is_active(), "who had stopped it is not overruled")
        must("systemctl", "start", UNIT)

    def test_15_removal_keeps_what_is_the_operators_and_a_purge_does_not(self):
        must("dpkg", "--remove", "adsauditd")
        self.assertFalse(is_active())
        self.assertTrue(DATABASE.exists() and (ETC / "adsauditd.yaml").exists())
        must("dpkg", "--purge", "adsauditd")
        self.assertFalse(DATABASE.parent.exists() or ETC.exists())

    def test_16_the_first_steps_of_the_readme_lead_to_a_message(self):
        """To the letter, on a machine that has never seen it: only the fake's addresses are added."""
        must("dpkg", "--install", PACKAGE)
        app = next(app for app in self.world.apps if app["name"] == "agency")
        pasted = {"agency.consumer_key": app["consumer_key"], "agency.consumer_secret": app["consumer_secret"],
                  "slack.url": self.fake.sink_url("/slack/" + canary("firstSlackUrl"))}
        place, began = "true", time.monotonic()
        for step in first_steps():
            if step.startswith("cd "):
                place = step
            elif step.startswith("adsauditd token authorize "):
                self.sign_in(step.split()[3:])
            else:
                must("bash", "-c", f"{place}; {step}", stdin=pasted.get(step.removeprefix("cat > ")))
            if step == "adsauditd config init":
                self.lead_to_the_fake()
        print(f"first steps in {time.monotonic() - began:.1f} s", flush=True)
        self.assertIn("[TEST]", self.fake.posts("/slack/*")[-1]["body_bytes"].decode())
        self.assertEqual(mode_and_owner(DATABASE), (0o600, "adsauditd"))
        wait_until(lambda: "watching 1 tokens on 1 pairs" in show("StatusText"), 20, what="the new token is watched")

    def test_17_encrypted_credentials_reach_the_unit_and_a_command_of_roots(self):
        plain, sealed = ETC / "credentials/slack.url", ETC / "credentials.encrypted/slack.url"
        must("systemd-creds", "encrypt", "--name=encrypted_slack.url", str(plain), str(sealed))
        plain.unlink()
        check = run("adsauditd", "config", "check", "--no-network")
        self.assertEqual((check.returncode, "only systemd opens it" in check.stderr), (3, True), check.stderr)
        borrowed = re.search(r"`(systemd-run [^`]* adsauditd config check)`", README.read_text(), re.DOTALL)[1]
        must("sh", "-c", " ".join(borrowed.split()).replace("--pty", "--pipe --wait --quiet") + " --no-network")
        must("systemctl", "restart", UNIT)
        before = len(self.fake.posts("/slack/*"))
        must("sh", "-c", " ".join(borrowed.split()).replace("--pty", "--pipe --wait --quiet").replace(
            "config check", "alerts test ops"))
        self.assertEqual(len(self.fake.posts("/slack/*")), before + 1)

    def lead_to_the_fake(self):
        file = ETC / "adsauditd.yaml"
        text = file.read_text()
        slack = '{name: ops, type: slack, url: "${cred:slack.url}"}'
        self.assertIn(slack, text)
        file.write_text(text.replace(slack, slack[:-1] + ", allow_private: true}"))
        (ETC / "conf.d").mkdir(exist_ok=True)
        (ETC / "conf.d/fake.yaml").write_text(f"api: {{base_url: {self.fake.base_url}, identity_url: {self.fake.base_url}, "
                                              f"ca_file: {self.fake.pki.ca}}}\n")

    def sign_in(self, arguments):
        os.environ["ADSAUDITD"] = "/usr/bin/adsauditd"
        with SignIn(ETC / "adsauditd.yaml", *arguments) as sign_in:
            sign_in.wait_for_link()
            sign_in.type(approve(self.fake, sign_in, "2417045703", "first-steps"))
            self.assertEqual(sign_in.end(), 0, sign_in.stderr)


def first_steps():
    """The commands of README.md that follow the installation."""
    block = re.search(r"starts nothing yet\. Then:\n\n```\n(.*?)```", README.read_text(), re.DOTALL)[1]
    return [line.split(" #")[0].strip() for line in block.splitlines()]
