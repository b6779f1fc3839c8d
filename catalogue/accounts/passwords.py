"""Whether a password is a person's; how long that takes tells nobody whether she has a log-in."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement

from .models import Person

NONE = "-"  # no hash, so that no password matches
_BEGINS = "$"  # as every hash of a password does


def has_one(person: Person) -> bool:
    """Tell whether she signs in by a password here, and not only where she works."""
    return person.password_hash.startswith(_BEGINS)


def with_one() -> ColumnElement[bool]:
    """Return the condition of `has_one`."""
    return Person.password_hash.startswith(_BEGINS)


def matches(person: Person | None, password: str) -> bool:
    """Tell whether a password is right; for nobody it takes as long, and never is."""
    hasher = PasswordHasher()
    if person is None or not has_one(person):
        hasher.hash(password)  # the same work, so that time does not tell who has a log-in
        return False
    try:
        return hasher.verify(person.password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
