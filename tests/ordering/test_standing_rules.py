"""When standing orders are delivered and ordered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cast import TODAY
from hypothesis import given
from hypothesis import strategies as st

from catalogue.core import workdays
from catalogue.ordering import standing_rules as rules
from catalogue.ordering.standing_rules import Plan, Rhythm

FIRST, LAST = date(2026, 12, 1), date(2027, 5, 31)


def plan(rhythm: str = "weekly", weekday: int = 3, week: int = 1, **facts: date) -> Plan:
    """Return a plan, on Thursdays unless told otherwise, ordered three working days before."""
    days = {"first_on": FIRST, "last_on": LAST} | facts
    return Plan(Rhythm(rhythm), weekday, week, 3, **days)


def planned(of: Plan, count: int) -> list[str]:
    """List the first dates by the rhythm."""
    return [str(each.planned_on) for each in rules.list_ahead(of, FIRST, count)]


@pytest.mark.parametrize(
    ("of", "dates"),
    [
        (plan("weekly", 1), ["2026-12-01", "2026-12-08", "2026-12-15"]),  # the first day counts
        (plan("weekly", 0), ["2026-12-07", "2026-12-14", "2026-12-21"]),
        (plan("fortnightly", 0), ["2026-12-07", "2026-12-21", "2027-01-04"]),
        (plan("monthly", 0, 1), ["2026-12-07", "2027-01-04", "2027-02-01"]),
        (plan("monthly", 4, 4), ["2026-12-25", "2027-01-22", "2027-02-26"]),
        (plan("monthly", 4, 5), ["2026-12-25", "2027-01-29", "2027-02-26"]),
        (plan("weekly", 1, last_on=date(2026, 12, 8)), ["2026-12-01", "2026-12-08"]),
    ],
)
def test_rhythms_have_their_dates(of: Plan, dates: list[str]) -> None:
    assert planned(of, 3) == dates


def test_delivery_on_a_holiday_moves_to_the_next_working_day_and_is_ordered_in_time() -> None:
    moved = rules.list_ahead(plan(), date(2026, 12, 24), 1)[0]
    assert (moved.delivery_on, moved.order_on) == (date(2026, 12, 28), date(2026, 12, 21))
    assert moved.holiday == "Juleaftensdag"


def test_what_is_paused_or_cannot_be_ordered_in_time_is_passed_over() -> None:
    of = plan(paused_from=date(2026, 12, 8), paused_until=date(2026, 12, 18))
    found = rules.find_in_time(of, date(2026, 11, 29))
    assert found and found.planned_on == date(2026, 12, 3)
    # On the day of its order the morning is over.
    late = rules.find_in_time(of, date(2026, 11, 30))
    assert late and late.planned_on == date(2026, 12, 24)
    after = rules.find_after(of, date(2026, 12, 3))
    assert after == late
    assert [each.paused for each in rules.list_ahead(of, FIRST, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("of", "field"),
    [
        (plan(), None),
        (plan(last_on=FIRST - timedelta(days=1)), "last_on"),
        (plan(last_on=TODAY + timedelta(days=800)), "last_on"),
        (plan(last_on=FIRST), "last_on"),  # no Thursday between
        (plan(first_on=date.min), "first_on"),
    ],
)
def test_plan_without_a_date_or_without_end_is_none(of: Plan, field: str | None) -> None:
    assert list(rules.plan_problems(of, TODAY)) == ([field] if field else [])


@given(
    st.sampled_from(list(Rhythm)), st.integers(0, 4), st.integers(1, 5), st.integers(1, 30),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 730),
)  # fmt: skip
def test_every_delivery_is_on_a_working_day_within_the_plan_and_ordered_before(
    rhythm: Rhythm, weekday: int, week: int, ahead: int, first: date, length: int
) -> None:
    of = Plan(rhythm, weekday, week, ahead, first, first + timedelta(days=length))
    found = list(rules.occasions(of))
    for each in found:
        assert of.first_on <= each.planned_on <= of.last_on
        assert each.planned_on.weekday() == weekday
        assert each.planned_on <= each.delivery_on
        assert each.order_on < each.delivery_on
        assert workdays.is_working_day(each.delivery_on) and workdays.is_working_day(each.order_on)
    days = [each.delivery_on for each in found]
    assert days == sorted(set(days))  # no two deliveries fall on one day
    if rhythm == Rhythm.WEEKLY:
        assert length // 7 <= len(found) <= length // 7 + 1
