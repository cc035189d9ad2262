"""Secrets that can be found again wherever they should not be."""

import base64
import pathlib
import secrets

_MARK = "CANARY"
_canaries = []


def canary(label):
    """A fresh secret that is easily recognised. leaked_canaries() finds it wherever it should not be."""
    text = _MARK + "".join(letter for letter in label if letter.isalnum()) + secrets.token_hex(12)
    _canaries.append(text)
    return text


def webhook_secret():
    """A Standard Webhooks secret: whsec_ and the base64 of 32 random bytes."""
    text = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    _canaries.append(text[len("whsec_"):])
    return text


def leaked_canaries(*places):
    """Every (place, secret) with a secret in clear; a place is a text, bytes, a file, or a directory with all below."""
    found = []
    for place in places:
        if isinstance(place, pathlib.Path) and place.is_dir():
            found += [hit for file in sorted(place.rglob("*")) if file.is_file() for hit in leaked_canaries(file)]
            continue
        content = place.read_bytes() if isinstance(place, pathlib.Path) else place
        content = content.encode() if isinstance(content, str) else content
        name = str(place) if isinstance(place, pathlib.Path) else "text"
        marked = _MARK.encode() in content  # nearly always not: then most need no search of their own
        found += [(name, text) for text in _canaries
                  if (marked or not text.startswith(_MARK)) and text.encode() in content]
    return found
