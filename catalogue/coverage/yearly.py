"""The sums of the yearly report: what was ordered in a year and the one before. Pure.

`yearly_queries` fetches. Every table is made of the same rows, so that each sums up to the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from catalogue.core.text import fold

MOST_INSTITUTIONS = 30  # that have a line of their own; the rest share one
Key = TypeVar("Key")


@dataclass(frozen=True)
class Ordered:
    """An amount of order lines that are alike; `month` is its first day in Copenhagen."""

    month: date
    enterprise_id: int
    institution: str
    category_code: str
    agreement_id: int
    net_ore: int


@dataclass(frozen=True)
class Placed:
    """A number of orders that are alike; void ones came to nothing, or await approval."""

    month: date
    enterprise_id: int
    institution: str
    void: bool
    orders: int


@dataclass(frozen=True)
class Part(Generic[Key]):
    """One line of a table: orders and amount of the year, amount of the year before."""

    key: Key
    orders: int
    net_ore: int
    before_ore: int


@dataclass(frozen=True)
class Total:
    """The sums of one year."""

    net_ore: int
    orders: int
    void_orders: int
    enterprises: int


@dataclass(frozen=True)
class Division:
    """A division of categories, with the groups in it."""

    whole: Part[str]
    groups: Sequence[Part[str]]


@dataclass(frozen=True)
class Institutions:
    """The institutions that ordered for most, by name, and the sum of the others."""

    named: Sequence[Part[str]]
    others: Part[str] | None
    other_count: int


@dataclass(frozen=True)
class Figures:
    """All sums of a report. Tables begin with the largest amount; months stand in their order.

    Orders are not counted by category: one order may have lines in several.
    """

    total: Total
    before: Total
    months: Sequence[Part[date]]
    enterprises: Sequence[Part[int]]
    divisions: Sequence[Division]
    institutions: Institutions
    by_agreement: dict[int, int]  # øre of the year


def figures(year: int, ordered: Sequence[Ordered], placed: Sequence[Placed]) -> Figures:
    """Sum up a year and the one before; rows of other years must not be among those given."""
    valid = [each for each in placed if not each.void]
    table = _Table(year, ordered, valid)
    by_agreement: Counter[int] = Counter()
    for line in ordered:
        if line.month.year == year:
            by_agreement[line.agreement_id] += line.net_ore
    return Figures(
        total=_total(year, ordered, placed),
        before=_total(year - 1, ordered, placed),
        months=_months(year, ordered, valid),
        enterprises=table.parts(_enterprise, _enterprise),
        divisions=_divisions(table),
        institutions=_institutions(table, ordered, valid),
        by_agreement=dict(by_agreement),
    )


def change_percent(now: int, before: int) -> int | None:
    """Return by how many percent a number rose (or fell, negative); None where there was none."""
    return round((now - before) * 100 / before) if before > 0 else None


def axis_top(largest: int) -> int:
    """Return the round number at which the axis of a chart ends: 1, 2 or 5 and zeros."""
    top = 1
    while True:
        for step in (1, 2, 5):
            if top * step >= largest:
                return top * step
        top *= 10


def division_of(code: str) -> str:
    """Return the division of a category, as a code."""
    return code[:2].ljust(8, "0")


def group_of(code: str) -> str:
    """Return the group of a category, as a code; that of a whole division is the division."""
    return code[:3].ljust(8, "0")


def _enterprise(row: Ordered | Placed) -> int:
    return row.enterprise_id


def _total(year: int, ordered: Iterable[Ordered], placed: Iterable[Placed]) -> Total:
    of_year = [each for each in placed if each.month.year == year]
    return Total(
        net_ore=sum(line.net_ore for line in ordered if line.month.year == year),
        orders=sum(each.orders for each in of_year if not each.void),
        void_orders=sum(each.orders for each in of_year if each.void),
        enterprises=len({each.enterprise_id for each in of_year if not each.void}),
    )


class _Table:
    """Lines and orders of two years, to be gathered by one thing or another."""

    def __init__(self, year: int, ordered: Iterable[Ordered], placed: Iterable[Placed]) -> None:
        self._year, self._ordered, self._placed = year, ordered, placed

    def parts(
        self, of_line: Callable[[Ordered], Key], of_order: Callable[[Placed], Key] | None = None
    ) -> list[Part[Key]]:
        """Return a part for each key, the largest amount of the year first."""
        amounts: Counter[Key] = Counter()
        before: Counter[Key] = Counter()
        orders: Counter[Key] = Counter()
        for line in self._ordered:
            (amounts if line.month.year == self._year else before)[of_line(line)] += line.net_ore
        for each in self._placed if of_order else ():
            if of_order and each.month.year == self._year:
                orders[of_order(each)] += each.orders
        found = [
            Part(key, orders[key], amounts[key], before[key])
            for key in dict.fromkeys([*amounts, *before, *orders])
        ]
        return sorted(found, key=lambda part: (-part.net_ore, -part.before_ore, str(part.key)))


def _months(year: int, ordered: Iterable[Ordered], placed: Iterable[Placed]) -> list[Part[date]]:
    amounts: Counter[date] = Counter()
    orders: Counter[date] = Counter()
    for line in ordered:
        amounts[line.month] += line.net_ore
    for each in placed:
        orders[each.month] += each.orders
    firsts = [date(year, number, 1) for number in range(1, 13)]
    return [
        Part(first, orders[first], amounts[first], amounts[first.replace(year=year - 1)])
        for first in firsts
    ]


def _divisions(table: _Table) -> list[Division]:
    groups = table.parts(lambda line: group_of(line.category_code))
    return [
        Division(whole, [part for part in groups if division_of(part.key) == whole.key])
        for whole in table.parts(lambda line: division_of(line.category_code))
    ]


def _institutions(
    table: _Table, ordered: Iterable[Ordered], placed: Iterable[Placed]
) -> Institutions:
    """Gather institutions by name; spellings that fold alike are one, by the first of them."""
    names: dict[str, str] = {}
    written = {line.institution for line in ordered} | {each.institution for each in placed}
    for name in sorted(written):
        names.setdefault(fold(name), name)
    found = table.parts(
        lambda line: names[fold(line.institution)], lambda each: names[fold(each.institution)]
    )
    rest = found[MOST_INSTITUTIONS:]
    others = Part(
        "",
        sum(part.orders for part in rest),
        sum(part.net_ore for part in rest),
        sum(part.before_ore for part in rest),
    )
    return Institutions(found[:MOST_INSTITUTIONS], others if rest else None, len(rest))
