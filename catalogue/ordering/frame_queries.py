"""What the pages about frames show, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from catalogue.accounts.models import Municipality, Person
from catalogue.core.errors import Missing
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import Text
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise

from . import form_advice, frame_rules, frames, queries, quote_choice
from .form_advice import Planned
from .frame_models import CallOffLine, QuoteFrame
from .frame_rules import FrameKind, Left
from .items import Item
from .models import Order, OrderLine
from .quote_models import Quote, QuoteLine, QuoteRecipient, QuoteRequest


@dataclass(frozen=True)
class Listed:
    """A frame in a list, with the names of its two sides."""

    frame: QuoteFrame
    quote: Quote
    request: QuoteRequest
    enterprise_name: str
    municipality_name: str
    buyer_name: str
    enterprise_id: int

    def closed(self, today: date) -> Text | None:
        """Return why nothing may be called off any more, else None."""
        return frame_rules.closed(self.frame.valid_until, self.frame.ended_at, today)


@dataclass(frozen=True)
class FramePage(Listed):
    """A frame with what is left of it, and the orders that were called off, newest first."""

    left: Sequence[Left]
    orders: Sequence[queries.Listed]

    @property
    def by_quantity(self) -> bool:
        """Tell whether each line is bounded by its own quantity."""
        return self.frame.kind == FrameKind.QUANTITY

    @property
    def left_ore(self) -> int:
        """Return what is left of the amount of the quote."""
        return frame_rules.left_ore(self.left, self.quote.net_ore)

    @property
    def is_used_up(self) -> bool:
        """Tell whether nothing more can be called off."""
        return frame_rules.is_used_up(self.frame.kind, self.left, self.quote.net_ore)


def list_frames(session: Session, who: Who) -> list[Listed]:
    """List the frames that `who` may see, the newest first. One query."""
    query = frames_of(who).order_by(QuoteFrame.created_at.desc(), QuoteFrame.quote_id.desc())
    return [Listed(*row) for row in session.execute(query.limit(MOST_ROWS))]


def get_frame(session: Session, who: Who, quote_id: int) -> FramePage:
    """Return a frame that `who` may see, with its orders; raises Missing. Three queries."""
    query = frames_of(who).where(Quote.id == quote_id).options(joinedload(Quote.lines))
    row: Any = session.execute(query).unique().first()
    if row is None:
        raise Missing(frames.NO_FRAME)
    of_frame = (
        select(OrderLine.order_id)
        .join(CallOffLine, CallOffLine.line_id == OrderLine.id)
        .join(QuoteLine, QuoteLine.id == CallOffLine.quote_line_id)
        .where(QuoteLine.quote_id == quote_id)
    )
    orders = queries.named().where(Order.id.in_(of_frame)).order_by(Order.id.desc())
    if who.role == Role.ENTERPRISE:
        orders = orders.where(Order.withheld.is_(False))
    return FramePage(
        **vars(Listed(*row)),
        left=frames.list_left(session, row.Quote),
        orders=[queries.listed(*each) for each in session.execute(orders)],
    )


def plan(
    session: Session, page: FramePage, quantities: Mapping[int, Decimal], today: date
) -> list[Planned]:
    """Return what would be called off, as a form plans it."""
    return form_advice.of_items(list_items(session, page, quantities, today))


def list_items(
    session: Session, page: FramePage, quantities: Mapping[int, Decimal], today: date
) -> list[Item]:
    """Return what would be called off, by position; a line without a quantity stands with 0."""
    wanted = [(line, quantities.get(line.position, Decimal(0))) for line in page.quote.lines]
    return quote_choice.list_items(session, page.request, wanted, page.enterprise_id, today)


def get_category_code(session: Session, quote_id: int) -> str:
    """Return the category of what is called off a frame. One query."""
    query = (
        select(QuoteRequest.category_code)
        .join(QuoteRecipient, QuoteRecipient.request_id == QuoteRequest.id)
        .join(Quote, Quote.recipient_id == QuoteRecipient.id)
    )
    return session.scalars(query.where(Quote.id == quote_id)).one()


def frames_of(who: Who) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of what `Listed` holds of the frames that `who` may see."""
    return (
        select(QuoteFrame, Quote, QuoteRequest, Enterprise.name, Municipality.name, Person.name,
               Enterprise.id)
        .join(Quote, Quote.id == QuoteFrame.quote_id)
        .join(QuoteRecipient, QuoteRecipient.id == Quote.recipient_id)
        .join(QuoteRequest, QuoteRequest.id == QuoteRecipient.request_id)
        .join(Enterprise, Enterprise.id == QuoteRecipient.enterprise_id)
        .join(Municipality, Municipality.id == QuoteRequest.municipality_id)
        .join(Person, Person.id == QuoteRequest.buyer_id)
        .where(_visible_to(who))
    )  # fmt: skip


def _visible_to(who: Who) -> ColumnElement[bool]:
    if who.role == Role.ENTERPRISE:
        return QuoteRecipient.enterprise_id == who.enterprise_id
    return QuoteRequest.visible_to(who)
