"""Seal what must be read again but not by whoever holds a copy of the database.

The key is made from the secret key of the installation, which lies outside of the database. Where
a hash is enough (tokens, keys that others show us), a hash is kept instead.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from .errors import Unavailable
from .text import lazy as _


class CannotOpen(Unavailable):
    """What is sealed was sealed with another secret key."""

    title = _("A kept secret cannot be read")


def seal(secret_key: str, purpose: str, text: str) -> str:
    """Return a text sealed for one purpose; it opens for no other."""
    return _sealer(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(secret_key: str, purpose: str, sealed: str) -> str:
    """Return what was sealed for that purpose; raises CannotOpen."""
    try:
        return _sealer(secret_key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen(_("The secret key of the installation was changed.")) from None


def _sealer(secret_key: str, purpose: str) -> Fernet:
    key = hmac.new(secret_key.encode(), f"catalogue {purpose}".encode(), hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
