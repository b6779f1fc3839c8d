"""Decisions about standing orders: on which days they are delivered and ordered, at which price.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from catalogue.core import workdays
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import Price

LONGEST_DAYS = 2 * 366  # what nobody decides anew is forgotten
LONGEST_PAST = timedelta(days=20 * 366)  # each delivery since the first is gone through
MOST_AHEAD = 30
MOST_RISE = 25
LAST_WEEK = 5


class Rhythm(StrEnum):
    """How often it is delivered."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


RHYTHM_NAMES: dict[str, Text] = {
    Rhythm.WEEKLY: _("Every week"),
    Rhythm.FORTNIGHTLY: _("Every two weeks"),
    Rhythm.MONTHLY: _("Every month"),
}
WEEKDAY_NAMES: dict[int, Text] = {
    0: _("Monday"),
    1: _("Tuesday"),
    2: _("Wednesday"),
    3: _("Thursday"),
    4: _("Friday"),
}
WEEK_NAMES: dict[int, Text] = {
    1: _("the first"),
    2: _("the second"),
    3: _("the third"),
    4: _("the fourth"),
    LAST_WEEK: _("the last"),
}


@dataclass(frozen=True)
class Plan:
    """When a standing order is delivered.

    `weekday` 0 is Monday. `week` counts the weekday within its month, 5 is the last; it is of use
    where the rhythm is monthly. `days_ahead` are the working days from the order to the delivery.
    """

    rhythm: Rhythm
    weekday: int
    week: int
    days_ahead: int
    first_on: date
    last_on: date
    paused_from: date | None = None
    paused_until: date | None = None


@dataclass(frozen=True)
class Occasion:
    """One delivery: its date by the rhythm, when it really comes, and when it is ordered.

    `holiday`: the Danish name of what moved it to a later day.
    """

    planned_on: date
    delivery_on: date
    order_on: date
    holiday: str | None
    paused: bool


def describe(plan: Plan) -> Text:
    """Return the rhythm in words, such as: every two weeks on Monday."""
    names: dict[str, Any] = {
        "rhythm": RHYTHM_NAMES[plan.rhythm], "weekday": WEEKDAY_NAMES[plan.weekday],
        "week": WEEK_NAMES.get(plan.week, ""),
    }  # fmt: skip
    if plan.rhythm == Rhythm.MONTHLY:
        return _("%(rhythm)s, %(week)s %(weekday)s", **names)
    return _("%(rhythm)s, %(weekday)s", **names)


def occasions(plan: Plan) -> Iterator[Occasion]:
    """Return all deliveries from the first day to the last, those of a pause too."""
    for planned_on in _dates(plan):
        delivery_on = workdays.next_working_day(planned_on)
        yield Occasion(
            planned_on,
            delivery_on,
            workdays.working_days_before(delivery_on, plan.days_ahead),
            workdays.holiday_name(planned_on) if delivery_on != planned_on else None,
            _is_paused(plan, planned_on),
        )


def find_in_time(plan: Plan, today: date, after: date | None = None) -> Occasion | None:
    """Return the next delivery that a coming morning orders in time, beyond what is done."""
    done = after or date.min
    return next(
        (
            each
            for each in occasions(plan)
            if each.planned_on > done and each.order_on > today and not each.paused
        ),
        None,
    )


def find_after(plan: Plan, planned_on: date) -> Occasion | None:
    """Return the next delivery after one that is done, even if the day to order it has passed."""
    coming = (each for each in occasions(plan) if each.planned_on > planned_on and not each.paused)
    return next(coming, None)


def list_ahead(plan: Plan, planned_on: date | None, count: int) -> list[Occasion]:
    """List the next deliveries from `planned_on` on, those of a pause too; None: there are none."""
    if planned_on is None:
        return []
    coming = (each for each in occasions(plan) if each.planned_on >= planned_on)
    return list(islice(coming, count))


def plan_problems(plan: Plan, today: date) -> dict[str, list[Any]]:
    """Return by field what is wrong with a plan as it is made."""
    if plan.last_on < plan.first_on:
        return {"last_on": [_("The last day comes before the first day; change one")]}
    if plan.first_on < today - LONGEST_PAST:
        return {"first_on": [_("Choose a day that has not passed")]}
    if plan.last_on > today + timedelta(days=LONGEST_DAYS):
        return {"last_on": [_("At most two years ahead; make a new one then")]}
    if find_in_time(plan, today) is None:
        return {"last_on": [_("No delivery lies between these days that can be ordered in time")]}
    return {}


def pause_problems(paused_from: date, paused_until: date, today: date) -> dict[str, list[Any]]:
    """Return by field what is wrong with a pause."""
    if paused_until < paused_from:
        return {"paused_until": [_("The last day comes before the first day; change one")]}
    if paused_until < today:
        return {"paused_until": [_("Choose a day that has not passed")]}
    return {}


def highest(accepted: Price, rise_percent: int) -> Price:
    """Return the highest price that is ordered at: the accepted one and what it may rise."""
    return replace(accepted, ore=accepted.ore * (100 + rise_percent) // 100)


def _dates(plan: Plan) -> Iterator[date]:
    if plan.rhythm == Rhythm.MONTHLY:
        yield from _monthly(plan)
        return
    pace = timedelta(days=14 if plan.rhythm == Rhythm.FORTNIGHTLY else 7)
    day = plan.first_on + timedelta(days=(plan.weekday - plan.first_on.weekday()) % 7)
    while day <= plan.last_on:
        yield day
        day += pace


def _monthly(plan: Plan) -> Iterator[date]:
    month = plan.first_on.replace(day=1)
    while month <= plan.last_on:
        coming = (month + timedelta(days=32)).replace(day=1)
        day = month + timedelta(days=(plan.weekday - month.weekday()) % 7)
        last = coming - timedelta(days=1)
        day += timedelta(weeks=plan.week - 1)
        if plan.week == LAST_WEEK:
            day = last - timedelta(days=(last.weekday() - plan.weekday) % 7)
        if plan.first_on <= day <= plan.last_on:
            yield day
        month = coming


def _is_paused(plan: Plan, day: date) -> bool:
    if plan.paused_from is None or plan.paused_until is None:
        return False
    return plan.paused_from <= day <= plan.paused_until
