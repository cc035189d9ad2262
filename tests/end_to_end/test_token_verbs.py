"""`token import` in its three forms, `token rotate`, and what `token list` says."""

import contextlib
import json
import os
import pty
import sqlite3
import subprocess
import unittest

from harness import canary, daemon_binary, leaked_canaries, run_command, wait_until
from verb_case import ACCOUNT, OTHER, VerbCase


class Case(VerbCase):
    def run_with(self, text, *arguments):
        return run_command("--config", str(self.file), *arguments, stdin=text)

    def imported(self, text, *arguments, code=0):
        run = self.run_with(text, "token", "import", "-", *arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run

    def tokens(self):
        run = self.command("token", "list", "--json")
        return {} if run.returncode == 6 else {token["name"]: token for token in json.loads(run.stdout)["tokens"]}

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.settings["store"]["path"])) as database:
            return database.execute(sql).fetchall()


class Import(Case):
    def test_json(self):
        tokens = [{"name": "b", "app": "agency", "kind": "advertiser", "access_token": "90-" + canary("b"),
                   "access_token_secret": canary("b"), "accounts": [ACCOUNT, OTHER], "labels": {"client": "B, Inc."}},
                  {"name": "c", "access_token": "91-" + canary("c"), "access_token_secret": canary("c"),
                   "accounts": f"{ACCOUNT} {OTHER}", "labels": "client=C;owner=ops"},
                  {"name": "d", "access_token": "92-" + canary("d"), "access_token_secret": canary("d")}]
        run = self.imported(json.dumps({"tokens": tokens}), "--from", "json", "--app", "agency", "--kind", "developer")
        self.assertIn("stored 3 tokens\nnew: b, c, d\n", run.stdout)
        stored = self.tokens()
        self.assertEqual(stored["b"]["kind"], "advertiser")
        self.assertEqual(stored["b"]["labels"], {"client": "B, Inc."})
        self.assertEqual((stored["c"]["kind"], stored["c"]["accounts"]), ("developer", [ACCOUNT, OTHER]))
        self.assertEqual(stored["c"]["labels"], {"client": "C", "owner": "ops"})
        self.assertTrue(stored["d"]["discovered"])
        self.assertEqual(stored["d"]["user_id"], "92")
        tokens[2].update(app="agency", kind="advertiser")
        again = self.imported(json.dumps([tokens[0], tokens[2]]), "--from", "json")
        self.assertEqual(again.stdout, "stored 2 tokens\nin place of those of the same name: d\nunchanged: b\n")
        self.assertEqual(leaked_canaries(run.stdout, run.stderr, again.stdout, *self.directory.glob("adsauditd.db*")), [])

    def test_a_broken_json_stores_nothing_and_tells_all_places(self):
        good = {"name": "ok", "app": "agency", "kind": "developer", "access_token": "1-a", "access_token_secret": "s"}
        broken = [good, good, 7, {**good, "name": "x", "accounts": True}, {**good, "name": "y", "labels": []},
                  {**good, "name": "z", "secret": "s"}, {**good, "name": None, "kind": True}]
        run = self.imported(json.dumps(broken), "--from", "json", code=2)
        for words in ("token 2: the name \"ok\" is that of token 1 already", "token 3: it is no object",
                      "token 4: \"accounts\" is no array of ids", "token 5: \"labels\" is no object of texts",
                      "token 6: \"secret\" is none of name", "token 7: \"kind\" is no text", "nothing was stored"):
            self.assertIn(words, run.stderr)
        for text in ("", "{", "{}", "7", "[" * 5000, '{"tokens": {}}'):
            self.assertIn("nothing was stored", self.imported(text, "--from", "json", code=2).stderr)
        self.assertEqual(self.tokens(), {})

    def test_the_app_owners_own_token_is_one_line(self):
        token, secret = "95-" + canary("owner"), canary("owner")
        text = (f"# of developer.x.com\nexport X_ACCESS_TOKEN=\"{token}\"\nX_ACCESS_TOKEN_SECRET='{secret}' # do not share\n"
                "X_API_KEY=ignored\nPATH=/bin\nnonsense\n")
        run = self.imported(text, "--from", "env", "--name", "owner", "--app", "agency", "--kind", "developer")
        self.assertIn("stored 1 token\nnew: owner\n", run.stdout)
        self.assertEqual(self.tokens()["owner"]["user_id"], "95")
        self.assertEqual(leaked_canaries(run.stdout, run.stderr), [])

    def test_env_with_prefixes(self):
        text = ("BRAND_C_ACCESS_TOKEN=96-a\nBRAND_C_ACCESS_TOKEN_SECRET=s\nBRAND_C_KIND=developer\n"
                f"BRAND_C_ACCOUNTS={ACCOUNT} {OTHER}\nBRAND_C_LABELS=client=C;owner=x\n"
                "d_ACCESS_TOKEN=97-a\nd_ACCESS_TOKEN_SECRET=s\nSOME_ACCESS_TOKENS=not ours\nMYACCESS_TOKEN=nor this\n")
        run = self.imported(text, "--from", "env", "--app", "agency", "--kind", "advertiser", "--json")
        self.assertEqual(json.loads(run.stdout)["added"], ["brand-c", "d"])
        stored = self.tokens()["brand-c"]
        self.assertEqual((stored["kind"], stored["accounts"], stored["labels"]),
                         ("developer", [ACCOUNT, OTHER], {"client": "C", "owner": "x"}))

    def test_a_broken_env_tells_what_is_missing(self):
        common = ("--from", "env", "--app", "agency", "--kind", "developer")
        for text, words in (("A_ACCESS_TOKEN=1-a\n", "A_ACCESS_TOKEN_SECRET is missing"),
                            ("A_ACCESS_TOKEN_SECRET=s\n", "A_ACCESS_TOKEN is missing"),
                            ("ACCESS_TOKEN=1-a\nACCESS_TOKEN_SECRET=s\n", "say its name with --name"),
                            ("A_ACCESS_TOKEN='1-a\nA_ACCESS_TOKEN_SECRET=s\n", "line 1: a quote is never closed"),
                            ("A_ACCESS_TOKEN=1\nA_ACCESS_TOKEN=2\nA_ACCESS_TOKEN_SECRET=s\n", "line 2: \"A_ACCESS_TOKEN\""),
                            ("X=1\n", "NAME_ACCESS_TOKEN=")):
            self.assertIn(words, self.imported(text, *common, code=2).stderr)
        whole = "A_ACCESS_TOKEN=1-a\nA_ACCESS_TOKEN_SECRET=s\n"
        self.assertIn("--app", self.imported(whole, "--from", "env", code=2).stderr)
        self.assertIn("--kind", self.imported(whole, "--from", "env", "--app", "agency", code=2).stderr)
        self.assertEqual(self.tokens(), {})

    def test_csv_may_leave_out_what_the_command_says(self):
        text = "name,access_token,access_token_secret\nb,90-a,s\n"
        self.assertIn("column \"app\" is missing", self.imported(text, code=2).stderr)
        self.imported(text, "--app", "agency", "--kind", "developer")
        self.assertEqual(self.tokens()["b"]["kind"], "developer")

    def test_a_secret_in_the_wrong_column_becomes_no_name(self):
        token, secret = "90-" + canary("swapped"), canary("swapped")
        for text in (f"name,access_token,access_token_secret\n{token},b,{secret}\n",
                     f"name,access_token,access_token_secret\n{secret},{token},b\n"):
            run = self.imported(text, "--app", "agency", "--kind", "developer", code=2)
            self.assertIn("its name must be 1 to 64 of A-Z a-z 0-9 . _ -", run.stderr)
            self.assertIn("32 letters and digits in a row are a secret", run.stderr)
            self.assertEqual(leaked_canaries(run.stdout, run.stderr), [])
        self.assertEqual(self.tokens(), {})

    def test_a_dry_run_tells_and_stores_nothing(self):
        self.imported("name,app,kind,access_token,access_token_secret\nb,agency,developer,90-a,s\n")
        before = self.rows("SELECT name, sealed FROM tokens")
        run = self.imported("name,app,kind,access_token,access_token_secret\n"
                            "b,agency,developer,90-b,s\nc,agency,developer,90-c,s\n", "--dry-run")
        self.assertIn("would store 2 tokens\nnew: c\nin place of those of the same name: b\n", run.stdout)
        self.assertIn("warning: token c: it is of user 90, and so is b", run.stderr)
        self.assertEqual(self.rows("SELECT name, sealed FROM tokens"), before)

    def test_a_token_of_the_settings_is_not_overwritten(self):
        text = "name,app,kind,access_token,access_token_secret\nc,agency,developer,90-c,s\nbrand-a,agency,developer,90-b,s\n"
        self.assertIn("token brand-a: it comes from the settings", self.imported(text, code=2).stderr)
        added = self.run_with("90-b\ns\n", "token", "add", "brand-a", "--app", "agency", "--kind", "developer")
        self.assertEqual(added.returncode, 2)
        self.assertEqual(self.tokens(), {})

    def test_one_token_is_told_of_like_many(self):
        add = ("token", "add", "c", "--app", "agency", "--kind", "developer", "--json")
        told = [json.loads(self.run_with("90-c\n" + secret, *add).stdout) for secret in ("s\n", "s\n", "t\n")]
        nobody = {"stored": ["c"], "added": [], "replaced": [], "unchanged": [], "dry_run": False}
        self.assertEqual(told, [{**nobody, "added": ["c"]}, {**nobody, "unchanged": ["c"]}, {**nobody, "replaced": ["c"]}])

    def test_an_unknown_form_is_told(self):
        self.refused(2, "did you mean \"json\"?", "token", "import", "--from", "jsn", "x")

    def test_progress_is_for_a_terminal_alone(self):
        file = self.directory / "tokens.csv"
        file.write_text("name,app,kind,access_token,access_token_secret\n"
                        + "".join(f"t{n},agency,developer,{n}-a,s\n" for n in range(1, 2001)))
        self.assertNotIn("checking", self.command("token", "import", str(file)).stderr)
        ours, theirs = pty.openpty()
        run = subprocess.Popen([daemon_binary(), "--config", str(self.file), "token", "import", str(file)],
                               stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO is how a terminal ends
            while chunk := os.read(ours, 65536):
                shown += chunk
        os.close(ours)
        self.assertIn(b"stored 2000 tokens", run.communicate()[0])
        self.assertIn(b"checking [##########          ] 1000 of 2000", shown)
        self.assertIn(b"storing [##########          ] 1000 of 2000", shown)

    def test_help(self):
        for verb in ("add", "import", "list", "rotate", "remove"):
            self.check_help("token", verb)


class Rotate(Case):
    def setUp(self):
        super().setUp()
        self.run_with("99-old\nold-secret\n", "token", "add", "brand-c", "--app", "agency", "--kind", "advertiser",
                      "--account", ACCOUNT, "--label", "client=C")
        self.fake.do("add", world={
            "users": [{"id": "99", "screen_name": "brand_c"}],
            "grants": [{"account": ACCOUNT, "user": "99", "permissions": ["AD_MANAGER"]}],
            "tokens": [{"name": name, "token": "99-" + name, "secret": name + "-secret", "user": "99", "app": "agency"}
                       for name in ("old", "new")]})

    def rotate(self, token, secret, *arguments):
        return self.run_with(f"{token}\n{secret}\n", "token", "rotate", "brand-c", *arguments)

    def sealed(self):
        return self.rows("SELECT sealed FROM tokens WHERE name = 'brand-c'")

    def test_new_secrets_of_the_same_user_take_the_place_of_the_old(self):
        before = self.tokens()["brand-c"]
        done = self.rotate("99-new", "new-secret", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {"token": "brand-c", "user_id": "99", "same_token": False})
        after = self.tokens()["brand-c"]
        self.assertEqual((after["user_pinned"], after["added_at"], after["labels"]), (True, before["added_at"], {"client": "C"}))
        self.assertEqual([change["kind"] for change in self.answer("history", "--token", "brand-c")["changes"]],
                         ["token_added", "token_replaced"])
        self.fake.do("revoke", token="old")
        self.audit()
        self.assertEqual(self.tokens()["brand-c"]["verdict"], "fine")

    def test_secrets_of_another_user_or_of_nobody_are_refused_and_the_old_ones_stay(self):
        before = self.sealed()
        other = self.world.secret("brand-a")
        for token, secret, words in ((other["token"], other["secret"], "of user 77, but the token is of user 99"),
                                     ("99-new", "wrong", "do not belong together"), ("99-none", "x", "invalid or was revoked")):
            refused = self.rotate(token, secret)
            self.assertEqual(refused.returncode, 5, refused.stderr)
            self.assertIn(words, refused.stderr)
            self.assertIn("the old secrets were kept", refused.stderr)
            self.assertEqual(leaked_canaries(refused.stderr, refused.stdout), [])
        self.assertEqual(self.sealed(), before)

    def test_an_identity_host_that_says_nothing_is_no_obstacle(self):
        self.audit()
        self.fake.misbehave("answer", endpoint="verify_credentials", status=403, content_type="application/json",
                            body='{"errors":[{"code":453,"message":"another access level"}]}')
        done = self.rotate("99-new", "new-secret")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.fake.misbehave("503", endpoint="*")
        self.assertIn("try again later", self.rotate("99-new", "new-secret").stderr)

    def test_the_same_token_again_is_told(self):
        self.assertIn("the same token is stored already", self.rotate("99-old", "old-secret").stdout)

    def test_names(self):
        self.refused(6, "there is no token \"nobody\"", "token", "rotate", "nobody")
        self.refused(2, "comes from the settings", "token", "rotate", "brand-a")

    def test_a_file_and_a_running_daemon(self):
        daemon = self.daemon()
        wait_until(lambda: self.tokens()["brand-c"]["verdict"] == "fine", 20, every=0.5)
        self.fake.do("revoke", token="old")
        wait_until(lambda: self.tokens()["brand-c"]["verdict"] == "token.revoked", 30, every=0.5)
        file = self.directory / "new"
        file.write_text("99-new\nnew-secret\n")
        self.assertEqual(self.command("token", "rotate", "brand-c", "--file", str(file)).returncode, 0)
        wait_until(lambda: self.tokens()["brand-c"]["verdict"] == "fine", 30, every=0.5)
        self.assertTrue(daemon.is_running())


class List(Case):
    def test_kind_user_age_and_verdict(self):
        self.audit()
        listed = self.tokens()
        self.assertEqual((listed["brand-a"]["verdict"], listed["brand-a"]["accounts_granted"]), ("fine", 2))
        self.assertEqual((listed["brand-b"]["kind"], listed["brand-b"]["user_id"]), ("developer", "78"))
        self.assertGreaterEqual(listed["brand-a"]["age_ms"], 0)
        self.fake.do("revoke", token="brand-a")
        self.audit()
        revoked = self.tokens()["brand-a"]
        self.assertEqual((revoked["verdict"], len(revoked["incidents"])), ("token.revoked", 1))
        self.assertRegex(self.shown("token", "list"),
                         r"NAME +APP +KIND +USER +AGE +FROM +ACCOUNTS +VERDICT\n"
                         r"brand-a +agency +advertiser +77 +\d+s +settings +\S+ \S+ +token.revoked\n"
                         r"brand-b +agency +developer +78 +\d+s +settings +" + ACCOUNT + " +fine")


if __name__ == "__main__":
    unittest.main()
