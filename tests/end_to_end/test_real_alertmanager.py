"""The real Alertmanager behind our harness: what it shows, forgets and passes on."""

import datetime
import json
import pathlib
import tempfile
import unittest

from harness import FakeApi, make_pki, wait_until
from real_alertmanager import RealAlertmanager


def in_seconds(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


def alert(token, ends_in=300):
    return {"labels": {"alertname": "token.revoked", "token": token}, "annotations": {"summary": "Token revoked"},
            "startsAt": in_seconds(-60), "endsAt": in_seconds(ends_in)}


class Alertmanager(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def tokens(self, alertmanager, *matchers):
        return sorted(shown["labels"]["token"] for shown in alertmanager.alerts(*matchers))

    def test_it_shows_what_fires_until_it_is_resolved(self):
        with RealAlertmanager(self.directory) as alertmanager:
            self.assertEqual(alertmanager.alerts(), [])
            self.assertEqual(alertmanager.post([alert("acme"), alert("bolt")]), 200)
            wait_until(lambda: self.tokens(alertmanager) == ["acme", "bolt"], 5)
            self.assertEqual(self.tokens(alertmanager, "token=bolt"), ["bolt"])
            self.assertEqual(alertmanager.post([alert("acme", ends_in=-1)]), 200)
            wait_until(lambda: self.tokens(alertmanager) == ["bolt"], 5)

    def test_it_refuses_an_alert_without_labels(self):
        with RealAlertmanager(self.directory) as alertmanager:
            self.assertEqual(alertmanager.post([{"labels": {}}]), 400)
            self.assertEqual(alertmanager.post([{"annotations": {}}]), 422)  # its schema's own check comes first
            self.assertEqual(alertmanager.alerts(), [])

    def test_it_comes_back_on_its_port_and_has_forgotten(self):
        with RealAlertmanager(self.directory) as alertmanager:
            url = alertmanager.url
            alertmanager.post([alert("acme")])
            wait_until(alertmanager.alerts, 5)
            alertmanager.stop()
            alertmanager.start()
            self.assertEqual((alertmanager.url, alertmanager.alerts()), (url, []))

    def test_it_passes_on_what_it_is_told(self):
        with FakeApi(make_pki(self.directory)) as fake, \
             RealAlertmanager(self.directory / "am", fake.sink_url("/hook/am")) as alertmanager:
            alertmanager.post([alert("acme")])
            post, = wait_until(lambda: fake.posts("/hook/am"), 15)
            body = json.loads(post["body_bytes"])
            self.assertEqual((body["version"], body["status"]), ("4", "firing"))
            self.assertEqual(body["alerts"][0]["labels"]["token"], "acme")


if __name__ == "__main__":
    unittest.main()
