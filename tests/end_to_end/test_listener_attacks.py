"""Attacks on the listener that waits for a browser: it stays small, answers the others in time, and the sign-in goes on."""

import unittest

from listener_attacks import Attacks, allow_many_connections
from sign_in import SignIn, approve, browse
from verb_case import ACCOUNT, VerbCase
from world import free_port


def setUpModule():
    allow_many_connections()


class CallBack(Attacks, VerbCase):
    def setUp(self):
        super().setUp()
        self.fake.do("add", world={"users": [{"id": "99", "screen_name": "brand_c"}],
                                   "grants": [{"account": ACCOUNT, "user": "99", "permissions": ["AD_MANAGER"]}]})
        self.port = free_port()
        self.sign_in = self.enterContext(SignIn(self.file, "brand-c", "--app", "agency", "--account", ACCOUNT, "--web",
                                                "--listen", f"127.0.0.1:{self.port}")).wait_for_link()
        self.pid = self.sign_in.pid
        self.ask()
        self.size = self.rss()

    def ask(self):
        self.assertEqual(browse(self.port, "/callback")[0], 400)

    def finish(self):
        """The sign-in is none the worse."""
        self.ask()
        callback = self.fake.do("callback_of", request_token=self.sign_in.request_token)["callback"]
        verifier = approve(self.fake, self.sign_in, "99", "brand-c")
        target = callback[callback.index("/callback"):]
        self.assertEqual(browse(self.port, f"{target}&oauth_token={self.sign_in.request_token}&oauth_verifier={verifier}")[0],
                         200)
        self.assertEqual(self.sign_in.end(), 0, self.sign_in.stderr)


if __name__ == "__main__":
    unittest.main()
