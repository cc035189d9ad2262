"""npm's libraries accept the published vector and refuse everything beside it: then their word on our webhooks counts."""

import base64
import hashlib
import hmac
import time
import unittest

from harness import webhook_secret
from node_verifiers import LIBRARIES, SOURCE, NodeVerifiers

# The reference vector of the Standard Webhooks test suite.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = 1614265330
HEADERS = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(NOW),
           "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
BOTH_FINE = dict.fromkeys(LIBRARIES)


def sign(secret, identity, timestamp, body):
    key = base64.b64decode(secret[len("whsec_"):])
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Verifiers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.verifiers = NodeVerifiers()

    def test_the_published_vector_is_accepted_by_both(self):
        self.assertEqual(self.verifiers.verify((HEADERS, BODY, SECRET, NOW)), [BOTH_FINE])

    def test_everything_else_is_refused_by_both(self):
        broken = {
            "another body": (HEADERS, BODY.replace(b"4}", b"5}"), SECRET, NOW),
            "another time": ({**HEADERS, "webhook-timestamp": str(NOW + 1)}, BODY, SECRET, NOW),
            "another id": ({**HEADERS, "webhook-id": "msg_other"}, BODY, SECRET, NOW),
            "no version": ({**HEADERS, "webhook-signature": HEADERS["webhook-signature"][3:]}, BODY, SECRET, NOW),
            "no signature": ({name: HEADERS[name] for name in ("webhook-id", "webhook-timestamp")}, BODY, SECRET, NOW),
            "the secret not decoded": (HEADERS, BODY, "whsec_" + base64.b64encode(SECRET[6:].encode()).decode(), NOW),
            "too old": (HEADERS, BODY, SECRET, NOW + 301),
        }
        for what, answer in zip(broken, self.verifiers.verify(*broken.values()), strict=True):
            with self.subTest(what):
                self.assertEqual([library for library in LIBRARIES if answer[library] is None], [])

    def test_while_a_secret_is_rotated_both_the_new_and_the_old_one_fit(self):
        new, old, other = webhook_secret(), webhook_secret(), webhook_secret()
        timestamp = int(time.time())
        body = '{"type":"token.revoked","data":{"name":"Café <Wien>"}}'.encode()
        signatures = [sign(secret, "msg_1", timestamp, body) for secret in (new, old)]
        headers = {"webhook-id": "msg_1", "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}
        with_new, with_old, with_other = self.verifiers.verify(*[(headers, body, secret) for secret in (new, old, other)])
        self.assertEqual((with_new, with_old), (BOTH_FINE, BOTH_FINE))
        self.assertNotIn(None, with_other.values())

    def test_the_lock_file_names_no_registry(self):
        lock = (SOURCE / "package-lock.json").read_text()
        self.assertNotIn("://", lock)
        self.assertIn("integrity", lock)


if __name__ == "__main__":
    unittest.main()
