"""The binary's own requests against oauthlib: our signer and our fake must not merely agree with each other."""

import json
import pathlib
import tempfile
import types
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, wait_until
from oauthlib_server import OauthlibServer


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


if __name__ == "__main__":
    unittest.main()
