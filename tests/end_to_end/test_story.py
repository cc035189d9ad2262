"""The story undisturbed, and with the daemon killed over and over while it is told."""

import collections
import os
import pathlib
import random
import tempfile
import threading
import time
import unittest

import story
from harness import Daemon, FakeApi, make_pki, make_settings, wait_until, webhook_secret

KILLS = int(os.environ.get("ADSAUDITD_KILLS", "50"))


class Killer(threading.Thread):
    """Kills the daemon at random instants and starts it again, `kills` times."""

    def __init__(self, daemon, kills, seed):
        super().__init__(daemon=True)
        self._daemon, self._left, self._random, self.error = daemon, kills, random.Random(seed), None
        self.kills = 0
        self.lock = threading.Lock()

    def run(self):
        try:
            while self._left > 0:
                time.sleep(self._random.uniform(0.05, 2.2))
                with self.lock:
                    self._daemon.kill()
                    self._daemon.start(ready_timeout=60)
                self._left -= 1
                self.kills += 1
        except Exception as error:  # noqa: BLE001  (shown by the test)
            self.error = error


class Case(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.directory = pathlib.Path(place.name)
        self.hook_secret = webhook_secret()
        world = story.make_world()
        self.fake = FakeApi(make_pki(self.directory), world.for_fake())
        self.addCleanup(self.fake.stop)
        settings = make_settings(self.directory, self.fake, world, self.hook_secret, audit=story.AUDIT,
                                 status={"listen": "off"})
        self.daemon = Daemon(settings, self.directory)

    def first_answers(self):
        return self.daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0]

    def check_books(self):
        """What must hold in the database whatever happened."""
        self.assertEqual(self.daemon.query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.daemon.query("PRAGMA foreign_key_check"), [])
        verified = self.daemon.command("db", "verify")
        self.assertEqual(verified.returncode, 0, verified.stdout)
        self.assertEqual(self.daemon.query("SELECT count(*) FROM incidents WHERE resolved_at IS NULL"), [(0,)])

    def delivered(self):
        rows = self.daemon.query("SELECT destination, state, count(*) FROM deliveries GROUP BY 1, 2 ORDER BY 1, 2")
        return {(destination, state): count for destination, state, count in rows}


class Undisturbed(Case):
    def test_every_alert_reaches_both_sinks_exactly_once(self):
        with self.daemon:
            story.Story(self.fake, self.hook_secret).tell(self.first_answers)
            wait_until(lambda: len(self.fake.posts("/slack/*")) >= 8, 20)
            time.sleep(1.5)
            self.assertEqual(story.told(self.fake, self.hook_secret), story.EXPECTED)
            self.assertEqual(len(self.fake.posts("/hook/*")), 8)
            self.assertEqual(len(self.fake.posts("/slack/*")), 8)
            self.assertEqual(self.fake.requests()["signature_failures"], 0)
            self.assertEqual(self.fake.requests()["nonce_reuses"], 0)
            started = time.monotonic()
            self.assertEqual(self.daemon.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)
        self.check_books()
        self.assertEqual(self.delivered(), {("ops", "delivered"): 8, ("siem", "delivered"): 8})


class Killed(Case):
    def test_kill_9_loses_no_alert_and_invents_none(self):
        self.daemon.start()
        killer = Killer(self.daemon, KILLS, seed=20261123)
        killer.start()
        story.Story(self.fake, self.hook_secret, wait=240).tell(self.first_answers)
        killer.join(300)
        self.assertIsNone(killer.error)
        self.assertEqual(killer.kills, KILLS)
        wait_until(lambda: sum(count for (_, state), count in self.delivered().items() if state == "pending") == 0, 60)
        self.assertEqual(self.daemon.stop(), 0)
        self.check_books()

        # Each alert was told; repeats kept their id and their bytes (hook_alerts asserts the bytes).
        self.assertEqual(story.told(self.fake, self.hook_secret), story.EXPECTED)
        ids = collections.Counter(post["header"]["webhook-id"] for post in self.fake.posts("/hook/*"))
        self.assertLessEqual(sum(ids.values()) - len(ids), KILLS, "at most one repeat a crash")
        bodies = collections.Counter(post["body_bytes"] for post in self.fake.posts("/slack/*"))
        self.assertEqual(len(bodies), 8)
        self.assertEqual(self.delivered(), {("ops", "delivered"): 8, ("siem", "delivered"): 8})


if __name__ == "__main__":
    unittest.main()
