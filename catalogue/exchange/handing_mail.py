"""Mail that an order has been handed over: to its new buyer, and to the one who had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person, PersonRole
from catalogue.core.jobs import Work
from catalogue.core.text import Text, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import next_rules, steps
from catalogue.ordering.handing import acting_for
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.rules import STATE_NAMES, Step
from catalogue.settings import Settings

from . import mail_kinds, order_mail, posting
from .notices import audience
from .outgoing import Carry, send_all
from .posting import Draft, Mail, Office

TAKEN = _("Order %(number)s is yours from now on")
GONE = _("Order %(number)s is another buyer's from now on")


@dataclass(frozen=True)
class Owed:
    """A letter about an order that was handed over, with all that it shows."""

    order: Order
    event: OrderEvent
    times: int  # how often it had been handed over by then
    reader: Person
    enterprise_name: str

    @property
    def is_taker(self) -> bool:
        """Tell whether the order is the reader's now."""
        return self.reader.id == self.order.buyer_id

    @property
    def mark(self) -> str:
        """Return what the letter is known by."""
        return f"handed:{self.times}"

    @property
    def asks(self) -> Text | None:
        """Return what the order waits for its buyer to do."""
        return next_rules.asked_of_buyer(self.order.state, steps.given_of(self.order))


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Tell of what was handed over; raises MailNotSent when any letter failed."""
    with office.database.reading() as session:
        owed = [
            each
            for work in batch
            for each in find(session, int(work.payload["event_id"]), work.payload["former_id"])
        ]

    def send(carry: Carry, each: Owed) -> None:
        order_mail.send_marked(carry, each, office.draw(compose, each))

    send_all(office, owed, send, lambda each: each.order.number)


def find(session: Session, event_id: int, former_id: int) -> list[Owed]:
    """List the letters that are owed: none when the order has been handed on since.

    Whoever buys for the municipality no more is not written to.
    """
    event = session.get_one(OrderEvent, event_id)
    handed = select(OrderEvent.id).where(
        OrderEvent.order_id == event.order_id, OrderEvent.step == str(Step.HAND_OVER)
    )
    if session.scalar(handed.order_by(OrderEvent.id.desc()).limit(1)) != event_id:
        return []
    order = _load(session, event.order_id)
    enterprise = session.get_one(Enterprise, order.enterprise_id)
    readers = session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(acting_for(order.municipality_id), Person.is_system.is_(False))
        .where(Person.id.in_([order.buyer_id, former_id]))
        .order_by(Person.id)
    ).all()
    times = session.scalar(select(func.count()).select_from(handed.subquery())) or 0
    owed = [Owed(order, event, times, each, enterprise.name) for each in readers]
    if not owed:
        return []
    told = order_mail.list_told(session, order.id, owed[0].mark)
    return [each for each in owed if each.reader.email not in told]


def _load(session: Session, order_id: int) -> Order:
    """Return an order with what tells what it waits for: its lines and what was sent of it."""
    query = select(Order).where(Order.id == order_id).execution_options(populate_existing=True)
    return session.scalars(
        query.options(selectinload(Order.lines), selectinload(Order.shipments))
    ).one()


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a letter in the reader's language; who has the order no more finds her list."""
    order, reader = owed.order, owed.reader
    path = f"ordrer/{order.number}" if owed.is_taker else "ordrer"
    cause = order_mail.cause_of(
        order, mail_kinds.ORDER, owed.mark, event="handed_over", path=path,
        audience=audience(Role.BUYER, order.municipality_id, reader.id),
    )  # fmt: skip
    subject = TAKEN if owed.is_taker else GONE
    with reading_in(reader.locale):
        facts = {
            "owed": owed,
            "order": order,
            "state": gettext(STATE_NAMES[order.state].message),
            "link": settings.address(path),
        }
        text = Text(subject.message, {"number": order.number})
        draft = Draft(reader.email, text, cause, "handing_mail", facts)
        return posting.compose(settings, templates, draft, now)
