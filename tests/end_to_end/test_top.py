"""`adsauditd top` in a terminal of Python's."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from harness import daemon_binary
from verb_case import VerbCase


class Screen:
    """The program in a terminal, and all that it wrote so far."""

    def __init__(self, *arguments, columns=100, lines=30, **environment):
        self.master, self._slave = pty.openpty()
        self.resize(columns, lines)
        self.before = termios.tcgetattr(self._slave)
        self.process = subprocess.Popen([daemon_binary(), *arguments], stdin=self._slave, stdout=self._slave,
                                        stderr=self._slave, env={**os.environ, "TERM": "xterm", **environment})
        self.seen = ""

    def resize(self, columns, lines):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read_until(self, text, timeout=10):
        end = time.monotonic() + timeout
        while text not in self.seen:
            ready = select.select([self.master], [], [], max(0, end - time.monotonic()))[0]
            if not ready:
                raise AssertionError(f"{text!r} did not come; seen: {self.seen[-2000:]!r}")
            self.seen += os.read(self.master, 65536).decode("utf-8", "replace")

    def end(self):
        code = self.process.wait(10)
        self.read_until("\x1b[?1049l")
        same = termios.tcgetattr(self._slave) == self.before
        os.close(self.master)
        os.close(self._slave)
        return code, same


class Top(VerbCase):
    def test_it_shows_follows_and_gives_the_terminal_back(self):
        self.refused(6, "there is no database", "top", "--once")
        self.audit()
        self.assertIn("ALL WELL", self.shown("top", "--once"))
        screen = Screen("--config", str(self.file), "top", "--interval", "300ms")
        screen.read_until("\x1b[1;32mALL WELL\x1b[0m")
        self.revoke()
        screen.read_until("\x1b[1;31m1 open incident\x1b[0m")
        screen.read_until("Access token revoked: brand-a")
        screen.seen = ""
        screen.resize(40, 5)
        screen.process.send_signal(signal.SIGWINCH)
        screen.read_until("\u2026")
        screen.seen = ""
        screen.read_until("\x1b[H\x1b[J")
        screen.seen = ""
        screen.read_until("\x1b[H\x1b[J")
        frame = screen.seen.split("\x1b[H\x1b[J")[0]
        self.assertLessEqual(frame.count("\r\n"), 4)
        os.write(screen.master, b"q")
        self.assertEqual(screen.end(), (0, True))
        for name, value, ending in (("NO_COLOR", "1", signal.SIGTERM), ("LANG", "C", signal.SIGINT)):
            screen = Screen("--config", str(self.file), "top", **{name: value})
            screen.read_until("1 open incident")
            self.assertEqual("\x1b[1;31m" in screen.seen, name != "NO_COLOR")
            screen.process.send_signal(ending)
            self.assertEqual(screen.end(), (0, True))
        screen = Screen("--config", str(self.file), "top", TERM="dumb")
        screen.read_until("1 open incident")
        self.assertEqual(screen.process.wait(10), 0)
        self.assertNotIn("\x1b", screen.seen)
        seen = self.answer("top")
        self.assertEqual((seen["health"], seen["open_incidents"]), ("incidents", {"token.revoked": 1}))
        self.assertIn("adsauditd token authorize", seen["gravest"][0]["repair"])
        self.refused(2, "--interval", "top", "--interval", "1ms")

    def test_help(self):
        self.check_help("top")


if __name__ == "__main__":
    unittest.main()
