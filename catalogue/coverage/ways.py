"""Which ways are open for a planned purchase: one pure decision, advice and not law.

The order is that of the state's cascade, binding before voluntary before own (modst.dk), then by
amount. The amounts are rows with a source; the texts and sources stand in `way_words`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from catalogue.agreements.limit_rules import Bounds
from catalogue.agreements.models import LimitKind
from catalogue.agreements.rules import covers, prefix

DAYS_A_YEAR = 365
FIRST_SERVICE_DIVISION = "50"  # of CPV: goods stand below it, and construction work


class Way(StrEnum):
    """A way to buy."""

    VOLUNTARY = "voluntary"
    MANDATORY = "mandatory"
    DIRECT = "direct"
    BELOW_THRESHOLD = "below_threshold"
    RESERVED = "reserved"  # § 54
    RESERVED_SOCIAL = "reserved_social"  # § 190, article 77
    TENDER = "tender"


class Standing(StrEnum):
    """How a way stands: it must be taken, may be, must be looked into, is closed, does
    not come into question, is not known."""

    MUST = "must"
    OPEN = "open"
    CHECK = "check"
    CLOSED = "closed"
    NONE = "none"
    UNKNOWN = "unknown"


class Because(StrEnum):
    """Why a way stands so."""

    MANDATORY_COVERS = "mandatory_covers"
    MANDATORY_COVERS_PART = "mandatory_covers_part"
    NO_MANDATORY = "no_mandatory"
    MANDATORY_FIRST = "mandatory_first"
    VOLUNTARY_COVERS = "voluntary_covers"
    VOLUNTARY_COVERS_PART = "voluntary_covers_part"
    CEILING_TOO_LOW = "ceiling_too_low"
    NO_VOLUNTARY = "no_voluntary"
    BELOW_OWN_LIMIT = "below_own_limit"
    OVER_OWN_LIMIT = "over_own_limit"
    OWN_LIMIT_UNKNOWN = "own_limit_unknown"
    BELOW_LINE = "below_line"
    BETWEEN_LINE_AND_THRESHOLD = "between_line_and_threshold"
    LINE_UNKNOWN = "line_unknown"
    OVER_THRESHOLD = "over_threshold"
    THRESHOLD_UNKNOWN = "threshold_unknown"
    THRESHOLD_DEPENDS = "threshold_depends"
    WORKS = "works"
    EMPLOYEES_TO_BE_CHECKED = "employees_to_be_checked"
    LISTED_SERVICE = "listed_service"
    TERM_TOO_LONG = "term_too_long"
    NOT_LISTED = "not_listed"
    TENDER_OWED = "tender_owed"
    TENDER_NOT_OWED = "tender_not_owed"


class Cover(StrEnum):
    """How much of a category agreements cover."""

    NONE = "none"
    PART = "part"
    FULL = "full"


@dataclass(frozen=True)
class Case:
    """A planned purchase and what is known about it.

    `before_ore`: ordered of all enterprises in the same group in the rolling years. `has_room`:
    an agreement that covers all of it, with a verified enterprise, has room for the amount.
    """

    amount_ore: int
    before_ore: int
    days: int
    bounds: Bounds
    mandatory: Cover = Cover.NONE
    voluntary: Cover = Cover.NONE
    has_room: bool = True
    is_listed: bool = False  # a code of article 77
    is_service: bool = False
    is_works: bool = False

    @property
    def total_ore(self) -> int:
        """Return the amount that is held against the limits."""
        return self.amount_ore + self.before_ore

    @property
    def eu_kind(self) -> LimitKind:
        """Return which EU threshold counts, as far as the list of article 77 tells."""
        return LimitKind.EU_LIGHT if self.is_listed else LimitKind.EU_GOODS_SERVICES


@dataclass(frozen=True)
class Judged:
    """A way with how it stands and why."""

    way: Way
    standing: Standing
    because: Because


def ways(case: Case) -> list[Judged]:
    """Return all ways with how they stand; a mandatory agreement that matters stands first."""
    mandatory = _mandatory(case)
    rest = [_direct(case), _below_threshold(case), _reserved(), _reserved_social(case),
            _tender(case)]  # fmt: skip
    if case.mandatory == Cover.FULL:  # nothing else is open while its range meets the need
        rest = [Judged(each.way, Standing.CLOSED, Because.MANDATORY_FIRST) for each in rest]
    first = [mandatory, _voluntary(case)]
    return (first if case.mandatory != Cover.NONE else first[::-1]) + rest


def cover(prefixes: Iterable[tuple[str, ...]], category_code: str) -> Cover:
    """Return how much of a category agreements with those prefixes cover together."""
    own, found = prefix(category_code), Cover.NONE
    for each in prefixes:
        if covers(each, category_code):
            return Cover.FULL
        if any(one.startswith(own) for one in each):
            found = Cover.PART
    return found


def is_service(category_code: str) -> bool:
    """Tell whether a CPV code is one of services, which stand behind goods and works."""
    return category_code[:2] >= FIRST_SERVICE_DIVISION


def yearly_ore(amount_ore: int, days: int) -> int:
    """Return how much of a purchase falls in a year; one shorter than a year falls in one."""
    return amount_ore if days <= DAYS_A_YEAR else amount_ore * DAYS_A_YEAR // days


def share_percent(amount_ore: int, turnover_ore: int | None) -> int | None:
    """Return how large a part of a turnover an amount would be; None without a turnover."""
    return amount_ore * 100 // turnover_ore if turnover_ore else None


def _mandatory(case: Case) -> Judged:
    standing, because = {
        Cover.FULL: (Standing.MUST, Because.MANDATORY_COVERS),
        Cover.PART: (Standing.CHECK, Because.MANDATORY_COVERS_PART),
        Cover.NONE: (Standing.NONE, Because.NO_MANDATORY),
    }[case.mandatory]
    return Judged(Way.MANDATORY, standing, because)


def _voluntary(case: Case) -> Judged:
    if case.mandatory == Cover.FULL:
        return Judged(Way.VOLUNTARY, Standing.CLOSED, Because.MANDATORY_FIRST)
    if case.voluntary == Cover.NONE:
        return Judged(Way.VOLUNTARY, Standing.CLOSED, Because.NO_VOLUNTARY)
    if case.voluntary == Cover.PART:
        return Judged(Way.VOLUNTARY, Standing.CHECK, Because.VOLUNTARY_COVERS_PART)
    if not case.has_room:
        return Judged(Way.VOLUNTARY, Standing.CHECK, Because.CEILING_TOO_LOW)
    return Judged(Way.VOLUNTARY, Standing.OPEN, Because.VOLUNTARY_COVERS)


def _unsure_of_threshold(case: Case) -> tuple[Standing, Because] | None:
    """Return why nobody can tell on which side of the EU threshold a purchase is; else None.

    A service outside the list of article 77 may have the higher threshold all the same.
    """
    if case.is_works:
        return Standing.UNKNOWN, Because.WORKS
    if case.eu_kind not in case.bounds:
        return Standing.UNKNOWN, Because.THRESHOLD_UNKNOWN
    may_be_light = case.is_service and not case.is_listed
    if may_be_light and _reaches(case, case.eu_kind) and not _reaches(case, LimitKind.EU_LIGHT):
        return Standing.CHECK, Because.THRESHOLD_DEPENDS
    return None


def _direct(case: Case) -> Judged:
    own = case.bounds.get(LimitKind.DIRECT_PURCHASE)
    if _unsure_of_threshold(case) is None and _reaches(case, case.eu_kind):
        return Judged(Way.DIRECT, Standing.CLOSED, Because.OVER_THRESHOLD)
    if own is None:
        return Judged(Way.DIRECT, Standing.UNKNOWN, Because.OWN_LIMIT_UNKNOWN)
    if case.total_ore >= own.value:
        return Judged(Way.DIRECT, Standing.CLOSED, Because.OVER_OWN_LIMIT)
    return Judged(Way.DIRECT, Standing.OPEN, Because.BELOW_OWN_LIMIT)


def _below_threshold(case: Case) -> Judged:
    line, unsure = case.bounds.get(LimitKind.BELOW_THRESHOLD), _unsure_of_threshold(case)
    if unsure is None and _reaches(case, case.eu_kind):
        return Judged(Way.BELOW_THRESHOLD, Standing.CLOSED, Because.OVER_THRESHOLD)
    if line is None and not case.is_works:
        return Judged(Way.BELOW_THRESHOLD, Standing.UNKNOWN, Because.LINE_UNKNOWN)
    if line is not None and case.total_ore < line.value and not case.is_works:
        return Judged(Way.BELOW_THRESHOLD, Standing.OPEN, Because.BELOW_LINE)
    if unsure is not None:
        return Judged(Way.BELOW_THRESHOLD, *unsure)
    return Judged(Way.BELOW_THRESHOLD, Standing.OPEN, Because.BETWEEN_LINE_AND_THRESHOLD)


def _reserved() -> Judged:
    # Who is employed is never recorded in the catalogue, so a person must ask.
    return Judged(Way.RESERVED, Standing.CHECK, Because.EMPLOYEES_TO_BE_CHECKED)


def _reserved_social(case: Case) -> Judged:
    if not case.is_listed:
        return Judged(Way.RESERVED_SOCIAL, Standing.CLOSED, Because.NOT_LISTED)
    longest = case.bounds.get(LimitKind.RESERVED_YEARS)
    # A leap day makes three whole years one day longer.
    if longest is not None and case.days > longest.value * DAYS_A_YEAR + 1:
        return Judged(Way.RESERVED_SOCIAL, Standing.CLOSED, Because.TERM_TOO_LONG)
    return Judged(Way.RESERVED_SOCIAL, Standing.CHECK, Because.LISTED_SERVICE)


def _tender(case: Case) -> Judged:
    unsure = _unsure_of_threshold(case)
    if unsure is not None:
        return Judged(Way.TENDER, *unsure)
    if _reaches(case, case.eu_kind):
        return Judged(Way.TENDER, Standing.MUST, Because.TENDER_OWED)
    return Judged(Way.TENDER, Standing.OPEN, Because.TENDER_NOT_OWED)


def _reaches(case: Case, kind: LimitKind) -> bool:
    bound = case.bounds.get(kind)
    return bound is not None and case.total_ore >= bound.value
