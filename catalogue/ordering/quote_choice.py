"""Choosing a quote: one step that says why and places the order, by the code of all orders.

The lines of the quote become items as a basket has them, so that orderability, ceiling, numbers,
events and mail are those of any order; only the price is the quoted one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.rules import Judgement, judge
from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Role, Who

from . import items as judging
from . import quote_rules as rules
from . import service, wares
from .items import Item
from .models import Order
from .quote_models import LetterEvent, Quote, QuoteLine, QuoteRecipient, QuoteRequest
from .quote_rules import Phase
from .quote_trace import OutOfTime, list_recipients, lock_own, owe, record, standing
from .service import CannotBePlaced, Placing
from .takes import Take
from .wares import Ware


@dataclass(frozen=True)
class Chosen:
    """The quote that a buyer has read and wants, and why this one."""

    quote_id: int
    revision: int
    reason: str


@dataclass(frozen=True)
class Told:
    """What is told of a choice: the letter of the one chosen, when, and the facts for the audit."""

    letter: LetterEvent
    now: datetime
    facts: Mapping[str, Any]


def choose(session: Session, placing: Placing, request_id: int, chosen: Chosen) -> Order:
    """Choose a quote and order it; sent twice, it returns the order it made the first time.

    The parts of a line are known by its position. Raises OutOfTime when it is too early or too
    late, or the quote has changed or run out, CannotBePlaced when the lines may not be ordered
    today or would exceed the agreement's ceiling, and Invalid as `service.place_coded` does.
    """
    who, now = placing.who, placing.now
    request, quote, recipient = lock_choice(session, who, request_id, chosen.quote_id)
    if quote.chosen and request.order_id is not None:
        return session.get_one(Order, request.order_id)
    today = today_in_copenhagen(now)
    refuse_unless_timely(session, request, quote, chosen, today)
    judging.lock_agreements(session, who, [recipient.enterprise_id])
    whole = [(line, line.quantity) for line in quote.lines]
    items = list_items(session, request, whole, recipient.enterprise_id, today)
    taken = refuse_unless_orderable(session, items, today)
    placing = replace(placing, key=f"quote-{quote.id}")
    (order,) = service.place_items(session, placing, items, taken)
    request.order_id = order.id
    told = Told(LetterEvent.CHOSEN, now, {"net_ore": quote.net_ore, "number": order.number})
    conclude(session, who, (request, quote, recipient), chosen.reason, told)
    return order


def lock_choice(
    session: Session, who: Who, request_id: int, quote_id: int
) -> tuple[QuoteRequest, Quote, QuoteRecipient]:
    """Return the buyer's request, locked, with one of its quotes; raises Missing."""
    if who.role != Role.BUYER:
        raise Missing(_("There is no such request for quotes."))
    request = lock_own(session, who, request_id)
    return request, *_get_quote(session, request, quote_id)


def conclude(
    session: Session,
    who: Who,
    what: tuple[QuoteRequest, Quote, QuoteRecipient],
    reason: str,
    told: Told,
) -> None:
    """Write that a quote is chosen and why; tell the one who sent it, and the others."""
    request, quote, recipient = what
    request.chosen_at, request.choice_reason, quote.chosen = told.now, reason, True
    for each in list_recipients(session, request):
        won = each.id == recipient.id
        owe(session, each, told.letter if won else LetterEvent.NOT_CHOSEN, told.now)
    after = {"enterprise_id": recipient.enterprise_id} | dict(told.facts)
    record(session, who, "chosen", request, audit.changes({}, after), told.now)


def _get_quote(
    session: Session, request: QuoteRequest, quote_id: int
) -> tuple[Quote, QuoteRecipient]:
    row = session.execute(
        select(Quote, QuoteRecipient)
        .join(QuoteRecipient, QuoteRecipient.id == Quote.recipient_id)
        .where(Quote.id == quote_id, QuoteRecipient.request_id == request.id)
        .options(selectinload(Quote.lines))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise Missing(_("There is no such quote."))
    return row.Quote, row.QuoteRecipient


def refuse_unless_timely(
    session: Session, request: QuoteRequest, quote: Quote, chosen: Chosen, today: date
) -> None:
    """Raise OutOfTime when the quote cannot be chosen today."""
    phase = rules.phase_on(today, standing(session, request))
    if phase == Phase.OPEN:
        raise OutOfTime(
            _("You can choose when all have answered or the deadline is over, not before.")
        )
    if phase != Phase.DECIDE:
        raise OutOfTime(_("The request is now: %(phase)s.", phase=rules.PHASE_NAMES[phase]))
    if quote.revision != chosen.revision:
        raise OutOfTime(_("The enterprise has changed its quote. Read it again, then choose."))
    if quote.valid_until < today:
        raise OutOfTime(
            _("The quote has run out. Give a later deadline, so that it can be sent anew.")
        )


def refuse_unless_orderable(session: Session, items: Sequence[Item], today: date) -> list[Take]:
    """Return what lines of a quote take of ceilings; raises CannotBePlaced when they may not be
    ordered today, or pass one.
    """
    refuse_unless_allowed(items)
    return service.take(session, items, today)


def refuse_unless_allowed(items: Sequence[Item]) -> None:
    """Raise CannotBePlaced when lines of a quote may not be ordered, whatever their amount."""
    if items[0].refusal:
        raise CannotBePlaced(refusals.in_one_text(items[0].judgement))


def list_items(
    session: Session,
    request: QuoteRequest,
    wanted: Sequence[tuple[QuoteLine, Decimal]],
    enterprise_id: int,
    today: date,
) -> list[Item]:
    """Return lines of a quote with how many are wanted as a basket has them, judged today."""
    applies = agreements.in_force(session, request.municipality_id, today)
    judgement = judge(
        applies, published=True, enterprise_id=enterprise_id, category_code=request.category_code
    )
    return [_item(line, many, request, enterprise_id, judgement) for line, many in wanted]


def _item(
    line: QuoteLine,
    quantity: Decimal,
    request: QuoteRequest,
    enterprise_id: int,
    judgement: Judgement,
) -> Item:
    return wares.item_of(
        Ware(
            item_number=f"T-{line.quote_id}-{line.position}",
            title=line.title,
            kind=request.kind,
            category_code=request.category_code,
            unit=line.unit,
            quantity=quantity,
            price_ore=line.price_ore,
            vat_rate=line.vat_rate,
        ),
        enterprise_id,
        judgement,
    )
