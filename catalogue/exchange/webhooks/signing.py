"""How a delivery is signed (Standard Webhooks 1.0): HMAC-SHA256 of id, time and body.

The secret of a webhook is made of its key and of our own secret, so that no table holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from .models import Webhook

PREFIX = "whsec_"


def new_key() -> str:
    """Return the key of a new secret."""
    return secrets.token_hex(16)


def secret_of(own_secret: str, key: str) -> str:
    """Return the secret that goes with a key, as its owner enters it: 256 bits."""
    made = hmac.new(own_secret.encode(), f"webhook\n{key}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(made.digest()).decode()


def secrets_of(own_secret: str, hook: Webhook, now: datetime) -> list[str]:
    """List the secrets that sign now, the newest first."""
    keys = [hook.key]
    if hook.old_key is not None and hook.old_until is not None and now < hook.old_until:
        keys.append(hook.old_key)
    return [secret_of(own_secret, key) for key in keys]


def headers(held: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a delivery, signed by each of the secrets."""
    at = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(_sign(each, message_id, at, body) for each in held),
    }


def _sign(secret: str, message_id: str, at: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(made.digest()).decode()}"
