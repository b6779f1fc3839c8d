"""The part of the year in which a product can be had: days without a year, perhaps over new year.

It tells buyers when to expect the product and decides nothing: what may be ordered is a rule of
agreements, and who orders out of season gets it in the season. Days are kept as `05-01`. Pure.
"""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from babel import dates

from catalogue.core.text import LOCALES, Text, current_locale, fold
from catalogue.core.text import lazy as _

FIELDS = ("season_from", "season_to")
_LEAP = 2024  # has all days that a year may have
_FORMS = {"da": "d. MMMM", "en": "d MMMM"}
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (\w+)")
_MONTH_FIRST = re.compile(r"([^\W\d]+) (\d{1,2})(?:st|nd|rd|th)?")
_OF_EXCEL = re.compile(r"\d{4}-(\d\d)-(\d\d)(T.*)?")


def read(text: str, alone: int) -> str | None:
    """Return the day that people write as `1. maj`, `1/5`, `01-05-2026` or `May 1`; None: none.

    A month alone means its day `alone`, or its last one.
    """
    if found := _OF_EXCEL.fullmatch(text.strip()):
        return _day(int(found[2]), int(found[1]))
    words = re.sub(r"^den | \d{4}$", "", fold(text))
    if words in _months():
        month = _months()[words]
        return _day(min(alone, monthrange(_LEAP, month)[1]), month)
    if found := _DAY_FIRST.fullmatch(words):
        return _day(int(found[1]), _month(found[2]))
    if found := _MONTH_FIRST.fullmatch(words):
        return _day(int(found[2]), _month(found[1]))
    return None


def spoken(kept: str) -> str:
    """Return a day as the reader says it: `1. maj`."""
    return dates.format_date(_in_year(kept, _LEAP), _FORMS[current_locale()], current_locale())


def words(first: str, last: str) -> str:
    """Return a season as buyers read it: `1. maj – 30. september`."""
    return f"{spoken(first)} – {spoken(last)}"


def is_in(first: str, last: str, day: date) -> bool:
    """Tell whether a day is in a season; both its days are."""
    at = f"{day:%m-%d}"
    return first <= at <= last if first <= last else at >= first or at <= last


def next_start(first: str | None, last: str | None, day: date) -> date | None:
    """Return when a product is in season next; None while it is, or when it has no season."""
    if first is None or last is None or is_in(first, last, day):
        return None
    begin = _in_year(first, day.year)
    return begin if begin > day else _in_year(first, day.year + 1)


def problem(first: str | None, last: str | None) -> tuple[str, Text] | None:
    """Return the field of a season with one day only, and what is to be done."""
    if first and not last:
        return "season_to", _("State the last day of the season too")
    if last and not first:
        return "season_from", _("State the first day of the season too")
    return None


def shown(name: str, value: Any) -> str:
    """Return what a field of the season holds as people write it; other values as they are."""
    if name in FIELDS and value:
        with suppress(ValueError):
            return spoken(str(value))
    return "" if value is None else str(value)


def _day(day: int, month: int) -> str | None:
    try:
        return f"{date(_LEAP, month, day):%m-%d}"
    except ValueError:
        return None


def _month(word: str) -> int:
    return int(word) if re.fullmatch(r"\d{1,2}", word) else _months().get(word, 0)


def _in_year(kept: str, year: int) -> date:
    """Return a day in a year; 29 February is 1 March in a year without it."""
    month, day = (int(part) for part in kept.split("-"))
    if (month, day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return date(year, month, day)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Return months by their folded names, whole and short, in every language."""
    return {
        fold(name): number
        for locale in LOCALES
        for width in ("wide", "abbreviated")
        for number, name in dates.get_month_names(width, locale=locale).items()
    }
