"""Which mail an order calls for, and its words: derived from the order's state at sending."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality, Person
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order

from .models import SentMail


class Reader(StrEnum):
    """Who a letter is for."""

    BUYER = "buyer"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True)
class Wording:
    """The subject and the first sentence of a letter; both may name order and sides."""

    subject: Text
    opening: Text


WORDINGS: dict[tuple[str, Reader], Wording] = {
    ("placed", Reader.ENTERPRISE): Wording(
        _("New order %(number)s from %(municipality)s"),
        _("%(municipality)s has placed an order with you. Please confirm or reject it."),
    ),
    ("placed", Reader.BUYER): Wording(
        _("Receipt for order %(number)s"),
        _("Your order is placed with %(enterprise)s. You hear from us when it has answered."),
    ),
    ("confirmed", Reader.BUYER): Wording(
        _("Order %(number)s is confirmed"),
        _("%(enterprise)s has confirmed your order."),
    ),
    ("rejected", Reader.BUYER): Wording(
        _("Order %(number)s is rejected"),
        _("%(enterprise)s cannot deliver your order."),
    ),
    ("dispatched", Reader.BUYER): Wording(
        _("Order %(number)s is dispatched"),
        _("%(enterprise)s has dispatched your order. Please confirm when it has come."),
    ),
    ("received", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is received"),
        _("%(municipality)s has confirmed that the order has come."),
    ),
    ("cancelled", Reader.ENTERPRISE): Wording(
        _("Order %(number)s is cancelled"),
        _("%(municipality)s has cancelled the order. You need do no more."),
    ),
}


@dataclass(frozen=True)
class Letter:
    """One mail to one address about an order, with all that its template shows."""

    order: Order
    reader: Reader
    recipient: str
    locale: str
    names: dict[str, str]

    @property
    def wording(self) -> Wording:
        """Return the words for this reader and state."""
        return WORDINGS[self.order.state, self.reader]

    @property
    def reason(self) -> str | None:
        """Return why the order came into its state, when a reason was given."""
        return self.order.events[-1].reason if self.order.events else None


def write(session: Session, order_id: int, state: str) -> list[Letter]:
    """List the letters that are owed for an order that came into `state` and not sent yet.

    None when the order has moved on since: the work of its newer state speaks for it.
    """
    query = (
        select(Order, Enterprise, Municipality.name, Person)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Municipality, Municipality.id == Order.municipality_id)
        .join(Person, Person.id == Order.buyer_id)
        .where(Order.id == order_id, Order.state == state)
        .options(selectinload(Order.lines), selectinload(Order.events))
    )
    found = session.execute(query).first()
    if found is None:
        return []
    order, enterprise, municipality_name, buyer = found
    names = {
        "number": order.number,
        "enterprise": enterprise.name,
        "municipality": municipality_name,
    }
    all_ = (
        Letter(order, Reader.ENTERPRISE, enterprise.email, "da", names),
        Letter(order, Reader.BUYER, buyer.email, buyer.locale, names),
    )
    sent = _sent(session, order)
    return [
        letter
        for letter in all_
        if (order.state, letter.reader) in WORDINGS and letter.recipient not in sent
    ]


def is_sent(session: Session, letter: Letter) -> bool:
    """Tell whether the letter went out already."""
    return letter.recipient in _sent(session, letter.order)


def _sent(session: Session, order: Order) -> set[str]:
    own = (SentMail.order_id == order.id, SentMail.state == order.state)
    return set(session.scalars(select(SentMail.recipient).where(*own)))
