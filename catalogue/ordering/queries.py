"""What the pages of ordering show, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from catalogue.accounts.models import Municipality, Person
from catalogue.core.errors import Missing
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import rules, steps
from .coding_rules import by_code
from .line_parts import Coded, load_coded
from .models import Order, OrderLine
from .rules import Delivery, Step, Totals
from .shipment_models import Shipment


@dataclass(frozen=True)
class Listed:
    """An order in a list, with the names of its two sides."""

    order: Order
    enterprise_name: str
    municipality_name: str
    buyer_name: str


@dataclass(frozen=True)
class Milestone:
    """A state of an order that was reached, or is still to come."""

    label: Text
    at: datetime | None = None
    by: str = ""
    reason: str | None = None
    done: bool = False


@dataclass(frozen=True)
class OrderPage(Listed):
    """An order with its lines and events, and the steps the reader may take now."""

    enterprise: Enterprise
    buyer_email: str
    steps: list[Step]
    coded: list[Coded]  # its lines, with what they are booked on

    @property
    def deviates(self) -> bool:
        """Tell whether a line did not come as it was ordered."""
        return any(line.deviation for line in self.order.lines)

    @property
    def changed(self) -> bool:
        """Tell whether the buyer accepted a change of it."""
        return any(event.step == Step.ACCEPT for event in self.order.events)

    @property
    def by_coding(self) -> Mapping[str | None, int]:
        """Sum up what each coding bears, when some line is booked on its own; else nothing."""
        split = any(each.parts for each in self.coded)
        return by_code([each.shares for each in self.coded]) if split else {}

    @property
    def totals(self) -> Totals:
        """Return the sums of the order."""
        return Totals(self.order.net_ore, self.order.vat_ore)

    @property
    def timeline(self) -> list[Milestone]:
        """List what has happened and, when all goes well, what is still to come."""
        order, names = self.order, rules.STATE_NAMES
        happened = [
            Milestone(
                rules.deed_name(event.step, event.state),
                event.at,
                event.person_name,
                event.reason,
                done=True,
            )
            for event in order.events
        ]
        if order.seen_at is not None and not self.answered_at_once:
            label = rules.DEEDS[Step.SEE][1]
            seen = Milestone(label, order.seen_at, order.seen_by or "", done=True)
            happened = sorted([*happened, seen], key=lambda each: each.at or order.placed_at)
        ahead = rules.states_ahead(order.state, steps.given_of(order))
        return happened + [Milestone(names[each]) for each in ahead]

    @property
    def answered_at_once(self) -> bool:
        """Tell whether the order was seen by nothing but a step taken with it, which tells that."""
        mark = (self.order.seen_at, self.order.seen_by)
        return any((event.at, event.person_name) == mark for event in self.order.events)

    @property
    def is_received(self) -> bool:
        """Tell whether goods have come or work is accepted, so that there is a receipt of it."""
        return any(event.state in {"received", "accepted"} for event in self.order.events)

    @property
    def is_void(self) -> bool:
        """Tell whether nothing is to be delivered or invoiced."""
        return self.order.state in rules.VOID_STATES


def delivery_of(order: Order) -> Delivery:
    """Return the delivery of an order without its note, to start a form from."""
    kept = {field.name: getattr(order, field.name) for field in fields(Delivery)}
    return Delivery(**(kept | {"note": None}))


def list_receipt(session: Session, who: Who, key: str) -> list[Listed]:
    """List the buyer's orders of one placing, by number; raises Missing when there are none."""
    query = named().where(Order.visible_to(who), Order.placing_key == key)
    found = [listed(*row) for row in session.execute(query.order_by(Order.year, Order.sequence))]
    if not found:
        raise Missing(_("There is no such receipt."))
    return found


def get_order(session: Session, who: Who, number: str) -> OrderPage:
    """Return one order that `who` may see in her role; raises Missing for all others.

    Two queries; four for an order of which something was sent.
    """
    query = named().where(Order.visible_to(who), Order.number == number)
    row = session.execute(query.options(joinedload(Order.events))).unique().first()
    if row is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    order, enterprise, municipality_name, buyer = row
    coded = load_coded(session, order)
    load_shipments(session, order)
    possible = steps.list_steps(order, who)
    return OrderPage(
        order, enterprise.name, municipality_name, buyer.name, enterprise, buyer.email, possible,
        coded,
    )  # fmt: skip


def load_shipments(session: Session, order: Order) -> None:
    """Load what was sent of an order; of one that was never confirmed there is nothing to ask."""
    sent: list[Shipment] = []
    if order.state in rules.WITH_SHIPMENTS:
        query = select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.number)
        query = query.options(selectinload(Shipment.lines))
        sent = list(session.scalars(query.execution_options(populate_existing=True)))
    set_committed_value(order, "shipments", sent)


def ordered_on(session: Session, agreement_id: int) -> int:
    """Return what was ordered on an agreement in øre without VAT, in orders that stand."""
    query = (
        select(func.coalesce(func.sum(OrderLine.net_ore), 0))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.agreement_id == agreement_id, Order.state.not_in(rules.VOID_STATES))
    )
    return int(session.scalar(query) or 0)


def named() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of this query differently
    """Return the query of orders with enterprise, municipality's name and buyer."""
    return (
        select(Order, Enterprise, Municipality.name, Person)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Municipality, Municipality.id == Order.municipality_id)
        .join(Person, Person.id == Order.buyer_id)
    )


def listed(order: Order, enterprise: Enterprise, municipality: str, buyer: Person) -> Listed:
    """Return an order in a list from a row of `named`."""
    return Listed(order, enterprise.name, municipality, buyer.name)
