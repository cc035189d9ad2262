"""Many short lives of daemons that are killed at random instants while alerts flow.

ADSAUDITD_KILLS says how often in all: 200 without it.
"""

import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time
import unittest

from harness import make_pki
from kill_run import KillRun

KILLS = int(os.environ.get("ADSAUDITD_KILLS", "200"))
KILLS_A_RUN = 5
SEED = 20261123
# A run waits most of its time, for the second between two questions and between two messages to Slack.
RUNS_AT_ONCE = 10 * (os.cpu_count() or 1)


class Killed(unittest.TestCase):
    def test_kill_9_loses_no_alert_and_invents_none(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        pki = make_pki(directory)
        shares = [min(KILLS_A_RUN, KILLS - done) for done in range(0, KILLS, KILLS_A_RUN)]
        runs = [KillRun(directory / f"run-{number}", pki, SEED + number, kills) for number, kills in enumerate(shares)]
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
            failures = [failure for failure in pool.map(play, runs) if failure]
        if failures:
            self.fail(f"{len(failures)} of {len(runs)} runs:\n" + "\n".join(failures))
        self.assertEqual(sum(run.crashes for run in runs), KILLS)
        repeats = {name: sum(run.repeats()[name] for run in runs) for name in ("ops", "siem")}
        print(f"{KILLS} kills in {len(runs)} runs and {time.monotonic() - began:.0f} s: "
              f"{sum(run.told() for run in runs)} alerts to each sink, repeats {repeats}", file=sys.stderr)


def play(run):
    """Nothing, or what went wrong."""
    try:
        run.play()
        return None
    except Exception as error:  # noqa: BLE001  (shown by the test, with those of the other runs)
        return f"run with seed {run.seed}: {type(error).__name__}: {error}"


if __name__ == "__main__":
    unittest.main()
