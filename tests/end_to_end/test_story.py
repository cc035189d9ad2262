"""The story, told once."""

import pathlib
import tempfile
import time
import unittest

import story
from harness import Daemon, FakeApi, make_pki, make_settings, wait_until, webhook_secret


class Story(unittest.TestCase):
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

    def test_every_alert_reaches_both_sinks_exactly_once(self):
        with self.daemon:
            story.Story(self.fake, self.hook_secret).tell(self.first_answers)
            wait_until(lambda: len(self.fake.posts("/slack/*")) >= 8, 20)
            time.sleep(1.5)
            self.assertEqual(story.told(self.fake, self.hook_secret), story.EXPECTED)
            self.assertEqual(len(self.fake.posts("/hook/*")), 8)
            self.assertEqual(len(self.fake.posts("/slack/*")), 8)
            self.assertEqual(len(story.slack_bodies(self.fake)), 8)
            self.assertEqual(self.fake.requests()["signature_failures"], 0)
            self.assertEqual(self.fake.requests()["nonce_reuses"], 0)
            started = time.monotonic()
            self.assertEqual(self.daemon.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)
        self.check_books()
        self.assertEqual(self.delivered(), {("ops", "delivered"): 8, ("siem", "delivered"): 8})


if __name__ == "__main__":
    unittest.main()
