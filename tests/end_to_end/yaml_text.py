"""Writes plain Python values as block YAML, the way a person would have typed a settings file."""

import json
import re

# Anything else is quoted: above all numbers in strings, which YAML would read as numbers.
_PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_./-]*$|^[0-9]+(ms|s|m|h|d|w|%)$")
_RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def _scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if _PLAIN.match(value) and value.lower() not in _RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False)


def _lines(value, indent):
    pad = "  " * indent
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, (dict, list)) and member:
                yield f"{pad}{key}:"
                yield from _lines(member, indent + 1)
            else:
                yield f"{pad}{key}: {_empty_or_scalar(member)}"
        return
    for entry in value:
        if isinstance(entry, (dict, list)) and entry:
            first, *rest = _lines(entry, indent + 1)
            yield f"{pad}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{pad}- {_empty_or_scalar(entry)}"


def _empty_or_scalar(value):
    if value == {}:
        return "{}"
    if value == []:
        return "[]"
    return _scalar(value)


def to_yaml(settings):
    return "\n".join(_lines(settings, 0)) + "\n"
