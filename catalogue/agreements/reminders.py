"""Reminders of deadlines: each morning the worker puts the mails that fall due, each once.

The mail itself is written and sent by `exchange`, which stands later in the row of features.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.daily import Daily
from catalogue.core.text import today_in_copenhagen

from .deadlines import Span, deadline, due_reminder
from .models import Agreement, Reminder

DAILY, MAIL = Daily("agreements.remind"), "agreements.mail"


def remind(session: Session, now: datetime) -> int:
    """Put the mails that are due, and tomorrow's work; return the number of mails. Repeatable."""
    today = today_in_copenhagen(now)
    due = [
        Reminder(agreement_id=agreement_id, deadline_on=deadline(span).on, days=days, put_at=now)
        for agreement_id, span, sent in _running(session, today)
        if (days := due_reminder(span, today, sent.get(deadline(span).on, set()))) is not None
    ]
    session.add_all(due)
    session.flush()  # gives the ids
    for reminder in due:
        jobs.put(session, MAIL, {"reminder_id": reminder.id}, now=now)
    DAILY.put_next(session, now)
    return len(due)


def list_of(session: Session, agreement_id: int) -> list[Reminder]:
    """List the reminders of an agreement, the newest first; some may not have gone out yet."""
    query = select(Reminder).where(Reminder.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(Reminder.id.desc())))


def days_put(put: Iterable[Reminder], deadline_on: date) -> set[int]:
    """Return which of REMIND_DAYS were put for one deadline."""
    return {each.days for each in put if each.deadline_on == deadline_on}


def span_of(agreement: Agreement) -> Span:
    """Return what of an agreement decides about its deadline."""
    return Span(
        agreement.starts_on,
        agreement.ends_on,
        agreement.notice_days,
        ended=agreement.ended_reason is not None,
    )


def _running(session: Session, today: date) -> list[tuple[int, Span, dict[date, set[int]]]]:
    """Return agreements that have somebody to remind, with the reminders put, by deadline."""
    agreements = session.scalars(
        select(Agreement)
        .where(Agreement.ends_on >= today, Agreement.starts_on <= today)
        .where(Agreement.ended_reason.is_(None), Agreement.contact_email.is_not(None))
        .where(Agreement.is_draft.is_(False))
        .order_by(Agreement.id)
    ).all()
    put: dict[int, dict[date, set[int]]] = {}
    for agreement_id, deadline_on, days in session.execute(
        select(Reminder.agreement_id, Reminder.deadline_on, Reminder.days).where(
            Reminder.deadline_on >= today
        )
    ):
        put.setdefault(agreement_id, {}).setdefault(deadline_on, set()).add(days)
    return [(each.id, span_of(each), put.get(each.id, {})) for each in agreements]
