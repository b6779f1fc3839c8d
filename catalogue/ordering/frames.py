"""Frames: a chosen quote that a buyer calls off in parts, each an order by the code of all orders.

What is left is never kept: it is what was offered less the lines that were called off in orders
that stand. The frame's row is locked while one reads it and calls off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import frame_rules, quote_choice, service
from . import items as judging
from .frame_models import CallOffLine, QuoteFrame
from .frame_rules import Left, Terms
from .models import Order, OrderLine
from .quote_choice import Chosen, Told
from .quote_models import LetterEvent, Quote, QuoteRecipient, QuoteRequest
from .quote_trace import iso, record
from .rules import FREE_STATES, Delivery
from .service import Placing

NO_FRAME = _("There is no such frame.")


class NothingLeft(Conflict):
    """The frame is used up for what is wanted, has run out, or was ended; nothing was ordered."""

    title = _("Nothing can be called off")


@dataclass(frozen=True)
class Frame:
    """A frame with the quote it stands on."""

    row: QuoteFrame
    quote: Quote
    recipient: QuoteRecipient
    request: QuoteRequest


def choose_as_frame(
    session: Session,
    who: Who,
    request_id: int,
    chosen: Chosen,
    terms: Terms,
    now: datetime,
) -> QuoteFrame:
    """Choose a quote to call parts of it off until a day; nothing is ordered yet.

    Sent twice it is one frame. Raises OutOfTime and CannotBePlaced as `quote_choice.choose` does,
    and Invalid for a last day that is none.
    """
    what = quote_choice.lock_choice(session, who, request_id, chosen.quote_id)
    request, quote, recipient = what
    if quote.chosen and (there := session.get(QuoteFrame, quote.id)) is not None:
        return there
    today = today_in_copenhagen(now)
    quote_choice.refuse_unless_timely(session, request, quote, chosen, today)
    if problem := frame_rules.validity_problem(terms.valid_until, today):
        raise Invalid({"frame_until": [problem]})
    judging.lock_agreements(session, who, [recipient.enterprise_id])
    whole = [(line, line.quantity) for line in quote.lines]
    items = quote_choice.list_items(session, request, whole, recipient.enterprise_id, today)
    quote_choice.refuse_unless_orderable(session, items, today)
    made = QuoteFrame(
        quote_id=quote.id, kind=terms.kind, valid_until=terms.valid_until, created_at=now
    )
    session.add(made)
    session.flush()
    facts = {
        "net_ore": quote.net_ore, "frame": terms.kind, "valid_until": iso(terms.valid_until),
    }  # fmt: skip
    told = Told(LetterEvent.FRAMED, now, facts)
    quote_choice.conclude(session, who, what, chosen.reason, told)
    return made


def call_off(
    session: Session, placing: Placing, quote_id: int, quantities: Mapping[int, Decimal]
) -> Order:
    """Order a part of a frame, by position of its lines; the same form sent twice is one order.

    Raises Missing for a frame that is not hers, NothingLeft when it has run out or was ended,
    Invalid by field when less is left, and CannotBePlaced as any order does.
    """
    who, today = placing.who, today_in_copenhagen(placing.now)
    frame = lock_own(session, who, quote_id)
    if placed := service.list_placed(session, who, placing.key):
        return placed[0]
    refuse_unless_open(frame, today)
    left, net_ore = list_left(session, frame.quote), frame.quote.net_ore
    if problems := frame_rules.problems(frame.row.kind, left, net_ore, quantities):
        raise Invalid(problems)
    wanted = [
        (line, quantities[line.position])
        for line in frame.quote.lines
        if line.position in quantities
    ]
    party = frame.recipient.enterprise_id
    judging.lock_agreements(session, who, [party])
    items = quote_choice.list_items(session, frame.request, wanted, party, today)
    taken = quote_choice.refuse_unless_orderable(session, items, today)
    told = replace(placing, delivery=_tell(placing.delivery, frame.request.title))
    (order,) = service.place_items(session, told, items, taken)
    session.add_all(
        CallOffLine(line_id=made.id, quote_line_id=line.id)
        for made, (line, _many) in zip(order.lines, wanted, strict=True)
    )
    session.flush()
    facts = {"net_ore": order.net_ore, "number": order.number}
    record(session, who, "called_off", frame.request, audit.changes({}, facts), placing.now)
    return order


def end(session: Session, who: Who, quote_id: int, now: datetime) -> None:
    """Call nothing off any more; what was ordered stays ordered. Raises Missing."""
    frame = lock_own(session, who, quote_id)
    if frame.row.ended_at is not None:
        return
    frame.row.ended_at = now
    facts = audit.changes({"open": True}, {"open": False})
    record(session, who, "frame_ended", frame.request, facts, now)


def refuse_unless_open(frame: Frame, today: date) -> None:
    """Raise NothingLeft when the frame has run out or was ended."""
    if problem := frame_rules.closed(frame.row.valid_until, frame.row.ended_at, today):
        raise NothingLeft(problem)


def lock_own(session: Session, who: Who, quote_id: int) -> Frame:
    """Return the buyer's frame with its lines, locked; raises Missing."""
    if who.role != Role.BUYER:
        raise Missing(NO_FRAME)
    query = select(QuoteFrame).where(QuoteFrame.quote_id == quote_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    found = session.execute(
        select(Quote, QuoteRecipient, QuoteRequest)
        .join(QuoteRecipient, QuoteRecipient.id == Quote.recipient_id)
        .join(QuoteRequest, QuoteRequest.id == QuoteRecipient.request_id)
        .where(Quote.id == quote_id, QuoteRequest.visible_to(who))
        .options(selectinload(Quote.lines))
    ).first()
    if row is None or found is None:
        raise Missing(NO_FRAME)
    return Frame(row, *found)


def list_left(session: Session, quote: Quote) -> list[Left]:
    """Return the lines of a frame, loaded with its quote, with what orders have called off."""
    rows = session.execute(
        select(
            CallOffLine.quote_line_id,
            func.sum(OrderLine.quantity),
            func.sum(OrderLine.net_ore),
        )
        .join(OrderLine, OrderLine.id == CallOffLine.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(CallOffLine.quote_line_id.in_([line.id for line in quote.lines]))
        .where(Order.state.not_in(FREE_STATES))
        .group_by(CallOffLine.quote_line_id)
    )
    used = {line_id: (Decimal(many), int(ore)) for line_id, many, ore in rows}
    return [
        Left(
            line.position, line.title, line.quantity, line.price_ore,
            *used.get(line.id, (Decimal(0), 0)),
        )
        for line in quote.lines
    ]  # fmt: skip


def _tell(delivery: Delivery, title: str) -> Delivery:
    """Return the delivery with the frame named at the head of its note, in Danish."""
    with reading_in(DEFAULT_LOCALE):
        said = gettext("Called off the frame: %(title)s", title=title)
    return delivery.noting(said)
