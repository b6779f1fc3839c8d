"""What was ordered, by agreement and category: what coverage knows of orders.

Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine

from . import behind, rules
from .behind import Span

Cells = Mapping[tuple[int, str], int]  # øre by agreement and category


@dataclass(frozen=True)
class Ordered:
    """What stands until the end of a day, in øre.

    `before`: what was placed before the twelve months that end with the day. `year`: the orders
    placed in them, by id.
    """

    before: Cells
    year: Mapping[int, Cells]

    def cells(self) -> dict[tuple[int, str], int]:
        """Sum up the twelve months by agreement and category."""
        totals: dict[tuple[int, str], int] = {}
        for lines in self.year.values():
            for cell, net_ore in lines.items():
                totals[cell] = totals.get(cell, 0) + net_ore
        return totals

    def by_category(self) -> dict[str, tuple[int, int]]:
        """Sum up amounts by category: of the twelve months, and in all."""
        found: dict[str, tuple[int, int]] = {}
        for cells, in_year in ((self.before, 0), (self.cells(), 1)):
            for (_agreement, code), net_ore in cells.items():
                year, total = found.get(code, (0, 0))
                found[code] = (year + net_ore * in_year, total + net_ore)
        return found

    def by_agreement(self) -> dict[int, int]:
        """Sum up amounts by agreement."""
        totals: dict[int, int] = {}
        for cells in (self.before, self.cells()):
            for (agreement_id, _code), net_ore in cells.items():
                totals[agreement_id] = totals.get(agreement_id, 0) + net_ore
        return totals

    def orders_in(self) -> Iterator[tuple[str, int]]:
        """Yield (category, order) of the twelve months."""
        return ((code, id_) for id_, lines in self.year.items() for _agreement, code in lines)


def read(session: Session, municipality_id: int, day: date) -> Ordered:
    """Return what a municipality ordered until the end of `day`. Two queries."""
    first = rules.year_before(day)
    before = session.connection().execute(
        select(OrderLine.agreement_id, OrderLine.category_code, func.sum(OrderLine.net_ore))
        .join(Order, Order.id == OrderLine.order_id)
        .where(behind.ordered_where(municipality_id, Span(None, first - timedelta(days=1))))
        .group_by(OrderLine.agreement_id, OrderLine.category_code)
    )
    cells = {(agreement_id, code): int(ore) for agreement_id, code, ore in before}
    return Ordered(cells, _lines(session, municipality_id, Span(first, day)))


def renewed(
    session: Session, municipality_id: int, day: date, kept: Ordered, orders: Set[int]
) -> Ordered | None:
    """Return what was ordered after some orders changed; None where all must be read. Two queries.

    `kept` is what it was before.
    """
    if not orders:
        return kept
    first = rules.year_before(day)
    old = select(func.count()).where(Order.id.in_(orders), Order.placed_at < begin_of(first))
    if session.scalar(old):
        return None
    year = {id_: lines for id_, lines in kept.year.items() if id_ not in orders}
    return Ordered(kept.before, year | _lines(session, municipality_id, Span(first, day), orders))


def _lines(
    session: Session, municipality_id: int, span: Span, orders: Set[int] | None = None
) -> dict[int, Cells]:
    query = (
        select(OrderLine.order_id, OrderLine.agreement_id, OrderLine.category_code,
               OrderLine.net_ore)
        .join(Order, Order.id == OrderLine.order_id)
        .where(behind.ordered_where(municipality_id, span))
    )  # fmt: skip
    if orders is not None:
        query = query.where(Order.id.in_(orders))
    found: dict[int, dict[tuple[int, str], int]] = {}
    for order_id, agreement_id, code, net_ore in session.connection().execute(query):
        lines = found.setdefault(order_id, {})
        lines[agreement_id, code] = lines.get((agreement_id, code), 0) + net_ore
    return dict(found)
