"""Messages on an order: write one, read them, and tell which are new.

The buyer and the staff of her municipality are one side, all of the enterprise the other. Who may
see the order may read its messages and their files, nobody else. The mail to the other side is
written by `exchange`, some minutes later, so that several messages come in one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.receiving import Received
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .message_models import MessageFile, MessageRead, OrderMessage, Writer
from .models import Order
from .rules import RESERVING_STATES

MAIL = "message.mail"
MOST_FILES = 5  # with one message
MOST_MESSAGES = 500  # on one order: no conversation is longer, and a page shows them all
WRITERS = {
    Role.BUYER: Writer.MUNICIPALITY,
    Role.STAFF: Writer.MUNICIPALITY,
    Role.ENTERPRISE: Writer.ENTERPRISE,
}


class CannotBeWritten(Conflict):
    """The other side cannot read a message on this order yet, or there are too many."""

    title = _("The message cannot be sent")


@dataclass(frozen=True)
class Written:
    """A message as it came in, its files checked and stored."""

    text: str
    files: Sequence[Received] = ()


@dataclass(frozen=True)
class Talk:
    """The messages of an order, the oldest first, and how many of them are new to the reader."""

    messages: Sequence[OrderMessage] = ()
    read_until: int = 0
    writer: Writer | None = None  # whom the reader writes for; None: she may only read

    @property
    def new(self) -> list[OrderMessage]:
        """List what the other side wrote since she read last."""
        return [
            each
            for each in self.messages
            if each.writer != self.writer and each.id > self.read_until
        ]


def send(
    session: Session, who: Who, number: str, written: Written, *, now: datetime, mail_at: datetime
) -> OrderMessage:
    """Write a message to the other side of an order; what `who` has seen until now is read.

    `mail_at` is when the other side gets a mail of all that is new to it by then. Raises Missing
    for an order that is not hers, CannotBeWritten while it awaits approval, Invalid for a message
    of nothing.
    """
    order, writer = _own(session, who, number)
    _refuse_unless_possible(session, order, written)
    made = OrderMessage(
        order_id=order.id,
        writer=writer,
        person_id=who.person_id,
        person_name=who.name,
        text=written.text,
        at=now,
        files=[MessageFile(**vars(each)) for each in written.files],
    )
    session.add(made)
    session.flush()
    # Work for each message, not only for the first: while one mail is under way another may come.
    payload = {"order_id": order.id, "writer": str(writer)}
    jobs.put(session, MAIL, payload, now=now, due_at=mail_at)
    _trace(session, who, order, made)
    return made


def find_talk(session: Session, who: Who, order: Order) -> Talk:
    """Return the messages of an order that `who` was shown. Two queries, one when there are none.

    The caller has fetched the order by `Order.visible_to`.
    """
    query = (
        select(OrderMessage, MessageRead.last_id)
        .outerjoin(
            MessageRead,
            and_(
                MessageRead.order_id == OrderMessage.order_id,
                MessageRead.person_id == who.person_id,
            ),
        )
        .where(OrderMessage.order_id == order.id)
        .order_by(OrderMessage.id)
        .options(selectinload(OrderMessage.files))
    )
    rows = session.execute(query).all()
    writer = None if order.withheld or who.role is None else WRITERS.get(who.role)
    return Talk([row[0] for row in rows], (rows[0][1] or 0) if rows else 0, writer)


def note_read(session: Session, who: Who, talk: Talk) -> None:
    """Write that `who` has read what she was shown; nothing when none of it was new."""
    if not talk.new or who.person_id is None:
        return
    order_id, last = talk.messages[-1].order_id, talk.messages[-1].id
    found = session.get(MessageRead, (order_id, who.person_id))
    if found is not None:
        found.last_id = max(found.last_id, last)
        return
    try:
        with session.begin_nested():
            session.add(MessageRead(order_id=order_id, person_id=who.person_id, last_id=last))
    except IntegrityError:
        pass  # she opened the order in two windows at once


def list_new(session: Session, who: Who, order_ids: Collection[int]) -> set[int]:
    """Return those of the orders with a message that is new to `who`. One query."""
    writer = WRITERS.get(who.role) if who.role else None
    if writer is None:
        return set()
    query = select(OrderMessage.order_id).where(
        OrderMessage.order_id.in_(order_ids), OrderMessage.writer != writer, _unread(who.person_id)
    )
    return set(session.scalars(query.distinct()))


def get_file(session: Session, who: Who, file_id: int) -> MessageFile:
    """Return a file `who` may read; raises Missing for all others, so that no one learns of it."""
    found = session.scalars(
        select(MessageFile)
        .join(OrderMessage, OrderMessage.id == MessageFile.message_id)
        .join(Order, Order.id == OrderMessage.order_id)
        .where(MessageFile.id == file_id, Order.visible_to(who))
    ).first()
    if found is None or who.role not in WRITERS:
        raise Missing(_("There is no such file."))
    return found


def list_unmailed(session: Session, order_id: int, writer: str) -> list[OrderMessage]:
    """List what one side wrote that no mail has told of, the oldest first."""
    query = (
        select(OrderMessage)
        .where(OrderMessage.order_id == order_id, OrderMessage.writer == writer)
        .where(OrderMessage.mailed_at.is_(None))
        .order_by(OrderMessage.id)
        .options(selectinload(OrderMessage.files))
    )
    return list(session.scalars(query))


def list_readers(session: Session, order_id: int) -> dict[int, int]:
    """Return up to which message each person has read an order."""
    query = select(MessageRead.person_id, MessageRead.last_id)
    rows = session.execute(query.where(MessageRead.order_id == order_id))
    return {person_id: last_id for person_id, last_id in rows}


def mail_time(now: datetime, minutes: int) -> datetime:
    """Return when the other side gets a mail of what is written now."""
    return now + timedelta(minutes=minutes)


def _own(session: Session, who: Who, number: str) -> tuple[Order, Writer]:
    query = select(Order).where(Order.visible_to(who), Order.number == number)
    order = session.scalars(query).first()
    writer = WRITERS.get(who.role) if who.role else None
    if order is None or writer is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    return order, writer


def _refuse_unless_possible(session: Session, order: Order, written: Written) -> None:
    if not written.text and not written.files:
        raise Invalid({"message": [_("Write a message, or choose a file")]})
    if order.withheld and order.state in RESERVING_STATES:
        raise CannotBeWritten(
            _("The enterprise sees the order when it is approved. Write to it then.")
        )
    if order.withheld:
        raise CannotBeWritten(
            _("The enterprise never got this order, so you cannot write to it here.")
        )
    known = select(func.count()).where(OrderMessage.order_id == order.id)
    if (session.scalar(known) or 0) >= MOST_MESSAGES:
        raise CannotBeWritten(_("There are too many messages on this order. Please telephone."))


def _trace(session: Session, who: Who, order: Order, made: OrderMessage) -> None:
    """Leave an event that tells that something was written, and never what."""
    facts = audit.changes({}, {"message": made.id, "message_files": len(made.files)})
    audit.record(
        session,
        "order.message_sent",
        ("order", order.id),
        person_id=who.person_id,
        now=made.at,
        facts=facts | {"number": order.number, "enterprise_id": order.enterprise_id},
        municipality_id=order.municipality_id,
    )


def _unread(person_id: int | None) -> ColumnElement[bool]:
    read = exists().where(
        MessageRead.order_id == OrderMessage.order_id,
        MessageRead.person_id == person_id,
        MessageRead.last_id >= OrderMessage.id,
    )
    return ~read
