"""The JSON Schemas in config/schemas: what the program prints as JSON is held against them.

The schema of a command is named after it: `adsauditd alerts list --json` prints what alerts_list.schema.json says.
OTHER_NAMES and OTHER_ANSWERS hold the exceptions.
"""

import json
import pathlib
import re

import jsonschema

DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / "config" / "schemas"

# Commands that print no JSON of ours: nothing, a script, or the JSON Schema of settings.
WITHOUT_JSON = {"run", "completion", "config schema"}
OTHER_NAMES = {"events": "event", "reload": "outcome", "wait": "outcome"}
# Arguments with which a command gives another answer: a regular expression for one of them, and the schema.
OTHER_ANSWERS = {
    "alerts list": (r"--alert", "alert"),
    "config show": (r"--effective|--origin", "config_show_effective"),
    "expect-change": (r"--list", "expect_change_list"),
    "explain": (r"\w+\.\w+", "explanation"),
    "incidents": (r"inc_\w+", "incident_row"),
    "simulate": (r"--list", "simulate_list"),
}
# Commands that print a line of JSON for each thing.
LINES = {"events"}

SCHEMAS = {file.name.removesuffix(".schema.json"): json.loads(file.read_text(encoding="utf-8"))
           for file in sorted(DIRECTORY.glob("*.schema.json"))}
_BY_ID = {schema["$id"]: schema for schema in SCHEMAS.values()}
_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_time(value):
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value) is not None


def command_of(arguments):
    """The words of the command in a command line without the program's name: "alerts list"."""
    words = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--config":
            next(rest, None)
        elif not argument.startswith("-"):
            words.append(argument)
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in WITHOUT_JSON or name in OTHER_NAMES or _file_of(name) in SCHEMAS:
            return name
    raise AssertionError(f"config/schemas has no schema of what this prints: adsauditd {' '.join(arguments)}")


def _file_of(command):
    return command.replace(" ", "_").replace("-", "_")


def name_for(arguments):
    """Which schema an answer to this command line fits. AssertionError when there is none."""
    command = command_of(arguments)
    pattern, other = OTHER_ANSWERS.get(command, ("(?!)", ""))
    if any(re.fullmatch(pattern, argument) for argument in arguments):
        return other
    return OTHER_NAMES.get(command, _file_of(command))


def check_output(arguments, output):
    """Holds what a command printed with --json against its schema. A command that failed may have printed nothing."""
    if not output or command_of(arguments) in WITHOUT_JSON:
        return
    name = name_for(arguments)
    for text in output.splitlines() if command_of(arguments) in LINES else [output]:
        check(name, json.loads(text))


def check(name, answer):
    """Raises ValidationError when `answer` does not fit config/schemas/`name`.schema.json, and AssertionError when it has
    a member that is not named there: other programs ignore those, we forgot them."""
    schema = SCHEMAS[name]
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=_BY_ID)
    jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=_FORMATS).validate(answer)
    _forbid_unknown(name, [(schema, schema)], answer)


def target_of(reference, file):
    """What a $ref in `file` leads to, and the file where that stands."""
    name, _, path = reference.partition("#")
    if name:
        file = _BY_ID["https://adsauditd.invalid/" + name]
    schema = file
    for part in path.split("/")[1:]:
        schema = schema[part]
    return schema, file


def _parts(schema, file):
    """The schema, and all that it refers to for the same value."""
    parts = [(schema, file)]
    if "$ref" in schema:
        parts += _parts(*target_of(schema["$ref"], file))
    for keyword in ("oneOf", "anyOf", "allOf"):
        for branch in schema.get(keyword, []):
            parts += _parts(branch, file)
    return parts


def _forbid_unknown(where, schemas, value):
    parts = [part for schema, file in schemas for part in _parts(schema, file)]
    if isinstance(value, list):
        items = [(schema["items"], file) for schema, file in parts if "items" in schema]
        for item in value:
            _forbid_unknown(where + "[]", items, item)
    if not isinstance(value, dict):
        return
    others = [(schema["additionalProperties"], file) for schema, file in parts if "additionalProperties" in schema]
    if not others and not any("properties" in schema for schema, _ in parts):
        return  # any object
    for key, member in value.items():
        named = [(schema["properties"][key], file) for schema, file in parts if key in schema.get("properties", {})]
        assert named or others, f"{where}: no schema names {key}"
        _forbid_unknown(f"{where}.{key}", named or others, member)
