"""The server that checks with oauthlib accepts oauthlib's own client, and counts what it refuses."""

import tempfile
import unittest
import urllib.parse

from harness import make_pki
from oauthlib_server import ODD_CURSOR, OauthlibServer
from signed_client import SignedClient

ACCESS = "/12/accounts/18ce54d4x5t/authenticated_user_access"


class OauthlibServerItself(unittest.TestCase):
    def setUp(self):
        self.pki = make_pki(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(OauthlibServer(self.pki, "key", "secret", "2417045708-token", "token-secret",
                                                       accounts=("18ce54d4x5t", "acc1", "acc2")))
        self.client = SignedClient(self.pki, self.server.base_url, "key", "secret", "2417045708-token", "token-secret")

    def test_good_signatures_are_verified(self):
        self.assertEqual(self.client.get(ACCESS).json["data"]["user_id"], "2417045708")
        self.assertEqual(self.client.get("/1.1/account/verify_credentials.json").json["id_str"], "2417045708")
        self.assertEqual((self.server.verified, self.server.failed), (2, 0))

    def test_bad_signatures_and_reused_nonces_fail(self):
        self.assertEqual(self.client.get(ACCESS, token_secret="wrong").status, 401)
        header = self.client.authorization(ACCESS, nonce="0123456789abcdef")
        self.assertEqual(self.client.get(ACCESS, authorization=header).status, 200)
        self.assertEqual(self.client.get(ACCESS, authorization=header).status, 401)
        self.assertEqual(self.client.get(ACCESS, timestamp="1318622958").status, 401)
        self.assertEqual((self.server.verified, self.server.failed), (1, 3))
        self.assertEqual(self.server.validator.reused_nonces, 1)

    def test_pages_follow_odd_cursors(self):
        first = self.client.get("/12/accounts").json
        self.assertEqual([account["id"] for account in first["data"]], ["18ce54d4x5t", "acc1"])
        self.assertEqual(first["next_cursor"], ODD_CURSOR + "2")
        quoted = urllib.parse.quote(first["next_cursor"], safe="")
        second = self.client.get("/12/accounts?cursor=" + quoted).json
        self.assertEqual([account["id"] for account in second["data"]], ["acc2"])
        self.assertIsNone(second["next_cursor"])
        self.assertEqual(self.server.failed, 0)

    def test_a_mangled_cursor_is_refused(self):
        self.assertEqual(self.client.get("/12/accounts?cursor=p").status, 400)


if __name__ == "__main__":
    unittest.main()
