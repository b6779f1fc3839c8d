"""Limits of purchases: which one holds on a day, what they are called, what is wrong with one.

Pure functions of plain values. No amount stands here: all of them are rows with a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .models import LimitKind
from .rules import Problems


class Unit(StrEnum):
    """What the number of a limit counts."""

    ORE = "ore"
    PERCENT = "percent"
    YEARS = "years"


LIMIT_UNITS: dict[LimitKind, Unit] = {kind: Unit.ORE for kind in LimitKind} | {
    LimitKind.RESERVED_PERCENT: Unit.PERCENT,
    LimitKind.RESERVED_YEARS: Unit.YEARS,
}
LIMIT_NAMES: dict[LimitKind, Text] = {
    LimitKind.DIRECT_PURCHASE: _("Own limit for direct purchase"),
    LimitKind.BELOW_THRESHOLD: _("Line from which the law's rules below the threshold apply"),
    LimitKind.EU_GOODS_SERVICES: _("EU threshold for goods and services"),
    LimitKind.EU_LIGHT: _("EU threshold for social and other specific services"),
    LimitKind.RESERVED_PERCENT: _("Share of employees that a reserved contract asks for"),
    LimitKind.RESERVED_YEARS: _("Longest term of a reserved social contract"),
}


@dataclass(frozen=True)
class LimitTerms:
    """What a limit says; no last day means that it holds until further notice."""

    kind: LimitKind
    value: int
    valid_from: date
    source: str
    valid_until: date | None = None
    url: str | None = None


@dataclass(frozen=True)
class Bound(LimitTerms):
    """A limit as rules use it; `is_own`: the municipality entered it itself."""

    is_own: bool = False


Bounds = Mapping[LimitKind, Bound]


def holds_on(day: date, valid_from: date, valid_until: date | None) -> bool:
    """Tell whether a period holds `day`; the first and the last day belong to it."""
    return valid_from <= day and (valid_until is None or day <= valid_until)


def in_force_on(bounds: Iterable[Bound], day: date) -> Bounds:
    """Return the limit of each kind that holds on `day`: an own one first, then the newest."""
    holding = [each for each in bounds if holds_on(day, each.valid_from, each.valid_until)]
    ordered = sorted(holding, key=lambda each: (each.is_own, each.valid_from))
    return {each.kind: each for each in ordered}


def terms_problems(terms: LimitTerms, others: Iterable[LimitTerms]) -> Problems:
    """Return what is wrong with a new limit beside the own ones of its kind, by field.

    One that holds until further notice and begins earlier is no obstacle: see `replaced_until`.
    """
    last = terms.valid_until or date.max
    if last < terms.valid_from:
        return {"valid_until": [_("The last day comes before the first day; change one of them")]}
    for each in others:
        overlaps = each.valid_from <= last and terms.valid_from <= (each.valid_until or date.max)
        if overlaps and replaced_until(each, terms.valid_from) is None:
            return {
                "valid_from": [
                    _("You have such a limit on these days already; end or delete that one first")
                ]
            }
    return {}


def replaced_until(older: LimitTerms, valid_from: date) -> date | None:
    """Return the last day of a limit without end when a new one begins, else None."""
    if older.valid_until is None and older.valid_from < valid_from:
        return valid_from - timedelta(days=1)
    return None
