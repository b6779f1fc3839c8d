"""What a row of a list of people means, who is missing from a list, and when that is too many."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.core.fields import MESSAGES
from catalogue.core.text import Text, fold
from catalogue.core.text import lazy as _

from . import directory_rules as rules
from .directory_rules import Entry

Problems = dict[str, list[Text | str]]
LONGEST_NAME, LONGEST = 120, 254
MOST_LEAVERS_PERCENT = 20  # of those who are active, that one list may close
# Excel in Danish writes `SAND` and `FALSK` into CSV for what it keeps as true and false.
_YES = ("ja", "j", "yes", "true", "sand", "1", "x")
_NO = ("nej", "n", "no", "false", "falsk", "0")


class Outcome(StrEnum):
    """What becomes of a person."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Known:
    """A person of the municipality: by which marks a list knows her again.

    `kept`: a list or a directory has named her before; staff entered all others by hand.
    """

    person_id: int
    name: str
    email: str
    marks: frozenset[str]
    active: bool
    kept: bool


def judge(cells: Mapping[str, str]) -> Entry | Problems:
    """Return the person that a row tells, or what is wrong with it by field."""
    problems: Problems = {}
    email = cells.get("email", "")
    if not rules.is_email(email) or len(email) > LONGEST:
        problems["email"] = [MESSAGES["not_email"] if email else MESSAGES["required"]]
    name = cells.get("name") or " ".join(
        cells[each] for each in ("given_name", "family_name") if each in cells
    )
    if not name or len(name) > LONGEST_NAME:
        text = _("Write a name of at most %(limit)s characters", limit=LONGEST_NAME)
        problems["name"] = [text]
    active = _is_active(cells.get("active", ""))
    if active is None:
        problems["active"] = [_("Write yes or no")]
    words = [each for each in re.split(r"[,;\n|/]", cells.get("roles", "")) if each.strip()]
    roles = {rules.find_role(each) for each in words}
    unknown = [each.strip() for each in words if rules.find_role(each) is None]
    if unknown:
        text = _(
            "The catalogue does not know %(words)s; write indkøber, godkender or indkøbskonsulent",
            words=", ".join(unknown),
        )
        problems["roles"] = [text]
    elif active and not roles:
        problems["roles"] = [MESSAGES["required"]]
    if any(len(cells.get(each, "")) > LONGEST for each in ("number", "user_name")):
        problems["number"] = [_("At most %(limit)s characters", limit=LONGEST)]
    if problems:
        return problems
    held = frozenset(each for each in roles if each is not None)
    said = {"displayName": name, "roles": [{"value": str(each)} for each in rules.in_order(held)]}
    return Entry(
        user_name=cells.get("user_name", email), email=email, name=name, roles=held,
        active=bool(active), external_id=cells.get("number"), said=said,
    )  # fmt: skip


def marks(number: str | None, email: str | None) -> frozenset[str]:
    """Return by what a person is known again: her number and her address."""
    told = {"number": number, "email": email}
    return frozenset(f"{name} {fold(text)}" for name, text in told.items() if text)


def find_missing(known: Iterable[Known], listed: Collection[frozenset[str]]) -> list[Known]:
    """Return those who are in no row of the list any more.

    A row that names nobody, by neither number nor address, may be anybody's: then nobody is
    missing.
    """
    if any(not each for each in listed):
        return []
    named = {mark for each in listed for mark in each}
    return [each for each in known if each.kept and each.active and not each.marks & named]


def are_too_many(closed: int, active: int, most_percent: int) -> bool:
    """Tell whether a list closes so many of those who are active that it may be cut off."""
    return closed * 100 > active * most_percent and closed > 1


def _is_active(cell: str) -> bool | None:
    if not cell or cell.casefold() in _YES:
        return True
    return False if cell.casefold() in _NO else None
