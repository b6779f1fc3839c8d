"""What a municipality's directory says of its people, and what of it counts here."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _
from catalogue.core.who import MUNICIPAL, Role

# What a directory may call the roles: our own names and those on the screens.
ROLE_WORDS: dict[str, Role] = {
    fold(word): role
    for role, words in {
        Role.BUYER: ("buyer", "indkøber", "disponent"),
        Role.APPROVER: ("approver", "godkender"),
        Role.STAFF: ("staff", "procurement staff", "indkøbsafdeling", "indkøbskonsulent"),
    }.items()
    for word in words
}
ROLE_ORDER = (Role.BUYER, Role.APPROVER, Role.STAFF)
# What the audit calls what a directory does, and what it keeps of it.
ACTION_NAMES: dict[str, Text] = {
    "directory.joined": _("Person taken on by the directory"),
    "directory.changed": _("Person changed by the directory"),
    "directory.left": _("Person closed by the directory"),
    "directory.released": _("Person deleted by the directory"),
    "directory.group_created": _("Group made by the directory"),
    "directory.group_changed": _("Group changed by the directory"),
    "directory.group_deleted": _("Group deleted by the directory"),
}
FIELD_NAMES: dict[str, Text] = {
    "active": _("Active"),
    "members": _("Members"),
    "what_changed": _("What was changed"),
}


@dataclass(frozen=True)
class Entry:
    """A person as a directory tells her.

    `said` is kept for the directory, so that it reads again what it wrote.
    """

    user_name: str
    email: str
    name: str
    roles: frozenset[Role]
    active: bool
    external_id: str | None = None
    said: dict[str, Any] = field(default_factory=dict)


def find_role(word: str) -> Role | None:
    """Return the role that a directory means by a word."""
    return ROLE_WORDS.get(fold(word))


def is_ours_alone(place_ids: Collection[int | None], municipality_id: int) -> bool:
    """Tell whether a person with roles at those places acts for one municipality and no other.

    Only then may its directory change her name and address, or close her log-in: what she is at
    others is not its to decide. None: a place that is no municipality.
    """
    return all(each == municipality_id for each in place_ids)


def is_email(text: str) -> bool:
    """Tell whether a text is an e-mail address."""
    return bool(re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+", text))


def in_order(roles: Collection[Role]) -> list[Role]:
    """Return municipal roles in the order in which they are told."""
    return [each for each in ROLE_ORDER if each in roles and each in MUNICIPAL]
