"""What must hold whatever happens to the daemon, checked from outside: in its database as a crash left it, in what its
sinks received, and in what the kernel knows of it.

Each check has the number of its invariant, I1 to I10, and raises AssertionError, naming it, when it does not hold.
"""

import contextlib
import datetime
import json
import pathlib
import shutil
import sqlite3
import tempfile

from harness import leaked_canaries, verify_webhook

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32


def id_bytes(text):
    """The 16 bytes of an id such as msg_01J..., as the database holds them."""
    number = 0
    for digit in text.split("_", 1)[1]:
        number = number * 32 + DIGITS.index(digit)
    return number.to_bytes(16, "big")


def instant(text):
    """Seconds since the epoch of a time such as 2026-11-23T10:15:02.118Z; None of None."""
    return text and datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Alert:
    """An alert as a webhook's body tells it."""

    def __init__(self, body):
        self.body = body
        told = json.loads(body)
        data = told["data"]
        self.cause, self.state, self.sequence = told["type"], data["state"], data["sequence"]
        self.token, self.account = (data["token"] or {}).get("name"), (data["account"] or {}).get("id")
        self.incident = id_bytes(data["incident"]["id"])
        self.opened_at = instant(data["incident"]["opened_at"])
        self.last_good_at, self.at = instant(data["last_good_at"]), instant(told["timestamp"])

    def says(self):
        return (self.state, self.cause, self.token, self.account)


class Image:
    """A copy of the database as it lies on the disk, with its log of what is not yet in the file. Use as a context
    manager. The daemon's own files stay as they are, and whoever starts next recovers them by itself."""

    def __init__(self, database):
        self._source = pathlib.Path(database)

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="image-", dir=self._source.parent))
        for suffix in ("", "-wal"):
            file = self._source.with_name(self._source.name + suffix)
            if file.exists():
                shutil.copy(file, self.directory / file.name)
        self._database = sqlite3.connect(self.directory / self._source.name)
        return self

    def __exit__(self, *_):
        self._database.close()
        shutil.rmtree(self.directory)

    def rows(self, sql):
        return self._database.execute(sql).fetchall()


def require(invariant, holds, complaint):
    if not holds:
        raise AssertionError(f"{invariant}: {complaint}")


def i1_every_step_has_one_delivery_a_destination(image, destinations):
    """Each incident was announced once when it opened and once when it was resolved, to every destination; the
    announcement is in the database as soon as the incident is."""
    steps = {}
    for opened_at, identity, resolved_at in image.rows("SELECT opened_at, id, resolved_at FROM incidents"):
        incident = opened_at.to_bytes(6, "big") + identity
        for state in ("opened", "resolved") if resolved_at else ("opened",):
            for destination in destinations:
                steps[incident, state, destination] = 0
    for body, destination in image.rows(
            "SELECT bodies.bytes, deliveries.destination FROM deliveries JOIN bodies ON bodies.alert = deliveries.alert "
            "AND bodies.channel = 'webhook'"):
        alert = Alert(body)
        if alert.state in ("opened", "resolved"):
            step = (alert.incident, alert.state, destination)
            require("I1", step in steps, f"{alert.says()} is announced to {destination} without such a step")
            steps[step] += 1
    odd = {f"{state} to {destination}": count for (_, state, destination), count in steps.items() if count != 1}
    require("I1", not odd, f"steps with another number of deliveries than one: {odd}")


def i2_no_delivery_vanishes(image, known):
    """Each delivery is delivered, waits with a time of its next attempt, or is dead; none goes, and what was delivered
    stays so. `known` is what this gave the time before, or an empty dict: {delivery: state}."""
    now = {}
    for identity, state, due in image.rows("SELECT id, state, next_attempt_at FROM deliveries"):
        require("I2", state in ("pending", "delivered", "dead"), f"a delivery is {state!r}")
        require("I2", state != "pending" or due > 0, "a delivery waits for nothing")
        now[identity] = state
    for identity, state in known.items():
        require("I2", identity in now, f"a delivery that was {state} is gone")
        require("I2", state != "delivered" or now[identity] == state, f"what was delivered is {now[identity]} again")
    return now


def i3_what_is_delivered_was_seen_and_what_was_seen_is_on_record(image, seen):
    """`seen`: {destination: the bodies that came there}. What came is committed before it is sent, byte for byte."""
    for destination, bodies in seen.items():
        stored = {body: state for body, state in image.rows(
            "SELECT bytes, state FROM deliveries JOIN bodies USING (alert, channel) "
            f"WHERE destination = '{destination}'")}
        require("I3", bodies <= stored.keys(), f"{destination} saw {len(bodies - stored.keys())} that nobody remembers")
        lost = [body for body, state in stored.items() if state == "delivered" and body not in bodies]
        require("I3", not lost, f"{destination} never saw {len(lost)} that are said to be delivered")


def i3_an_id_has_one_body(post, secret, known):
    """Adds what a signed post tells to {webhook-id: Alert}, unless it is a repeat."""
    identity = verify_webhook(post["header"], post["body_bytes"], secret)
    alert = known.setdefault(identity, Alert(post["body_bytes"]))
    require("I3", alert.body == post["body_bytes"], f"{identity} came with two bodies")


def i4_first_deliveries_are_in_order(alerts):
    """`alerts` of one sink, in the order of their first arrival: those of a token in the order of their sequence."""
    last = {}
    for alert in alerts:
        require("I4", alert.sequence > last.get(alert.token, 0), f"{alert.says()} was overtaken")
        last[alert.token] = alert.sequence


def i5_nothing_is_invented(alerts, truth):
    """`truth`: {(cause, token, account): [(since, ill)]}, oldest first, from a time before all alerts on."""
    for alert in alerts:
        subject = (alert.cause, alert.token, alert.account)
        require("I5", subject in truth, f"nothing like {alert.says()} ever happened")
        ill = alert.state != "resolved"
        since = (alert.last_good_at or 0) if ill else alert.opened_at
        times = [(began, state) for began, state in truth[subject] if began <= alert.at]
        ends = [began for began, _ in times[1:]] + [alert.at]
        true = any(state == ill and end >= since for (_, state), end in zip(times, ends))
        require("I5", true, f"{alert.says()} was not so between {since} and {alert.at}")


def i6_everything_was_told(told, expected):
    """Two Counters of what alerts say; the caller has waited for the detection bound."""
    require("I6", not expected - told, f"missing: {expected - told}")
    require("I5", not told - expected, f"told too often: {told - expected}")


def i7_no_secret_is_in(*places):
    require("I7", not leaked_canaries(*places), f"secrets in clear: {leaked_canaries(*places)}")


def i8_no_peer_but(pid, ports):
    """The process has connections to these ports of 127.0.0.1 only."""
    sockets = set()
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            sockets.add(str(link.readlink()))
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            host, port = fields[2].split(":")
            to_nobody = int(port, 16) == 0
            if to_nobody or f"socket:[{fields[9]}]" not in sockets:
                continue
            fine = host == "0100007F" and int(port, 16) in ports
            require("I8", fine, f"a connection to {host}, port {int(port, 16)}")


def i9_one_process_has(database, pid):
    """Only that process holds locks on the database: the daemon's own on a file beside it, and SQLite's."""
    files = [file for file in pathlib.Path(database).parent.glob(pathlib.Path(database).name + "*") if file.is_file()]
    inodes = {file.stat().st_ino for file in files}
    holders = set()
    for line in pathlib.Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if "->" not in fields and int(fields[5].split(":")[2]) in inodes:  # an arrow: it only waits
            holders.add(int(fields[4]))
    require("I9", holders <= {pid}, f"the database is locked by {holders}, not only by {pid}")


def i10_the_database_is_whole(image):
    require("I10", image.rows("PRAGMA integrity_check") == [("ok",)], "integrity_check finds damage")
    require("I10", image.rows("PRAGMA foreign_key_check") == [], "foreign_key_check finds orphans")
