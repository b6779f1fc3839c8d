"""What stands behind the numbers of the overview: which rows count, and the lists of them.

The overview counts and the lists show by the same conditions, so that every number is the length
or the sum of the list it opens. Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.queries import OrderableColumns
from catalogue.agreements.rules import prefix
from catalogue.core.listing import has, has_together
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.ordering.rules import VOID_STATES
from catalogue.products.models import Product
from catalogue.products.queries import delivered_where, leading_where


@dataclass(frozen=True)
class Part:
    """A category with all below it, or `alone`; without a code all there is."""

    code: str | None = None
    alone: bool = False

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Return the condition of a column of codes."""
        if self.code is None:
            return true()
        if self.alone:
            return and_(column == self.code)
        return and_(column.startswith(prefix(self.code)))


@dataclass(frozen=True)
class Span:
    """The days whose orders count, the last included; without a first one, from the beginning."""

    first: date | None
    last: date


@dataclass(frozen=True)
class Lines:
    """Which lines of orders are asked for, with words of order, product or parties, in an order."""

    part: Part
    span: Span
    words: str = ""
    order: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Offers:
    """Which published products are asked for, and which of them may be ordered."""

    part: Part
    orderable: ColumnElement[bool]
    where: ColumnElement[bool] = field(default_factory=true)
    order: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Sum:
    """How many orders there are, their lines in the category, and the amount of those in øre."""

    orders: int
    lines: int
    net_ore: int


@dataclass(frozen=True)
class OrderedLine:
    """A line of an order that counts, with the order it stands in."""

    number: str
    placed_at: datetime
    state: OrderState
    institution: str
    enterprise_name: str
    title: str
    category_code: str
    net_ore: int


@dataclass(frozen=True)
class Offered:
    """A published product, and whether it may be ordered on the day asked for."""

    id: int
    title: str
    enterprise_name: str
    category_code: str
    price_ore: int | None
    price_base_quantity: int
    unit: str
    orderable: bool


@dataclass(frozen=True)
class Deliverer:
    """An enterprise that could deliver here, with how many of its products could be delivered."""

    id: int
    name: str
    city: str
    products: int


def ordered_where(municipality_id: int, span: Span) -> ColumnElement[bool]:
    """Return the condition of the orders that count: placed in the span and not void."""
    after = true() if span.first is None else Order.placed_at >= begin_of(span.first)
    return and_(
        Order.municipality_id == municipality_id,
        Order.state.not_in(VOID_STATES),
        after,
        Order.placed_at < begin_of(span.last + timedelta(days=1)),
    )


def deliverable_where(municipality_id: int, today: date) -> ColumnElement[bool]:
    """Return the condition of products that could come here: published by an enterprise that is
    verified here, and delivered here. Product and Enterprise must be joined.
    """
    return and_(
        leading_where(),
        Product.category_code.is_not(None),
        delivered_where(municipality_id),
        enterprises.verified_where(municipality_id, today),
    )


def sum_orders(session: Session, municipality_id: int, asked: Lines) -> Sum:
    """Count orders and lines of a category, and sum up the lines. One query."""
    where = ordered_where(municipality_id, asked.span)
    orders: Any = func.count(Order.id.distinct())
    if asked.part.code is None and not asked.words:  # to tell a million lines apart takes as long
        orders = select(func.count()).select_from(Order).where(where).scalar_subquery()
    found = session.execute(
        select(orders, func.count(), func.sum(OrderLine.net_ore))
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(where, _holds(asked))
    )
    count, lines, net_ore = found.one()
    return Sum(count, lines, int(net_ore or 0))


def list_orders(
    session: Session, municipality_id: int, asked: Lines, slice_: slice
) -> list[OrderedLine]:
    """List a slice of the lines of orders, in order, the newest first. One query."""
    rows = session.execute(
        select(Order.number, Order.placed_at, Order.state, Order.institution, Enterprise.name,
               OrderLine.title, OrderLine.category_code, OrderLine.net_ore)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .where(ordered_where(municipality_id, asked.span), _holds(asked))
        .order_by(*asked.order, Order.placed_at.desc(), Order.id.desc(), OrderLine.position)
        .offset(slice_.start).limit(slice_.stop - slice_.start)
    )  # fmt: skip
    return [OrderedLine(*row) for row in rows]


def count_products(session: Session, part: Part, where: ColumnElement[bool]) -> int:
    """Count the published products of a category for which a condition holds. One query."""
    query = select(func.count()).join_from(Product, Enterprise)
    return session.scalar(query.where(_published(part), where)) or 0


def list_products(session: Session, asked: Offers, slice_: slice) -> list[Offered]:
    """List a slice of the published products, in order, by title. One query."""
    rows: Sequence[Any] = session.execute(
        select(Product.id, Product.title, Enterprise.name, Product.category_code,
               Product.price_ore, Product.price_base_quantity, Product.unit,
               asked.orderable.label("orderable"))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(_published(asked.part), asked.where)
        .order_by(*asked.order, Product.title, Product.id)
        .offset(slice_.start).limit(slice_.stop - slice_.start)
    ).all()  # fmt: skip
    return [Offered(*row) for row in rows]


def orderable_where(municipality_id: int, day: date) -> ColumnElement[bool]:
    """Return the condition of published products that may be ordered on `day`."""
    columns = OrderableColumns(
        Product.price_ore.is_not(None), Product.enterprise_id, Product.category_code
    )
    return agreements.orderable_where(columns, municipality_id, day)


def list_deliverers(
    session: Session, municipality_id: int, part: Part, today: date
) -> list[Deliverer]:
    """List the enterprises that could deliver something of a category here, by name. One query."""
    rows = session.execute(
        select(Enterprise.id, Enterprise.name, Enterprise.city, func.count())
        .join(Product, Product.enterprise_id == Enterprise.id)
        .where(deliverable_where(municipality_id, today), part.holds(Product.category_code))
        .group_by(Enterprise.id, Enterprise.name, Enterprise.city, Enterprise.name_folded)
        .order_by(Enterprise.name_folded, Enterprise.id)
    )
    return [Deliverer(*row) for row in rows]


def _holds(asked: Lines) -> ColumnElement[bool]:
    part = asked.part.holds(OrderLine.category_code)
    if not asked.words:
        return part
    shops = select(Enterprise.id).where(has(asked.words, Enterprise.name))
    own = has_together(asked.words, Order.number, Order.institution, OrderLine.title)
    return and_(part, or_(Order.enterprise_id.in_(shops), own))


def _published(part: Part) -> ColumnElement[bool]:
    return and_(
        leading_where(),
        Product.category_code.is_not(None),
        part.holds(Product.category_code),
    )
