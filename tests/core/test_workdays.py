"""Working days in Denmark."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.core import workdays


@pytest.mark.parametrize(
    ("day", "name", "then"),
    [
        (date(2026, 11, 24), None, date(2026, 11, 24)),
        (date(2026, 11, 28), None, date(2026, 11, 30)),  # a Saturday
        (date(2026, 4, 2), "Skærtorsdag", date(2026, 4, 7)),  # all of Easter
        (date(2026, 5, 1), None, date(2026, 5, 1)),  # the first of May is no holiday
        (date(2026, 6, 5), "Grundlovsdag", date(2026, 6, 8)),
        (date(2026, 12, 24), "Juleaftensdag", date(2026, 12, 28)),
        (date(2023, 5, 5), "Store bededag", date(2023, 5, 8)),
        (date(2024, 4, 26), None, date(2024, 4, 26)),  # which it was no more from then on
    ],
)
def test_holidays_have_names_and_lead_to_the_next_working_day(
    day: date, name: str | None, then: date
) -> None:
    assert (workdays.holiday_name(day), workdays.next_working_day(day)) == (name, then)


def test_working_days_are_counted_both_ways() -> None:
    monday = date(2026, 12, 28)
    assert workdays.working_days_before(monday, 3) == date(2026, 12, 21)
    assert workdays.working_days_after(date(2026, 12, 21), 3) == monday
    assert workdays.working_days_before(monday, 0) == monday
