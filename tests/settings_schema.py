#!/usr/bin/python3
"""The schema for editors is what the program prints, and takes what the program takes; the reference is whole.

usage: settings_schema.py SOURCE_FOLDER ADSAUDITD
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

# What the schema alone cannot see: names that exist nowhere, contradictions, files that are not there. And YAML itself.
LEAST_CAUGHT = 30


class Loader(yaml.SafeLoader):
    """As the program reads: 010 is a text, and so are dates and times of day."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|[1-9][0-9]*)$"), list("0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def read(text):
    return yaml.load(text, Loader=Loader)  # noqa: S506  (a safe loader)


def uncommented(text):
    """The reference with all its examples in force; comments that are sentences stay comments."""
    lines = []
    for line in text.splitlines():
        example = re.match(r"^( *)# (( *)(- |[a-z_]+:( |$)|\{\{).*)$", line)
        lines.append(example.group(1) + example.group(2) if example else line)
    return "\n".join(lines) + "\n"


def secret_for(name):
    if name.startswith("adsauditd.key"):
        return base64.b64encode(name.rjust(32).encode()).decode()
    if name.endswith(".url"):
        host = {"slack.url": "hooks.slack.com/services/T0/B0/x", "sales.url": "hooks.slack.com/services/T0/B0/y",
                "teams.url": "example.webhook.office.com/webhookb2/x"}.get(name, "example.com/" + name)
        return "https://" + host
    if name.startswith("siem."):
        return "whsec_" + base64.b64encode(bytes(32)).decode()
    return {"pagerduty.key": "0" * 32, "slack.token": "xoxb-0-0", "status.token": "0" * 32}.get(name, name)


def check_reference(text, program):
    """The program takes every example of the reference."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        file = folder / "adsauditd.yaml"
        file.write_text(text, encoding="utf-8")
        (folder / "codes.yaml").write_text("- {code: SOME_NEW_CODE, status: 401, means: token_invalid}\n")
        for name in re.findall(r"\$\{cred:([^}]+)\}", text):
            (folder / name).write_text(secret_for(name))
            (folder / name).chmod(0o600)
        check = subprocess.run([program, "--config", str(file), "config", "check", "--no-network"], check=False,
                               capture_output=True, text=True, env={**os.environ, "CREDENTIALS_DIRECTORY": str(folder)})
        assert check.returncode == 0, f"the examples of config/adsauditd.yaml are refused:\n{check.stderr}"


def keys_of(schema, found):
    if isinstance(schema, dict):
        found |= set(schema.get("properties", {}))
        for value in schema.values():
            keys_of(value, found)
    elif isinstance(schema, list):
        for value in schema:
            keys_of(value, found)
    return found


def main(source, program):
    printed = subprocess.run([program, "config", "schema"], capture_output=True, text=True, check=True).stdout
    kept = (source / "config/adsauditd.schema.json").read_text(encoding="utf-8")
    assert printed == kept, "config/adsauditd.schema.json is not what adsauditd config schema prints: write it anew"
    schema = json.loads(kept)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    corpus = source / "tests/data/settings"
    good = [*sorted((corpus / "good").rglob("[!.]*.yaml")), source / "config/adsauditd.yaml"]
    for file in good:
        errors = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(
            read(file.read_text(encoding="utf-8")) or {})]
        assert not errors, f"{file}: {errors}"

    starter = (source / "config/adsauditd.yaml").read_text(encoding="utf-8")
    check_reference(uncommented(starter), program)
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(
        read(uncommented(starter)))]
    assert not errors, f"the examples of config/adsauditd.yaml: {errors}"
    missing = [key for key in sorted(keys_of(schema, set())) if not re.search(rf"\b{key}:", starter)]
    assert not missing, f"config/adsauditd.yaml does not explain {missing}"

    caught = 0
    for file in sorted((corpus / "broken").glob("*.yaml")):
        try:
            document = read(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        caught += not validator.is_valid(document)
    assert caught >= LEAST_CAUGHT, f"only {caught} of the broken files are refused"
    print(f"{len(good)} good files fit, {caught} broken ones do not")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
