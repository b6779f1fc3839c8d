"""Reminders of the end of a verification: each morning the worker puts those due, each once.

The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import jobs
from catalogue.core.daily import Daily
from catalogue.core.text import today_in_copenhagen

from . import queries
from .models import (
    Enterprise,
    EnterpriseState,
    ReminderReader,
    Reverification,
    ReverificationState,
    VerificationReminder,
)

DAILY, MAIL = Daily("enterprises.remind"), "enterprises.mail"
REMIND_DAYS = (60, 30, 7)  # before the last day, from the one on which renewing opens
LAPSED = 0  # the reminder of the first morning after the last day


def remind(session: Session, now: datetime) -> int:
    """Put the mails that are due, and tomorrow's work; return the number of mails. Repeatable.

    An enterprise that has confirmed is not reminded of it; its reviewer is, who has not decided.
    """
    today = today_in_copenhagen(now)
    due = []
    for found, contact, confirmation, put in _ending(session, today):
        for reader in (ReminderReader.ENTERPRISE, ReminderReader.REVIEWER):
            until = found.verified_until or today
            days = due_reminder(until, today, put.get(reader, set()))
            if days is None or not _is_for(reader, contact, confirmation, days):
                continue
            due.append(
                VerificationReminder(
                    enterprise_id=found.id, due_on=until, days=days, reader=reader, put_at=now
                )
            )
    session.add_all(due)
    session.flush()  # gives the ids
    for reminder in due:
        jobs.put(session, MAIL, {"reminder_id": reminder.id}, now=now)
    DAILY.put_next(session, now)
    return len(due)


def due_reminder(until: date, today: date, put: Collection[int]) -> int | None:
    """Return which of REMIND_DAYS, or LAPSED, is due today and not among those put for this day.

    It is the closest one reached: a worker that was down catches up with one, not with all.
    """
    left = (until - today).days
    reached = [days for days in REMIND_DAYS if 0 <= left <= days]
    if left < 0:
        reached = [LAPSED]
    if not reached or min(reached) in put:
        return None
    return min(reached)


def is_confirmed(session: Session, found: Enterprise) -> bool:
    """Tell whether the enterprise has sent its confirmation for the day its verification ends."""
    return queries.find_confirmation(session, found, ReverificationState.SENT) is not None


def _ending(
    session: Session, today: date
) -> list[tuple[Enterprise, str | None, str | None, dict[str, set[int]]]]:
    """List verified enterprises whose day is near or past: with the reviewer's contact, the state
    of their confirmation, and the reminders put for that day, by reader. Two queries.
    """
    last = today + timedelta(days=max(REMIND_DAYS))
    ending = (Enterprise.state == EnterpriseState.VERIFIED, Enterprise.verified_until <= last)
    put: dict[int, dict[str, set[int]]] = {}
    for enterprise_id, reader, days in session.execute(
        select(
            VerificationReminder.enterprise_id,
            VerificationReminder.reader,
            VerificationReminder.days,
        )
        .join(Enterprise, Enterprise.id == VerificationReminder.enterprise_id)
        .where(*ending, VerificationReminder.due_on == Enterprise.verified_until)
    ):
        put.setdefault(enterprise_id, {}).setdefault(reader, set()).add(days)
    rows = session.execute(
        select(Enterprise, func.nullif(Municipality.contact_email, ""), Reverification.state)
        .join(Municipality, Municipality.id == Enterprise.reviewer_id)
        .outerjoin(Reverification, queries.confirms())
        .where(*ending)
        .order_by(Enterprise.id)
    )
    return [(found, contact, state, put.get(found.id, {})) for found, contact, state in rows]


def _is_for(
    reader: ReminderReader, contact: str | None, confirmation: str | None, days: int
) -> bool:
    if reader == ReminderReader.REVIEWER:
        return contact is not None
    return days == LAPSED or confirmation != ReverificationState.SENT
