"""What Slack would say of a message: its published limits, and our own, which are half of them.

The limits stand at https://docs.slack.dev/reference/block-kit/blocks and, for the text, at
https://docs.slack.dev/reference/methods/chat.postMessage ("Truncating content"). Slack counts characters after escaping.
Above about 13,200 characters in all blocks it answers msg_blocks_too_long, which is written nowhere.
"""

import collections
import json
import re


class BlockKitError(Exception):
    """Slack would refuse the message, cut it, or show it otherwise than meant."""


Limits = collections.namedtuple("Limits", "blocks section fields field header context block_id all_blocks text")

PUBLISHED = Limits(blocks=50, section=3000, fields=10, field=2000, header=150, context=10, block_id=255,
                   all_blocks=13_200, text=40_000)
# Beyond 4,000 characters of text Slack advises against it; half of that is ours.
OURS = Limits(blocks=20, section=1500, fields=10, field=1000, header=150, context=10, block_id=255,
              all_blocks=8000, text=2000)

_MEMBERS = {"text", "blocks", "unfurl_links", "unfurl_media", "channel", "ts", "thread_ts", "reply_broadcast"}
_TEXT_MEMBERS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
_BLOCK_MEMBERS = {"header": {"text"}, "section": {"text", "fields"}, "context": {"elements"}, "divider": set()}
# An ampersand that begins none of Slack's three entities, or one of its own brackets.
_UNESCAPED = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")


def check_slack_body(body, limits=OURS):
    """The message in these bytes. BlockKitError with everything that is wrong with it."""
    try:
        message = json.loads(body.decode("utf-8"), object_pairs_hook=_no_member_twice)
    except ValueError as error:
        raise BlockKitError(f"not JSON: {error}") from None
    found = complaints(message, limits)
    if found:
        raise BlockKitError("; ".join(found))
    return message


def complaints(message, limits=OURS):
    """What is wrong with a message, as a list of sentences; an empty one when Slack shows it as it is meant."""
    reader = _Reader(limits)
    reader.read_message(message)
    return reader.found


def _no_member_twice(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member twice in {names}")
    return dict(pairs)


class _Reader:
    def __init__(self, limits):
        self.found, self._limits, self._total, self._block_ids = [], limits, 0, set()

    def _unless(self, fine, complaint):
        if not fine:
            self.found.append(complaint)
        return fine

    def read_message(self, message):
        if not self._unless(isinstance(message, dict), "a message is an object"):
            return
        self._unless(set(message) <= _MEMBERS, f"unknown members {sorted(set(message) - _MEMBERS)}")
        for name in ("unfurl_links", "unfurl_media"):
            self._unless(message.get(name, True) is False, f"{name} is not false: a link in a name would be fetched")
        text = message.get("text")
        if self._unless(isinstance(text, str) and text, "no text: notifications would be empty"):
            self._unless(len(text) <= self._limits.text, f"text has {len(text)} characters")
            self._read_escapes("text", text)
        blocks = message.get("blocks")
        if not self._unless(isinstance(blocks, list) and blocks, "no blocks"):
            return
        self._unless(len(blocks) <= self._limits.blocks, f"{len(blocks)} blocks")
        for number, block in enumerate(blocks):
            self._read_block(f"blocks[{number}]", block)
        self._unless(self._total <= self._limits.all_blocks, f"{self._total} characters in all blocks")

    def _read_block(self, place, block):
        kind = block.get("type") if isinstance(block, dict) else None
        if not self._unless(kind in _BLOCK_MEMBERS, f"{place} is of the unknown type {kind!r}"):
            return
        unknown = set(block) - {"type", "block_id"} - _BLOCK_MEMBERS[kind]
        self._unless(not unknown, f"{place}: unknown members {sorted(unknown)}")
        self._read_block_id(place, block)
        if kind == "header":
            self._read_text(f"{place}.text", block.get("text"), self._limits.header, kinds=("plain_text",))
        elif kind == "section":
            self._read_section(place, block)
        elif kind == "context":
            self._read_texts(f"{place}.elements", block.get("elements"), self._limits.context, self._limits.field)

    def _read_block_id(self, place, block):
        if "block_id" not in block:
            return
        identity = block["block_id"]
        fine = isinstance(identity, str) and 1 <= len(identity) <= self._limits.block_id
        if self._unless(fine, f"{place}.block_id has no good length"):
            self._unless(identity not in self._block_ids, f"{place}.block_id {identity!r} comes twice")
            self._block_ids.add(identity)

    def _read_section(self, place, block):
        self._unless("text" in block or "fields" in block, f"{place} has neither text nor fields")
        if "text" in block:
            self._read_text(f"{place}.text", block["text"], self._limits.section)
        if "fields" in block:
            self._read_texts(f"{place}.fields", block["fields"], self._limits.fields, self._limits.field)

    def _read_texts(self, place, texts, most, longest):
        if not self._unless(isinstance(texts, list) and 1 <= len(texts) <= most, f"{place} has not 1 to {most} entries"):
            return
        for number, text in enumerate(texts):
            self._read_text(f"{place}[{number}]", text, longest)

    def _read_text(self, place, text, longest, kinds=("plain_text", "mrkdwn")):
        kind = text.get("type") if isinstance(text, dict) else None
        if not self._unless(kind in kinds, f"{place} is {kind!r}, not {' or '.join(kinds)}"):
            return
        unknown = set(text) - _TEXT_MEMBERS[kind]
        self._unless(not unknown, f"{place}: unknown members {sorted(unknown)}")
        content = text.get("text")
        if not self._unless(isinstance(content, str), f"{place} has no text"):
            return
        self._unless(1 <= len(content) <= longest, f"{place} has {len(content)} characters, not 1 to {longest}")
        self._total += len(content)
        self._read_escapes(place, content)

    def _read_escapes(self, place, text):
        raw = _UNESCAPED.search(text)
        self._unless(raw is None, f"{place} holds a raw {raw.group()!r}" if raw else "")
