"""The verbs that look after the database: backup, check, stats, prune."""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess

from harness import Daemon, daemon_binary, wait_until
from verb_case import ACCOUNT, VerbCase

FAILURE, NOT_FOUND, SETTINGS, LOCKED, UNUSABLE = 1, 6, 3, 11, 13
DAY_MS = 24 * 3600 * 1000


def alter(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(sql)
        database.commit()


class DatabaseVerbs(VerbCase):
    @property
    def path(self):
        return pathlib.Path(self.settings["store"]["path"])

    def test_a_backup_beside_the_daemon_is_whole_private_and_starts_again(self):
        daemon = self.daemon()
        wait_until(lambda: daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0] >= 3)
        target = self.directory / "copy.db"
        answer = self.answer("db", "backup", str(target))
        self.assertEqual(answer, {"file": str(target), "bytes": target.stat().st_size, "verified": True})
        self.assertEqual(target.stat().st_mode & 0o7777, 0o600)
        self.assertFalse([file for file in self.directory.iterdir() if file.name.startswith("copy.db.")])
        before = target.read_bytes()
        self.refused(FAILURE, "never takes the place of something", "db", "backup", str(target))
        self.assertEqual(target.read_bytes(), before)
        history = self.answer("history")
        self.assertEqual(daemon.stop(), 0)
        # As after a disk was lost: nothing but the copy, and the key.
        for file in self.directory.glob(self.path.name + "*"):
            file.unlink()
        shutil.move(target, self.path)
        with Daemon(self.settings, self.directory) as again:
            self.assertEqual(self.answer("history")["changes"][:3], history["changes"][:3])
            self.fake.forget_posts()
            self.fake.do("revoke", token="brand-a")
            self.wait_for_posts("/hook/siem", 1)
            self.assertTrue(again.is_running())

    def test_a_backup_needs_a_directory_and_a_database(self):
        self.refused(NOT_FOUND, "there is no database", "db", "backup", str(self.directory / "copy.db"))
        self.audit()
        self.refused(FAILURE, "a directory that is there", "db", "backup", str(self.directory / "missing" / "copy.db"))

    def test_check_finds_all_well_and_names_what_is_damaged(self):
        self.audit()
        answer = self.answer("db", "check")
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["secrets_opened"], 2)
        self.assertEqual(answer["damages"], [])
        self.assertIn("the database is well", self.shown("db", "check"))
        self.assertEqual(self.answer("db", "check", "--without-secrets")["secrets_opened"], 0)
        alter(self.path, "UPDATE tokens SET sealed = zeroblob(60) WHERE name = 'brand-a'")
        answer = self.answer("db", "check", code=UNUSABLE)
        self.assertEqual(answer["secrets_shut"], ["brand-a"])
        alter(self.path, "DROP TRIGGER changes_never_update; UPDATE changes SET code = 'x' WHERE number = 2")
        self.assertEqual(self.answer("db", "check", "--without-secrets", code=UNUSABLE)["broken_at"], 2)
        run = self.command("db", "check")
        self.assertEqual(run.returncode, UNUSABLE)
        self.assertIn("does not fit from entry 2 on", run.stdout)
        self.refused(UNUSABLE, "damaged", "db", "backup", str(self.directory / "copy.db"))

    def test_check_reads_every_page(self):
        self.audit()
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            page = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tokens_by_revision'").fetchone()[0]
        with open(self.path, "r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"Z" * 4096)
        answer = self.answer("db", "check", code=UNUSABLE)
        self.assertFalse(answer["ok"])
        self.assertTrue(answer["damages"])

    def test_stats_counts_rows_bytes_and_ages(self):
        self.audit()
        answer = self.answer("db", "stats")
        tables = {table["name"]: table for table in answer["tables"]}
        self.assertEqual(tables["tokens"]["rows"], 2)
        self.assertGreater(tables["changes"]["bytes"], 0)
        self.assertIsNotNone(tables["changes"]["oldest"])
        self.assertTrue(answer["gives_pages_back"])
        self.assertEqual(len(answer["keys"]), 1)
        self.assertLessEqual(answer["pages"] * answer["page_bytes"], answer["file_bytes"] + answer["log_bytes"])
        self.assertIn("TABLE", self.shown("db", "stats"))

    def test_prune_keeps_what_the_settings_say_and_the_log_stays_verifiable(self):
        self.revoke()
        self.fake.do("restore", token="brand-a")
        self.audit()
        self.assertEqual(self.answer("db", "prune")["alerts"], 0)
        wait = 500 * DAY_MS  # as if all of it were so old
        alter(self.path, f"""
            UPDATE alerts SET at = at - {wait};
            UPDATE incidents SET resolved_at = resolved_at - {wait} WHERE resolved_at IS NOT NULL;
            UPDATE runs SET since = since - {wait};""")
        told = self.answer("alerts", "list")["alerts"]
        self.assertTrue(told)
        answer = self.answer("db", "prune")
        self.assertEqual(answer["alerts"], len(told))
        self.assertGreaterEqual(answer["incidents"], 1)
        self.assertGreaterEqual(answer["observations"], 1)
        self.assertEqual(self.answer("alerts", "list")["alerts"], [])
        self.assertTrue(self.answer("db", "verify")["ok"])
        self.assertTrue(self.answer("db", "check")["ok"])
        self.audit()

    def test_who_had_access_before_the_log_was_pruned_is_answered_with_a_warning(self):
        self.audit()
        self.fake.do("grant", token="brand-a", account=ACCOUNT, permissions=["CAMPAIGN_ANALYST"])
        self.audit()
        first = self.answer("history", "--kind", "first_seen")["changes"][0]["at"]
        asked = ("who-had-access", ACCOUNT, "--at", first)
        self.assertEqual(self.command(*asked).stderr, "")
        self.assertIsNone(self.answer(*asked)["log_complete_since"])
        alter(self.path, f"DROP TRIGGER changes_never_update; UPDATE changes SET at = at - {6 * 366 * DAY_MS}")
        self.assertGreaterEqual(self.answer("db", "prune")["changes"], 1)
        asked = ("who-had-access", ACCOUNT, "--at", "2020-12-01")
        run = self.command(*asked)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("may be missing here", run.stderr)
        self.assertIsNotNone(self.answer(*asked)["log_complete_since"])
        self.audit()
        now = self.answer("history")["changes"][-1]["at"]
        self.assertEqual(self.command("who-had-access", ACCOUNT, "--at", now).stderr, "")

    def test_retention_is_checked_like_all_settings(self):
        self.write(store={**self.settings["store"], "retention": {"history": "1d", "max_size": "5"}})
        run = self.command("config", "check")
        self.assertEqual(run.returncode, SETTINGS)
        self.assertIn("store.retention.history: is 1d, the least is 7d", run.stdout + run.stderr)
        self.assertIn('store.retention.max_size: "5" is not a size; write it as 512MiB or 2GiB', run.stdout + run.stderr)

    def test_a_newer_schema_is_refused_by_every_verb(self):
        self.audit()
        alter(self.path, "PRAGMA user_version = 99")
        for verb in (("db", "check"), ("db", "stats"), ("db", "prune"), ("db", "backup", str(self.directory / "c.db")),
                     ("status",)):
            self.refused(UNUSABLE, "a newer adsauditd wrote it (schema 99", *verb)
        run = subprocess.run([daemon_binary(), "--config", str(self.file), "run"], capture_output=True, text=True,
                             timeout=30, check=False)
        self.assertEqual(run.returncode, UNUSABLE)

    def test_help_ends_with_an_example(self):
        for verb in ("backup", "check", "stats", "prune", "verify"):
            self.check_help("db", verb)
