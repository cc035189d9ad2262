"""The fake's receivers of alerts over HTTP, as the daemon meets them."""

import json
import pathlib
import tempfile
import unittest
import urllib.error
import urllib.request

from harness import ControlError, FakeApi, make_pki

CARD = {"type": "message", "attachments": [{
    "contentType": "application/vnd.microsoft.card.adaptive",
    "content": {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "Token revoked"}]}}]}


class Sinks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.fake = FakeApi(make_pki(pathlib.Path(place.name)))
        cls.addClassCleanup(cls.fake.stop)

    def setUp(self):
        self.fake.reset()

    def post(self, path, body, **headers):
        """(status, headers, text)"""
        content = {"Content-Type": "application/json", **headers}
        request = urllib.request.Request(self.fake.sink_url(path), json.dumps(body).encode(), content)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers, refusal.read().decode()

    def call_slack(self, method, **arguments):
        status, _, text = self.post("/slack-api/" + method, arguments, Authorization="Bearer xoxb-test")
        self.assertEqual(status, 200)
        return json.loads(text)

    def test_a_thread_in_slack_looks_as_people_see_it(self):
        first = self.call_slack("chat.postMessage", channel="C0123456789", text="opened")
        self.call_slack("chat.postMessage", channel="C0123456789", text="reply", thread_ts=first["ts"])
        self.call_slack("chat.update", channel="C0123456789", ts=first["ts"], text="resolved")
        message, = self.fake.slack_messages("C0123456789")
        self.assertEqual((message["text"], message["edits"]), ("resolved", 1))
        self.assertEqual([reply["text"] for reply in message["replies"]], ["reply"])
        self.assertEqual(self.fake.slack_messages("C9*"), [])

    def test_pagerduty_opens_and_closes_one_alert(self):
        event = {"routing_key": "r" * 32, "dedup_key": "d", "event_action": "trigger",
                 "payload": {"summary": "s", "source": "adsauditd", "severity": "critical"}}
        status, _, text = self.post("/pagerduty/v2/enqueue", event)
        self.assertEqual((status, json.loads(text)["dedup_key"]), (202, "d"))
        self.post("/pagerduty/v2/enqueue", {**event, "event_action": "resolve"})
        alert, = self.fake.pagerduty_alerts()
        self.assertEqual((alert["state"], alert["triggers"]), ("resolved", 1))

    def test_teams_and_the_dead_mans_switch_answer(self):
        self.assertEqual(self.post("/teams/x", CARD)[::2], (202, ""))
        self.assertEqual(self.post("/teams/x", {"text": "old"})[0], 400)
        with urllib.request.urlopen(self.fake.sink_url("/ping/alive"), timeout=10) as answer:
            self.assertEqual(answer.status, 200)
        self.assertEqual([post["method"] for post in self.fake.posts("/ping/*")], ["GET"])

    def test_above_the_pace_slack_says_when_to_come_back(self):
        self.fake.sink_behaviour("/slack*", per_second=1, burst=2)
        self.assertEqual([self.post("/slack/x", {})[0] for _ in range(2)], [200, 200])
        status, headers, _ = self.post("/slack/x", {})
        self.assertEqual((status, headers["Retry-After"]), (429, "1"))
        self.assertEqual([post["status"] for post in self.fake.posts("/slack/x")], [200, 200, 429])
        self.assertRaises(ControlError, self.fake.sink_behaviour, "/slack*", per_second=0)


if __name__ == "__main__":
    unittest.main()
