"""The morning's mail to a municipality: which products wait for its check, drawn at sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.products import check_reminders
from catalogue.products.check_reminders import Waiting
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office

PAGE = "gennemsyn"
SUBJECT_OF_ONE = _("%(num)s product waits for your check")
SUBJECT = _("%(num)s products wait for your check")


@dataclass(frozen=True)
class Owed:
    """A mail that is to go out, with all that it shows."""

    municipality_id: int
    municipality: str
    recipient: str
    waiting: Sequence[Waiting]  # the oldest first

    @property
    def new(self) -> Sequence[Waiting]:
        """Return what no mail has told of yet."""
        return [each for each in self.waiting if each.is_new]

    @property
    def former(self) -> Sequence[Waiting]:
        """Return what an earlier mail told of, and still waits."""
        return [each for each in self.waiting if not each.is_new]


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the mails of a batch that still hold; raises MailNotSent when any failed."""
    asked = {int(work.payload["municipality_id"]) for work in batch}
    with office.database.reading() as session:
        owed = [each for id_ in sorted(asked) if (each := find(session, id_)) is not None]

    def send(carry: Carry, each: Owed) -> None:
        def is_sent(session: Session) -> bool:
            return find(session, each.municipality_id) is None

        def note(session: Session) -> None:
            check_reminders.note_told(session, [one.check_id for one in each.waiting])

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(office, owed, send, lambda each: each.municipality)


def find(session: Session, municipality_id: int) -> Owed | None:
    """Return what a municipality is to be told; None when it was told of all that waits."""
    found = session.get(Municipality, municipality_id)
    waiting = check_reminders.list_waiting(session, municipality_id)
    if found is None or not found.contact_email or not any(each.is_new for each in waiting):
        return None
    return Owed(found.id, found.name, found.contact_email, waiting)


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the mail; the contact of a municipality need not be among our persons."""
    count = len(owed.waiting)
    subject = SUBJECT_OF_ONE if count == 1 else SUBJECT
    # The newest of what is told: the same mail drawn again is known by it.
    newest = max(each.check_id for each in owed.waiting)
    cause = Cause(
        mail_kinds.CHECK_LIST,
        f"gennemsyn-kommune-{owed.municipality_id}.{newest}",
        event="waiting",
        about=owed.municipality,
        municipality_id=owed.municipality_id,
        audience=audience(Role.STAFF, owed.municipality_id),
        path=PAGE,
    )
    facts = {"owed": owed, "link": settings.address(PAGE)}
    text = Text(subject.message, {"num": count})
    draft = Draft(owed.recipient, text, cause, "products_to_check", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
