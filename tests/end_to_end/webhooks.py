"""A receiver of Standard Webhooks 1.0.0, written from the specification alone."""

import base64
import hashlib
import hmac
import time


class WebhookError(Exception):
    """The post would be refused by a receiver that follows Standard Webhooks."""


def verify_webhook(headers, body, secret, now=None, tolerance=300):
    """The message id of a rightly signed post (Standard Webhooks 1.0.0). `headers` with lower-case names, `body` bytes."""
    try:
        message, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        offered = headers["webhook-signature"].split(" ")
    except KeyError as missing:
        raise WebhookError(f"header {missing} is missing") from None
    if not secret.startswith("whsec_"):
        raise WebhookError("the secret does not begin with whsec_")
    if not timestamp.isdigit() or abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookError(f"timestamp {timestamp} is out of bounds")
    key = base64.b64decode(secret[len("whsec_"):], validate=True)
    signed = b".".join((message.encode(), timestamp.encode(), body))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(expected, signature) for signature in offered):
        raise WebhookError("no signature fits")
    return message
