"""Reads orders for the threshold watch; a fixed number of queries, and writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements import queries as agreements
from catalogue.agreements.limit_rules import Bounds
from catalogue.core.text import COPENHAGEN
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import VOID_STATES

from . import watch
from .watch import Ordered, Watched


@dataclass(frozen=True)
class Span:
    """The days whose orders count, the first and the last included."""

    first: date
    last: date


@dataclass(frozen=True)
class WatchPage:
    """All that the watch shows: its lines, the limits of the day, the names of the groups."""

    span: Span
    lines: list[Watched]
    bounds: Bounds
    labels: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """Whose orders the watch looks at, as of which day, and how it judges them."""

    municipality_id: int
    day: date
    years: int
    near_percent: int

    @property
    def span(self) -> Span:
        """Return the rolling years that end with the day."""
        return Span(*watch.period(self.day, self.years))


@dataclass(frozen=True)
class LineOfOrder:
    """A line of an order that counts, with the order it stands in."""

    number: str
    placed_at: datetime
    institution: str
    title: str
    category_code: str
    net_ore: int


def page(session: Session, asked: Asked, locale: str) -> WatchPage:
    """Return the watch of a municipality on a day. Three queries: orders, limits, names."""
    bounds = limits.in_force(session, asked.municipality_id, asked.day)
    rows = list_ordered(session, asked.municipality_id, asked.span)
    lines = watch.watch(rows, bounds, limits.reservable_codes(), asked.near_percent)
    groups = {line.group.ljust(8, "0") for line in lines}
    labels = agreements.category_labels(session, groups, locale)
    return WatchPage(asked.span, lines, bounds, labels)


def list_ordered(session: Session, municipality_id: int, span: Span) -> list[Ordered]:
    """List what the municipality ordered in the span, by enterprise and category. One query.

    Names come to the sums: brought to each line and grouped by, they took half of the time.
    """
    summed = (
        select(Order.enterprise_id, OrderLine.category_code,
               func.sum(OrderLine.net_ore).label("net_ore"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(counted_where(municipality_id, span))
        .group_by(Order.enterprise_id, OrderLine.category_code)
    ).subquery()  # fmt: skip
    of = summed.c
    rows = session.execute(
        select(of.enterprise_id, Enterprise.name, of.category_code, of.net_ore)
        .join(Enterprise, Enterprise.id == of.enterprise_id)
        .order_by(Enterprise.name, of.enterprise_id, of.category_code)
    )
    return [Ordered(id_, name, code, int(net_ore)) for id_, name, code, net_ore in rows]


def list_lines(session: Session, asked: Asked, enterprise_id: int, group: str) -> list[LineOfOrder]:
    """List the lines of orders behind one line of the watch, newest first. One query."""
    rows = session.execute(
        select(Order.number, Order.placed_at, Order.institution, OrderLine.title,
               OrderLine.category_code, OrderLine.net_ore)
        .join(Order, Order.id == OrderLine.order_id)
        .where(counted_where(asked.municipality_id, asked.span))
        .where(Order.enterprise_id == enterprise_id)
        .where(OrderLine.category_code.startswith(group, autoescape=True))
        .order_by(Order.placed_at.desc(), Order.id.desc(), OrderLine.position)
    )  # fmt: skip
    return [LineOfOrder(*row) for row in rows]


def counted_where(municipality_id: int, span: Span) -> ColumnElement[bool]:
    """Return the condition of the orders that count: placed in the span and not void."""
    return and_(
        Order.municipality_id == municipality_id,
        Order.state.not_in(VOID_STATES),
        Order.placed_at >= _begin_of(span.first),
        Order.placed_at < _begin_of(span.last + timedelta(days=1)),
    )


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, COPENHAGEN)
