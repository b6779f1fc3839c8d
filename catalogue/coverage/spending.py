"""What was ordered, by agreement and category: what coverage knows of orders.

Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.ordering.models import Order, OrderLine

from . import behind, rules
from .behind import Span


@dataclass(frozen=True)
class Ordered:
    """What stands until the end of a day, in øre.

    `cells`: agreement, category, amount. `year`: order, category, amount, of the twelve months that
    end with the day.
    """

    cells: Sequence[tuple[int, str, int]]
    year: Sequence[tuple[int, str, int]]

    def by_category(self) -> dict[str, tuple[int, int]]:
        """Sum up amounts by category: of the twelve months, and in all."""
        totals: dict[str, int] = {}
        for _agreement, code, net_ore in self.cells:
            totals[code] = totals.get(code, 0) + net_ore
        years: dict[str, int] = {}
        for _order, code, net_ore in self.year:
            years[code] = years.get(code, 0) + net_ore
        return {code: (years.get(code, 0), ore) for code, ore in totals.items()}

    def by_agreement(self) -> dict[int, int]:
        """Sum up amounts by agreement."""
        totals: dict[int, int] = {}
        for agreement_id, _code, net_ore in self.cells:
            totals[agreement_id] = totals.get(agreement_id, 0) + net_ore
        return totals


def read(session: Session, municipality_id: int, day: date) -> Ordered:
    """Return what a municipality ordered until the end of `day`. Two queries."""
    lines = select(OrderLine).join(Order, Order.id == OrderLine.order_id)
    amount = func.sum(OrderLine.net_ore)
    connection = session.connection()
    cells = connection.execute(
        lines.with_only_columns(OrderLine.agreement_id, OrderLine.category_code, amount)
        .where(behind.ordered_where(municipality_id, Span(None, day)))
        .group_by(OrderLine.agreement_id, OrderLine.category_code)
    )
    year = connection.execute(
        lines.with_only_columns(OrderLine.order_id, OrderLine.category_code, OrderLine.net_ore)
        .where(behind.ordered_where(municipality_id, Span(rules.year_before(day), day)))
    )  # fmt: skip
    return Ordered(
        [(agreement_id, code, int(ore)) for agreement_id, code, ore in cells],
        [(order_id, code, ore) for order_id, code, ore in year],
    )
