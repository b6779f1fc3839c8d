"""Reads what the charts show; months and quarters are cut in the database. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine

from . import behind, charts, ledger_queries, ledger_sums
from .behind import Span
from .demand_rules import first_month
from .ledger_rules import SOCIAL
from .ledger_sets import Sought

MONTHS, QUARTERS = 24, 8


@dataclass(frozen=True)
class Period:
    """A month or a quarter, as far as it has come."""

    first: date
    last: date


@dataclass(frozen=True)
class Spend:
    """Ordered amounts in øre by month: those of the divisions named, and of all others.

    `amounts` has a row for each month with one amount per division and one for the rest.
    """

    months: Sequence[Period]
    divisions: Sequence[str]
    amounts: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Quarter:
    """What the ledger says was bought in a quarter, in all and at social enterprises, in øre."""

    period: Period
    total_ore: int
    social_ore: int

    @property
    def share(self) -> float | None:
        """Return the social part; None where credit notes leave no sensible one."""
        if self.total_ore <= 0 or not 0 <= self.social_ore <= self.total_ore:
            return None
        return self.social_ore / self.total_ore


def spend(session: Session, municipality_id: int, day: date) -> Spend:
    """Return what was ordered in the months that end with that of `day`. One query."""
    months = list_periods(day, MONTHS, 1)
    column = _bucket(Order.placed_at, [begin_of(each.first) for each in months])
    division = func.substr(OrderLine.category_code, 1, 2).label("division")
    rows = session.execute(
        select(column, division, func.sum(OrderLine.net_ore))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(behind.ordered_where(municipality_id, Span(months[0].first, day)))
        .group_by(column, division)
    )
    found = {(place, digits.ljust(8, "0")): int(ore) for place, digits, ore in rows}
    totals: dict[str, int] = {}
    for (_place, code), ore in found.items():
        totals[code] = totals.get(code, 0) + ore
    top = charts.top_series(totals)
    others = totals.keys() - set(top)
    return Spend(
        months=months,
        divisions=top,
        amounts=[
            [*(found.get((place, code), 0) for code in top),
             sum(found.get((place, code), 0) for code in others)]
            for place in range(len(months))
        ],
    )  # fmt: skip


def social_share(session: Session, municipality_id: int, day: date) -> list[Quarter]:
    """List the quarters of the ledger until `day`, or until its last row; empty without one.

    Three queries, one without a ledger.
    """
    booked = ledger_queries.period_of(session, municipality_id)
    if booked is None or booked[0] > day:
        return []
    quarters = [
        each for each in list_periods(min(day, booked[1]), QUARTERS, 3) if each.last >= booked[0]
    ]
    sought = Sought(quarters[0].first, quarters[-1].last)
    every = ledger_sums.by_month(session, municipality_id, sought)
    social = ledger_sums.by_month(session, municipality_id, replace(sought, bought=SOCIAL))
    return [Quarter(each, _within(each, every), _within(each, social)) for each in quarters]


def list_periods(day: date, count: int, months: int) -> list[Period]:
    """List so many periods of 1 or 3 calendar months, the last one until `day`, which it holds."""
    month = first_month(day, 1 + (day.month - 1) % months)
    firsts = [first_month(month, 1 + months * back) for back in range(count - 1, -1, -1)]
    lasts = [each - timedelta(days=1) for each in firsts[1:]] + [day]
    return [Period(*ends) for ends in zip(firsts, lasts, strict=True)]


def _bucket(column: Any, begins: Sequence[Any]) -> Any:
    """Return the place of the period that a value falls into, -1 for what lies before them."""
    ends = [(column < begin, place - 1) for place, begin in enumerate(begins)]
    return case(*ends, else_=len(begins) - 1).label("period")


def _within(period: Period, months: ledger_sums.Months) -> int:
    """Add up the amounts of the months that begin in a period."""
    begin, end = (f"{day:%Y-%m}" for day in (period.first, period.last))
    return sum(found.ore for month, found in months.items() if begin <= month <= end)
