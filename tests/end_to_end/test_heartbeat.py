"""A watchdog of ours hears us as long as we see, and only so long. Takes minutes: ctest -L slow."""

import pathlib
import tempfile
import time
import unittest

import channels
from harness import Daemon, FakeApi, World, make_pki, make_settings, wait_until
from invariants import Alert

# An outage of a minute wakes nobody; then it is looked for each half a minute. When it is over, a host that was ill is
# asked every five minutes at the latest.
UNTIL_BLIND, UNTIL_WELL = 180, 360


class Heartbeat(unittest.TestCase):
    def setUp(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        world = World()
        world.add_token("acme", "2417045701", {"18ce5acme1": ["AD_MANAGER"]})
        self.fake = self.enterContext(FakeApi(make_pki(directory), world.for_fake()))
        settings = make_settings(directory, self.fake, world, api={"deadline": "1s"}, status={"listen": "off"})
        settings["destinations"].append(channels.heartbeat(self.fake))
        settings["routes"] = channels.routes_to(settings["destinations"])
        self.enterContext(Daemon(settings, directory))

    def beats_within(self, seconds):
        before = len(self.fake.posts("/ping/alive"))
        time.sleep(seconds)
        return len(self.fake.posts("/ping/alive")) - before

    def wait_for_blindness_to_be(self, state, seconds):
        def said():
            alerts = [Alert(post["body_bytes"]) for post in self.fake.posts("/hook/siem")]
            return any((alert.state, alert.cause) == (state, "audit.blind") for alert in alerts)

        wait_until(said, seconds, every=0.2, what=f"blindness is {state}")

    def test_it_comes_each_second_and_stops_while_nothing_certain_is_known(self):
        wait_until(lambda: len(self.fake.posts("/ping/alive")) >= 2, 20, what="beats")
        self.assertIn(self.beats_within(5), range(3, 7))
        self.fake.misbehave("hang")
        self.assertIn(self.beats_within(5), range(3, 7), "an outage of seconds is none")
        self.wait_for_blindness_to_be("opened", UNTIL_BLIND)
        self.assertEqual(self.beats_within(5), 0)
        self.fake.behave()
        self.wait_for_blindness_to_be("resolved", UNTIL_WELL)
        self.assertIn(self.beats_within(5), range(3, 7))


if __name__ == "__main__":
    unittest.main()
