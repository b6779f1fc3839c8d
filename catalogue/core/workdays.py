"""Working days in Denmark: not Saturday, Sunday, a public holiday, or a day on which all is closed.

The public holidays come from the package `holidays`, which knows that the Great Prayer Day is none
since 2024. Constitution Day and Christmas Eve are no public holidays, but the law on opening hours
(lukkeloven § 1) closes on them what it closes on holidays, and so do institutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_CLOSED = {(6, 5): "Grundlovsdag", (12, 24): "Juleaftensdag"}
_ONE_DAY = timedelta(days=1)


def holiday_name(day: date) -> str | None:
    """Return the Danish name of a holiday or day of closing, None for all other days."""
    return _public(day.year).get(day) or _CLOSED.get((day.month, day.day))


def is_working_day(day: date) -> bool:
    """Tell whether people work on a day."""
    return day.weekday() < 5 and holiday_name(day) is None


def next_working_day(day: date) -> date:
    """Return the day itself when people work on it, else the first after it on which they do."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def working_days_before(day: date, count: int) -> date:
    """Return the day that lies that many working days before another."""
    return _walk(day, count, -_ONE_DAY)


def working_days_after(day: date, count: int) -> date:
    """Return the day that lies that many working days after another."""
    return _walk(day, count, _ONE_DAY)


def _walk(day: date, count: int, pace: timedelta) -> date:
    while count > 0:
        day += pace
        count -= is_working_day(day)
    return day


@lru_cache(maxsize=16)
def _public(year: int) -> Mapping[date, str]:
    return dict(country_holidays("DK", years=year, language="da"))
