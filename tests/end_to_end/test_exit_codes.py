"""Scripts and the unit depend on exit codes: each one is met here once, and a new one is missed."""

import pathlib
import re
import unittest

from harness import run_command
from verb_case import NO_INCIDENT, VerbCase

HEADER = pathlib.Path(__file__).parent.parent.parent / "daemon" / "exit_codes.h"


class ExitCodes(VerbCase):
    def run_0(self):
        return self.command("config", "check", "--no-network")

    def run_1(self):
        return self.command("key", "init", str(self.directory / "adsauditd.yaml"))  # which is there

    def run_2(self):
        return self.command("alerts", "replay")

    def run_3(self):
        broken = self.directory / "broken.yaml"
        broken.write_text("nonsense: 1\n", encoding="utf-8")
        return run_command("--config", str(broken), "run")

    def run_4(self):
        return self.command("reload")

    def run_5(self):
        return self.command("key", "init", "/sys/adsauditd.key")  # nobody may write there

    def run_6(self):
        self.audit()
        return self.command("ack", NO_INCIDENT)

    def run_10(self):
        self.fake.do("revoke", token="brand-a")
        self.addCleanup(self.fake.do, "restore", token="brand-a")
        return self.command("audit", "--once")

    def run_11(self):
        daemon = self.daemon()
        run = self.command("run")
        daemon.stop()
        return run

    def run_12(self):
        self.fake.sink_behaviour("/hook/siem", ms=5000, times=1)
        return self.command("alerts", "test", "siem", "--timeout", "1s")

    def run_13(self):
        database = pathlib.Path(self.settings["store"]["path"])
        for beside in database.parent.glob(database.name + "-*"):
            beside.unlink()
        database.write_bytes(b"this is no database" * 400)
        return self.command("status")

    WORDS = {0: ": ok, 1 apps", 1: "not overwritten", 2: "wants the id", 3: "unknown key", 4: "no daemon answers",
             5: "/sys/adsauditd.key", 6: "there is no incident", 10: "token.revoked", 11: "another adsauditd uses it",
             12: "", 13: "file is not a database"}

    def test_each_code_means_what_it_says(self):
        codes = [int(code) for code in re.findall(r"^  kExit\w+ = (\d+)", HEADER.read_text(encoding="utf-8"), re.M)]
        self.assertEqual(codes, list(self.WORDS))
        for code, words in self.WORDS.items():
            with self.subTest(code=code):
                run = getattr(self, f"run_{code}")()
                self.assertEqual(run.returncode, code, run.stdout + run.stderr)
                self.assertIn(words, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
