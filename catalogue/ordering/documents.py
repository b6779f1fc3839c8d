"""What the papers of an order say; for those who may see the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import billing, queries, rules, sides
from .billing import Bill, Weights
from .models import OrderEvent, OrderLine, OrderState
from .queries import OrderPage
from .side_models import OrderSides

# What is received by the step to a state. Closing repeats none of it.
RECEIVED_KINDS = {OrderState.RECEIVED: "goods", OrderState.ACCEPTED: "service"}


class NothingReceived(Conflict):
    """Nothing of the order has been received or accepted yet, so there is no receipt of it."""

    title = _("Nothing is received yet")


class NothingToSend(Conflict):
    """The order is not to be delivered, so no packing list or label is printed."""

    title = _("Nothing is to be sent")


@dataclass(frozen=True)
class Arrival:
    """That the goods of an order, or its work, were received: when, by whom, and the lines."""

    event: OrderEvent
    lines: list[OrderLine]


@dataclass(frozen=True)
class Paper:
    """An order with what its papers need beside it.

    `page` and `sides` name both sides as they were when it was placed, so that a paper says the
    same whoever has moved since; `municipality` and `page.enterprise` are as they are now.
    """

    page: OrderPage
    municipality: Municipality
    sides: OrderSides

    @property
    def weights(self) -> Weights:
        """Return on which codings lines are booked that have their own."""
        return {each.line.position: each.parts for each in self.page.coded if each.parts}

    @cached_property
    def bill(self) -> Bill:
        """Return what is to be invoiced."""
        return billing.of(self.page.order, self.weights)

    @property
    def arrivals(self) -> list[Arrival]:
        """List when goods were received and work was accepted, with the lines each is about."""
        return [
            Arrival(event, [line for line in self.page.order.lines if line.kind == kind])
            for event in self.page.order.turns
            if (kind := RECEIVED_KINDS.get(event.state))
        ]


def get(session: Session, who: Who, number: str) -> Paper:
    """Return the order `number` as paper shows it; raises Missing when `who` may not see it."""
    page = queries.get_order(session, who, number)
    municipality, then = sides.get(session, page)
    names = {
        name: getattr(then, name)
        for name in ("enterprise_name", "municipality_name", "buyer_name", "buyer_email")
    }
    return Paper(replace(page, **names), municipality, then)


def get_received(session: Session, who: Who, number: str) -> Paper:
    """Return an order of which something was received; raises Missing, or NothingReceived."""
    found = get(session, who, number)
    if not found.arrivals:
        raise NothingReceived(_("Nothing of order %(number)s is received yet.", number=number))
    return found


def get_to_send(session: Session, who: Who, number: str) -> Paper:
    """Return an order that is to be delivered; raises Missing, or NothingToSend."""
    found = get(session, who, number)
    if found.page.is_void:
        name = rules.STATE_NAMES[found.page.order.state]
        raise NothingToSend(
            _("Order %(number)s is not to be delivered: %(state)s.", number=number, state=name)
        )
    return found
