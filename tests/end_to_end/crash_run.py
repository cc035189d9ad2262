"""One short story, with the daemon ended at a named point of its program and started again: a token is revoked and
restored, both sinks hear of it, and the daemon is stopped. All invariants are checked at the crash and at the end.
"""

import collections
import resource
import signal
import sqlite3
import time

from harness import Daemon, FakeApi, World, wait_until
from kill_run import MANAGER, PATIENCE, KillRun, revoked

FIRST_ANSWERS = 2


def make_world():
    """A world and its one trouble."""
    world = World()
    world.options["revoked"] = "code_89"
    world.add_token("brand-a", "2417045701", {"18ce5acme1": MANAGER}, app="agency")
    world.add_token("owner", "2417045702", {"18ce5home1": ["ACCOUNT_ADMIN"]}, app="own")
    return world, revoked("brand-a", "18ce5acme1", "2417045701")


class CrashRun(KillRun):
    """The story with a crash at each of `points`, one after the other; a point that is not passed is an error. The names
    of all that are passed go to the file `passed`."""

    def __init__(self, directory, pki, points=(), passed=None):
        super().__init__(directory, pki, seed=0, kills=len(points))
        self._world, trouble = make_world()
        self._troubles = [trouble]
        self._points, self._passed = list(points), passed

    def play(self):
        self._directory.mkdir()
        with FakeApi(self._pki, self._world.for_fake()) as self._fake:
            self._daemon = Daemon(self._settings(), self._directory)
            try:
                self._launch()
                self._wait(lambda: self._count("changes WHERE kind = 1") == FIRST_ANSWERS, "the first answers")
                self._tell()
                self._stop()
                if self._points:
                    raise AssertionError(f"never passed: {self._points}")
                self._launch()
                self._daemon.wait_ready(PATIENCE)
                self._check_the_end()
            finally:
                if self._daemon.is_running():
                    self._daemon.kill()

    def _tell(self):
        for what in ("it began", "it is over"):
            self._troubles[0].turn(self._fake)
            self._wait(self._is_told, f"both sinks know that {what}")

    def _launch(self):
        environment = {}
        if self._points:
            environment["ADSAUDITD_CRASH_AT"] = self._points[0]
        if self._passed:
            environment["ADSAUDITD_CRASH_LIST"] = str(self._passed)
        self._daemon.launch(environment)

    def _wait(self, holds, what):
        def is_so():
            if not self._daemon.is_running():
                self._note_crash()
                self._launch()
            self._receive()
            return holds()

        wait_until(is_so, PATIENCE, every=0.05, what=what)

    def _note_crash(self):
        if self._daemon.exit_status != -signal.SIGKILL or not self._points:
            raise AssertionError(f"the daemon ended with {self._daemon.exit_status}:\n{self._daemon.log()[-4000:]}")
        self._points.pop(0)
        self.crashes += 1
        self._receive()
        if self._count("deliveries") is not None:
            self._check_what_is_left()

    def _stop(self):
        """Until a daemon has ended in order."""
        while self._daemon.stop() != 0:
            self._note_crash()
            self._launch()
            self._daemon.wait_ready(PATIENCE)

    def _is_told(self):
        return (not self._expected() - self._said() and self._slack_waits_for() <= 0
                and self._count("deliveries WHERE state = 'pending'") == 0)

    def _count(self, what):
        """Rows; None as long as there is no such table."""
        try:
            return self._daemon.query(f"SELECT count(*) FROM {what}")[0][0]
        except sqlite3.OperationalError:
            return None


class PauseRun(CrashRun):
    """The story on a disk with no room: from the first answers on no file may grow, until people were told so or the
    daemon has crashed. What was told from memory is on no record then, and does not count."""

    UNWRITABLE = ("store.unwritable", None, None)

    def __init__(self, directory, pki, points=(), passed=None):
        super().__init__(directory, pki, points, passed)
        self._before, self._from_memory = None, None  # bodies seen before the pause, and in it
        self._room = [(0.0, False)]  # (since, there was none)

    def _tell(self):
        self._before = self._seen()
        self._limit_files(self._daemon.database.with_name(self._daemon.database.name + "-wal").stat().st_size)
        self._troubles[0].turn(self._fake)
        self._wait(lambda: self.crashes > 0 or self._is_everyone_warned(), "people are told that nothing is written")
        if not self.crashes:
            self._end_pause()
            self._limit_files(resource.RLIM_INFINITY)
        self._wait(self._is_told, "both sinks know that it began")
        self._troubles[0].turn(self._fake)
        self._wait(self._is_told, "both sinks know that it is over")

    def _limit_files(self, size):
        self._room.append((time.time(), size != resource.RLIM_INFINITY))
        resource.prlimit(self._daemon.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _is_everyone_warned(self):
        return all(set(bodies) - self._before[name] for name, bodies in self._bodies.items())

    def _end_pause(self):
        self._receive()
        self._from_memory = {name: set(bodies) - self._before[name] for name, bodies in self._bodies.items()}

    def _note_crash(self):
        if self._from_memory is None:
            self._end_pause()
            self._room.append((time.time(), False))
        super()._note_crash()

    def _seen(self):
        seen = super()._seen()
        return {name: bodies - self._from_memory[name] for name, bodies in seen.items()} if self.crashes else seen

    def _said(self):
        said = super()._said()
        return said - collections.Counter({("opened", *self.UNWRITABLE): 1}) if self.crashes else said

    def _expected(self):
        expected = super()._expected()
        if self._from_memory is not None and not self.crashes:
            expected += collections.Counter({(state, *self.UNWRITABLE): 1 for state in ("opened", "resolved")})
        return expected

    def _truth(self):
        return {**super()._truth(), self.UNWRITABLE: self._room}
