"""Whatever X answers that says nothing of a token: no change is recorded, no alert is sent."""

import pathlib
import tempfile
import time
import unittest

from harness import Daemon, FakeApi, World, make_pki, make_settings, wait_until

SILENT = [("hang", {"ms": 2500}), ("reset", {}), ("reset_inside", {}), ("close", {}), ("cut", {}), ("500", {}),
          ("503", {}), ("503", {"retry_after": 1}), ("429", {}), ("429", {"rate_headers": False}), ("html", {}),
          ("empty", {}), ("truncated", {}), ("wrong_account_echo", {}),
          ("answer", {"status": 403, "body": '{"errors":[{"code":"UNAUTHORIZED_CLIENT_APPLICATION","message":"x"}]}'}),
          ("answer", {"status": 401, "body": '{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}'}),
          ("answer", {"status": 403, "body": '{"errors":[{"code":"SOMETHING_NEW","message":"x"}]}'})]


class SilentAnswers(unittest.TestCase):
    def test_nobody_is_accused(self):
        with tempfile.TemporaryDirectory() as place:
            directory = pathlib.Path(place)
            world = World()
            world.add_token("brand-a", "2417045708", {"18ce5a1": ["AD_MANAGER"], "18ce5a2": ["ACCOUNT_ADMIN"]})
            world.add_token("brand-b", "2417045709", {"18ce5a1": ["AD_MANAGER"]})
            with FakeApi(make_pki(directory), world.for_fake()) as fake:
                settings = make_settings(directory, fake, world, api={"deadline": "1s"}, status={"listen": "off"})
                with Daemon(settings, directory) as daemon:
                    wait_until(lambda: self.first_answers(daemon) == 3, 15)
                    before = self.changes(daemon)
                    for kind, members in SILENT:
                        with self.subTest(kind=kind, **members):
                            self.disturb(fake, kind, members)
                            self.assertEqual(self.changes(daemon), before)
                            self.assertEqual(fake.posts(), [])
                    fake.do("reset_windows")
                    self.assertEqual(daemon.query("SELECT count(*) FROM incidents"), [(0,)])
                    self.assertEqual(daemon.stop(), 0)

    @staticmethod
    def first_answers(daemon):
        return daemon.query("SELECT count(*) FROM changes WHERE kind = 1")[0][0]

    @staticmethod
    def changes(daemon):
        return daemon.query("SELECT count(*) FROM changes")[0][0]

    @staticmethod
    def disturb(fake, kind, members):
        """At least four answers of that kind, so that any wrong confirmation would have its two; or three seconds."""
        seen = fake.requests()["total"]
        order = fake.misbehave(kind, **members)
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and fake.requests()["total"] < seen + 6:
            time.sleep(0.05)
        fake.behave(order)


if __name__ == "__main__":
    unittest.main()
