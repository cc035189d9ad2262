"""The validator of Slack's messages refuses what breaks a limit, one more than allowed at a time."""

import json
import pathlib
import unittest

from block_kit import OURS, PUBLISHED, BlockKitError, check_slack_body, complaints


def text(length=1, kind="plain_text"):
    return {"type": kind, "text": "x" * length}


def section(length):
    return {"type": "section", "text": text(length)}


def message(*blocks, **members):
    return {"text": "Token revoked", "blocks": list(blocks or [section(1)]), "unfurl_links": False,
            "unfurl_media": False, **members}


GOLDEN = pathlib.Path(__file__).parent.parent / "data" / "alert" / "golden" / "slack"


class Limits(unittest.TestCase):
    def check(self, complaint, allowed, one_more, limits=PUBLISHED):
        self.assertEqual(complaints(allowed, limits), [])
        self.assertEqual(complaints(one_more, limits), [complaint])

    def test_the_published_ones(self):
        for complaint, allowed, one_more in (
            ("51 blocks", message(*[section(1)] * 50), message(*[section(1)] * 51)),
            ("blocks[0].text has 3001 characters, not 1 to 3000", message(section(3000)), message(section(3001))),
            ("blocks[0].text has 0 characters, not 1 to 3000", message(section(1)), message(section(0))),
            ("blocks[0].fields has not 1 to 10 entries", message({"type": "section", "fields": [text()] * 10}),
             message({"type": "section", "fields": [text()] * 11})),
            ("blocks[0].fields[0] has 2001 characters, not 1 to 2000",
             message({"type": "section", "fields": [text(2000)]}),
             message({"type": "section", "fields": [text(2001)]})),
            ("blocks[0].text has 151 characters, not 1 to 150", message({"type": "header", "text": text(150)}),
             message({"type": "header", "text": text(151)})),
            ("blocks[0].elements has not 1 to 10 entries", message({"type": "context", "elements": [text()] * 10}),
             message({"type": "context", "elements": [text()] * 11})),
            ("blocks[0].block_id has no good length", message({"type": "divider", "block_id": "b" * 255}),
             message({"type": "divider", "block_id": "b" * 256})),
            ("text has 40001 characters", message(text="x" * 40_000), message(text="x" * 40_001)),
            ("13201 characters in all blocks", message(*[section(2640)] * 5), message(*[section(2640)] * 5, section(1))),
        ):
            with self.subTest(complaint):
                self.check(complaint, allowed, one_more)

    def test_our_own_are_half_of_them(self):
        for complaint, allowed, one_more in (
            ("21 blocks", message(*[section(1)] * 20), message(*[section(1)] * 21)),
            ("blocks[0].text has 1501 characters, not 1 to 1500", message(section(1500)), message(section(1501))),
            ("8001 characters in all blocks", message(*[section(1000)] * 8), message(*[section(1000)] * 8, section(1))),
            ("text has 2001 characters", message(text="x" * 2000), message(text="x" * 2001)),
        ):
            with self.subTest(complaint):
                self.check(complaint, allowed, one_more, OURS)


class Shapes(unittest.TestCase):
    def test_a_whole_message_of_ours_is_fine(self):
        whole = message({"type": "header", "text": {**text(20), "emoji": False}}, section(100),
                        {"type": "section", "fields": [text(10, "mrkdwn"), text(10)]}, {"type": "divider"},
                        {"type": "context", "elements": [text(30)]})
        self.assertEqual(check_slack_body(json.dumps(whole).encode()), whole)

    def test_the_recorded_messages_of_every_cause_are_fine(self):
        files = sorted(GOLDEN.glob("*.json"))
        self.assertGreaterEqual(len(files), 20)
        for file in files:
            with self.subTest(file.name):
                check_slack_body(file.read_bytes())

    def test_what_slack_would_refuse_or_show_otherwise_is_refused(self):
        for complaint, broken in (
            ("a message is an object", []),
            ("no text: notifications would be empty", message(text="")),
            ("no blocks", {**message(), "blocks": []}),
            ("unknown members ['blcks']", message(blcks=[])),
            ("unfurl_links is not false: a link in a name would be fetched", message(unfurl_links=True)),
            ("blocks[0] is of the unknown type 'button'", message({"type": "button"})),
            ("blocks[0]: unknown members ['txt']", message({"type": "divider", "txt": 1})),
            ("blocks[0].text is 'mrkdwn', not plain_text", message({"type": "header", "text": text(1, "mrkdwn")})),
            ("blocks[0].text is None, not plain_text or mrkdwn", message({"type": "section", "text": "bare"})),
            ("blocks[0] has neither text nor fields", message({"type": "section"})),
            ("blocks[0].elements has not 1 to 10 entries", message({"type": "context", "elements": []})),
            ("blocks[0].text: unknown members ['emoji']",
             message({"type": "section", "text": {**text(1, "mrkdwn"), "emoji": False}})),
            ("blocks[1].block_id 'b' comes twice", message(*[{"type": "divider", "block_id": "b"}] * 2)),
        ):
            with self.subTest(complaint):
                self.assertEqual(complaints(broken), [complaint])

    def test_what_slack_would_take_for_its_own_is_refused(self):
        for raw, held in (("<", "<!channel>"), ("&", "R&D"), ("&", "cut &am"), (">", "a > b")):
            with self.subTest(held):
                self.assertEqual(complaints(message({"type": "section", "text": {"type": "plain_text", "text": held}})),
                                 [f"blocks[0].text holds a raw {raw!r}"])
                self.assertEqual(complaints(message(text=held)), [f"text holds a raw {raw!r}"])
        self.assertEqual(complaints(message(text="&lt;!channel&gt; R&amp;D")), [])

    def test_the_bytes_must_be_json_without_a_member_twice(self):
        for body in (b"payload={}", b"\xff", b'{"text": "a", "text": "b"}'):
            with self.subTest(body):
                self.assertRaisesRegex(BlockKitError, "not JSON", check_slack_body, body)
        self.assertRaisesRegex(BlockKitError, "a message is an object", check_slack_body, b"[]")


if __name__ == "__main__":
    unittest.main()
