"""The fake X Ads API misbehaves exactly as told, its sinks record every byte, and nothing blocks anything else."""

import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import warnings

from harness import Background, ControlError, FakeApi, World, fake_binary, make_pki, wait_until
from signed_client import SignedClient

ACCESS = "/12/accounts/acc1/authenticated_user_access"
IDENTITY = "/1.1/account/verify_credentials.json"


class FakeMisbehaviour(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = make_pki(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.fake = cls.enterClassContext(FakeApi(cls.pki))

    def setUp(self):
        self.world = World()
        self.world.add_token("brand-a", "2417045708", {"acc1": ["AD_MANAGER"], "acc2": ["ANALYST"]})
        self.world.add_token("brand-b", "2417045709", {"acc1": ["CAMPAIGN_ANALYST"]})
        self.fake.load_world(self.world.for_fake())
        self.fake.reset()
        self.client = SignedClient.for_token(self.fake, self.world, "brand-a")
        self.other = SignedClient.for_token(self.fake, self.world, "brand-b")

    def test_statuses_are_spoilt_for_a_number_of_requests(self):
        self.fake.misbehave("503", times=2, retry_after=7)
        first, second, third = (self.client.get(ACCESS) for _ in range(3))
        self.assertEqual((first.status, first.code, first.headers["retry-after"]), (503, "OVER_CAPACITY", "7"))
        self.assertEqual((second.status, third.status), (503, 200))
        self.assertEqual(self.fake.requests()["by_misbehaviour"], {"503": 2})

    def test_429_shows_an_empty_window_or_no_window_at_all(self):
        self.fake.misbehave("429", times=1)
        reply = self.client.get(ACCESS)
        self.assertEqual((reply.status, reply.code), (429, "TOO_MANY_REQUESTS"))
        self.assertEqual(reply.headers["x-account-rate-limit-remaining"], "0")
        self.assertGreater(int(reply.headers["x-account-rate-limit-reset"]), time.time())
        self.fake.misbehave("429", times=1, rate_headers=False)
        self.assertNotIn("x-account-rate-limit-remaining", self.client.get(ACCESS).headers)

    def test_bodies_are_spoilt(self):
        self.fake.misbehave("html", times=1)
        self.assertTrue(self.client.get(ACCESS).headers["content-type"].startswith("text/html"))
        self.fake.misbehave("empty", times=1)
        self.assertEqual(self.client.get(ACCESS).body, b"")
        self.fake.misbehave("truncated", times=1)
        reply = self.client.get(ACCESS)
        self.assertEqual((reply.status, reply.headers["content-length"]), (200, str(len(reply.body))))
        self.assertRaises(json.JSONDecodeError, lambda: reply.json)
        self.fake.misbehave("wrong_account_echo", times=1)
        self.assertEqual(self.client.get(ACCESS).json["request"]["params"]["account_id"], "zzwrong0")
        self.fake.misbehave("wrong_user", times=1)
        self.assertEqual(self.client.get(ACCESS).json["data"]["user_id"], "999999999")
        self.fake.misbehave("answer", times=1, status=418, body="teapot", content_type="text/plain")
        self.assertEqual(self.client.get(ACCESS).body, b"teapot")

    def test_patterns_choose_the_victims(self):
        order = self.fake.misbehave("500", token="brand-*", account="acc1", endpoint="authenticated*")
        self.assertEqual(self.client.get(ACCESS).status, 500)
        self.assertEqual(self.other.get(ACCESS).status, 500)
        self.assertEqual(self.client.get(ACCESS.replace("acc1", "acc2")).status, 200)
        self.assertEqual(self.client.get("/12/accounts/acc1").status, 200)
        self.assertEqual(self.fake.behave(order), 1)
        self.assertEqual(self.client.get(ACCESS).status, 200)

    def test_a_probability_spoils_some(self):
        self.fake.misbehave("500", probability=0.5)
        statuses = [self.client.get(ACCESS).status for _ in range(60)]
        self.assertTrue(10 < statuses.count(500) < 50, statuses)

    def test_a_reset_connection_is_seen_as_one(self):
        self.fake.misbehave("reset", times=1)
        self.assertRaises(ConnectionResetError, self.client.get, ACCESS)
        self.fake.misbehave("reset_inside", times=1)
        self.assertRaises((ConnectionResetError, http.client.IncompleteRead), self.client.get, ACCESS)
        self.assertEqual(self.client.get(ACCESS).status, 200)

    def test_a_closed_connection_gives_no_answer(self):
        self.fake.misbehave("close", times=1)
        self.assertRaises((http.client.RemoteDisconnected, ssl.SSLEOFError), self.client.get, ACCESS)
        self.fake.misbehave("cut", times=1)
        self.assertRaises((http.client.IncompleteRead, ssl.SSLEOFError), self.client.get, ACCESS)

    def test_a_dripping_answer_comes_one_byte_at_a_time(self):
        self.fake.misbehave("drip", times=1, ms=1)
        began = time.monotonic()
        self.assertEqual(self.client.get(ACCESS).json["data"]["user_id"], "2417045708")
        self.assertGreater(time.monotonic() - began, 0.2)

    def test_a_hang_is_over_in_time_or_when_the_client_leaves(self):
        self.fake.misbehave("hang", times=1, ms=300)
        began = time.monotonic()
        self.assertEqual(self.client.get(ACCESS).status, 200)
        self.assertGreater(time.monotonic() - began, 0.29)
        self.fake.misbehave("hang", times=1, ms=60000)
        self.assertRaises(TimeoutError, self.client.get, ACCESS, timeout=0.2)
        wait_until(lambda: self.fake.requests()["in_flight"] == 0, 2)

    def test_a_hundred_hanging_requests_do_not_stop_the_others(self):
        self.fake.misbehave("hang", token="brand-a", ms=3000)
        hanging = [Background(self.client.get, ACCESS, None, 10.0) for _ in range(100)]
        wait_until(lambda: self.fake.requests()["in_flight"] == 100, 10)
        began = time.monotonic()
        self.assertEqual(self.other.get(ACCESS).status, 200)
        self.assertLess(time.monotonic() - began, 1)
        self.assertEqual({request.result(15).status for request in hanging}, {200})
        self.assertGreaterEqual(self.fake.requests()["peak_in_flight"], 100)

    def test_a_wrong_certificate_can_be_switched_on_and_off(self):
        self.fake.do("wrong_certificate")
        self.assertRaises(ssl.SSLCertVerificationError, self.client.get, ACCESS)
        self.fake.do("wrong_certificate", on=False)
        self.assertEqual(self.client.get(ACCESS).status, 200)

    def test_certificates_for_another_name_and_out_of_date_are_refused_by_clients(self):
        for cert in (self.pki.other_name_cert, self.pki.expired_cert):
            with FakeApi(self.pki, self.world.for_fake(), cert=cert) as fake:
                client = SignedClient.for_token(fake, self.world, "brand-a")
                self.assertRaises(ssl.SSLCertVerificationError, client.get, ACCESS)

    def test_tls_1_1_is_refused(self):
        context = ssl.create_default_context(cafile=str(self.pki.ca))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", self.fake.api_port)) as plain:
            with self.assertRaisesRegex(ssl.SSLError, "ALERT_PROTOCOL_VERSION"):
                context.wrap_socket(plain, server_hostname="localhost")

    def test_windows_are_counted_and_can_be_eaten_by_others(self):
        self.fake.do("options", options={"account_family": False, "token_limit": 3, "window_s": 1})
        self.fake.do("spend", token="brand-a", account="acc1", calls=1)
        statuses = [self.client.get(ACCESS).status for _ in range(3)]
        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual(self.other.get(ACCESS).headers["x-rate-limit-remaining"], "2")
        wait_until(lambda: self.client.get(ACCESS).status == 200, 3, every=0.2)

    def test_roles_users_apps_and_accounts_change_on_command(self):
        def seen(path=ACCESS):
            reply = self.client.get(path)
            return reply.json["data"]["permissions"] if reply.status == 200 else (reply.status, reply.code)

        self.fake.do("grant", account="acc1", token="brand-a", permissions=["CAMPAIGN_ANALYST"])
        self.assertEqual(seen(), ["CAMPAIGN_ANALYST"])
        self.fake.do("drop_grant", account="acc1", token="brand-a")
        self.assertEqual(seen(), (404, "NOT_FOUND"))
        self.fake.do("options", options={"no_grant": "account_not_found_403"})
        self.assertEqual(seen(), (403, "ACCOUNT_NOT_FOUND"))
        self.fake.do("grant", account="acc1", user="2417045708", permissions=[])
        self.assertEqual(seen(), [])
        for action, member, name, expected in (
            ("suspend_user", "user", "2417045708", (403, "CURRENT_USER_SUSPENDED")),
            ("lock_user", "user", "2417045708", (403, 326)),
            ("suspend_app", "app", "agency", (401, "UNAUTHORIZED_ACCESS")),
            ("read_only", "app", "agency", (403, "READONLY_CLIENT_APPLICATION")),
            ("reauthorization", "token", "brand-a", (403, "INSUFFICIENT_USER_AUTHORIZED_PERMISSION")),
            ("delete_account", "account", "acc1", (404, "NOT_FOUND")),
            ("lock_account", "account", "acc1", (403, "ACCOUNT_LOCKED_OUT")),
        ):
            self.fake.do(action, **{member: name})
            self.assertEqual(seen(), expected, action)
            self.fake.do(action, **{member: name}, on=False)
        self.fake.do("ads_access", app="agency", on=False)
        self.assertEqual(seen(), (403, "UNAUTHORIZED_CLIENT_APPLICATION"))
        self.assertEqual(self.client.get(IDENTITY).status, 200)
        self.fake.do("ads_access", app="agency")
        self.assertEqual(seen(), [])

    def test_misspelt_commands_are_refused(self):
        for action, members in (("revok", {}), ("revoke", {"token": "nobody"}), ("revoke", {"tokn": "brand-a"}),
                                ("misbehave", {"kind": "odd"}), ("options", {"options": {"revoked": "maybe"}})):
            self.assertRaises(ControlError, self.fake.do, action, **members)

    def post(self, path, body, **headers):
        request = urllib.request.Request(self.fake.sink_url(path), data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.status, refusal.read(), refusal.headers

    def test_sinks_record_every_byte_in_order(self):
        body = bytes(range(256))
        self.assertEqual(self.post("/slack/x", b'{"text":"hi"}')[:2], (200, b"ok"))
        self.assertEqual(self.post("/hook/siem", body, **{"webhook-id": "msg_1"})[:2], (204, b""))
        first, second = self.fake.posts()
        self.assertEqual((first["path"], first["body"], first["status"]), ("/slack/x", '{"text":"hi"}', 200))
        self.assertEqual((second["body_bytes"], second["body"]), (body, None))
        self.assertEqual(second["header"]["webhook-id"], "msg_1")
        self.assertLessEqual(first["at_ms"], second["at_ms"])
        self.assertEqual(self.fake.posts(after=second["number"]), [])
        self.assertEqual(len(self.fake.posts("/slack/*")), 1)

    def test_sinks_misbehave_for_a_number_of_posts(self):
        self.fake.sink_behaviour("/slack/*", status=429, headers={"Retry-After": "2"}, times=1)
        self.fake.sink_behaviour("/hook/*", body="gone", status=410)
        status, _, headers = self.post("/slack/x", b"1")
        self.assertEqual((status, headers["Retry-After"]), (429, "2"))
        self.assertEqual(self.post("/slack/x", b"2")[0], 200)
        self.assertEqual(self.post("/hook/x", b"3")[:2], (410, b"gone"))
        self.fake.sink_behaviour("/hook/*", clear=True)
        self.assertEqual(self.post("/hook/x", b"4")[0], 204)
        self.assertEqual(self.post("/elsewhere", b"5")[0], 404)
        self.assertEqual([post["status"] for post in self.fake.posts()], [429, 200, 410, 204, 404])

    def test_the_log_tells_each_request(self):
        self.client.get(ACCESS)
        self.client.get(IDENTITY, token_secret="wrong")
        first, second = self.fake.log()
        self.assertEqual((first["token"], first["account"], first["status"]), ("brand-a", "acc1", 200))
        self.assertEqual((second["endpoint"], second["verdict"]), ("verify_credentials", "bad_signature"))
        self.assertEqual([record["number"] for record in self.fake.log(after=1)], [2])

    def test_it_ends_with_sigterm_at_once_while_a_request_hangs(self):
        with FakeApi(self.pki, self.world.for_fake()) as fake:
            fake.misbehave("hang", ms=60000)
            Background(SignedClient.for_token(fake, self.world, "brand-a").get, ACCESS)
            wait_until(lambda: fake.requests()["in_flight"] == 1)
            began = time.monotonic()
            self.assertEqual(fake.stop(), 0)
            self.assertLess(time.monotonic() - began, 1)

    def test_it_refuses_to_start_without_a_usable_certificate(self):
        missing = pathlib.Path(self.pki.directory) / "missing.pem"
        ended = subprocess.run([fake_binary(), "--cert", missing, "--key", self.pki.key], capture_output=True, text=True,
                               timeout=10, check=False)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("cannot use the certificate", ended.stderr)


if __name__ == "__main__":
    unittest.main()
