"""The daemon's database on a disk that fills up and is cleared again."""

import collections
import os
import pathlib
import tempfile
import time
import unittest

import invariants
from harness import Daemon, FakeApi, World, make_pki, make_settings, wait_until, webhook_secret
from small_disk import SmallDisk, require_own_mounts

MANAGER = ["AD_MANAGER"]
AUDIT = {"interval": "1s", "confirm": {"count": 2, "spacing": "1s"}, "control_token": "owner",
         "discovery_interval": "1h"}
REVOKED = ("token.revoked", "brand-a", None)
UNWRITABLE = ("store.unwritable", None, None)
PAUSED, RESUMED = "auditing paused", "auditing resumed"
PATIENCE = 60.0  # seconds, for a machine that does much else


def setUpModule():
    require_own_mounts()


def make_world():
    world = World()
    world.options["revoked"] = "code_89"
    world.add_token("brand-a", "2417045701", {"18ce5acme1": MANAGER}, app="agency")
    world.add_token("owner", "2417045702", {"18ce5home1": ["ACCOUNT_ADMIN"]}, app="own")
    return world


def processor_time(pid):
    """Seconds that the process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.disk = self.enterContext(SmallDisk(self.directory / "disk", "2m"))
        self.hook_secret = webhook_secret()
        world = make_world()
        self.fake = self.enterContext(FakeApi(make_pki(self.directory), world.for_fake()))
        settings = make_settings(self.directory, self.fake, world, self.hook_secret, audit=AUDIT,
                                 store={"path": str(self.disk.directory / "adsauditd.db")}, status={"listen": "off"})
        self.daemon = Daemon(settings, self.directory)
        self.addCleanup(lambda: self.daemon.is_running() and self.daemon.stop())
        self.daemon.start(PATIENCE)
        wait_until(lambda: self.changes() == 2 + 2, PATIENCE, what="both tokens and their first answers are on record")

    def changes(self):
        return self.daemon.query("SELECT count(*) FROM changes")[0][0]

    def fill_disk_and_revoke(self):
        self.disk.fill()
        self.fake.do("revoke", token="brand-a")
        wait_until(lambda: PAUSED in self.daemon.log(), PATIENCE, what="the daemon finds the disk full")

    def alerts(self):
        """What the webhook was told, repeats of an id aside, in the order of their first arrival."""
        alerts = {}
        for post in self.fake.posts("/hook/*"):
            invariants.i3_an_id_has_one_body(post, self.hook_secret, alerts)
        return list(alerts.values())

    def told(self, cause):
        return collections.Counter(alert.says() for alert in self.alerts() if alert.cause == cause)

    def wait_until_told(self, *says):
        wait_until(lambda: {alert.says() for alert in self.alerts()} >= set(says), PATIENCE, every=0.1, what=f"{says}")
        wait_until(lambda: self.pending() == 0, PATIENCE, every=0.1, what="every sink has everything")

    def pending(self):
        return self.daemon.query("SELECT count(*) FROM deliveries WHERE state = 'pending'")[0][0]

    def check_books(self):
        self.assertEqual(self.daemon.stop(), 0)
        with invariants.Image(self.daemon.database) as image:
            invariants.i10_the_database_is_whole(image)
            invariants.i1_every_step_has_one_delivery_a_destination(image, ["ops", "siem"])
            self.assertEqual(set(invariants.i2_no_delivery_vanishes(image, {}).values()), {"delivered"})
            invariants.i3_what_is_delivered_was_seen_and_what_was_seen_is_on_record(
                image, {"ops": {post["body_bytes"] for post in self.fake.posts("/slack/*")},
                        "siem": {alert.body for alert in self.alerts()}})
        self.assertEqual(self.daemon.command("db", "verify").returncode, 0)

    def test_nothing_advances_until_there_is_room_and_then_nothing_is_missing(self):
        before = self.changes()
        self.fill_disk_and_revoke()
        time.sleep(2)  # questions that were on their way
        asked, used = len(self.fake.log()), processor_time(self.daemon.pid)
        time.sleep(8)
        self.assertLess(processor_time(self.daemon.pid) - used, 2, "it waits, and does not try over and over")
        self.assertEqual(len(self.fake.log()), asked, "nothing is asked that could not be kept")
        self.assertEqual(self.changes(), before)
        self.assertEqual(self.told("token.revoked"), {})
        self.assertEqual(self.daemon.log().count(PAUSED), 1)

        self.disk.free()
        wait_until(lambda: RESUMED in self.daemon.log(), 30, what="normal work within 30 s")
        self.wait_until_told(("opened", *REVOKED))
        self.fake.do("restore", token="brand-a")
        self.wait_until_told(("opened", *REVOKED), ("resolved", *REVOKED))
        time.sleep(2)  # whatever else might come
        self.assertEqual(self.told("token.revoked"), {("opened", *REVOKED): 1, ("resolved", *REVOKED): 1})
        self.check_books()

    def test_each_sink_is_told_once_from_memory_and_once_that_it_is_over(self):
        self.fill_disk_and_revoke()
        paused = time.monotonic()

        def everyone_knows():
            return self.told("store.unwritable") and self.fake.posts("/slack/*")

        wait_until(everyone_knows, 60 - (time.monotonic() - paused), every=0.1, what="people know within 60 s")
        time.sleep(10)  # more than one try to write
        self.assertEqual(self.told("store.unwritable"), {("opened", *UNWRITABLE): 1})
        self.assertEqual((len(self.fake.posts("/hook/*")), len(self.fake.posts("/slack/*"))), (1, 1))

        self.disk.free()
        self.wait_until_told(("resolved", *UNWRITABLE), ("opened", *REVOKED))
        self.assertEqual(self.told("store.unwritable"), {("opened", *UNWRITABLE): 1, ("resolved", *UNWRITABLE): 1})
        self.assertEqual(len({alert.incident for alert in self.alerts() if alert.cause == "store.unwritable"}), 1)
        self.assertEqual((len(self.fake.posts("/hook/*")), len(self.fake.posts("/slack/*"))), (3, 3))
        self.check_books()


if __name__ == "__main__":
    unittest.main()
