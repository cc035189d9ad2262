"""`adsauditd wait --ready`: for scripts that start a daemon and go on."""

import json
import subprocess
import time
import unittest

import schemas
from harness import daemon_binary
from verb_case import VerbCase


class Wait(VerbCase):
    def test_it_ends_when_the_daemon_is_ready_and_not_before(self):
        waiting = subprocess.Popen([daemon_binary(), "--config", str(self.file), "wait", "--ready", "--timeout", "30s", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        self.assertIsNone(waiting.poll(), "nobody runs yet")
        self.daemon()
        output, errors = waiting.communicate(timeout=30)
        self.assertEqual((waiting.returncode, errors), (0, ""))
        schemas.check("outcome", json.loads(output))
        self.assertTrue(json.loads(output)["ok"])
        self.assertEqual(self.command("wait").returncode, 0)

    def test_it_gives_up_in_time(self):
        began = time.monotonic()
        self.refused(12, "the daemon is not ready yet: no daemon answers", "wait", "--ready", "--timeout", "1s")
        self.assertLess(time.monotonic() - began, 10)
        self.refused(2, "--timeout", "wait", "--timeout", "soon")


if __name__ == "__main__":
    unittest.main()
