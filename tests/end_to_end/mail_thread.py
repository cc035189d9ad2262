"""Reads mails as a mail program does: which of them belong together."""

import email
import email.policy


def threads(messages):
    """The messages (bytes), parsed, as one list for each thread, in the order of arrival. AssertionError when a mail
    program could not tell: a message without an id or with that of another one, or a reply to nothing that came."""
    by_id, found = {}, []
    for message in messages:
        parsed = email.message_from_bytes(message, policy=email.policy.default)
        identity = parsed["Message-ID"]
        assert identity and identity not in by_id, f"Message-ID {identity} is missing or comes twice"
        parents = str(parsed["References"] or "").split()
        assert parsed["In-Reply-To"] in (None, *parents[-1:]), "In-Reply-To is not the last of the References"
        assert (parsed["In-Reply-To"] is None) == (not parents), "only one of In-Reply-To and References is there"
        if parents:
            strangers = [parent for parent in parents if parent not in by_id]
            assert not strangers, f"a reply to {strangers}, which never came"
            thread = by_id[parents[0]]
        else:
            thread = []
            found.append(thread)
        thread.append(parsed)
        by_id[identity] = thread
    return found


def text_of(message):
    """What a reader sees without HTML."""
    body = message.get_body(("plain",))
    assert body is not None, "no text/plain"
    return body.get_content()
