"""The fake X Ads API accepts what oauthlib signs, and refuses whatever was tampered with."""

import re
import tempfile
import time
import unittest
import urllib.parse

from oauthlib.oauth1 import Client

from harness import FakeApi, World, make_pki
from signed_client import SignedClient

ACCESS = "/12/accounts/18ce54d4x5t/authenticated_user_access"
IDENTITY = "/1.1/account/verify_credentials.json"


class FakeWithOauthlib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.fake = cls.enterClassContext(FakeApi(make_pki(directory)))

    def setUp(self):
        self.world = World()
        self.world.options = {"odd_cursors": True, "accounts_limit": 100}
        granted = {"18ce54d4x5t": ["AD_MANAGER", "TWEET_COMPOSER"]}
        granted.update({f"acc{number}": ["ACCOUNT_ADMIN"] for number in range(6)})
        self.world.add_token("brand-a", "2417045708", granted)
        self.world.add_token("brand-b", "2417045709", {"18ce54d4x5t": ["CAMPAIGN_ANALYST"]}, app="other")
        self.fake.load_world(self.world.for_fake())
        self.fake.reset()
        self.client = SignedClient.for_token(self.fake, self.world, "brand-a")

    def assert_refused(self, reply, status, code):
        self.assertEqual((reply.status, reply.code), (status, code))

    def test_a_signed_read_is_answered(self):
        reply = self.client.get(ACCESS)
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.json, {
            "data": {"user_id": "2417045708", "permissions": ["AD_MANAGER", "TWEET_COMPOSER"]},
            "request": {"params": {"account_id": "18ce54d4x5t"}},
        })
        self.assertEqual(reply.headers["x-account-rate-limit-remaining"], "1999")
        self.assertEqual(reply.headers["x-access-level"], "read-write")

    def test_two_hundred_signatures_of_random_nonces_are_all_good(self):
        for _ in range(200):
            self.assertEqual(self.client.get(ACCESS).status, 200)
        self.assertEqual(self.fake.requests()["by_verdict"], {"good": 200})

    def test_odd_query_values_are_signed_alike(self):
        seen, cursor = [], None
        while True:
            query = {"count": "2", **({"cursor": cursor} if cursor else {})}
            reply = self.client.get("/12/accounts?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote))
            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(reply.json["request"]["params"].get("cursor"), cursor)
            seen += [account["id"] for account in reply.json["data"]]
            cursor = reply.json["next_cursor"]
            if cursor is None:
                break
            self.assertIn("&% \u00fc", cursor)
        self.assertEqual(seen, ["18ce54d4x5t", "acc0", "acc1", "acc2", "acc3", "acc4", "acc5"])

    def test_identity_host_answers_both_versions(self):
        self.assertEqual(self.client.get(IDENTITY).json["id_str"], "2417045708")
        self.assertEqual(self.client.get("/2/users/me").json["data"]["id"], "2417045708")

    def test_a_changed_signature_is_refused(self):
        header = self.client.authorization(ACCESS)
        tampered = re.sub(r'(oauth_signature=")(.)', lambda hit: hit[1] + ("A" if hit[2] != "A" else "B"), header)
        self.assert_refused(self.client.get(ACCESS, authorization=tampered), 401, "UNAUTHORIZED_ACCESS")
        self.assertEqual(self.fake.requests()["signature_failures"], 1)

    def test_a_signature_for_another_path_or_query_is_refused(self):
        header = self.client.authorization(ACCESS)
        self.assert_refused(self.client.get("/12/accounts/acc1", authorization=header), 401, "UNAUTHORIZED_ACCESS")
        self.assert_refused(self.client.get(ACCESS + "?x=1", authorization=header), 401, "UNAUTHORIZED_ACCESS")

    def test_a_signature_for_another_method_is_refused(self):
        header = self.client.authorization(ACCESS)
        reply = self.client.get(ACCESS, authorization=header, method="DELETE")
        self.assert_refused(reply, 401, "UNAUTHORIZED_ACCESS")

    def test_a_wrong_token_secret_is_refused(self):
        self.assert_refused(self.client.get(ACCESS, token_secret="wrong"), 401, "UNAUTHORIZED_ACCESS")
        self.assert_refused(self.client.get(IDENTITY, token_secret="wrong"), 401, 32)

    def test_a_token_of_another_app_is_refused(self):
        app, token = self.world.apps[0], self.world.secret("brand-b")
        mixed = SignedClient(self.fake.pki, self.fake.base_url, app["consumer_key"], app["consumer_secret"],
                             token["token"], token["secret"])
        self.assert_refused(mixed.get(ACCESS), 401, "UNAUTHORIZED_ACCESS")

    def test_a_nonce_is_good_once(self):
        header = self.client.authorization(ACCESS, nonce="0123456789abcdef")
        self.assertEqual(self.client.get(ACCESS, authorization=header).status, 200)
        self.assert_refused(self.client.get(ACCESS, authorization=header), 401, "UNAUTHORIZED_ACCESS")
        self.assertEqual(self.fake.requests()["nonce_reuses"], 1)

    def test_a_timestamp_out_of_bounds_is_refused(self):
        now = int(time.time())
        for timestamp in (now - 320, now + 320):
            self.assert_refused(self.client.get(ACCESS, timestamp=str(timestamp)), 401, 135)
        self.assertEqual(self.client.get(ACCESS, timestamp=str(now - 280)).status, 200)

    def test_the_fakes_clock_can_be_skewed(self):
        self.fake.do("skew", seconds=3600)
        reply = self.client.get(ACCESS)
        self.assert_refused(reply, 401, 135)
        self.assertNotEqual(reply.headers["date"][17:19], time.strftime("%H", time.gmtime()))
        self.assertEqual(self.client.get(ACCESS, timestamp=str(int(time.time()) + 3600)).status, 200)

    def test_an_unknown_consumer_and_a_missing_header_are_told_apart(self):
        stranger = SignedClient(self.fake.pki, self.fake.base_url, "stranger", "x", "y", "z")
        self.assert_refused(stranger.get(ACCESS), 401, 32)
        self.assert_refused(self.client.send(ACCESS, {}), 400, 215)
        self.assert_refused(self.client.send(ACCESS, {"Authorization": "Bearer abc"}), 400, 215)

    def test_a_revoked_token_is_vague_on_the_ads_host_and_plain_on_the_identity_host(self):
        self.fake.do("revoke", token="brand-a")
        self.assert_refused(self.client.get(ACCESS), 401, "UNAUTHORIZED_ACCESS")
        self.assert_refused(self.client.get(IDENTITY), 401, 89)
        self.fake.do("options", options={"revoked": "code_89"})
        self.assert_refused(self.client.get(ACCESS), 401, 89)
        self.fake.do("restore", token="brand-a")
        self.assertEqual(self.client.get(ACCESS).status, 200)

    def test_a_sign_in_gives_a_token_that_works_until_it_is_invalidated(self):
        app, base = self.world.apps[0], self.fake.base_url
        keys = (app["consumer_key"], app["consumer_secret"])

        def post(path, **parts):
            header = Client(keys[0], client_secret=keys[1], **parts).sign(base + path, http_method="POST")[1]
            return self.client.send(path, {**header, "Content-Length": "0"}, method="POST")

        self.assert_refused(post("/oauth/request_token"), 401, 417)
        begun = post("/oauth/request_token", callback_uri="https://client.example/cb?a=b")
        self.assertEqual(begun.headers["content-type"], "text/html; charset=utf-8")
        request = dict(urllib.parse.parse_qsl(begun.body.decode()))
        self.assertEqual(request["oauth_callback_confirmed"], "true")
        pending = {"resource_owner_key": request["oauth_token"], "resource_owner_secret": request["oauth_token_secret"]}
        self.assert_refused(post("/oauth/access_token", verifier="0", **pending), 401, 32)
        pin = self.fake.do("approve", request_token=request["oauth_token"], user="2417045708", name="new",
                           token="2417045708-new", secret="new-secret")["verifier"]
        self.assert_refused(post("/oauth/access_token", verifier="0", **pending), 401, 32)
        done = dict(urllib.parse.parse_qsl(post("/oauth/access_token", verifier=pin, **pending).body.decode()))
        self.assertEqual(done, {"oauth_token": "2417045708-new", "oauth_token_secret": "new-secret",
                                "user_id": "2417045708", "screen_name": "user2417045708"})
        self.assert_refused(post("/oauth/access_token", verifier=pin, **pending), 401, 89)
        fresh = SignedClient(self.fake.pki, base, *keys, "2417045708-new", "new-secret")
        self.assertEqual(fresh.get(ACCESS).status, 200)
        gone = post("/1.1/oauth/invalidate_token.json", resource_owner_key="2417045708-new",
                    resource_owner_secret="new-secret")
        self.assertEqual(gone.json, {"access_token": "2417045708-new"})
        self.assert_refused(fresh.get(IDENTITY), 401, 89)

    def test_a_retired_version_is_refused(self):
        reply = self.client.get("/5/accounts")
        self.assert_refused(reply, 403, "INVALID")
        self.assertEqual(reply.json["errors"][0]["message"], "Version 5.0 is not available.")


if __name__ == "__main__":
    unittest.main()
