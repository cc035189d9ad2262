"""Validates the recorded bodies of webhooks against the published schema. Argument: the project's root."""

import copy
import json
import pathlib
import sys
import unittest

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".")
SCHEMA = json.loads((ROOT / "config/webhook.schema.json").read_text(encoding="utf-8"))
RECORDED = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests/data/alert/golden/webhook").glob("*.json"))
}


def closed(schema):
    """The schema without room for members that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result["additionalProperties"] = False
    return result


def places(value, path=()):
    """Where every member of every object is; what operators name themselves (labels) apart."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield path + (key,)
            if key != "labels":
                yield from places(member, path + (key,))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, path + (index,))


def without(body, path):
    result = copy.deepcopy(body)
    inner = result
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return result


class WebhookSchema(unittest.TestCase):
    def setUp(self):
        self.schema = Draft202012Validator(SCHEMA)

    def test_is_a_schema(self):
        Draft202012Validator.check_schema(SCHEMA)

    def test_every_recorded_body_is_valid_and_described_to_its_last_member(self):
        self.assertGreater(len(RECORDED), 40)
        for name, body in RECORDED.items():
            with self.subTest(name):
                self.schema.validate(body)
                Draft202012Validator(closed(SCHEMA)).validate(body)

    def test_members_that_are_new_to_a_receiver_are_fine(self):
        body = copy.deepcopy(RECORDED["digest"])
        body["data"]["one_of_tomorrow"] = 1
        self.schema.validate(body)

    def test_no_member_may_be_missing(self):
        for name in ("role.reduced-opened", "app.rejected-opened", "digest"):
            for path in places(RECORDED[name]):
                with self.subTest(name, path=path):
                    self.assertFalse(self.schema.is_valid(without(RECORDED[name], path)))

    def test_what_is_of_another_kind_is_refused(self):
        for path, wrong in {
            ("type",): "alert.digest",
            ("timestamp",): "2026-11-23 10:15:02",
            ("data", "state"): "open",
            ("data", "severity"): "fatal",
            ("data", "sequence"): "41",
            ("data", "test"): None,
            ("data", "before"): "AD_MANAGER",
        }.items():
            with self.subTest(path=path):
                body = copy.deepcopy(RECORDED["role.reduced-opened"])
                inner = body
                for step in path[:-1]:
                    inner = inner[step]
                inner[path[-1]] = wrong
                self.assertFalse(self.schema.is_valid(body))


if __name__ == "__main__":
    unittest.main()
