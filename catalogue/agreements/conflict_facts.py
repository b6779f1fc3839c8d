"""What conflicts are told in: agreements as they look at them, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .rules import upward

MANDATORY, VOLUNTARY = "mandatory", "voluntary"


class ConflictKind(StrEnum):
    """What does not go together.

    OVERLAP and GAP are between agreements of one kind and party that share categories; between
    mandatory ones a gap counts whoever the suppliers are, for either way buyers stand without one.
    """

    TWO_MANDATORY = "two_mandatory"
    UNDER_MANDATORY = "under_mandatory"
    SUSPENDED = "suspended"
    NOT_VERIFIED = "not_verified"
    GAP = "gap"
    OVERLAP = "overlap"
    PRODUCTS_OUTSIDE = "products_outside"


class Severity(StrEnum):
    """SEVERE: buyers cannot order, or are led wrong. NOTICE: it works, but hardly as meant."""

    SEVERE = "severe"
    NOTICE = "notice"


@dataclass(frozen=True)
class LetGo:
    """What a mandatory agreement lets be bought elsewhere ("": all of it; None: of whomever)."""

    prefix: str
    enterprise_id: int | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Side:
    """An agreement as conflicts look at it.

    `party_key` is the same for agreements with the same party; `verified` and `suspended` are
    what the enterprise of a voluntary agreement is in the municipality now; `let_go` is what is
    carved out of a mandatory one.
    """

    agreement_id: int
    kind: str
    number: str
    title: str
    party: str
    party_key: str
    starts_on: date
    ends_on: date
    prefixes: tuple[str, ...]
    enterprise_id: int | None = None
    verified: bool = True
    suspended: bool = False
    let_go: tuple[LetGo, ...] = ()


@dataclass(frozen=True)
class Shelf:
    """How many published products an enterprise has in one category."""

    enterprise_id: int
    category_code: str
    products: int


@dataclass(frozen=True)
class Conflict:
    """One thing to mend: between which agreements, for which categories, on which days.

    `prefixes` are the digits of the categories concerned; the days begin with the asked one at the
    earliest, and both count. `agreements` stand in order of their first day, except that a
    voluntary one comes before the mandatory ones above it. `shelves`: the products outside.
    """

    kind: ConflictKind
    severity: Severity
    agreements: tuple[Side, ...]
    prefixes: tuple[str, ...]
    first_day: date
    last_day: date
    shelves: tuple[Shelf, ...] = ()

    @property
    def products(self) -> int:
        """Return how many products lie outside."""
        return sum(shelf.products for shelf in self.shelves)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the categories concerned."""
        return tuple(digits.ljust(8, "0") for digits in self.prefixes)


def topmost(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the prefixes in order without those that lie below another of them."""
    all_ = set(prefixes)
    return tuple(sorted(each for each in all_ if all_.isdisjoint(upward(each)[:-1])))


def age(side: Side) -> tuple[date, date, str, int]:
    """Return the key that puts agreements in order of their first day."""
    return side.starts_on, side.ends_on, side.number, side.agreement_id


def urgency(conflict: Conflict) -> tuple[bool, date, int, list[str]]:
    """Return the key that puts the severe conflicts first, then the earliest."""
    numbers = [side.number for side in conflict.agreements]
    place = list(ConflictKind).index(conflict.kind)
    return conflict.severity != Severity.SEVERE, conflict.first_day, place, numbers
