"""Mail that tells a buyer that goods are on their way: one for each shipment of an order, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order
from catalogue.ordering.shipment_models import Shipment
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

# With the only shipment, and with the last one, the order is dispatched.
WHOLE = _("Order %(number)s is dispatched")
PART = _("Order %(number)s: shipment %(shipment)s is on its way")


@dataclass(frozen=True)
class Owed:
    """A shipment that its buyer is to be told of, with all that the mail shows.

    `order` is loaded with its lines and shipments.
    """

    shipment: Shipment
    order: Order
    enterprise_name: str
    buyer: Person

    @property
    def subject(self) -> Text:
        """Return what it is about: the whole order, or a part of it."""
        whole = len(self.order.shipments) == 1 and self.order.state != "sending"
        names = {"number": self.order.number, "shipment": self.shipment.number}
        return Text((WHOLE if whole else PART).message, names)

    @property
    def lines(self) -> list[tuple[Decimal, str, str]]:
        """List quantity, title and unit of what is in it."""
        held = self.shipment.quantities
        return [
            (held[line.position], line.title, line.unit)
            for line in self.order.lines
            if line.position in held
        ]


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Tell of the shipments of a batch; raises MailNotSent when any letter failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["shipment_id"]))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (Shipment, each.shipment.id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.order.number)


def find(session: Session, shipment_id: int) -> Owed | None:
    """Return what is to be told of a shipment; None when it went out, or has been received."""
    row = session.execute(
        select(Shipment, Order, Enterprise.name, Person)
        .join(Order, Order.id == Shipment.order_id)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Person, Person.id == Order.buyer_id)
        .where(Shipment.id == shipment_id)
        .where(Shipment.sent_at.is_(None), Shipment.received_at.is_(None))
        .options(
            selectinload(Order.lines),
            selectinload(Order.shipments).selectinload(Shipment.lines),
            selectinload(Shipment.lines),
        )
    ).first()
    if row is None or row.Order.state == "received":
        return None
    return Owed(*row)


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a letter in the buyer's language."""
    order, number = owed.order, owed.shipment.number
    path = f"ordrer/{order.number}/forsendelser/{number}"
    cause = Cause(
        mail_kinds.ORDER,
        f"{order.number}.shipment-{number}",
        event="dispatched",
        about=order.number,
        municipality_id=order.municipality_id,
        audience=audience(Role.BUYER, order.municipality_id, order.buyer_id),
        path=path,
    )
    facts = {"owed": owed, "unit_names": UNIT_NAMES, "link": settings.address(path)}
    draft = Draft(owed.buyer.email, owed.subject, cause, "shipment_mail", facts)
    with reading_in(owed.buyer.locale):
        return posting.compose(settings, templates, draft, now)
