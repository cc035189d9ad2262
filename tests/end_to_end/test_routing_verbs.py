"""Who would be told, and in which words: alerts route, alerts preview. Neither sends anything."""

import json
import unittest

from harness import run_command
from verb_case import ACCOUNT, VerbCase

ROUTES = [{"match": {"severity": "critical", "labels": {"owner": "ads-ops"}}, "to": ["ops"], "continue": True,
           "group_by": "app", "group_wait": "45s", "repeat": ["1h", "4h"], "escalate": [{"after": "30m", "to": ["siem"]}]},
          {"match": {"cause": ["role.*", "token.revoked"]}, "to": ["siem", "ops"], "group_by": "account"},
          {"to": ["siem"]}]


class Route(VerbCase):
    def setUp(self):
        super().setUp()
        self.write(routes=ROUTES)

    def told(self, *arguments):
        return [(told["destination"], told["route"]) for told in self.answer("alerts", "route", *arguments)["told"]]

    def test_routes_are_explained_one_by_one(self):
        answer = self.answer("alerts", "route", "--cause", "token.revoked", "--token", "brand-a")
        self.assertEqual(answer["alert"], {"cause": "token.revoked", "severity": "critical", "app": "agency",
                                           "token": "brand-a", "account": None, "account_name": None,
                                           "labels": {"client": "Brand A", "owner": "ads-ops"}})
        self.assertEqual([(route["route"], route["tried"], route["fits"], route["tells"]) for route in answer["routes"]],
                         [("routes[0]", True, True, ["ops"]), ("routes[1]", True, True, ["siem"]),
                          ("routes[2]", False, False, [])])
        first = answer["routes"][0]
        self.assertEqual((first["group"], first["wait_ms"], first["repeat_ms"], first["escalate"]),
                         ("app agency", 0, [3600_000, 14400_000], [{"after_ms": 1800_000, "to": ["siem"]}]))
        self.assertEqual([(told["destination"], told["type"], told["route"]) for told in answer["told"]],
                         [("ops", "slack", "routes[0]"), ("siem", "webhook", "routes[1]")])
        self.assertEqual(answer["held_back_by"], [])

    def test_what_does_not_fit_says_which_part(self):
        answer = self.answer("alerts", "route", "--cause", "composer.lost", "--token", "brand-b", "--account", ACCOUNT)
        self.assertEqual(answer["routes"][0]["misfits"],
                         [{"part": "severity", "wanted": "critical", "is": "warning"},
                          {"part": "label", "wanted": "owner=ads-ops", "is": None}])
        self.assertEqual(answer["routes"][1]["misfits"],
                         [{"part": "cause", "wanted": "role.*, token.revoked", "is": "composer.lost"}])
        text = self.shown("alerts", "route", "--cause", "composer.lost", "--token", "brand-b", "--account", ACCOUNT)
        self.assertIn("composer.lost (warning): token brand-b, app agency, ad account " + ACCOUNT, text)
        self.assertIn("no: severity is warning, not critical; there is no label, owner=ads-ops is asked for", text)
        self.assertIn("told: siem", text)

    def test_groups_reminders_and_escalations_are_told(self):
        text = self.shown("alerts", "route", "--token", "brand-a")
        self.assertRegex(text, r"routes\[0\]\s+yes\s+ops\s+app agency, at once\s+after 1h, then each 4h\s+after 30m siem")
        self.assertRegex(text, r"routes\[2\]\s+not tried")
        text = self.shown("alerts", "route", "--cause", "role.reduced", "--token", "brand-b", "--account", ACCOUNT)
        self.assertRegex(text, rf"routes\[1\]\s+yes\s+siem, ops\s+account {ACCOUNT}, waits 30s\s+-\s+-")

    def test_labels_severity_and_app_may_be_supposed(self):
        self.assertEqual(self.told("--label", "owner=ads-ops"), [("ops", "routes[0]"), ("siem", "routes[1]")])
        self.assertEqual(self.told("--cause", "composer.lost", "--label", "owner=ads-ops", "--severity", "critical"),
                         [("ops", "routes[0]"), ("siem", "routes[2]")])
        self.assertEqual(self.answer("alerts", "route", "--app", "studio")["alert"]["app"], "studio")

    def test_the_name_of_an_account_and_tokens_of_the_database_are_known(self):
        token = self.world.secret("brand-b")
        added = run_command("--config", str(self.file), "token", "add", "brand-c", "--app", "agency", "--kind",
                            "developer", stdin=f"{token['token']}\n{token['secret']}\n")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.audit()
        answer = self.answer("alerts", "route", "--token", "brand-c", "--account", ACCOUNT)
        self.assertEqual((answer["alert"]["cause"], answer["alert"]["token"], answer["alert"]["account_name"]),
                         ("access.removed", "brand-c", "Account " + ACCOUNT))

    def test_what_such_an_incident_is_not_about_is_left_out(self):
        answer = self.answer("alerts", "route", "--cause", "account.unavailable", "--token", "brand-a", "--app", "agency",
                             "--account", ACCOUNT)
        self.assertEqual(answer["left_out"], ["token", "app"])
        self.assertIn("left out: --account, because",
                      self.shown("alerts", "route", "--cause", "token.revoked", "--account", ACCOUNT))

    def test_without_routes_every_destination_is_told(self):
        self.write(routes=None)
        self.assertEqual(self.told(), [("ops", None), ("siem", None)])
        self.assertIn("there are no routes: every destination is told", self.shown("alerts", "route"))

    def test_nobody_is_told_when_no_route_fits(self):
        self.write(routes=[{"match": {"token": "brand-b"}, "to": ["ops"]}])
        self.assertIn("nobody is told", self.shown("alerts", "route", "--token", "brand-a"))

    def test_a_mute_that_holds_it_back_is_told(self):
        self.audit()
        mute = self.answer("mute", "token=brand-*", "--reason", "they move", "--until", "2h", "--by", "alice")
        answer = self.answer("alerts", "route", "--token", "brand-a")
        self.assertEqual(answer["held_back_by"], [{"name": mute["id"], "match": "token=brand-*", "reason": "they move",
                                                   "by": "alice", "until": mute["until"]}])
        text = self.shown("alerts", "route", "--token", "brand-a")
        self.assertIn("but not now, it is held back by", text)
        self.assertIn(mute["id"], text)
        self.assertEqual(self.answer("alerts", "route", "--label", "x=y")["held_back_by"], [])

    def test_what_makes_no_sense_is_refused(self):
        self.refused(2, 'did you mean "token.revoked"?', "alerts", "route", "--cause", "token.revokd")
        self.refused(2, 'did you mean "critical"?', "alerts", "route", "--severity", "critcal")
        self.refused(2, "is not of the form NAME=VALUE", "alerts", "route", "--label", "owner")
        self.refused(6, 'there is no token "nobody"', "alerts", "route", "--token", "nobody")


class Preview(VerbCase):
    def test_a_message_is_shown_as_it_would_be_sent(self):
        shown = self.shown("alerts", "preview", "--destination", "siem", "--cause", "role.reduced", "--state", "resolved")
        body = json.loads(shown)
        self.assertEqual((body["type"], body["data"]["state"]), ("role.reduced", "resolved"))
        self.assertIn('\n  "data": {\n', shown)
        self.assertEqual(self.fake.posts(), [])

    def test_without_a_destination_all_are_shown(self):
        messages = self.answer("alerts", "preview")["messages"]
        self.assertEqual([(message["destination"], message["type"]) for message in messages],
                         [("ops", "slack"), ("siem", "webhook")])
        self.assertIn("Access token revoked: brand-a", messages[0]["body"]["text"])
        self.assertEqual(messages[1]["body"]["type"], "token.revoked")
        self.assertIn("ops (slack):\n", self.shown("alerts", "preview"))

    def test_a_type_needs_no_settings(self):
        run = run_command("--config", "/nonexistent/a.yaml", "alerts", "preview", "--type", "slack", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        message = json.loads(run.stdout)["messages"][0]
        self.assertEqual((message["destination"], message["type"]), (None, "slack"))
        self.assertIn("blocks", message["body"])

    def test_every_state_of_every_cause_can_be_seen(self):
        causes = [cause["cause"] for cause in json.loads(run_command("explain", "--json").stdout)["causes"]]
        for cause in causes:
            run = run_command("alerts", "preview", "--type", "webhook", "--cause", cause, "--state", "updated")
            self.assertEqual((run.returncode, json.loads(run.stdout)["type"]), (0, cause))
        for state in ("opened", "reminder", "resolved"):
            run = run_command("alerts", "preview", "--type", "webhook", "--state", state)
            self.assertEqual(json.loads(run.stdout)["data"]["state"], state)

    def test_a_digest_lists_some_and_counts_all(self):
        text = self.answer("alerts", "preview", "--destination", "ops", "--state", "digest")["messages"][0]["body"]
        self.assertIn("app agency", text["text"])
        self.assertIn("brand-t", json.dumps(text))

    def test_what_makes_no_sense_is_refused(self):
        self.refused(2, 'did you mean "resolved"?', "alerts", "preview", "--state", "resolvd")
        self.refused(2, "there is no cause", "alerts", "preview", "--cause", "weather")
        self.refused(2, 'did you mean "slack"?', "alerts", "preview", "--type", "slak")
        self.refused(6, "there is no destination", "alerts", "preview", "--destination", "nowhere")
        self.refused(2, "", "alerts", "preview", "--destination", "ops", "--type", "slack")


class Words(VerbCase):
    def test_every_verb_has_an_example(self):
        self.check_help("alerts", "route")
        self.check_help("alerts", "preview")


if __name__ == "__main__":
    unittest.main()
