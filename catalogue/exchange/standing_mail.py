"""Mail that tells that a standing order was not placed for a date, why, and what to do: once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person, PersonRole
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.standing_models import StandingOrder, StandingRun
from catalogue.settings import Settings

from . import mail_kinds, municipal_mail, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("Not ordered: %(name)s for %(day)s")


@dataclass(frozen=True)
class Owed:
    """A notice that is to go out, with all that its mail shows."""

    run: StandingRun
    standing: StandingOrder
    enterprise_name: str
    buyer: Person
    recipient: str
    buyer_has_left: bool = False


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the notices of a batch that have not gone out; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["run_id"]))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (StandingRun, each.run.id), office.draw(compose, each))

    owed = list_owed(office, batch, owes)
    send_all(office, owed, send, lambda each: f"standing order {each.standing.id}")


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
    own = _find_own(session, row.StandingOrder, row.Person)
    recipient = own or municipal_mail.find_address(session, row.StandingOrder.municipality_id)
    return Owed(*row, recipient, buyer_has_left=own is None) if recipient else None


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a notice in the buyer's language; of one who has left, staff read it."""
    standing, run = owed.standing, owed.run
    told = audience(Role.BUYER, standing.municipality_id, owed.buyer.id)
    if owed.buyer_has_left:
        told = audience(Role.STAFF, standing.municipality_id)
    path = f"loebende-bestillinger/{standing.id}"
    cause = Cause(
        mail_kinds.STANDING,
        f"standing.{run.id}",
        event="not_placed",
        about=standing.name,
        municipality_id=standing.municipality_id,
        audience=told,
        path=path,
    )
    facts = {
        "owed": owed,
        "problems": (run.problem or "").split("\n"),
        "link": settings.address(path),
    }
    named = {"name": standing.name, "day": run.delivery_on}
    draft = Draft(owed.recipient, Text(SUBJECT.message, named), cause, "standing_mail", facts)
    with reading_in(owed.buyer.locale):
        return posting.compose(settings, templates, draft, now)


def _find_own(session: Session, standing: StandingOrder, buyer: Person) -> str | None:
    """Return the buyer's address; None when she has left."""
    return session.scalar(
        select(Person.email)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.BUYER, Person.id == buyer.id)
        .where(PersonRole.municipality_id == standing.municipality_id)
        .where(Person.disabled_at.is_(None))
    )
