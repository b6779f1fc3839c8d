"""DEADLINES: by when an agreement asks for a decision, and which reminder of it is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Days before the deadline: time for a tender, for talks with the party, and for a last look.
REMIND_DAYS = (180, 90, 30)
LONGEST_NOTICE_DAYS = 3650


class Basis(StrEnum):
    """What must be done by the day: give notice, or have the next agreement."""

    NOTICE = "notice"
    LAST_DAY = "last_day"


@dataclass(frozen=True)
class Deadline:
    """The day a decision is needed by, and what for."""

    basis: Basis
    on: date

    def days_left(self, today: date) -> int:
        """Return the days from today until the deadline; below zero when it has passed."""
        return (self.on - today).days


@dataclass(frozen=True)
class Span:
    """What of an agreement decides about its deadline; `ended`: ended before its time."""

    starts_on: date
    ends_on: date
    notice_days: int | None
    ended: bool = False


def deadline(span: Span) -> Deadline:
    """Return the deadline: the last day to give notice, where there is one to give."""
    if span.notice_days is None or span.ended:
        return Deadline(Basis.LAST_DAY, span.ends_on)
    return Deadline(Basis.NOTICE, span.ends_on - timedelta(days=span.notice_days))


def due_reminder(span: Span, today: date, sent: Collection[int]) -> int | None:
    """Return which of REMIND_DAYS is due today and not among those sent for this deadline.

    It is the closest one reached: who comes late, or was down on the day, catches up with one
    reminder, not with all. None before the first day, after the deadline, and for what was ended.
    """
    left = deadline(span).days_left(today)
    if span.ended or today < span.starts_on or left < 0:
        return None
    reached = [days for days in REMIND_DAYS if left <= days]
    if not reached or min(reached) in sent:
        return None
    return min(reached)


def next_reminder_on(span: Span, today: date) -> date | None:
    """Return the next day after today on which a reminder falls due; None when none is left."""
    if span.ended:
        return None
    last = deadline(span).on
    days = [last - timedelta(days=each) for each in REMIND_DAYS]
    return min((day for day in days if day > max(today, span.starts_on)), default=None)
