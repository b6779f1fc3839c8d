"""Letters about one order that go out once to each reader, known by a mark of their own.

The mark is kept where letters of an order's states keep theirs: `handed:2`, `late:1.3`. What they
say, and to whom they are owed, is each letter's own.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.ordering.models import Order

from .mail_kinds import Kind
from .models import SentMail
from .outgoing import Carry, Once
from .posting import Cause, Mail


class Marked(Protocol):
    """A letter that is owed: of which order, to whom, and what it is known by."""

    @property
    def order(self) -> Order:
        """Return the order that it is about."""

    @property
    def reader(self) -> Person:
        """Return who gets it."""

    @property
    def mark(self) -> str:
        """Return what it is known by."""


def send_marked(carry: Carry, owed: Marked, mail: Mail) -> None:
    """Send a letter unless it went out, and write that it did."""
    order_id, mark, recipient = owed.order.id, owed.mark, owed.reader.email

    def is_sent(session: Session) -> bool:
        return recipient in list_told(session, order_id, mark)

    def note(session: Session) -> None:
        session.add(sent(order_id, mark, mail))

    carry(mail, Once(is_sent, note))


def list_told(session: Session, order_id: int, mark: str) -> set[str]:
    """Return the addresses that the letter of a mark went to. One query."""
    own = (SentMail.order_id == order_id, SentMail.state == mark)
    return set(session.scalars(select(SentMail.recipient).where(*own)))


def sent(order_id: int, mark: str, mail: Mail) -> SentMail:
    """Return the row that tells that a letter went out."""
    message = mail.message
    return SentMail(
        order_id=order_id, state=mark, recipient=mail.draft.recipient,
        subject=str(message["Subject"]), message_id=str(message["Message-ID"]),
        sent_at=message["Date"].datetime,
    )  # fmt: skip


def cause_of(order: Order, kind: Kind, mark: str, **facts: Any) -> Cause:
    """Return why a letter about an order goes out; `facts` as `Cause` takes them."""
    key = f"{order.number}.{mark.replace(':', '-')}"
    return Cause(
        kind, key, about=order.number, municipality_id=order.municipality_id, **facts
    )  # fmt: skip
