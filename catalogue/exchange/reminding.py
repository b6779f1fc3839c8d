"""Mail that reminds of an agreement's deadline, drawn as the agreement stands at sending, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

import jinja2
from sqlalchemy.orm import Session

from catalogue.agreements import calendar, entries
from catalogue.agreements.deadlines import Basis, Deadline, deadline
from catalogue.agreements.entries import Entry
from catalogue.agreements.models import Agreement, AgreementKind, Reminder
from catalogue.agreements.reminders import span_of
from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, day, gettext, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.ordering import queries as ordering
from catalogue.settings import Settings

from .carriers import Carry
from .posting import envelope, send_all, send_once

SUBJECTS: dict[Basis, Text] = {
    Basis.NOTICE: _("Agreement %(number)s: give notice by %(day)s at the latest"),
    Basis.LAST_DAY: _("Agreement %(number)s expires on %(day)s"),
}


@dataclass(frozen=True)
class Owed:
    """A reminder that is to go out, with all that its mail shows."""

    reminder_id: int
    days: int
    entry: Entry
    deadline: Deadline
    recipient: str
    ordered_ore: int | None  # None: nothing is ordered here on a mandatory agreement


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send the reminders of a batch that still hold; raises MailNotSent when any failed."""
    owed = [found for work in batch if (found := _find(database, work, clock())) is not None]

    def send(carry: Carry, each: Owed) -> None:
        letter = compose(settings, templates, each, clock())
        send_once(database, carry, (Reminder, each.reminder_id, each.recipient), letter)

    send_all(settings, owed, send, lambda each: each.entry.agreement.number)


def find(session: Session, reminder_id: int, today: date) -> Owed | None:
    """Return what a reminder calls for now; None when it went out or no longer holds.

    Since it was put, the agreement may have been ended, prolonged or left without a contact person.
    """
    reminder = session.get(Reminder, reminder_id)
    agreement = session.get(Agreement, reminder.agreement_id) if reminder else None
    if reminder is None or agreement is None or reminder.sent_at or agreement.ended_reason:
        return None
    due = deadline(span_of(agreement))
    if due.on != reminder.deadline_on or due.on < today or not agreement.contact_email:
        return None
    voluntary = agreement.kind == AgreementKind.VOLUNTARY
    return Owed(
        reminder_id=reminder.id,
        days=reminder.days,
        entry=entries.get_entry(session, agreement.municipality_id, agreement.id, today),
        deadline=due,
        recipient=agreement.contact_email,
        ordered_ore=ordering.ordered_on(session, agreement.id) if voluntary else None,
    )


def compose(
    settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime
) -> EmailMessage:
    """Draw a reminder as a message of plain text with the calendar file of the deadline."""
    agreement = owed.entry.agreement
    # Contact persons of agreements need not be among our persons.
    with reading_in(DEFAULT_LOCALE):
        named = {"number": agreement.number, "day": day(owed.deadline.on)}
        subject = gettext(SUBJECTS[owed.deadline.basis].message, **named)
        plain = templates.get_template("catalogue/exchange/reminder.txt").render(
            owed=owed,
            agreement=agreement,
            left=owed.deadline.days_left(today_in_copenhagen(now)),
            link=calendar.address(settings, agreement),
        )
        file = calendar.draw(settings, [owed.entry], now).decode()
    message = envelope(settings, owed.recipient, subject, _key(owed), now)
    message.set_content(plain, cte="quoted-printable")
    message.add_attachment(
        file, subtype="calendar", filename="aftalefrist.ics", params={"method": "PUBLISH"},
        cte="base64",
    )  # fmt: skip
    return message


def _key(owed: Owed) -> str:
    reader = hashlib.sha256(owed.recipient.encode()).hexdigest()[:16]
    agreement_id = owed.entry.agreement.id
    return f"aftale-{agreement_id}.{owed.deadline.on}.{owed.days}.{reader}"


def _find(database: Database, work: Work, now: datetime) -> Owed | None:
    with database.reading() as session:
        return find(session, work.payload["reminder_id"], today_in_copenhagen(now))
