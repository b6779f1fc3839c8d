"""Mail that reminds of an agreement's deadline, drawn as the agreement stands at sending, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.agreements import calendar, entries
from catalogue.agreements.deadlines import Basis, Deadline, deadline
from catalogue.agreements.entries import Entry
from catalogue.agreements.models import Agreement, AgreementKind, Reminder
from catalogue.agreements.reminders import span_of
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.ordering import ceilings
from catalogue.ordering import queries as ordering
from catalogue.ordering.ceilings import Used
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

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
    used: Used | None  # of its ceiling today, which may count the last months alone


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the reminders of a batch that still hold; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, work.payload["reminder_id"], today_in_copenhagen(office.clock()))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (Reminder, each.reminder_id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.entry.agreement.number)


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
        used=next(iter(ceilings.list_used(session, [agreement.id], today)), None),
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a reminder with the calendar file of the deadline."""
    agreement = owed.entry.agreement
    named = {"number": agreement.number, "day": owed.deadline.on}
    subject = Text(SUBJECTS[owed.deadline.basis].message, named)
    # Contact persons of agreements need not be among our persons.
    with reading_in(DEFAULT_LOCALE):
        facts = {
            "owed": owed,
            "agreement": agreement,
            "left": owed.deadline.days_left(today_in_copenhagen(now)),
            "link": calendar.address(settings, agreement),
        }
        draft = Draft(owed.recipient, subject, _cause(owed), "reminder", facts)
        mail = posting.compose(settings, templates, draft, now)
        file = calendar.draw(settings, [owed.entry], now).decode()
    mail.message.add_attachment(
        file, subtype="calendar", filename="aftalefrist.ics", params={"method": "PUBLISH"},
        cte="base64",
    )  # fmt: skip
    return mail


def _cause(owed: Owed) -> Cause:
    agreement = owed.entry.agreement
    return Cause(
        mail_kinds.DEADLINE,
        f"aftale-{agreement.id}.{owed.deadline.on}.{owed.days}",
        event=str(owed.deadline.basis),
        about=agreement.number,
        municipality_id=agreement.municipality_id,
        audience=audience(Role.STAFF, agreement.municipality_id),
        path=f"aftaler/{agreement.id}",
    )
