"""The JSON Schemas in config/schemas: what the program prints is held against them."""

import json
import pathlib

import jsonschema

DIRECTORY = pathlib.Path(__file__).resolve().parents[2] / "config" / "schemas"


def _read():
    schemas = {}
    for file in sorted(DIRECTORY.glob("*.schema.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        assert schema["$id"].endswith("/" + file.name), f"{file.name}: its $id names another file"
        jsonschema.Draft202012Validator.check_schema(schema)
        schemas[schema["$id"]] = schema
    return schemas


_SCHEMAS = _read()
_BY_NAME = {schema_id.rsplit("/", 1)[1].removesuffix(".schema.json"): schema for schema_id, schema in _SCHEMAS.items()}


def names():
    return sorted(_BY_NAME)


def check(name, answer):
    """Raises ValidationError when `answer` does not fit config/schemas/`name`.schema.json."""
    schema = _BY_NAME[name]
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=_SCHEMAS)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(answer)
    _forbid_unknown(name, schema, answer)


def _forbid_unknown(name, schema, answer):
    """A member that no schema names was forgotten there: other programs must ignore it, our tests must not."""
    if "$ref" in schema:
        schema = _SCHEMAS.get("https://adsauditd.invalid/" + schema["$ref"]) or schema
    properties = schema.get("properties")
    if isinstance(answer, dict) and properties:
        unknown = set(answer) - set(properties)
        assert not unknown, f"{name}: no schema names {sorted(unknown)}"
        for key, value in answer.items():
            _forbid_unknown(f"{name}.{key}", properties[key], value)
    if isinstance(answer, list) and "items" in schema:
        for item in answer:
            _forbid_unknown(f"{name}[]", schema["items"], item)
