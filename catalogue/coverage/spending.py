"""What was ordered, by agreement and category: what coverage knows of orders.

Reads others' tables; writes nothing. A large municipality places some hundred thousand orders a
year, so the year is kept in arrays and summed up at once; a day later it is read of that day alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, String, cast, extract, func, literal_column, select, true
from sqlalchemy.orm import Session

from catalogue.core.among import among
from catalogue.core.db import ask, locks_rows
from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine

from . import behind, rules
from .behind import Span
from .outline import Distinct, Whole

Cell = tuple[int, str]  # agreement and category
Cells = Mapping[Cell, int]  # øre
Moments = NDArray[np.float64]  # seconds since 1970
_CODES = 10**8  # codes of CPV have eight digits
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Placed:
    """When orders were placed; they stand in the order of their ids."""

    order: Whole
    at: Moments

    @classmethod
    def of(cls, order: Whole, at: Moments) -> Placed:
        """Take orders in any order."""
        places = np.argsort(order)
        return cls(order[places], at[places])

    def instead(self, orders: Set[int], new: Placed) -> Placed:
        """Return these with the `new` ones in the place of some orders."""
        stay = ~np.isin(self.order, list(orders))
        return Placed.of(
            np.concatenate([self.order[stay], new.order]), np.concatenate([self.at[stay], new.at])
        )

    def when(self, orders: Whole) -> Moments:
        """Return when some of them were placed."""
        return self.at[np.searchsorted(self.order, orders)]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of orders: the order's id, the place of the cell among `cells`, and øre."""

    order: Whole
    cell: Whole
    net_ore: Whole
    cells: tuple[Cell, ...]

    @classmethod
    def made_of(cls, order: Whole, agreement: Whole, code: Whole, net_ore: Whole) -> Lines:
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
        filled = np.flatnonzero(np.bincount(self.cell, minlength=len(self.cells)))
        return {self.cells[place]: int(totals[place]) for place in filled}

    def where(self, those: NDArray[np.bool_]) -> Lines:
        """Return those for which something holds."""
        return Lines(self.order[those], self.cell[those], self.net_ore[those], self.cells)

    def rows(self) -> list[tuple[int, Cell, int]]:
        """List order, cell and øre of each line, in order."""
        cells = [self.cells[place] for place in self.cell.tolist()]
        return sorted(zip(self.order.tolist(), cells, self.net_ore.tolist(), strict=True))

    @cached_property
    def orders(self) -> Distinct:
        """The orders by category."""
        codes = np.array([int(code) for _agreement, code in self.cells], np.int64)
        known, places = np.unique(codes, return_inverse=True)
        return Distinct(known, places[self.cell], self.order)


@dataclass(frozen=True)
class Ordered:
    """What stands until the end of a day, in øre.

    `before`: what was placed before the twelve months that end with the day. `year`: the lines of
    the orders `placed` in them, from the day `first` to the day `last`.
    """

    first: date
    last: date
    before: Cells
    year: Lines
    placed: Placed

    @cached_property
    def by_category(self) -> Mapping[str, tuple[int, int]]:
        """The amounts by category: of the twelve months, and in all."""
        found: dict[str, tuple[int, int]] = {}
        for cells, in_year in ((self.before, 0), (self.year.sums, 1)):
            for (_agreement, code), net_ore in cells.items():
                year, total = found.get(code, (0, 0))
                found[code] = (year + net_ore * in_year, total + net_ore)
        return found

    @cached_property
    def by_agreement(self) -> Mapping[int, int]:
        """The amounts by agreement."""
        return _by_agreement(self.before, self.year.sums)

    def since(self, begins: Mapping[int, date]) -> dict[int, int]:
        """Sum up what of the year was placed on some agreements, of each from its day on."""
        days = [begins.get(agreement_id, date.max) for agreement_id, _code in self.year.cells]
        seconds = {day: _seconds(day) for day in set(days)}
        begin = np.array([seconds[day] for day in days], np.float64)[self.year.cell]
        late = (begin > _seconds(self.first)) & (begin < _seconds(date.max))
        counts = begin <= _seconds(self.first)
        counts[late] = self.placed.when(self.year.order[late]) >= begin[late]
        return _by_agreement(self.year.where(counts).sums)

    def holds(self, orders: Set[int], lines: Lines, placed: Placed) -> bool:
        """Tell whether some orders stand here with those lines, and nothing else of theirs."""
        ids = list(orders)
        theirs = np.isin(self.placed.order, ids)
        return (
            np.array_equal(self.placed.order[theirs], placed.order)
            and np.array_equal(self.placed.at[theirs], placed.at)
            and self.year.where(np.isin(self.year.order, ids)).rows() == lines.rows()
        )

    def split(self, first: date) -> tuple[Ordered, Ordered]:
        """Return what of the year was placed before a day, by itself, and the rest as of that day:
        there it is summed up with what was before.
        """
        early = self.placed.at < _seconds(first)
        gone, stay = (Placed(self.placed.order[each], self.placed.at[each])
                      for each in (early, ~early))  # fmt: skip
        theirs = np.isin(self.year.order, gone.order)
        left = Ordered(self.first, first - _DAY, {}, self.year.where(theirs), gone)
        if not len(gone.order):
            return left, replace(self, first=first)
        before = dict(self.before)
        for cell, net_ore in left.year.sums.items():
            before[cell] = before.get(cell, 0) + net_ore
        return left, Ordered(first, self.last, before, self.year.where(~theirs), stay)


def read(session: Session, municipality_id: int, day: date) -> Ordered:
    """Return what a municipality ordered until the end of `day`. Three queries."""
    first = rules.year_before(day)
    lines, belong = _lines_of_orders(session)
    before = session.connection().execute(
        select(lines.c.agreement_id, lines.c.category_code, func.sum(lines.c.net_ore))
        .select_from(Order).join(lines, belong)
        .where(behind.ordered_where(municipality_id, Span(None, first - _DAY)))
        .group_by(lines.c.agreement_id, lines.c.category_code)
    )  # fmt: skip
    cells = {(agreement_id, code): int(ore) for agreement_id, code, ore in before}
    return Ordered(first, day, cells, *_read(session, municipality_id, Span(first, day)))


def renewed(
    session: Session, municipality_id: int, day: date, kept: Ordered, orders: Set[int]
) -> Ordered | None:
    """Return what was ordered after some orders changed and until the end of `day`, the year as
    long as it has become; None where all must be read. Four queries at most.

    `kept` is what it was before.
    """
    if day < kept.last:
        return None
    changed = set(orders)
    if day > kept.last:  # a clock that was ahead has left orders of what was tomorrow
        new = behind.ordered_where(municipality_id, Span(kept.last + _DAY, day))
        changed.update(session.scalars(select(Order.id).where(new)))
    if not changed:
        return replace(kept, last=day)
    earliest = select(func.min(Order.placed_at)).where(among(Order.id, "orders"))
    placed_at = ask(session, earliest, {"orders": list(changed)}).scalar()
    if placed_at is not None and placed_at < begin_of(kept.first):
        return None
    lines, placed = _read(session, municipality_id, Span(kept.first, day), changed)
    if day == kept.last and kept.holds(changed, lines, placed):
        return kept
    return Ordered(
        kept.first, day, kept.before,
        kept.year.instead(changed, lines), kept.placed.instead(changed, placed),
    )  # fmt: skip


def _read(
    session: Session, municipality_id: int, span: Span, orders: Set[int] | None = None
) -> tuple[Lines, Placed]:
    """Return the lines of a span and when their orders were placed, of some `orders` alone if so.
    Two queries.
    """
    where = behind.ordered_where(municipality_id, span)
    asked = {"orders": list(orders)} if orders is not None else {}
    if orders is not None:
        where &= among(Order.id, "orders")
    at = (Order.id, extract("epoch", Order.placed_at))
    ids, moments = ask(session, select(*map(_as_text, at)).where(where), asked).one()
    placed = Placed.of(_numbers(ids), np.fromstring(moments or "", np.float64, sep=","))
    lines, belong = _lines_of_orders(session)
    columns = (lines.c.order_id, lines.c.agreement_id, lines.c.category_code, lines.c.net_ore)
    query = select(*map(_as_text, columns)).select_from(Order).join(lines, belong).where(where)
    found = Lines.made_of(*map(_numbers, ask(session, query, asked).one()))
    known = np.isin(found.order, placed.order)
    return found.where(known), placed  # what was placed in between is news of its own


def _as_text(column: Any) -> Any:
    """Have the database send a column as one text, for a million rows take many seconds."""
    return func.aggregate_strings(cast(column, String), ",")


def _numbers(text: str | None) -> Whole:
    return np.fromstring(text or "", np.int64, sep=",")


def _lines_of_orders(session: Session) -> tuple[Any, ColumnElement[bool]]:
    """Return the lines to join orders with, and on what, so that each order's are looked up.

    PostgreSQL reckons a look-up dear and would read the lines of all municipalities instead; what
    has an OFFSET it does not rewrite. SQLite looks up anyway.
    """
    if not locks_rows(session):
        return OrderLine.__table__, OrderLine.order_id == Order.id
    lines = select(
        OrderLine.order_id, OrderLine.agreement_id, OrderLine.category_code, OrderLine.net_ore
    )
    of_order = lines.where(OrderLine.order_id == Order.id).correlate(Order)
    return of_order.offset(literal_column("0")).lateral(), true()


def _by_agreement(*found: Cells) -> dict[int, int]:
    totals: dict[int, int] = {}
    for cells in found:
        for (agreement_id, _code), net_ore in cells.items():
            totals[agreement_id] = totals.get(agreement_id, 0) + net_ore
    return totals


def _seconds(day: date) -> float:
    return begin_of(day).timestamp()
