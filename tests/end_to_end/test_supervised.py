"""What the daemon tells a service manager, and what it keeps from everybody else on the machine."""

import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from harness import Daemon, FakeApi, World, daemon_binary, make_pki, make_settings, wait_until

PERIOD = 2.0  # seconds, of the watchdog


class Manager:
    """Plays systemd's end of sd_notify(3), and like it reads whatever comes at once: a full socket would stop the daemon."""

    def __init__(self, directory):
        self.path = pathlib.Path(directory) / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self.heard = []  # (time, text)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while (text := self._socket.recv(65536).decode()) != "END":
            self.heard.append((time.monotonic(), text))

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as farewell:
            farewell.sendto(b"END", str(self.path))
        self._thread.join()
        self._socket.close()

    def environment(self):
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(int(PERIOD * 1e6))}

    def proofs_of_life(self):
        return [at for at, said in list(self.heard) if said == "WATCHDOG=1"]

    def has_said(self, text):
        return any(said.startswith(text) for _, said in list(self.heard))


class Supervised(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.manager = Manager(self.directory)
        self.addCleanup(self.manager.close)
        self.world = World()
        self.world.options["revoked"] = "code_89"
        self.world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"]})
        self.world.add_token("brand-b", "2417045709", {"18ce5a2": ["AD_MANAGER"]})
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), self.world.for_fake()))
        settings = make_settings(self.directory, self.fake, self.world, status={"listen": "off"})
        self.daemon = Daemon(settings, self.directory, self.manager.environment())
        self.addCleanup(lambda: self.daemon.is_running() and self.daemon.stop())

    def longest_silence(self, seconds):
        """Between two proofs of life, while `seconds` pass."""
        began = time.monotonic()
        time.sleep(seconds)
        proofs = [at for at in self.manager.proofs_of_life() if at >= began]
        return max(after - before for before, after in zip([began, *proofs], [*proofs, time.monotonic()]))

    def test_ready_comes_first_and_then_a_line_of_status_and_proofs_of_life(self):
        self.daemon.start()
        wait_until(lambda: self.manager.has_said("WATCHDOG=1"), 10)
        said = [text for _, text in self.manager.heard]
        self.assertEqual(said[0], "READY=1")
        self.assertTrue(any(text.startswith("STATUS=watching 2 tokens on 2 pairs") for text in said), said)
        self.assertLess(self.longest_silence(3 * PERIOD), PERIOD)
        self.daemon.stop()
        self.assertTrue(self.manager.has_said("STOPPING=1"))

    def test_slow_sinks_and_a_silent_x_are_no_reason_to_end_it(self):
        self.daemon.start()
        wait_until(lambda: self.manager.has_said("WATCHDOG=1"), 10)
        self.fake.sink_behaviour("/hook/*", ms=60_000)
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: self.fake.posts("/slack/*"), 20)
        self.fake.misbehave("hang")
        self.assertLess(self.longest_silence(3 * PERIOD), PERIOD)

    def test_without_its_database_there_is_no_proof_of_life(self):
        self.daemon.start()
        wait_until(lambda: self.manager.has_said("WATCHDOG=1"), 10)
        other = sqlite3.connect(self.daemon.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")  # from now on a commit waits
        self.fake.do("revoke", token="brand-a")
        self.assertGreater(self.longest_silence(3 * PERIOD), PERIOD)
        other.execute("ROLLBACK")

    def test_stopped_it_gives_none(self):
        self.daemon.start()
        wait_until(lambda: self.manager.has_said("WATCHDOG=1"), 10)
        os.kill(self.daemon.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.daemon.pid, signal.SIGCONT)
        self.assertGreater(self.longest_silence(1.5 * PERIOD), PERIOD)
        os.kill(self.daemon.pid, signal.SIGCONT)


class Private(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        world = World()
        world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"]})
        fake = self.enterContext(FakeApi(make_pki(self.directory), world.for_fake()))
        self.daemon = Daemon(make_settings(self.directory, fake, world, status={"listen": "off"}), self.directory)
        self.addCleanup(lambda: self.daemon.is_running() and self.daemon.kill())

    def test_no_core_is_dumped(self):
        self.daemon.start()
        limits = pathlib.Path(f"/proc/{self.daemon.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        os.kill(self.daemon.pid, signal.SIGABRT)
        _, status = os.waitpid(self.daemon.pid, 0)
        self.assertFalse(os.WCOREDUMP(status))

    def owner_of_memory(self, *command):
        """The user who may read the memory of a process that nobody started; it has settled when this is asked."""
        process = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        try:
            folder = pathlib.Path(f"/proc/{process.pid}")
            program = pathlib.Path(command[0]).name
            wait_until(lambda: (folder / "comm").read_text().strip() == program[:15], 10)
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            if "libasan" in (folder / "maps").read_text():
                self.skipTest("NOT TESTED: the leak check of the address sanitizer reads the memory as others must not")
            return (folder / "environ").stat().st_uid
        finally:
            process.kill()
            process.wait()

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "NOT TESTED: only root can be somebody else")
    def test_its_own_user_cannot_read_its_memory(self):
        for path in [self.directory, *self.directory.rglob("*")]:
            os.chown(path, 65534, 65534)
        self.assertEqual(self.owner_of_memory("/usr/bin/sleep", "60"), 65534)
        self.assertEqual(self.owner_of_memory(daemon_binary(), "--config", str(self.daemon.config), "run"), 0)


if __name__ == "__main__":
    unittest.main()
