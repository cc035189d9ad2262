"""The key is rotated while the daemon runs, and killed again and again meanwhile: no secret is lost."""

import base64
import contextlib
import os
import pathlib
import random
import secrets
import sqlite3
import subprocess
import time

from harness import Daemon, daemon_binary, wait_until, write_settings
from verb_case import VerbCase

USAGE, LOCKED, UNUSABLE = 2, 11, 13
KILLS = int(os.environ.get("ADSAUDITD_ROTATION_KILLS", "50"))
TOKENS = 4000


class KeyRotation(VerbCase):
    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.settings["store"]["path"])
        self.first = self.settings["store"]["key"]
        self.second = self.new_key("second.key")

    def new_key(self, name):
        file = self.directory / name
        file.touch(0o600)
        file.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return f"${{file:{file}}}"

    def use_keys(self, key, old_key=None):
        store = {"path": str(self.path), "key": key, **({"old_key": old_key} if old_key else {})}
        self.write(store=store)

    def import_tokens(self):
        lines = [f"many-{number},agency,advertiser,{number}-many,secret-{number},18ce5home1," for number in range(TOKENS)]
        file = self.directory / "many.csv"
        file.write_text("name,app,kind,access_token,access_token_secret,accounts,labels\n" + "\n".join(lines) + "\n")
        self.shown("token", "import", str(file))

    def sealed(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute("SELECT sealed FROM tokens WHERE sealed IS NOT NULL")]

    def copies(self, blobs):
        """How many of the blobs are in the files, beginning with their key's id and their nonce."""
        content = b"".join(pathlib.Path(f"{self.path}{suffix}").read_bytes() for suffix in ("", "-wal")
                           if pathlib.Path(f"{self.path}{suffix}").exists())
        return sum(blob[:20] in content for blob in blobs)

    def test_a_lost_key_is_got_over_and_the_history_stays(self):
        self.audit()
        self.use_keys(self.second)  # the first one is gone
        self.refused(UNUSABLE, "if that key is lost, remove all tokens", "run")
        self.refused(USAGE, "comes from the settings", "token", "remove", "brand-a")
        tokens = self.settings["tokens"]
        self.write(tokens=None)
        for name in ("brand-a", "brand-b"):
            self.refused(UNUSABLE, "if that key is lost", "audit", "--once")
            self.assertEqual(self.answer("token", "remove", name), {"removed": name})
        self.write(tokens=tokens)
        self.audit()
        self.assertEqual(self.answer("db", "check")["secrets_opened"], 2)
        kinds = [change["kind"] for change in self.answer("history", "--token", "brand-a")["changes"]]
        self.assertEqual([kind for kind in kinds if kind.startswith("token")],
                         ["token_added", "token_removed", "token_added"])

    def test_the_daemon_goes_on_while_its_key_is_rotated_and_the_old_one_opens_nothing_after(self):
        with contextlib.ExitStack() as stack:
            self.audit()  # sealed with the first key
            self.use_keys(self.second, self.first)
            daemon = stack.enter_context(Daemon(self.settings, self.directory))
            old = self.sealed()
            self.assertEqual(self.copies(old), len(old))
            answer = self.answer("key", "rotate")
            self.assertEqual(answer, {"complete": True, "resealed": len(old), "unreadable": [], "leftovers": 0})
            self.assertEqual(self.copies(old), 0)
            asked = len(self.fake.log())
            wait_until(lambda: len(self.fake.log()) > asked + 3, what="audits go on")
            added = daemon.command("token", "add", "late", "--app", "agency", "--kind", "advertiser", "--account",
                                   "18ce5a1", stdin="79-late\nsecret\n")
            self.assertEqual(added.returncode, 0, added.stderr)
            self.fake.do("revoke", token="brand-a")
            self.wait_for_posts("/hook/siem", 1)
            self.assertTrue(daemon.is_running())
            self.assertEqual(self.answer("key", "rotate")["resealed"], 0)
        self.use_keys(self.second)
        self.assertTrue(self.answer("db", "check")["ok"])
        with Daemon(self.settings, self.directory) as again:
            self.assertTrue(again.is_running())
        self.use_keys(self.first)
        self.refused(UNUSABLE, "sealed with another key", "audit", "--once")

    def test_a_daemon_that_does_not_know_the_new_key_is_not_left_behind(self):
        with Daemon(self.settings, self.directory) as daemon:
            self.use_keys(self.second, self.first)
            self.refused(LOCKED, "does not know the new key; restart it", "key", "rotate")
            self.assertTrue(daemon.is_running())
            self.assertEqual(self.answer("db", "check")["secrets_shut"], [])
            self.use_keys(self.first)
            self.assertEqual(self.answer("db", "check")["secrets_shut"], [])

    def test_rotate_without_an_old_key_says_what_to_set(self):
        self.audit()
        self.refused(USAGE, "put the new one into store.key", "key", "rotate")
        self.check_help("key", "rotate")

    def test_killed_at_any_moment_it_loses_no_secret(self):
        self.import_tokens()
        old = self.sealed()
        keys = [self.second, self.first]
        self.use_keys(*keys)
        began = time.monotonic()
        duration, kills, done, inside = 0.5, 0, 0, 0
        chance = random.Random(7)
        while kills < KILLS and time.monotonic() - began < 200:
            started = time.monotonic()
            rotation = subprocess.Popen([daemon_binary(), "--config", str(self.file), "key", "rotate"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                _, complaint = rotation.communicate(timeout=chance.uniform(0, duration))
                self.assertEqual(rotation.returncode, 0, complaint)
                duration = max(0.1, time.monotonic() - started)
                done += 1
                keys.reverse()  # and back again
                self.use_keys(*keys)
            except subprocess.TimeoutExpired:
                rotation.kill()
                rotation.communicate()
                kills += 1
                ids = {blob[:8] for blob in self.sealed()}
                inside += len(ids) == 2
                duration = min(duration * 1.05, 10)
            if kills % 5 == 0:
                answer = self.answer("db", "check")
                self.assertEqual((answer["secrets_opened"], answer["secrets_shut"]), (TOKENS, []))
        print(f"{kills} kills, {inside} of them between two batches, {done} rotations came to their end", flush=True)
        self.assertGreaterEqual(kills, min(KILLS, 10))
        self.assertEqual(self.answer("key", "rotate")["leftovers"], 0)
        answer = self.answer("db", "check")
        self.assertEqual((answer["secrets_opened"], answer["secrets_shut"]), (TOKENS, []))
        self.assertEqual(self.copies(old), 0)
        self.use_keys(keys[0])
        self.assertTrue(self.answer("db", "check")["ok"])
