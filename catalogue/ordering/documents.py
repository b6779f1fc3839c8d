"""What the papers of an order say; for those who may see the order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import document_rules, queries, rules
from .document_rules import VatShare
from .models import OrderEvent, OrderLine, OrderState
from .queries import OrderPage

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
    """An order with what its papers need beside it."""

    page: OrderPage
    municipality: Municipality

    @property
    def vat(self) -> list[VatShare]:
        """Return the VAT by rate."""
        return document_rules.vat_by_rate(
            (line.net_ore, line.vat_rate) for line in self.page.order.lines
        )

    @property
    def arrivals(self) -> list[Arrival]:
        """List when goods were received and work was accepted, with the lines each is about."""
        return [
            Arrival(event, [line for line in self.page.order.lines if line.kind == kind])
            for event in self.page.order.turns
            if (kind := RECEIVED_KINDS.get(event.state))
        ]

    @property
    def agreement_numbers(self) -> list[str]:
        """List the agreements that the order is placed on, each once."""
        return list(dict.fromkeys(line.agreement_number for line in self.page.order.lines))


def get(session: Session, who: Who, number: str) -> Paper:
    """Return the order `number` as paper shows it; raises Missing when `who` may not see it."""
    page = queries.get_order(session, who, number)
    return Paper(page, session.get_one(Municipality, page.order.municipality_id))


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
