"""What was ordered, by agreement and category: what coverage knows of orders.

Reads others' tables; writes nothing. A large municipality places some hundred thousand orders a
year, so the year is kept in arrays and summed up at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine

from . import behind, rules
from .behind import Span
from .outline import Whole

Cell = tuple[int, str]  # agreement and category
Cells = Mapping[Cell, int]  # øre
_CODES = 10**8  # codes of CPV have eight digits


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of orders: the order's id, the place of the cell among `cells`, and øre."""

    order: Whole
    cell: Whole
    net_ore: Whole
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, order: Whole, agreement: Whole, code: Whole, net_ore: Whole) -> Lines:
        """Take of each line the order, the agreement, the category's code as a number, and øre."""
        pairs = agreement * _CODES + code
        cells, places = np.unique(pairs, return_inverse=True)
        named = ((int(each) // _CODES, f"{int(each) % _CODES:08}") for each in cells)
        return cls(order, places, net_ore, tuple(named))

    def instead(self, orders: Set[int], new: Lines) -> Lines:
        """Return these with the `new` lines of some orders in the place of what they had."""
        stay = ~np.isin(self.order, list(orders))
        places = {cell: place for place, cell in enumerate(self.cells)}
        here = np.array([places.setdefault(cell, len(places)) for cell in new.cells], np.int64)
        return Lines(
            np.concatenate([self.order[stay], new.order]),
            np.concatenate([self.cell[stay], here[new.cell]]),
            np.concatenate([self.net_ore[stay], new.net_ore]),
            tuple(places),
        )

    @cached_property
    def sums(self) -> Cells:
        """The sums of those cells that have lines."""
        totals = np.zeros(len(self.cells), np.int64)
        np.add.at(totals, self.cell, self.net_ore)
        return {self.cells[place]: int(totals[place]) for place in np.unique(self.cell)}

    def agreements(self, orders: Collection[int]) -> set[int]:
        """Return the agreements that some orders have lines of."""
        theirs = np.unique(self.cell[np.isin(self.order, list(orders))])
        return {self.cells[place][0] for place in theirs}

    def by_code(self) -> tuple[Whole, Whole]:
        """Return of each line the category's code as a number, and the order."""
        codes = np.array([int(code) for _agreement, code in self.cells], np.int64)
        return codes[self.cell], self.order


@dataclass(frozen=True)
class Ordered:
    """What stands until the end of a day, in øre.

    `before`: what was placed before the twelve months that end with the day. `year`: the lines of
    the orders placed in them.
    """

    before: Cells
    year: Lines

    def by_category(self) -> dict[str, tuple[int, int]]:
        """Sum up amounts by category: of the twelve months, and in all."""
        found: dict[str, tuple[int, int]] = {}
        for cells, in_year in ((self.before, 0), (self.year.sums, 1)):
            for (_agreement, code), net_ore in cells.items():
                year, total = found.get(code, (0, 0))
                found[code] = (year + net_ore * in_year, total + net_ore)
        return found

    def by_agreement(self) -> dict[int, int]:
        """Sum up amounts by agreement."""
        totals: dict[int, int] = {}
        for cells in (self.before, self.year.sums):
            for (agreement_id, _code), net_ore in cells.items():
                totals[agreement_id] = totals.get(agreement_id, 0) + net_ore
        return totals


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
    lines = _lines(session, municipality_id, Span(first, day), orders)
    return Ordered(kept.before, kept.year.instead(orders, lines))


def _lines(
    session: Session, municipality_id: int, span: Span, orders: Set[int] | None = None
) -> Lines:
    """Return the lines of a span, of some `orders` alone if so. One query.

    The database sends each column as one text, for a million lines as rows take many seconds.
    """
    columns = (OrderLine.order_id, OrderLine.agreement_id, OrderLine.category_code,
               OrderLine.net_ore)  # fmt: skip
    query = (
        select(*(func.aggregate_strings(cast(each, String), ",") for each in columns))
        .join(Order, Order.id == OrderLine.order_id)
        .where(behind.ordered_where(municipality_id, span))
    )
    if orders is not None:
        query = query.where(Order.id.in_(orders))
    found = session.connection().execute(query).one()
    return Lines.of(*(np.fromstring(each or "", np.int64, sep=",") for each in found))
