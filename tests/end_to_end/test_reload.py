"""A running daemon reads its settings again: good ones, broken ones, by the command and by SIGHUP, and under load."""

import collections
import json
import os
import pathlib
import signal
import socket
import stat
import tempfile
import threading
import time
import unittest

from harness import Background, Daemon, make_pki, wait_until
from kill_run import PATIENCE, KillRun
from verb_case import OTHER, VerbCase

BROKEN = 3
UNREACHABLE = 4


class Manager:
    """Stands in for systemd: hears what the daemon notifies."""

    def __init__(self, directory):
        self.path = directory / "notify.sock"
        self.heard = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                datagram = self._socket.recv(65536)
            except OSError:
                return
            self.heard += datagram.decode().splitlines()

    def close(self):
        self._socket.close()

    def count(self, line):
        return self.heard.count(line)

    def status(self):
        return next((line for line in reversed(self.heard) if line.startswith("STATUS=")), "")


class Reload(VerbCase):
    def setUp(self):
        super().setUp()
        self.manager = Manager(self.directory)
        self.addCleanup(self.manager.close)

    def daemon(self):
        return self.enterContext(
            Daemon(self.settings, self.directory, environment={"NOTIFY_SOCKET": str(self.manager.path)}))

    def break_file(self):
        self.file.write_text(self.file.read_text(encoding="utf-8") + "rotues: []\n", encoding="utf-8")

    def test_good_settings_are_in_force_when_the_command_ends(self):
        daemon = self.daemon()
        pid = daemon.pid
        self.write(destinations=[*self.settings["destinations"],
                                 {"name": "late", "type": "webhook", "url": self.fake.sink_url("/hook/late"),
                                  "secret": self.settings["destinations"][1]["secret"], "allow_private": True}],
                   routes=[{"to": ["late"]}])
        run = self.command("reload")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("these settings are in force now", run.stdout)
        self.assertEqual((daemon.pid, daemon.is_running()), (pid, True))
        self.fake.do("revoke", token="brand-a")
        self.wait_for_posts("/hook/late", 1)
        self.assertEqual(self.fake.posts("/hook/siem"), [])

    def test_broken_settings_change_nothing_and_are_told_everywhere(self):
        daemon = self.daemon()
        self.break_file()
        run = self.command("reload")
        self.assertEqual(run.returncode, BROKEN)
        reason = 'unknown key "rotues", did you mean "routes"?'
        self.assertIn(f"{self.file}:", run.stderr)
        self.assertIn(reason, run.stderr)
        self.assertIn("the daemon goes on with the old settings", run.stderr)
        self.assertIn("reload failed, the old settings stay", daemon.log())
        self.assertIn(reason, daemon.log())
        wait_until(lambda: reason in self.manager.status(), what="the status line")
        as_json = json.loads(self.command("reload", "--json").stdout)
        self.assertFalse(as_json["ok"])
        self.assertEqual([reason in one["message"] for one in as_json["complaints"] if one["severity"] == "error"], [True])
        self.fake.do("revoke", token="brand-a")
        self.wait_for_posts("/hook/siem", 1)
        self.write()
        self.assertEqual(self.command("reload").returncode, 0)
        wait_until(lambda: "reload failed" not in self.manager.status(), what="the status line is well again")

    def test_a_text_that_is_no_yaml_reaches_the_daemon_all_the_same(self):
        daemon = self.daemon()
        self.file.write_text(self.file.read_text(encoding="utf-8") + "}\n", encoding="utf-8")
        self.assertEqual(self.command("reload").returncode, BROKEN)
        self.assertIn("reload failed", daemon.log())

    def test_sighup_is_heard_and_the_manager_is_told(self):
        daemon = self.daemon()
        wait_until(lambda: self.manager.count("READY=1") == 1, what="ready")
        os.kill(daemon.pid, signal.SIGHUP)
        wait_until(lambda: daemon.log().count("settings reloaded") == 1, what="the reload")
        wait_until(lambda: self.manager.count("READY=1") == 2, what="ready again")
        self.assertEqual(self.manager.count("RELOADING=1"), 1)
        self.assertTrue(any(line.startswith("MONOTONIC_USEC=") for line in self.manager.heard))
        self.assertEqual(self.manager.count("STOPPING=1"), 0)
        self.break_file()
        os.kill(daemon.pid, signal.SIGHUP)
        wait_until(lambda: self.manager.count("READY=1") == 3, what="ready after a failure")
        self.assertIn("reload failed", daemon.log())
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.manager.count("STOPPING=1"), 1)

    def test_another_database_or_key_needs_a_restart(self):
        daemon = self.daemon()
        path = self.settings["store"]["path"]
        key = self.directory / "secrets" / "other.key"
        self.assertEqual(self.command("key", "init", str(key)).returncode, 0)
        self.write(store={"path": path, "key": f"${{file:{key}}}"})
        self.refused(BROKEN, "store.key: is another key", "reload")
        self.write(store={"path": path + ".other", "key": f"${{file:{key}}}"})
        self.refused(UNREACHABLE, "no daemon answers for the database " + path + ".other", "reload")
        os.kill(daemon.pid, signal.SIGHUP)
        wait_until(lambda: "needs a restart" in daemon.log() and "store.path" in daemon.log(), what="the refusal")
        self.assertTrue(daemon.is_running())

    def test_without_a_daemon_the_command_says_so(self):
        self.refused(UNREACHABLE, "no daemon answers", "reload")
        self.check_help("reload")

    def test_the_socket_is_ours_alone_and_goes_with_the_daemon(self):
        daemon = self.daemon()
        path = pathlib.Path(self.settings["store"]["path"]).with_suffix(".sock")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"nonsense\n")
            self.assertIn(b'"ok":false', client.recv(4096))
        daemon.stop()
        self.assertFalse(path.exists())

    def test_a_message_under_way_is_waited_for_and_not_sent_again(self):
        daemon = self.daemon()
        self.fake.sink_behaviour("/hook/siem", ms=3000)
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: any(row[0] == "siem" for row in daemon.query(
            "SELECT destination FROM deliveries WHERE state = 'pending'")), 20, what="a message to the slow sink")
        run = self.command("reload")
        self.assertEqual(run.returncode, 0, run.stderr)
        wait_until(lambda: not daemon.query("SELECT 1 FROM deliveries WHERE state = 'pending'"), 20, what="delivered")
        bodies = [post["body_bytes"] for post in self.fake.posts("/hook/siem")]
        self.assertEqual(len(bodies), len(set(bodies)))
        self.assertEqual([row[0] for row in daemon.query("SELECT attempts FROM deliveries WHERE destination = 'siem'")],
                         [1] * len(bodies))

    def test_a_stop_in_the_middle_of_a_reload_is_a_stop(self):
        daemon = self.daemon()
        self.fake.sink_behaviour("/hook/siem", ms=2000)
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: daemon.query("SELECT 1 FROM deliveries WHERE destination = 'siem'"), 20, what="a message")
        reload = Background(self.command, "reload")
        wait_until(lambda: self.manager.count("RELOADING=1") == 1, what="the reload")
        self.assertEqual(daemon.stop(), 0)
        self.assertIn(reload.result().returncode, (0, 1, UNREACHABLE))
        self.assertEqual(self.manager.count("STOPPING=1"), 1)
        daemon.start()
        wait_until(lambda: not daemon.query("SELECT 1 FROM deliveries WHERE state = 'pending'"), 20, what="delivered")

    def test_a_pause_that_x_asked_for_is_kept_unless_x_is_asked_in_another_way(self):
        daemon = self.daemon()
        wait_until(lambda: self.fake.requests()["by_token"].get("brand-b"), what="the first answers")
        order = self.fake.misbehave("503", retry_after=600)
        wait_until(lambda: self.fake.requests()["by_status"].get("503"), what="X asks for a pause")
        time.sleep(1)  # what was under way has its answer
        self.fake.behave(order)
        asked = self.fake.requests()["total"]
        self.assertEqual(self.command("reload").returncode, 0)
        time.sleep(2)
        self.assertEqual(self.fake.requests()["total"], asked)
        self.write(api={**self.settings["api"], "deadline": "9s"})
        self.assertEqual(self.command("reload").returncode, 0)
        wait_until(lambda: self.fake.requests()["total"] > asked, 10, what="X is asked again")
        self.assertTrue(daemon.is_running())

    def test_a_new_token_of_the_settings_is_asked_at_once(self):
        self.write(audit={**self.settings["audit"], "interval": "10m"})
        self.daemon()
        self.world.add_token("brand-c", "79", {OTHER: ["AD_MANAGER"]})
        self.fake.load_world(self.world.for_fake())
        settings_tokens = self.settings["tokens"]
        fresh = self.directory / "secrets" / "fresh.token"
        fresh.write_text(self.world.secret("brand-c")["token"], encoding="utf-8")
        secret = self.directory / "secrets" / "fresh.secret"
        secret.write_text(self.world.secret("brand-c")["secret"], encoding="utf-8")
        self.write(tokens=[*settings_tokens, {"name": "brand-c", "app": "agency", "kind": "advertiser",
                                              "access_token": f"${{file:{fresh}}}",
                                              "access_token_secret": f"${{file:{secret}}}", "accounts": [OTHER]}])
        self.assertEqual(self.command("reload").returncode, 0)
        wait_until(lambda: any(row["token"] == "brand-c" for row in self.answer("history", code=0)["changes"]
                               if row["kind"] == "first_seen"), 20, what="the first answer of the new token")

    def test_a_token_that_leaves_the_settings_is_asked_no_more(self):
        daemon = self.daemon()
        self.write(tokens=[token for token in self.settings["tokens"] if token["name"] != "brand-b"])
        self.assertEqual(self.command("reload").returncode, 0)
        names = [row[0] for row in daemon.query("SELECT name FROM tokens WHERE removed_at IS NULL")]
        self.assertEqual(names, ["brand-a"])


class ReloadRun(KillRun):
    """Reloads where the other run kills: nothing may be lost, and nothing may come twice."""

    reloads = broken = 0

    def _disturb(self, number):
        self._live(self._chance.uniform(0, 1.0))
        self._reload(number)

    def _reload(self, number):
        text = self._daemon.config.read_text(encoding="utf-8")
        bad = number % 5 == 4
        if bad:
            self._daemon.config.write_text(text + "nonsense: 1\n", encoding="utf-8")
        run = self._daemon.command("reload", timeout=PATIENCE)
        self._daemon.config.write_text(text, encoding="utf-8")
        if run.returncode != (BROKEN if bad else 0):
            raise AssertionError(f"reload {number} ended with {run.returncode}: {run.stdout}{run.stderr}")
        self.broken += bad
        self.reloads += not bad
        self._receive()
        if any(self.repeats().values()):
            raise AssertionError(f"sinks saw repeats after {number + 1} reloads: {self.repeats()}")


class UnderLoad(unittest.TestCase):
    def test_fifty_reloads_lose_no_alert_and_double_none(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        run = ReloadRun(directory / "run", make_pki(directory), 20261201, 50)
        run.play()
        self.assertEqual((run.reloads, run.broken), (40, 10))
        self.assertEqual(run.repeats(), collections.Counter({"ops": 0, "siem": 0}))
        print(f"50 reloads, {run.told()} alerts to each sink, repeats {run.repeats()}")


if __name__ == "__main__":
    unittest.main()
