"""The binary's own requests against oauthlib: our signer and our fake must not merely agree with each other."""

import json
import pathlib
import tempfile
import types
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, wait_until
from oauthlib_server import OauthlibServer
from sign_in import SignIn, browse
from world import free_port, write_settings


class IndependentVerifier(unittest.TestCase):
    @staticmethod
    def audited(server):
        return {path.split("/")[3] for path in server.paths if path.endswith("/authenticated_user_access")}

    def test_every_request_of_the_binary_is_verified_by_oauthlib(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        pki = make_pki(directory)
        world = World()
        world.add_token("fixed", "2417045708", {"18ce54d4x5t": ["AD_MANAGER"]})
        app, token = world.apps[0], world.tokens[0]
        accounts = ("18ce54d4x5t", "18ce54d4x6u", "18ce54d4x7v")
        server = self.enterContext(OauthlibServer(pki, app["consumer_key"], app["consumer_secret"], token["token"],
                                                  token["secret"], accounts=accounts))
        fake = self.enterContext(FakeApi(pki, world.for_fake()))  # its sinks only
        api = types.SimpleNamespace(base_url=server.base_url, pki=pki, sink_url=fake.sink_url)
        settings = make_settings(directory, api, world, status={"listen": "off"})
        del settings["tokens"][0]["accounts"]  # so that GET accounts is asked too, with the server's awkward cursors
        with Daemon(settings, directory) as daemon:
            wait_until(lambda: self.audited(server) == set(accounts), 20, what="three audits are verified")
            self.assertEqual(sum("/accounts?" in path for path in server.paths), 2, "pages of the list")
            self.assertEqual(daemon.stop(), 0)
        audit = daemon.command("audit", "--once", "--json", timeout=60)
        self.assertEqual(audit.returncode, 0, audit.stderr)
        pairs = json.loads(audit.stdout)["pairs"]
        self.assertEqual(sorted(pair["account"] for pair in pairs), sorted(accounts))
        self.assertEqual(server.failed, 0)
        self.assertEqual(server.validator.reused_nonces, 0)
        self.assertGreaterEqual(server.verified, 6)

    def sign_in_at_oauthlib(self, *arguments):
        """A sign-in that has shown its link, and the server that it began at."""
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        pki = make_pki(directory)
        world = World()
        world.add_app()
        app = world.apps[0]
        server = self.enterContext(OauthlibServer(pki, app["consumer_key"], app["consumer_secret"], "none", "none"))
        api = types.SimpleNamespace(base_url=server.base_url, pki=pki, sink_url=lambda path: "http://127.0.0.1:9" + path)
        settings = make_settings(directory, api, world, status={"listen": "off"}, tokens=None)
        file = write_settings(directory / "adsauditd.yaml", settings)
        sign_in = self.enterContext(SignIn(file, "brand-a", "--app", "agency", "--account", "18ce54d4x5t", "--json",
                                           *arguments))
        return server, sign_in.wait_for_link()

    def check(self, server, sign_in):
        self.assertEqual(sign_in.end(), 0, sign_in.stderr)
        self.assertEqual(sign_in.answer()["user_id"], "2417045708")
        self.assertEqual(sign_in.answer()["account_access"][0]["permissions"], ["ACCOUNT_ADMIN", "TWEET_COMPOSER"])
        self.assertEqual((server.failed, server.failures), (0, []))
        self.assertEqual(server.paths, ["/oauth/request_token", "/oauth/access_token",
                                        "/12/accounts/18ce54d4x5t/authenticated_user_access"])

    def test_a_sign_in_by_pin_is_verified_by_oauthlib(self):
        server, sign_in = self.sign_in_at_oauthlib("--pin")
        self.assertEqual(server.approve(sign_in.request_token), "oob")
        sign_in.type("7654321")
        self.check(server, sign_in)

    def test_a_sign_in_by_browser_is_verified_by_oauthlib(self):
        port = free_port()
        # A call-back with every kind of character that has to be encoded twice on its way into the signature.
        url = "https://ads.example/call%20back/~x?a=b%26c&d=*+'"
        server, sign_in = self.sign_in_at_oauthlib("--web", "--listen", f"127.0.0.1:{port}", "--callback-url", url)
        callback = server.approve(sign_in.request_token)
        self.assertTrue(callback.startswith(url + "&state="), callback)
        target = callback[len("https://ads.example"):]
        self.assertEqual(browse(port, f"{target}&oauth_token={sign_in.request_token}&oauth_verifier=7654321",
                                host="ads.example")[0], 200)
        self.check(server, sign_in)

    def test_oauthlib_refuses_a_wrong_pin(self):
        server, sign_in = self.sign_in_at_oauthlib("--pin")
        server.approve(sign_in.request_token)
        sign_in.type("1234567")
        self.assertEqual(sign_in.end(), 1)
        self.assertIn("the PIN is wrong", sign_in.stderr)
        self.assertEqual(server.failed, 1)


if __name__ == "__main__":
    unittest.main()
