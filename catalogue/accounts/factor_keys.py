"""The keys of second factors: they follow from the secret of the application, not from its data."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from catalogue.core import sealing


@dataclass(frozen=True)
class Keys:
    """Seals the secrets of apps and marks recovery codes, for one person each."""

    secret: str = field(repr=False)

    def seal(self, purpose: str, person_id: int, text: str) -> str:
        """Return a text sealed for a purpose and a person; it opens for no other."""
        return sealing.seal(self.secret, _of(purpose, person_id), text)

    def unseal(self, purpose: str, person_id: int, sealed: str) -> str | None:
        """Return what was sealed; None for what was sealed otherwise, or under another secret."""
        try:
            return sealing.unseal(self.secret, _of(purpose, person_id), sealed)
        except sealing.CannotOpen:
            return None

    def mark(self, purpose: str, person_id: int, text: str) -> str:
        """Return what tells a text again without keeping it; without the key nobody can guess."""
        said = f"{_of(purpose, person_id)}\n{text}".encode()
        return hmac.new(self.secret.encode(), said, hashlib.sha256).hexdigest()


def _of(purpose: str, person_id: int) -> str:
    return f"{purpose} of person {person_id}"
