"""What must hold after the torture: each promise with the rows that keep or break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ground import CEILING_ORE, STOCK, Place, Post
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.core import proof
from catalogue.core.audit import AuditEvent
from catalogue.enterprises.models import Enterprise
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.exchange.models import SentMail
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.rules import FREE_STATES
from catalogue.ordering.stock_models import StockHold
from catalogue.products import stock

# A letter's last try was never ended or had no answer, or one before it was so.
PERHAPS_SENT = or_(
    MailRecord.outcome.in_((Outcome.SENDING, Outcome.UNSURE)), MailRecord.maybe_twice
)


def faults(place: Place, acknowledged: list[str], post: Post) -> list[str]:
    """List what was lost, doubled, oversold or overrun, each in a sentence."""
    with place.database.reading() as session:
        query = select(Order).options(selectinload(Order.lines)).order_by(Order.sequence)
        orders = list(session.scalars(query))
        return [
            *_of_keys(orders, acknowledged),
            *_of_sums(session, place, orders),
            *_of_events(session, orders),
            *_of_traces(session, orders),
            *_of_mail(session, post),
            *_of_readers(session),
            *_of_audit(place),
        ]


def counts(place: Place, post: Post) -> dict[str, Any]:
    """Return what the tables of the document show."""
    with place.database.reading() as session:
        orders = session.scalar(select(func.count()).select_from(Order)) or 0
        mails = session.scalar(select(func.count()).select_from(SentMail)) or 0
    again = sum(len(each) - 1 for each in post.letters.values())
    return {"orders": orders, "mails": mails, "mails sent again with the same Message-ID": again}


def _of_keys(orders: list[Order], acknowledged: list[str]) -> Iterator[str]:
    made = Counter(each.placing_key for each in orders)
    for key in acknowledged:
        if not made[key]:
            yield f"the order of form {key} was acknowledged and is lost"
    for key, times in made.items():
        if times > 1:
            yield f"form {key} made {times} orders"
    if [each.sequence for each in orders] != list(range(1, len(orders) + 1)):
        yield "the order numbers have gaps"
    for each in orders:
        if len(each.lines) != 1 or each.lines[0].net_ore != each.net_ore:
            yield f"order {each.number} is not whole"


def _of_sums(session: Session, place: Place, orders: list[Order]) -> Iterator[str]:
    standing = [each for each in orders if each.state not in FREE_STATES]
    pieces = sum((line.quantity for each in standing for line in each.lines), Decimal(0))
    held = session.scalar(select(func.sum(StockHold.quantity))) or Decimal(0)
    left = stock.find_left(session, place.product_id) or Decimal(0)
    if left + pieces != STOCK or held != pieces:
        yield f"{left} left and {held} held, but {pieces} of {STOCK} are ordered"
    ordered_ore = sum(each.net_ore for each in standing)
    if ordered_ore > CEILING_ORE:
        yield f"{ordered_ore} øre are ordered under a ceiling of {CEILING_ORE}"


def _of_events(session: Session, orders: list[Order]) -> Iterator[str]:
    told = Counter(session.execute(select(OrderEvent.order_id, OrderEvent.state)).tuples())
    for each in orders:
        for state in {"placed", each.state}:
            if told[each.id, state] != 1:
                yield f"order {each.number} has {told[each.id, state]} events of being {state}"


def _of_traces(session: Session, orders: list[Order]) -> Iterator[str]:
    """Whatever was acknowledged stands in the audit, once: that it was ordered, and rejected."""
    told = traced(session, "order")
    for each in orders:
        for state in {"placed", each.state}:
            if (times := told[each.id, f"order.{state}"]) != 1:
                yield f"the audit tells {times} times that order {each.number} was {state}"


def traced(session: Session, kind: str) -> Counter[tuple[int, str]]:
    """Count the events of the audit about a kind of object, by its id and what was done."""
    rows = select(AuditEvent.object_id, AuditEvent.action).where(AuditEvent.object_type == kind)
    return Counter(session.execute(rows).tuples())


def _of_readers(session: Session) -> Iterator[str]:
    """The enterprise was mailed each order that still waits for it, and the buyer each decision.

    An order that was rejected before its mail was drawn needs none any more.
    """
    owed = {"placed": ("enterprise", "buyer"), "rejected": ("buyer",)}
    told = set(
        session.execute(select(SentMail.order_id, SentMail.state, SentMail.recipient)).tuples()
    )
    query = (
        select(Order.id, Order.number, Order.state, Enterprise.email, Person.email)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Person, Person.id == Order.buyer_id)
    )
    for id_, number, state, enterprise, buyer in session.execute(query):
        addresses = {"enterprise": enterprise, "buyer": buyer}
        for reader in owed.get(state, ()):
            if (id_, str(state), addresses[reader]) not in told:
                yield f"the {reader} was not told that order {number} is {state}"


def _of_audit(place: Place) -> Iterator[str]:
    with place.database.reading() as session:  # its own: it reads as of one moment
        found = proof.prove(session, None)
    if found.fault is not None:
        yield f"the audit does not hold: {found.fault}"


def _of_mail(session: Session, post: Post) -> Iterator[str]:
    """Mail goes out for each state that was not passed over, once or again as the same letter,
    which the log then calls perhaps repeated. Of one that a kill came upon while it was on its way,
    and that nobody needs any more, the log alone knows: as perhaps sent.
    """
    sent = {each.message_id: each for each in session.scalars(select(SentMail))}
    for message_id in sent.keys() - post.letters.keys():
        yield f"mail {message_id} is noted as sent and has not arrived"
    perhaps = set(session.scalars(select(MailRecord.message_id).where(PERHAPS_SENT)))
    for message_id in post.letters.keys() - sent.keys() - perhaps:
        yield f"mail {message_id} has arrived and is not noted"
    log = select(MailRecord.message_id).where(MailRecord.maybe_twice)
    marked = set(session.scalars(log))
    for message_id, letters in post.letters.items():
        if len(letters) > 1 and message_id not in marked:
            yield f"mail {message_id} arrived {len(letters)} times, and the log does not say so"
    rejected = select(Order.id).where(Order.state == "rejected")
    told = set(session.scalars(select(SentMail.order_id).where(SentMail.state == "rejected")))
    for order_id in set(session.scalars(rejected)) - told:
        yield f"nobody was told that order {order_id} is rejected"
