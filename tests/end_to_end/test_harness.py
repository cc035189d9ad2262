"""The harness itself: its webhook receiver against published vectors, its YAML, its canaries, its settings."""

import base64
import pathlib
import tempfile
import types
import unittest

from harness import (WebhookError, World, canary, leaked_canaries, make_settings, verify_webhook, webhook_secret,
                     write_settings)
from yaml_text import to_yaml

# The reference vector of the Standard Webhooks test suite.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = 1614265330
HEADERS = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(NOW),
           "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}


class Webhooks(unittest.TestCase):
    def test_the_published_vector_is_accepted(self):
        self.assertEqual(verify_webhook(HEADERS, BODY, SECRET, now=NOW), "msg_p5jXN8AQM9LWM0D4loKWxJek")

    def test_one_of_two_signatures_is_enough(self):
        rotated = {**HEADERS, "webhook-signature": "v1,AAAA " + HEADERS["webhook-signature"]}
        self.assertTrue(verify_webhook(rotated, BODY, SECRET, now=NOW))

    def test_everything_else_is_refused(self):
        raw_key = "whsec_" + base64.b64encode(SECRET[len("whsec_"):].encode()).decode()
        for headers, body, secret, now in (
            (HEADERS, BODY.replace(b"4}", b"5}"), SECRET, NOW),
            ({**HEADERS, "webhook-timestamp": str(NOW + 1)}, BODY, SECRET, NOW),
            ({**HEADERS, "webhook-id": "msg_other"}, BODY, SECRET, NOW),
            ({**HEADERS, "webhook-signature": HEADERS["webhook-signature"][3:]}, BODY, SECRET, NOW),
            ({**HEADERS, "webhook-timestamp": "soon"}, BODY, SECRET, NOW),
            ({"webhook-id": "x"}, BODY, SECRET, NOW),
            (HEADERS, BODY, raw_key, NOW),
            (HEADERS, BODY, SECRET, NOW + 301),
        ):
            self.assertRaises(WebhookError, verify_webhook, headers, body, secret, now=now)


class Yaml(unittest.TestCase):
    def test_what_yaml_would_read_as_something_else_is_quoted(self):
        text = to_yaml({"version": "12", "interval": "1s", "share": "10%", "on": "off", "flag": True, "count": 2,
                        "url": "http://127.0.0.1:1/x", "empty": [], "none": {}})
        self.assertEqual(text, 'version: "12"\ninterval: 1s\nshare: 10%\non: "off"\nflag: true\ncount: 2\n'
                               'url: "http://127.0.0.1:1/x"\nempty: []\nnone: {}\n')

    def test_lists_of_maps_are_indented_as_people_do(self):
        self.assertEqual(to_yaml({"tokens": [{"name": "a", "labels": {"client": "Br\u00fck: A"}, "accounts": ["x1"]}]}),
                         "tokens:\n  - name: a\n    labels:\n      client: \"Br\u00fck: A\"\n    accounts:\n      - x1\n")


class Canaries(unittest.TestCase):
    def test_a_leaked_secret_is_found_in_texts_and_files(self):
        secret, other = canary("token"), webhook_secret()
        with tempfile.TemporaryDirectory() as directory:
            nested = pathlib.Path(directory) / "a"
            nested.mkdir()
            (nested / "db").write_bytes(b"\0" + secret.encode() + b"\0")
            (nested / "clean").write_text("nothing here")
            self.assertEqual(leaked_canaries(pathlib.Path(directory)), [(str(nested / "db"), secret)])
        self.assertEqual(leaked_canaries("log " + other), [("text", other[len("whsec_"):])])
        self.assertEqual(leaked_canaries("clean", b"clean"), [])


class Settings(unittest.TestCase):
    def test_settings_name_no_secret(self):
        with tempfile.TemporaryDirectory() as directory:
            world = World()
            world.add_token("brand-a", "2417045708", {"18ce54d4x5t": ["AD_MANAGER"]})
            fake = types.SimpleNamespace(base_url="https://127.0.0.1:1", pki=types.SimpleNamespace(ca="/ca.pem"),
                                         sink_url=lambda path: "http://127.0.0.1:2" + path)
            settings = make_settings(directory, fake, world, audit={"interval": "5s"}, expect=[], log=None)
            file = write_settings(pathlib.Path(directory) / "adsauditd.yaml", settings)
            text = file.read_text()
            self.assertEqual(leaked_canaries(text), [])
            self.assertIn("  interval: 5s\n  jitter: 10%\n", text)
            self.assertNotIn("log:", text)
            token_file = pathlib.Path(directory) / "secrets" / "brand-a.token"
            self.assertIn(f'access_token: "${{file:{token_file}}}"', text)
            self.assertEqual(token_file.read_text(), world.secret("brand-a")["token"])
            self.assertEqual(token_file.stat().st_mode & 0o777, 0o400)


if __name__ == "__main__":
    unittest.main()
