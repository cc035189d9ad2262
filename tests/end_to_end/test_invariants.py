"""Each invariant is found to be broken when it is: otherwise it would say nothing of a daemon."""

import collections
import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import invariants
from harness import canary

INCIDENT = "inc_01ARZ3NDEKTSV4RRFFQ69G5FAV"
OPENED_MS = int.from_bytes(invariants.id_bytes(INCIDENT)[:6], "big")
SINKS = ("ops", "siem")
SCHEMA = """
CREATE TABLE incidents (opened_at INTEGER, id BLOB, resolved_at INTEGER);
CREATE TABLE bodies (alert BLOB, channel TEXT, bytes BLOB, PRIMARY KEY (alert, channel));
CREATE TABLE deliveries (id BLOB PRIMARY KEY, alert BLOB, destination TEXT, channel TEXT, state TEXT,
  next_attempt_at INTEGER, FOREIGN KEY (alert, channel) REFERENCES bodies (alert, channel));
"""


def body(state="opened", token="acme", sequence=1, at="2026-11-23T10:15:02.118Z", last_good_at=None,
         opened_at="2026-11-23T10:15:00.000Z"):
    return json.dumps({"type": "token.revoked", "timestamp": at, "data": {
        "state": state, "sequence": sequence, "token": {"name": token}, "account": None, "last_good_at": last_good_at,
        "incident": {"id": INCIDENT, "opened_at": opened_at}}}).encode()


def alert(**members):
    return invariants.Alert(body(**members))


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def assert_broken(self, invariant, check, *arguments):
        with self.assertRaisesRegex(AssertionError, f"^{invariant}: "):
            check(*arguments)


class Records(Case):
    def setUp(self):
        super().setUp()
        self.database = self.directory / "adsauditd.db"
        with self.connect() as database:
            database.executescript(SCHEMA)
            database.execute("INSERT INTO incidents VALUES (?, ?, NULL)",
                             (OPENED_MS, invariants.id_bytes(INCIDENT)[6:]))
            for channel in ("slack", "webhook"):
                database.execute("INSERT INTO bodies VALUES (x'01', ?, ?)", (channel, body()))
            database.execute("INSERT INTO deliveries VALUES (x'11', x'01', 'ops', 'slack', 'delivered', 0)")
            database.execute("INSERT INTO deliveries VALUES (x'12', x'01', 'siem', 'webhook', 'pending', 5)")

    @contextlib.contextmanager
    def connect(self):
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            yield database

    def change(self, sql, *parameters):
        with self.connect() as database:
            database.execute(sql, parameters)

    def on_image(self, check, *arguments):
        with invariants.Image(self.database) as image:
            return check(image, *arguments)

    def assert_image_broken(self, invariant, check, *arguments):
        self.assert_broken(invariant, self.on_image, check, *arguments)

    def test_an_image_holds_what_is_only_in_the_log(self):
        with self.connect() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("INSERT INTO incidents VALUES (1, x'02', NULL)")
            database.commit()
            before = {file.name: file.read_bytes() for file in self.directory.iterdir() if file.is_file()}
            self.assertEqual(self.on_image(lambda image: image.rows("SELECT count(*) FROM incidents")), [(2,)])
            self.assertEqual({file.name: file.read_bytes() for file in self.directory.iterdir()}, before)

    def test_i1_wants_one_delivery_of_each_step_for_each_destination(self):
        check = invariants.i1_every_step_has_one_delivery_a_destination
        self.on_image(check, SINKS)
        self.assert_image_broken("I1", check, (*SINKS, "mail"))
        self.change("INSERT INTO deliveries VALUES (x'13', x'01', 'siem', 'webhook', 'pending', 5)")
        self.assert_image_broken("I1", check, SINKS)
        self.change("DELETE FROM deliveries WHERE id = x'13'")
        self.change("UPDATE incidents SET resolved_at = 7")
        self.assert_image_broken("I1", check, SINKS)
        self.change("DELETE FROM incidents")
        self.assert_image_broken("I1", check, SINKS)

    def test_i2_misses_what_vanished_or_came_back(self):
        check = invariants.i2_no_delivery_vanishes
        known = self.on_image(check, {})
        self.assertEqual(known, {b"\x11": "delivered", b"\x12": "pending"})
        self.assertEqual(self.on_image(check, known), known)
        self.assert_image_broken("I2", check, {b"\x10": "pending"})
        self.assert_image_broken("I2", check, {b"\x12": "delivered"})
        self.change("UPDATE deliveries SET next_attempt_at = 0 WHERE state = 'pending'")
        self.assert_image_broken("I2", check, {})

    def test_i3_compares_the_records_with_what_was_seen(self):
        check = invariants.i3_what_is_delivered_was_seen_and_what_was_seen_is_on_record
        self.on_image(check, {"ops": {body()}, "siem": set()})
        self.on_image(check, {"ops": {body()}, "siem": {body()}})
        self.assert_image_broken("I3", check, {"ops": set()})
        self.assert_image_broken("I3", check, {"siem": {body(sequence=2)}})

    def test_i10_finds_orphans_and_damage(self):
        self.on_image(invariants.i10_the_database_is_whole)
        self.change("DELETE FROM bodies WHERE channel = 'slack'")
        self.assert_image_broken("I10", invariants.i10_the_database_is_whole)


class Alerts(Case):
    def test_i4_sees_who_was_overtaken(self):
        check = invariants.i4_first_deliveries_are_in_order
        check([alert(sequence=1), alert(sequence=9, token="bolt"), alert(sequence=2), alert(sequence=10, token="bolt")])
        self.assert_broken("I4", check, [alert(sequence=2), alert(sequence=1)])

    def test_i5_knows_when_it_was_true(self):
        at = invariants.instant("2026-11-23T10:15:00.000Z")
        subject = ("token.revoked", "acme", None)
        truth = {subject: [(0.0, False), (at, True), (at + 10, False)]}
        check = invariants.i5_nothing_is_invented
        opened = {"last_good_at": "2026-11-23T10:14:59.000Z"}
        check([alert(**opened, at="2026-11-23T10:15:02.000Z")], truth)
        check([alert(**opened, at="2026-11-23T10:15:12.000Z")], truth)  # over by then, but it was so in between
        check([alert(state="resolved", at="2026-11-23T10:15:12.000Z")], truth)
        for broken in (alert(**opened, at="2026-11-23T10:14:59.500Z"),
                       alert(last_good_at="2026-11-23T10:15:11.000Z", at="2026-11-23T10:15:12.000Z"),
                       alert(state="resolved", opened_at="2026-11-23T10:15:01.000Z", at="2026-11-23T10:15:02.000Z"),
                       alert(token="bolt")):
            self.assert_broken("I5", check, [broken], truth)

    def test_i6_misses_what_was_not_told_and_i5_what_was_told_twice(self):
        once, twice = collections.Counter({"a": 1}), collections.Counter({"a": 2})
        invariants.i6_everything_was_told(once, once)
        self.assert_broken("I6", invariants.i6_everything_was_told, once, twice)
        self.assert_broken("I5", invariants.i6_everything_was_told, twice, once)

    def test_i7_finds_a_secret(self):
        invariants.i7_no_secret_is_in("nothing here")
        self.assert_broken("I7", invariants.i7_no_secret_is_in, "log " + canary("token"))


class Processes(Case):
    def test_i8_sees_a_connection_to_somebody_else(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)):
                peer, _ = server.accept()
                with peer:
                    mine = peer.getpeername()[1]
                    invariants.i8_no_peer_but(os.getpid(), {port, mine})
                    self.assert_broken("I8", invariants.i8_no_peer_but, os.getpid(), {mine})

    def test_i9_sees_a_second_one_with_a_lock(self):
        database = self.directory / "adsauditd.db"
        lock = self.directory / "adsauditd.db.lock"
        lock.touch()
        hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", hold, str(lock)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            invariants.i9_one_process_has(database, holder.pid)
            self.assert_broken("I9", invariants.i9_one_process_has, database, os.getpid())
            holder.stdin.close()


if __name__ == "__main__":
    unittest.main()
