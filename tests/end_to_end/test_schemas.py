"""The JSON Schemas in config/schemas: each is one, and every command that prints JSON has its own."""

import unittest

import jsonschema
import schemas
from test_documents import commands

ONLY_ADDED = "Members are only ever added"
# Answers of the status listener.
OF_THE_LISTENER = {"error", "incident", "pairs"}


def subschemas(schema):
    yield schema
    for keyword in ("properties", "$defs"):
        for each in schema.get(keyword, {}).values():
            yield from subschemas(each)
    for each in [schema.get("items"), schema.get("additionalProperties"), *schema.get("oneOf", [])]:
        if isinstance(each, dict):
            yield from subschemas(each)


class Files(unittest.TestCase):
    def test_each_is_a_schema_that_lets_members_be_added(self):
        for name, schema in schemas.SCHEMAS.items():
            with self.subTest(schema=name):
                jsonschema.Draft202012Validator.check_schema(schema)
                self.assertEqual(schema["$id"], f"https://adsauditd.invalid/{name}.schema.json")
                self.assertTrue(schema["title"])
                self.assertIn(ONLY_ADDED, schema["description"])
                for each in subschemas(schema):
                    self.assertIsNot(each.get("additionalProperties"), False)
                    if "properties" in each:
                        self.assertLessEqual(set(each.get("required", [])), set(each["properties"]))
                    if "$ref" in each:
                        self.assertIsInstance(schemas.target_of(each["$ref"], schema)[0], dict)

    def test_what_does_not_fit_is_told(self):
        version = {"version": "1", "openssl": "3", "sqlite": "3", "boost": "1"}
        schemas.check("version", version)
        with self.assertRaises(jsonschema.ValidationError):
            schemas.check("version", {**version, "boost": 1})
        with self.assertRaisesRegex(AssertionError, "no schema names colour"):
            schemas.check("version", {**version, "colour": "red"})
        mute = {"id": "mut_1", "state": "in force", "match": "*", "reason": "r", "by": "b", "at": "2026-11-23T10:15:02.118Z",
                "until": "2026-11-23T10:15:02.118Z"}
        schemas.check("mute_list", {"mutes": [mute], "open_windows": []})
        with self.assertRaisesRegex(AssertionError, r"mute_list\.mutes\[\]: no schema names colour"):
            schemas.check("mute_list", {"mutes": [{**mute, "colour": "red"}], "open_windows": []})
        with self.assertRaises(jsonschema.ValidationError):
            schemas.check("mute_list", {"mutes": [{**mute, "until": "tomorrow"}], "open_windows": []})


class Commands(unittest.TestCase):
    def test_every_command_that_prints_json_has_a_schema_and_every_schema_is_of_use(self):
        known = {" ".join(words) for words in commands()}
        self.assertLessEqual(schemas.WITHOUT_JSON | set(schemas.OTHER_NAMES) | set(schemas.OTHER_ANSWERS), known)
        used = set(OF_THE_LISTENER) | {name for _, name in schemas.OTHER_ANSWERS.values()}
        for command in known - schemas.WITHOUT_JSON:
            with self.subTest(command=command):
                self.assertEqual(schemas.command_of(command.split()), command, "it has no schema")
                used.add(schemas.name_for([*command.split(), "--json"]))
        for schema in schemas.SCHEMAS.values():
            used |= {each["$ref"].removesuffix(".schema.json") for each in subschemas(schema)
                     if not each.get("$ref", "#").startswith("#")}
        self.assertEqual(used, set(schemas.SCHEMAS))

    def test_the_arguments_tell_which_answer_it_is(self):
        for line, name in (("--config /a/b mute list --all --json", "mute_list"), ("mute token=a --until 4h --json", "mute"),
                           ("--json budget --token list", "budget"), ("incidents --all --json", "incidents"),
                           ("incidents inc_01M84DHVP4VGT93RFJKYRG5DGB --json", "incident_row"),
                           ("explain token.revoked --json", "explanation"), ("reload --json", "outcome")):
            self.assertEqual(schemas.name_for(line.split()), name)
        with self.assertRaisesRegex(AssertionError, "no schema of what this prints: adsauditd dance --json"):
            schemas.name_for(["dance", "--json"])


if __name__ == "__main__":
    unittest.main()
