"""Mail that reminds of the end of a verification, drawn as it stands at sending, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises import reminders
from catalogue.enterprises.models import (
    Enterprise,
    EnterpriseState,
    ReminderReader,
    VerificationReminder,
)
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

SUBJECTS: dict[tuple[ReminderReader, bool], Text] = {
    (ReminderReader.ENTERPRISE, False): _("Your verification ends on %(day)s: confirm your points"),
    (ReminderReader.ENTERPRISE, True): _("Your verification has lapsed"),
    (ReminderReader.REVIEWER, False): _("The verification of %(enterprise)s ends on %(day)s"),
    (ReminderReader.REVIEWER, True): _("The verification of %(enterprise)s has lapsed"),
}


@dataclass(frozen=True)
class Owed:
    """A reminder that is to go out, with all that its mail shows."""

    reminder_id: int
    reader: ReminderReader
    recipient: str
    enterprise_id: int
    enterprise: str
    municipality: str
    municipality_id: int
    due_on: date
    days: int  # which of the reminders it is; reminders.LAPSED when the day has passed
    is_confirmed: bool

    @property
    def lapsed(self) -> bool:
        """Tell whether the day has passed."""
        return self.days == reminders.LAPSED


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the reminders of a batch that still hold; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, work.payload["reminder_id"], today_in_copenhagen(office.clock()))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (VerificationReminder, each.reminder_id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.enterprise)


def find(session: Session, reminder_id: int, today: date) -> Owed | None:
    """Return what a reminder calls for now; None when it went out or no longer holds.

    Since it was put, the verification may have been renewed, or the enterprise suspended, or the
    day may have passed, of which the next reminder tells.
    """
    reminder = session.get(VerificationReminder, reminder_id)
    found = session.get(Enterprise, reminder.enterprise_id) if reminder else None
    if reminder is None or found is None or reminder.sent_at is not None:
        return None
    if found.state != EnterpriseState.VERIFIED or found.verified_until != reminder.due_on:
        return None
    if (reminder.due_on < today) != (reminder.days == reminders.LAPSED):
        return None
    reviewer = session.get_one(Municipality, found.reviewer_id)
    reader = ReminderReader(reminder.reader)
    recipient = found.email if reader == ReminderReader.ENTERPRISE else reviewer.contact_email
    if not recipient:
        return None
    return Owed(
        reminder_id=reminder.id,
        reader=reader,
        recipient=recipient,
        enterprise_id=found.id,
        enterprise=found.name,
        municipality=reviewer.name,
        municipality_id=reviewer.id,
        due_on=reminder.due_on,
        days=reminder.days,
        is_confirmed=reminders.is_confirmed(session, found),
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a reminder; contacts of enterprises and municipalities need not be our persons."""
    cause = _cause(owed)
    named = {"enterprise": owed.enterprise, "day": owed.due_on}
    subject = Text(SUBJECTS[owed.reader, owed.lapsed].message, named)
    facts = {
        "owed": owed,
        "left": (owed.due_on - today_in_copenhagen(now)).days,
        "link": settings.address(cause.path),
        "effect_link": settings.address("virksomhed/effekt"),
    }
    with reading_in(DEFAULT_LOCALE):
        draft = Draft(owed.recipient, subject, cause, "verification_reminder", facts)
        return posting.compose(settings, templates, draft, now)


def _cause(owed: Owed) -> Cause:
    own = owed.reader == ReminderReader.ENTERPRISE
    kind = mail_kinds.LAPSE if owed.lapsed else mail_kinds.VERIFICATION
    return Cause(
        kind if own else mail_kinds.REVIEW,
        f"verificering-{owed.enterprise_id}.{owed.due_on}.{owed.days}.{owed.reader}",
        event="lapsed" if owed.lapsed else "ends",
        about=owed.enterprise,
        municipality_id=owed.municipality_id,
        audience=audience(Role.ENTERPRISE, owed.enterprise_id)
        if own
        else audience(Role.STAFF, owed.municipality_id),
        path="virksomhed/verificering" if own else f"ansoegninger/{owed.enterprise_id}",
    )
