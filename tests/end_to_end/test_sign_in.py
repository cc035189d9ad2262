"""`token authorize`: a PIN, the browser that comes back, and the repair of a dead token."""

import contextlib
import socket
import unittest

from harness import leaked_canaries, run_command, wait_until
from sign_in import SignIn, approve, browse
from verb_case import ACCOUNT, OTHER, VerbCase
from world import free_port

LISTEN = "127.0.0.1:{}"


class Case(VerbCase):
    def setUp(self):
        super().setUp()
        self.fake.do("add", world={"users": [{"id": "99", "screen_name": "brand_c"}],
                                   "grants": [{"account": ACCOUNT, "user": "99", "permissions": ["AD_MANAGER"]},
                                              {"account": OTHER, "user": "99", "permissions": ["ANALYST"]}]})

    def sign_in(self, *arguments):
        return self.enterContext(SignIn(self.file, *arguments))

    def with_pin(self, *arguments, user="99", pin=None):
        """A whole sign-in; the SignIn after its end."""
        sign_in = self.sign_in(*arguments, "--pin").wait_for_link()
        verifier = approve(self.fake, sign_in, user, "signed-in-" + sign_in.request_token)
        sign_in.type(pin or verifier)
        self.code = sign_in.end()
        return sign_in

    def names(self):
        run = self.command("token", "list", "--json")
        if run.returncode == 6:
            return []
        return sorted(token["name"] for token in self.answer("token", "list")["tokens"])

    def token(self, name):
        return next(token for token in self.answer("token", "list")["tokens"] if token["name"] == name)


class Pin(Case):
    def test_a_pin_makes_a_token_and_tells_what_it_may_do(self):
        done = self.with_pin("brand-c", "--app", "agency", "--account", ACCOUNT, "--account", OTHER, "--label",
                             "client=Brand C", "--json")
        self.assertEqual(self.code, 0, done.stderr)
        answer = done.answer()
        self.assertEqual((answer["token"], answer["kind"], answer["user_id"], answer["screen_name"]),
                         ("brand-c", "advertiser", "99", "brand_c"))
        access = {entry["account"]: entry["permissions"] for entry in answer["account_access"]}
        self.assertEqual(access, {ACCOUNT: ["AD_MANAGER"], OTHER: ["ANALYST"]})
        may = {(entry["need"], entry["accounts"][0]): (entry["ability"], entry["certainty"]) for entry in answer["may"]}
        self.assertEqual(may[("conversions", ACCOUNT)], ("yes", "documented"))
        self.assertEqual(may[("conversions", OTHER)], ("no", "documented"))
        stored = self.token("brand-c")
        self.assertEqual((stored["user_id"], stored["user_pinned"], stored["labels"]), ("99", True, {"client": "Brand C"}))
        self.assertEqual(stored["verdict"], "not asked yet")

    def test_the_text_names_accounts_and_rights(self):
        done = self.with_pin("brand-c", "--app", "agency", "--kind", "developer", "--account", ACCOUNT)
        self.assertEqual(self.code, 0, done.stderr)
        self.assertIn("stored brand-c: developer of app agency, user 99 (@brand_c)", done.stdout)
        self.assertRegex(done.stdout, ACCOUNT + r" +(-|Account \S+) +AD_MANAGER")
        self.assertRegex(done.stdout, r"may +documented: .*conversion uploads")
        self.assertIn("allow the app agency", done.stderr)

    def test_accounts_are_discovered_without_a_daemon(self):
        done = self.with_pin("brand-c", "--app", "agency", "--json")
        self.assertEqual(self.code, 0, done.stderr)
        self.assertEqual(done.answer()["accounts"], [ACCOUNT, OTHER])
        self.assertTrue(done.answer()["accounts_complete"])
        self.assertEqual(len(done.answer()["account_access"]), 2)

    def test_a_daemon_discovers_them_and_watches_the_token(self):
        daemon = self.daemon()
        done = self.with_pin("brand-c", "--app", "agency", "--json")
        self.assertEqual(self.code, 0, done.stderr)
        self.assertEqual(done.answer()["accounts"], [ACCOUNT, OTHER])
        wait_until(lambda: self.token("brand-c")["verdict"] == "fine", 20, every=0.5)
        self.assertEqual(daemon.query("SELECT user_id FROM tokens WHERE name = 'brand-c'"), [(99,)])

    def test_a_sign_in_that_is_meant_for_a_user_is_for_nobody_else(self):
        done = self.with_pin("brand-c", "--app", "agency", "--account", ACCOUNT, "--user", "100")
        self.assertEqual(self.code, 5)
        self.assertIn("signed in to X as user 100 (token brand-c)", done.stderr)
        self.assertIn("user 99 (@brand_c) signed in, but token brand-c is to be of user 100; nothing was stored", done.stderr)
        self.assertEqual(self.names(), [])
        done = self.with_pin("brand-c", "--app", "agency", "--account", ACCOUNT, "--user", "99")
        self.assertEqual(self.code, 0, done.stderr)

    def test_a_wrong_pin_stores_nothing(self):
        done = self.with_pin("brand-c", "--app", "agency", pin="7654321")
        self.assertEqual(self.code, 1)
        self.assertIn("the PIN is wrong, was used already, or came too late", done.stderr)
        self.assertIn("nothing was stored", done.stderr)
        self.assertEqual(self.names(), [])

    def test_what_is_no_pin_is_not_sent(self):
        for typed, words in ((" \t", "no PIN"), ("12 34;5", "no PIN"), ("x" * 65, "no PIN")):
            done = self.with_pin("brand-c", "--app", "agency", pin=typed)
            self.assertEqual(self.code, 1)
            self.assertIn(words, done.stderr)
        self.assertNotIn("access_token", self.fake.requests()["by_endpoint"])
        closed = self.sign_in("brand-c", "--app", "agency", "--pin").wait_for_link()
        closed._process.stdin.close()
        self.assertEqual(closed.end(), 1)
        self.assertIn("no PIN was typed", closed.stderr)

    def test_blanks_and_dashes_in_a_pin_do_no_harm(self):
        sign_in = self.sign_in("brand-c", "--app", "agency", "--account", ACCOUNT).wait_for_link()  # a PIN is the default
        pin = approve(self.fake, sign_in, "99", "brand-c")
        sign_in.type(f" {pin[:3]}-{pin[3:]} ")
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)

    def test_names_that_are_taken_and_words_that_make_no_sense_are_told_before_anybody_signs_in(self):
        self.audit()
        for words, code, *arguments in (
                ("authorize --for brand-a", 2, "brand-a", "--app", "agency"),
                ("no app \"agncy\"", 2, "new", "--app", "agncy"), ("--app is needed", 2, "new"),
                ("unknown kind", 2, "new", "--app", "agency", "--kind", "owner"),
                ("not an ad account id", 2, "new", "--app", "agency", "--account", "A-1"),
                ("name a new token", 2, "--app", "agency"), ("name a new token", 2, "new", "--for", "brand-a"),
                ("there is no token", 6, "--for", "nobody"), ("comes from the settings", 2, "--for", "brand-a"),
                ("not both", 2, "new", "--app", "agency", "--pin", "--web"),
                ("loopback", 2, "new", "--app", "agency", "--web", "--listen", "0.0.0.0:8080"),
                ("loopback", 2, "new", "--app", "agency", "--web", "--listen", "127.0.0.1"),
                ("--callback-url", 2, "new", "--app", "agency", "--web", "--callback-url", "ftp://x"),
                ("must begin with https://", 2, "new", "--app", "agency", "--web", "--callback-url", "http://ads.example/x"),
                ("must begin with https://", 2, "new", "--app", "agency", "--web", "--callback-url", "http://127.a.example/"),
                ("is no user id", 2, "new", "--app", "agency", "--user", "@brand_c"),
                ("leave --app", 2, "--for", "brand-a", "--user", "99"),
                ("--timeout", 2, "new", "--app", "agency", "--web", "--timeout", "11m")):
            self.refused(code, words, "token", "authorize", *arguments)
        self.assertNotIn("request_token", self.fake.requests()["by_endpoint"])

    def test_what_x_refuses_at_the_beginning_says_what_to_do(self):
        self.fake.do("suspend_app", app="agency")
        self.refused(1, "X refuses the app itself", "token", "authorize", "new", "--app", "agency")
        self.fake.do("suspend_app", app="agency", on=False)
        self.fake.do("skew", seconds=3600)
        self.refused(1, "set the clock", "token", "authorize", "new", "--app", "agency")
        self.fake.do("skew", seconds=0)
        for kind, words in (("503", "nothing was decided"), ("html", "not X's"), ("429", "15 minutes")):
            order = self.fake.misbehave(kind, endpoint="request_token")
            self.refused(1, "nothing was stored", "token", "authorize", "new", "--app", "agency")
            self.fake.behave(order)
        self.assertEqual(self.names(), [])

    def test_an_answer_that_does_not_confirm_the_call_back_is_refused(self):
        self.fake.misbehave("answer", endpoint="request_token", status=200, content_type="text/html",
                            body="oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=false")
        self.refused(1, "does not confirm the call-back", "token", "authorize", "new", "--app", "agency")

    def test_no_secret_shows_anywhere(self):
        done = self.with_pin("brand-c", "--app", "agency", "--json")
        self.assertEqual(self.code, 0)
        self.assertEqual(leaked_canaries(done.stdout, done.stderr, *self.directory.glob("adsauditd.db*")), [])

    def test_help(self):
        self.check_help("token", "authorize")


class Repair(Case):
    def setUp(self):
        super().setUp()
        self.assertEqual(run_command("--config", str(self.file), "token", "add", "brand-c", "--app", "agency", "--kind",
                                     "advertiser", "--account", ACCOUNT, "--label", "client=C",
                                     stdin="99-old\nold-secret\n").returncode, 0)
        self.fake.do("add", world={"tokens": [{"name": "old", "token": "99-old", "secret": "old-secret", "user": "99",
                                               "app": "agency"}]})

    def test_a_repaired_token_ends_its_incident_by_itself(self):
        daemon = self.daemon()
        wait_until(lambda: self.token("brand-c")["verdict"] == "fine", 20, every=0.5)
        self.fake.do("revoke", token="old")
        incident = wait_until(lambda: self.answer("incidents", "--cause", "token.revoked")["incidents"], 30, every=0.5)[0]
        self.assertEqual(self.token("brand-c")["verdict"], "token.revoked")
        before = self.token("brand-c")
        done = self.with_pin("--for", "brand-c", "--json")
        self.assertEqual(self.code, 0, done.stderr)
        self.assertIn("signed in to X as user 99 (token brand-c)", done.stderr)
        self.assertTrue(done.answer()["repaired"])
        wait_until(lambda: not self.answer("incidents")["incidents"], 30, every=0.5)
        self.assertEqual(wait_until(lambda: self.token("brand-c")["verdict"], 5), "fine")
        resolved = [post["data"]["state"] for post in self.posts("/hook/siem")
                    if post["data"]["incident"]["id"] == incident["id"]]
        self.assertEqual(wait_until(lambda: [post["data"]["state"] for post in self.posts("/hook/siem") if post["data"][
            "incident"]["id"] == incident["id"]][-1] == "resolved", 10), True, resolved)
        after = self.token("brand-c")
        for member in ("id", "app", "kind", "accounts", "labels", "added_at", "user_id"):
            self.assertEqual(before[member], after[member])
        kinds = [change["kind"] for change in self.answer("history", "--token", "brand-c")["changes"]]
        self.assertIn("token_replaced", kinds)
        self.assertTrue(daemon.is_running())

    def test_another_users_login_is_refused_and_the_old_secrets_stay(self):
        before = self.sealed()
        done = self.with_pin("--for", "brand-c", user="77")
        self.assertEqual(self.code, 5)
        self.assertIn("user 77 (@user77) signed in, but token brand-c is of user 99", done.stderr)
        self.assertEqual(self.sealed(), before)
        self.refused(2, "--for keeps", "token", "authorize", "--for", "brand-c", "--app", "agency")

    def test_a_token_that_was_removed_meanwhile_stays_removed(self):
        sign_in = self.sign_in("--for", "brand-c").wait_for_link()
        pin = approve(self.fake, sign_in, "99", "new")
        self.assertEqual(self.command("token", "remove", "brand-c").returncode, 0)
        sign_in.type(pin)
        self.assertEqual(sign_in.end(), 6)
        self.assertIn("was removed meanwhile", sign_in.stderr)
        self.assertEqual(self.names(), [])

    def sealed(self):
        import sqlite3
        with contextlib.closing(sqlite3.connect(self.settings["store"]["path"])) as database:
            return database.execute("SELECT sealed FROM tokens WHERE name = 'brand-c'").fetchall()


class Web(Case):
    def setUp(self):
        super().setUp()
        self.port = free_port()

    def begin(self, *arguments):
        sign_in = self.sign_in("brand-c", "--app", "agency", "--account", ACCOUNT, "--web", "--listen",
                               LISTEN.format(self.port), *arguments).wait_for_link()
        wait_until(lambda: "Waiting for the browser" in sign_in.stderr, 10)
        return sign_in

    def call_back(self, sign_in, **changes):
        """The call-back's target. Changes: None leaves a part out."""
        callback = self.fake.do("callback_of", request_token=sign_in.request_token)["callback"]
        self.assertTrue(callback.startswith(f"http://127.0.0.1:{self.port}/callback?state="), callback)
        parts = {"state": callback.split("state=")[1], "oauth_token": sign_in.request_token}
        parts.update(changes)
        return "/callback?" + "&".join(f"{name}={value}" for name, value in parts.items() if value is not None)

    def test_the_browser_comes_back_and_the_token_is_stored(self):
        sign_in = self.begin("--json")
        verifier = approve(self.fake, sign_in, "99", "brand-c")
        target = self.call_back(sign_in, oauth_verifier=verifier)
        status, headers, body = browse(self.port, target)
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)
        self.assertEqual(status, 200)
        self.assertEqual(sign_in.answer()["user_id"], "99")
        self.assertEqual(self.names(), ["brand-c"])
        self.assertEqual(leaked_canaries(body, str(headers), sign_in.stdout, sign_in.stderr), [])
        for part in (verifier, sign_in.request_token, target.split("state=")[1].split("&")[0]):
            self.assertNotIn(part, body + str(headers))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertTrue(headers["Content-Security-Policy"].startswith("default-src 'none'"))
        with self.assertRaises(ConnectionRefusedError):  # the route is gone
            browse(self.port, "/callback")

    def test_the_state_has_128_bits_and_is_new_each_time(self):
        states = set()
        for _ in range(3):
            sign_in = self.begin()
            state = self.call_back(sign_in, oauth_token=None).split("state=")[1]
            self.assertRegex(state, "^[0-9a-f]{32}$")
            states.add(state)
            sign_in._process.kill()
            sign_in.end()
        self.assertEqual(len(states), 3)

    def test_foreign_calls_are_refused_and_do_no_harm(self):
        sign_in = self.begin()
        verifier = approve(self.fake, sign_in, "99", "brand-c")
        for target in ("/callback", self.call_back(sign_in), self.call_back(sign_in, state=None, oauth_verifier=verifier),
                       self.call_back(sign_in, state="0" * 32, oauth_verifier=verifier),
                       self.call_back(sign_in, oauth_token="request-token-999", oauth_verifier=verifier),
                       self.call_back(sign_in, oauth_token=None, oauth_verifier=verifier),
                       self.call_back(sign_in, oauth_token=None, denied="request-token-999"),
                       "/callback?" + "a" * 5000):
            self.assertEqual(browse(self.port, target)[0], 400, target)
        good = self.call_back(sign_in, oauth_verifier=verifier)
        self.assertEqual(browse(self.port, good, method="HEAD")[0], 400)
        self.assertEqual(browse(self.port, good, method="POST")[0], 405)
        self.assertEqual(browse(self.port, good, host="evil.example")[0], 421)
        self.assertEqual(browse(self.port, "/favicon.ico")[0], 404)
        self.assertEqual(browse(self.port, "/callback?" + "a" * 9000)[0], 431)
        self.assertNotIn("access_token", self.fake.requests()["by_endpoint"])
        self.assertEqual(browse(self.port, good)[0], 200)
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)
        self.assertIn("refused a call-back", sign_in.stderr)
        self.assertEqual(leaked_canaries(sign_in.stderr), [])

    def test_a_call_back_works_once(self):
        self.write(api={**self.settings["api"], "deadline": "20s"})
        order = self.fake.misbehave("drip", endpoint="access_token", ms=5)  # X takes its time
        sign_in = self.begin()
        good = self.call_back(sign_in, oauth_verifier=approve(self.fake, sign_in, "99", "brand-c"))
        denied = self.call_back(sign_in, oauth_token=None, denied=sign_in.request_token)
        self.assertEqual(browse(self.port, good)[0], 200)
        self.assertEqual(browse(self.port, good)[0], 400)
        self.assertEqual(browse(self.port, denied)[0], 400)
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)
        self.fake.behave(order)
        self.assertEqual(self.fake.requests()["by_endpoint"]["access_token"], 1)

    def test_a_user_who_says_no_ends_it(self):
        sign_in = self.begin()
        denied = self.call_back(sign_in, oauth_token=None, denied=sign_in.request_token)
        status, _, body = browse(self.port, denied)
        self.assertEqual((status, "Nothing was stored" in body), (200, True))
        self.assertEqual(sign_in.end(), 1)
        self.assertIn("the user did not allow the app", sign_in.stderr)
        self.assertEqual(self.names(), [])

    def test_who_comes_too_late_finds_nobody(self):
        sign_in = self.begin("--timeout", "1s")
        late = self.call_back(sign_in, oauth_verifier=approve(self.fake, sign_in, "99", "brand-c"))
        self.assertEqual(sign_in.end(), 12)
        self.assertIn("nobody came back from X within 1s", sign_in.stderr)
        with self.assertRaises(ConnectionRefusedError):
            browse(self.port, late)
        self.assertEqual(self.names(), [])

    def test_silent_connections_do_not_keep_the_browser_out(self):
        sign_in = self.begin()
        for _ in range(300):
            silent = self.enterContext(socket.create_connection(("127.0.0.1", self.port), timeout=5))
            silent.sendall(b"GET /callback")
        good = self.call_back(sign_in, oauth_verifier=approve(self.fake, sign_in, "99", "brand-c"))
        self.assertEqual(browse(self.port, good)[0], 200)
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)

    def test_behind_a_reverse_proxy(self):
        sign_in = self.begin("--callback-url", "https://ads.example/tools/x?from=x")
        callback = self.fake.do("callback_of", request_token=sign_in.request_token)["callback"]
        self.assertTrue(callback.startswith("https://ads.example/tools/x?from=x&state="), callback)
        verifier = approve(self.fake, sign_in, "99", "brand-c")
        target = callback[len("https://ads.example"):] + f"&oauth_token={sign_in.request_token}&oauth_verifier={verifier}"
        self.assertEqual(browse(self.port, target, host="ads.example")[0], 200)
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)

    def test_a_port_that_is_taken_is_told(self):
        with socket.create_server(("127.0.0.1", self.port)):
            self.refused(1, f"cannot listen on 127.0.0.1 port {self.port}", "token", "authorize", "brand-c", "--app",
                         "agency", "--web", "--listen", LISTEN.format(self.port))

    def test_a_call_back_that_x_does_not_know_is_told(self):
        self.fake.misbehave("answer", endpoint="request_token", status=403, content_type="application/json",
                            body='{"errors":[{"code":415,"message":"Callback URL not approved"}]}')
        self.refused(1, "not on the app's list", "token", "authorize", "brand-c", "--app", "agency", "--web", "--listen",
                     LISTEN.format(self.port))


if __name__ == "__main__":
    unittest.main()
