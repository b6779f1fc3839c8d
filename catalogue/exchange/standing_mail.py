"""Mail that tells that a standing order was not placed for a date, why, and what to do: once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import day, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.standing_models import StandingOrder, StandingRun
from catalogue.settings import Settings

from .carriers import Carry
from .posting import envelope, send_all, send_once

SUBJECT = _("Not ordered: %(name)s for %(day)s")


@dataclass(frozen=True)
class Owed:
    """A notice that is to go out, with all that its mail shows."""

    run: StandingRun
    standing: StandingOrder
    enterprise_name: str
    buyer: Person
    recipient: str


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send the notices of a batch that have not gone out; raises MailNotSent when any failed."""
    with database.reading() as session:
        found = [find(session, int(work.payload["run_id"])) for work in batch]
    owed = [each for each in found if each is not None]

    def send(carry: Carry, each: Owed) -> None:
        letter = compose(settings, templates, each, clock())
        send_once(database, carry, (StandingRun, each.run.id, each.recipient), letter)

    send_all(settings, owed, send, lambda each: f"standing order {each.standing.id}")


def find(session: Session, run_id: int) -> Owed | None:
    """Return what a date calls for; None when it went out, or an order was placed."""
    row = session.execute(
        select(StandingRun, StandingOrder, Enterprise.name, Person)
        .join(StandingOrder, StandingOrder.id == StandingRun.standing_order_id)
        .join(Enterprise, Enterprise.id == StandingOrder.enterprise_id)
        .join(Person, Person.id == StandingOrder.buyer_id)
        .where(StandingRun.id == run_id, StandingRun.sent_at.is_(None))
        .where(StandingRun.order_id.is_(None))
    ).first()
    if row is None:
        return None
    recipient = _recipient(session, row.StandingOrder, row.Person)
    return Owed(*row, recipient) if recipient else None


def compose(
    settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime
) -> EmailMessage:
    """Draw a notice as a message of plain text in the buyer's language."""
    standing, run = owed.standing, owed.run
    with reading_in(owed.buyer.locale):
        subject = gettext(SUBJECT.message, name=standing.name, day=day(run.delivery_on))
        plain = templates.get_template("catalogue/exchange/standing_mail.txt").render(
            owed=owed,
            subject=subject,
            problems=(run.problem or "").split("\n"),
            link=settings.address("loebende-bestillinger", str(standing.id)),
        )
    message = envelope(settings, owed.recipient, subject, f"standing.{run.id}", now)
    message.set_content(plain, cte="quoted-printable")
    return message


def _recipient(session: Session, standing: StandingOrder, buyer: Person) -> str | None:
    """Return the buyer's address; of one who has left, the municipality's or its first staff's."""
    holders = (
        select(Person.email)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.municipality_id == standing.municipality_id)
        .where(Person.disabled_at.is_(None))
        .order_by(PersonRole.id)
        .limit(1)
    )
    own = holders.where(PersonRole.role == Role.BUYER, Person.id == buyer.id)
    place = session.get_one(Municipality, standing.municipality_id)
    return (
        session.scalar(own)
        or place.contact_email
        or session.scalar(holders.where(PersonRole.role == Role.STAFF))
    )
