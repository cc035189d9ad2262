"""The program ends at every named point once, as kill -9 would end it, and is started again: nothing is lost.

ADSAUDITD_CRASH names the program that is linked with crash_point.cpp.
"""

import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time
import unittest
import unittest.mock

from crash_points import all_points, families
from crash_run import CrashRun, PauseRun
from harness import daemon_binary, make_pki
from verb_crash import Workshop

PROGRAM = os.environ.get("ADSAUDITD_CRASH", "")
# A run waits most of its time, for the second between two questions.
RUNS_AT_ONCE = 4 * (os.cpu_count() or 1)
PAUSE_POINTS = {"loop.paused", "loop.resuming", "loop.resumed", "urgent.send", "urgent.answer"}
BACKUP_POINTS = {"backup.before", "backup.made", "backup.after"}
OLD_SCHEMA = "commit.schema_2.before"  # a crash there leaves a database that the next start has to upgrade


@unittest.skipUnless(PROGRAM, "NOT TESTED: no crash points, because ADSAUDITD_CRASH names no program that has them")
class CrashPoints(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(unittest.mock.patch.dict(os.environ, {"ADSAUDITD": PROGRAM}))
        self.pki = make_pki(self.directory)
        self.pool = self.enterContext(concurrent.futures.ThreadPoolExecutor(RUNS_AT_ONCE))

    def test_a_crash_at_any_point_loses_nothing_and_invents_nothing(self):
        began = time.monotonic()
        workshop = self.enterContext(Workshop(self.directory / "workshop", self.pki))
        story = self.points_of_the_story()
        jobs = {point: self.crash_run(CrashRun, point) for point in story}
        jobs |= {point: self.crash_run(PauseRun, point) for point in PAUSE_POINTS}
        jobs |= {point: self.crash_run(CrashRun, OLD_SCHEMA, point) for point in BACKUP_POINTS}
        by_verbs = {point: workshop.verb_for(point) for point in all_points() - jobs.keys() if workshop.verb_for(point)}
        jobs |= {point: workshop.run_for(point) for point in by_verbs}

        failures = {point: failure for point, failure in zip(jobs, self.pool.map(play, jobs.values())) if failure}
        print(f"{len(jobs)} crash points in {time.monotonic() - began:.0f} s: {len(story)} of the story, and "
              f"{sorted(jobs.keys() - story)}", file=sys.stderr)
        self.assertEqual(failures, {})
        never_passed = all_points() - jobs.keys()
        never_passed |= {name for name in families() if not any(point.startswith(name) for point in jobs)}
        self.assertEqual(never_passed, set(), "nothing here passes these points")

    def points_of_the_story(self):
        """Those that an undisturbed story passes."""
        passed = self.directory / "passed"
        self.assertIsNone(play(CrashRun(self.directory / "undisturbed", self.pki, passed=passed)))
        return set(passed.read_text(encoding="utf-8").split())

    def crash_run(self, kind, *points):
        return kind(self.directory / points[-1], self.pki, points)


class Production(unittest.TestCase):
    def test_a_program_for_use_has_no_crash_points(self):
        self.assertNotIn(b"ADSAUDITD_CRASH", pathlib.Path(daemon_binary()).read_bytes())


def play(run):
    """Nothing, or what went wrong."""
    try:
        run.play()
        return None
    except Exception as error:  # noqa: BLE001  (shown by the test, with those of the other runs)
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    unittest.main()
