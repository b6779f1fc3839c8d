"""When an enterprise is reminded of an order it has not answered, or of a quote it has not sent.

Pure functions of plain values.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from catalogue.core.daily import MORNING
from catalogue.core.text import COPENHAGEN
from catalogue.core.workdays import working_days_after, working_days_before

REMIND_DAYS = (3, 7)  # working days that an order has waited
LAST_DAYS = 20  # what has waited longer is settled otherwise: no mail brings it up any more
QUOTE_DAYS = 2  # working days before the deadline for quotes


def due_reminder(asked_on: date, today: date, put: Collection[int]) -> int | None:
    """Return which of REMIND_DAYS is due today for an order that waits since a day, if it was not
    put. It is the last one reached: a worker that was down catches up with one, not with all.
    """
    if today > working_days_after(asked_on, LAST_DAYS):
        return None
    reached = [days for days in REMIND_DAYS if working_days_after(asked_on, days) <= today]
    if not reached or max(reached) in put:
        return None
    return max(reached)


def quote_reminder_on(deadline_on: date) -> date:
    """Return the day on which those are reminded that have not answered a request for quotes."""
    return working_days_before(deadline_on, QUOTE_DAYS)


def quote_reminder_at(asked_on: date, deadline_on: date) -> datetime | None:
    """Return when they are reminded; None when they are asked on that day or after it."""
    day = quote_reminder_on(deadline_on)
    return datetime.combine(day, MORNING, COPENHAGEN) if asked_on < day else None
