"""What was told, what did not arrive, and whether it would: alerts list, alerts dead, alerts replay, alerts test, status."""

import json
import unittest

from harness import wait_until
from verb_case import NO_ALERT, NO_DELIVERY, NO_INCIDENT, VerbCase


class List(VerbCase):
    def test_each_alert_is_listed_with_its_way_to_each_destination(self):
        incident = self.revoke()
        listed = self.answer("alerts", "list")
        self.assertIsNone(listed["next_before_sequence"])
        alert = listed["alerts"][0]
        self.assertEqual((alert["kind"], alert["title"], alert["test"], alert["incidents"]),
                         ("opened", "Access token revoked: brand-a", False, [incident]))
        self.assertEqual([(way["destination"], way["type"], way["state"], way["attempts"], way["outcome"],
                           way["http_status"], way["next_attempt_at"]) for way in alert["deliveries"]],
                         [("ops", "slack", "delivered", 1, "delivered", 200, None),
                          ("siem", "webhook", "delivered", 1, "delivered", 204, None)])
        self.assertTrue(alert["alert"].startswith("msg_"))
        post = self.posts("/hook/*")[0]
        self.assertEqual((post["timestamp"], post["data"]["sequence"]), (alert["at"], alert["number"]))
        text = self.shown("alerts", "list")
        self.assertRegex(text, rf"{alert['number']}\s+{alert['at']}\s+{alert['alert']}\s+opened\s+"
                               r"Access token revoked: brand-a\s+ops\s+delivered\s+1\s+delivered\s+-")
        self.assertRegex(text, r"\n\s+siem\s+delivered")

    def test_what_waits_says_why_and_when_it_is_tried_next(self):
        self.audit()
        self.fake.sink_behaviour("/hook/*", status=503)
        self.fake.do("revoke", token="brand-a")
        daemon = self.daemon()
        pending = lambda: self.answer("alerts", "list", "--state", "pending")["alerts"]  # noqa: E731
        tried = lambda: [way for alert in pending() for way in alert["deliveries"] if way["attempts"]]  # noqa: E731
        way = wait_until(tried, 20, what="siem was tried")[0]
        self.assertEqual((way["destination"], way["outcome"], way["http_status"]), ("siem", "http 503", 503))
        self.assertGreater(way["next_attempt_at"], way["last_attempt_at"])
        status = self.answer("status")["deliveries"]
        self.assertEqual(status["destinations"], {"siem": {"pending": 1, "dead": 0}})
        self.assertIn("siem: 1 pending", self.shown("status"))
        daemon.stop()

    def test_the_list_is_filtered_and_read_in_pages(self):
        incident = self.revoke()
        self.fake.do("restore", token="brand-a")
        self.audit()
        kinds = lambda *filters: [alert["kind"] for alert in self.answer("alerts", "list", *filters)["alerts"]]  # noqa: E731
        self.assertEqual(kinds(), ["resolved", "opened"])
        self.assertEqual(kinds("--incident", incident), ["resolved", "opened"])
        self.assertEqual(kinds("--state", "dead"), [])
        self.assertEqual(kinds("--since", "2220-01-01"), [])
        only = self.answer("alerts", "list", "--destination", "siem", "--state", "delivered")["alerts"]
        self.assertEqual([[way["destination"] for way in alert["deliveries"]] for alert in only], [["siem"], ["siem"]])
        page = self.answer("alerts", "list", "--limit", "1")
        self.assertEqual([alert["kind"] for alert in page["alerts"]], ["resolved"])
        self.assertEqual(page["next_before_sequence"], page["alerts"][0]["number"])
        self.assertEqual(kinds("--before-sequence", str(page["next_before_sequence"])), ["opened"])
        self.assertIn(f"go on with --before-sequence {page['next_before_sequence']}",
                      self.shown("alerts", "list", "--limit", "1"))
        self.assertEqual(self.shown("alerts", "list", "--state", "dead"), "no alerts\n")

    def test_one_alert_is_shown_with_each_attempt_and_its_incidents(self):
        incident = self.revoke()
        alert = self.answer("alerts", "list")["alerts"][0]
        whole = self.answer("alerts", "list", "--alert", alert["alert"])
        self.assertEqual([each["id"] for each in whole["incidents"]], [incident])
        self.assertEqual([[(attempt["outcome"], attempt["http_status"]) for attempt in way["attempt_log"]]
                          for way in whole["deliveries"]], [[("delivered", 200)], [("delivered", 204)]])
        text = self.shown("alerts", "list", "--alert", alert["alert"])
        for words in (alert["alert"], "Access token revoked: brand-a", whole["deliveries"][0]["delivery"], incident,
                      "ATTEMPTED AT"):
            self.assertIn(words, text)

    def test_what_makes_no_sense_is_refused(self):
        self.audit()
        self.assertEqual(self.answer("alerts", "list"), {"alerts": [], "next_before_sequence": None})
        self.refused(6, "there is no alert", "alerts", "list", "--alert", NO_ALERT)
        self.refused(6, "there is no alert", "alerts", "list", "--alert", "17")
        self.refused(6, "there is no incident", "alerts", "list", "--incident", NO_INCIDENT)
        self.refused(6, 'did you mean "siem"?', "alerts", "list", "--destination", "seim")
        self.refused(2, 'did you mean "pending"?', "alerts", "list", "--state", "pendin")
        self.refused(2, "not a point in time", "alerts", "list", "--since", "noon")
        self.refused(2, "", "alerts")


class Dead(VerbCase):
    def bury(self):
        """An alert that Slack refuses as it is."""
        self.fake.sink_behaviour("/slack/*", status=413)
        self.revoke()
        return self.answer("alerts", "dead")["dead"][0]

    def test_a_dead_letter_says_why_since_when_and_how_to_send_it_again(self):
        letter = self.bury()
        self.assertEqual((letter["destination"], letter["state"], letter["attempts"], letter["outcome"],
                          letter["http_status"], letter["kind"], letter["title"]),
                         ("ops", "dead", 1, "http 413", 413, "opened", "Access token revoked: brand-a"))
        self.assertGreaterEqual(letter["dead_since"], letter["at"])
        text = self.shown("alerts", "dead")
        self.assertIn("adsauditd alerts replay " + letter["delivery"], text)
        self.assertIn("adsauditd alerts replay --destination ops", text)
        self.assertRegex(text, r"ops\s+\S+Z\s+1\s+http 413")
        self.assertEqual(self.answer("alerts", "dead", "--destination", "siem"), {"dead": [], "more": False})
        status = self.answer("status")["deliveries"]
        self.assertEqual(status["destinations"], {"ops": {"pending": 0, "dead": 1}})
        self.assertIn("ops: 0 pending, 1 dead; see adsauditd alerts dead", self.shown("status"))

    def test_a_replay_sends_the_same_bytes_once_more(self):
        letter = self.bury()
        before = self.fake.posts("/slack/*")
        self.fake.sink_behaviour("/slack/*", clear=True)
        replayed = self.answer("alerts", "replay", letter["delivery"])
        self.assertEqual(replayed, {"replayed": 1, "destinations": {"ops": 1}, "left": {}})
        self.refused(6, "no dead letter fits", "alerts", "replay", letter["delivery"])
        self.daemon()
        arrived = wait_until(lambda: self.fake.posts("/slack/*")[len(before):], 20, what="the replay")
        self.assertEqual(arrived[0]["body_bytes"], before[0]["body_bytes"])
        ways = lambda: {way["destination"]: way for way in  # noqa: E731
                        self.answer("alerts", "list", "--alert", letter["alert"])["deliveries"]}
        wait_until(lambda: ways()["ops"]["state"] == "delivered", 10)
        self.assertEqual([attempt["outcome"] for attempt in ways()["ops"]["attempt_log"]], ["http 413", "delivered"])
        self.assertEqual(self.answer("alerts", "dead")["dead"], [])

    def test_a_running_daemon_takes_a_replay_up(self):
        self.bury()
        self.daemon()
        self.fake.sink_behaviour("/slack/*", clear=True)
        before = len(self.fake.posts("/slack/*"))
        run = self.command("alerts", "replay", "--all")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("1 for ops is pending again; the daemon takes it up within seconds", run.stdout)
        wait_until(lambda: len(self.fake.posts("/slack/*")) > before, 20, what="the replay")

    def test_all_of_an_alert_or_of_a_destination_are_replayed(self):
        letter = self.bury()
        self.assertEqual(self.answer("alerts", "replay", letter["alert"])["replayed"], 1)
        self.audit()  # still refused
        self.assertEqual(self.answer("alerts", "replay", "--destination", "ops")["destinations"], {"ops": 1})
        self.refused(6, "no dead letter fits", "alerts", "replay", "--destination", "siem")

    def test_what_leads_nowhere_stays_dead(self):
        letter = self.bury()
        self.write(destinations=self.settings["destinations"][1:], routes=[{"to": ["siem"]}])
        self.assertEqual(self.answer("alerts", "replay", "--all", code=6),
                         {"replayed": 0, "destinations": {}, "left": {"ops": 1}})
        self.refused(6, "the settings have no such destination", "alerts", "replay", letter["delivery"])
        self.assertEqual([each["delivery"] for each in self.answer("alerts", "dead", "--destination", "ops")["dead"]],
                         [letter["delivery"]])

    def test_what_makes_no_sense_is_refused(self):
        self.audit()
        self.assertEqual(self.shown("alerts", "dead"), "no dead letters\n")
        self.refused(2, "wants the id", "alerts", "replay")
        self.refused(2, "", "alerts", "replay", NO_DELIVERY, "--all")
        for arguments in ((NO_DELIVERY,), (NO_ALERT,), ("--all",)):
            self.refused(6, "no dead letter fits", "alerts", "replay", *arguments)
        self.refused(6, "is the id of no delivery", "alerts", "replay", "17")
        self.refused(6, "there is no destination", "alerts", "replay", "--destination", "nowhere")


class Test(VerbCase):
    def result(self, *arguments, code=0):
        tested = self.answer("alerts", "test", *arguments, code=code)
        return tested["results"][0]

    def test_without_a_daemon_the_command_sends_it_itself(self):
        self.assertEqual(self.shown("alerts", "test", "siem"), "siem: delivered\n")
        told = self.posts("/hook/*")
        self.assertEqual([post["data"]["state"] for post in told], ["opened"])
        self.assertEqual(self.posts("/slack/*"), [])
        self.assertEqual(self.answer("incidents", "--all")["incidents"], [])
        alert = self.answer("alerts", "list")["alerts"][0]
        self.assertTrue(alert["test"])
        self.assertIn("opened (test)", self.shown("alerts", "list"))

    def test_a_running_daemon_sends_it(self):
        self.daemon()
        self.assertEqual(self.result("ops", "--kind", "resolved"),
                         {"destination": "ops", "result": "delivered", "attempts": 1, "outcome": "delivered",
                          "http_status": 200})
        self.assertIn("[TEST]", self.posts("/slack/*")[0]["text"])

    def test_every_kind_is_sent_and_says_that_it_is_a_test(self):
        for kind in ("opened", "updated", "reminder", "resolved", "digest"):
            with self.subTest(kind=kind):
                self.assertEqual(self.result("ops", "--kind", kind)["result"], "delivered")
                self.assertTrue(self.posts("/slack/*")[-1]["text"].find("[TEST]") >= 0)

    def test_every_member_of_a_cluster_is_tested(self):
        self.settings["destinations"].append({"name": "am", "type": "alertmanager", "allow_private": True,
                                              "url": [self.fake.sink_url("/am/one"), self.fake.sink_url("/am/two")]})
        self.write(routes=[{"to": ["ops", "siem", "am"]}])
        self.fake.sink_behaviour("/am/one/*", status=200)
        self.fake.sink_behaviour("/am/two/*", status=400)
        results = self.answer("alerts", "test", "am", code=1)["results"]
        self.assertEqual([(result["result"], result["http_status"]) for result in results],
                         [("delivered", 200), ("refused", 400)])
        one, two = (result["destination"] for result in results)
        self.refused(2, f"am stands for {one}, {two}; say which one", "alerts", "list", "--destination", "am")
        tests = [alert for alert in self.answer("alerts", "list", "--destination", one)["alerts"] if alert["test"]]
        self.assertEqual([[way["destination"] for way in test["deliveries"]] for test in tests], [[one]])
        self.assertEqual(self.answer("alerts", "replay", "--destination", two)["replayed"], 1)

    def test_what_is_refused_is_1_with_the_answer(self):
        self.fake.sink_behaviour("/slack/*", status=413)
        refused = self.result("ops", code=1)
        self.assertEqual((refused["result"], refused["outcome"]), ("refused", "http 413"))
        run = self.command("alerts", "test", "ops")
        self.assertEqual((run.returncode, run.stdout), (1, "ops: refused: http 413\n"))

    def test_a_destination_that_refuses_for_good_is_1_until_it_is_repaired(self):
        self.fake.sink_behaviour("/hook/*", status=410)
        daemon = self.daemon()
        parked = self.result("siem", code=1)
        self.assertEqual((parked["result"], parked["http_status"]), ("parked", 410))
        self.fake.sink_behaviour("/hook/*", clear=True)
        self.assertEqual(self.result("siem")["result"], "delivered")
        daemon.stop()

    def test_a_daemon_that_has_read_other_settings_is_1(self):
        daemon = self.daemon()
        self.settings["destinations"][0]["name"] = "people"
        self.write(routes=[{"to": ["people", "siem"]}])
        run = self.command("alerts", "test", "people")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn("people: the daemon that runs does not know it", run.stdout)
        self.assertEqual(self.fake.posts(), [])
        daemon.stop()

    def test_an_answer_that_does_not_come_is_12(self):
        self.fake.sink_behaviour("/hook/*", status=503)
        waiting = self.result("siem", "--timeout", "3s", code=12)
        self.assertEqual((waiting["result"], waiting["outcome"]), ("waiting", "http 503"))

    def test_what_makes_no_sense_is_refused(self):
        self.refused(6, 'did you mean "ops"?', "alerts", "test", "osp")
        self.refused(2, 'did you mean "digest"?', "alerts", "test", "ops", "--kind", "digets")
        self.refused(2, "--timeout", "alerts", "test", "ops", "--timeout", "soon")
        self.refused(2, "", "alerts", "test")
        self.assertEqual(self.fake.posts(), [])


class Words(VerbCase):
    def test_every_verb_has_an_example(self):
        for verb in ("list", "dead", "replay", "test"):
            self.check_help("alerts", verb)

    def test_without_a_database_what_reads_it_is_6(self):
        for arguments in (("list",), ("dead",), ("replay", "--all")):
            self.assertEqual(self.command("alerts", *arguments).returncode, 6, arguments)

    def test_no_secret_is_shown(self):
        self.revoke()
        urls = [post["path"] for post in self.fake.posts("/slack/*")]
        for arguments in (("alerts", "list"), ("alerts", "list", "--json"), ("status",)):
            self.assertNotIn(urls[0], json.dumps(self.shown(*arguments)))


if __name__ == "__main__":
    unittest.main()
