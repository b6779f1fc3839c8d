"""How long what was ordered took to come, by enterprise, and how often it came later than promised.

An order has come when its buyer said so; what she has not said is not guessed. Days run from the
placing, for that is what an institution waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core.text import today_in_copenhagen
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderEvent, OrderState

from . import behind
from .behind import Span
from .demand_rules import first_month

MONTHS = 12
COME = (OrderState.RECEIVED, OrderState.ACCEPTED)
MOST = 20_000  # orders looked at, the newest; more would say the same


class Arrival(NamedTuple):
    """An order that came: of whom, after how many days, and whether later than was promised."""

    enterprise_id: int
    name: str
    days: int
    late: bool | None  # None: no day was promised


@dataclass(frozen=True)
class Delivery:
    """What an enterprise's orders took, in days from placing to arrival."""

    enterprise_id: int
    name: str
    orders: int
    median_days: int
    longest_days: int
    promised: int  # orders that a day was promised for
    late: int


def read(session: Session, municipality_id: int, day: date) -> list[Delivery]:
    """Return the delivery times of the twelve months that end with `day`. One query."""
    span = Span(first_month(day, MONTHS), day)
    came = (
        select(OrderEvent.order_id, func.min(OrderEvent.at).label("at"))
        .where(OrderEvent.state.in_(COME))
        .group_by(OrderEvent.order_id)
        .subquery()
    )
    rows = session.execute(
        select(Enterprise.id, Enterprise.name, Order.placed_at, came.c.at, Order.delivery_on)
        .join(Order, Order.enterprise_id == Enterprise.id)
        .join(came, came.c.order_id == Order.id)
        .where(behind.ordered_where(municipality_id, span))
        .where(came.c.at < begin_of(day + timedelta(days=1)))  # as was known on that day
        .order_by(Order.placed_at.desc())
        .limit(MOST)
    )
    return sum_up([_arrival(*row) for row in rows])


def sum_up(arrivals: Sequence[Arrival]) -> list[Delivery]:
    """Sum up arrivals by enterprise, the slowest first. Pure."""
    by_enterprise: dict[int, list[Arrival]] = {}
    for each in arrivals:
        by_enterprise.setdefault(each.enterprise_id, []).append(each)
    found = [
        Delivery(
            id_, those[0].name, len(those), median_low(each.days for each in those),
            max(each.days for each in those), sum(each.late is not None for each in those),
            sum(each.late is True for each in those),
        )
        for id_, those in by_enterprise.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.median_days, each.name))


def _arrival(enterprise_id: int, name: str, placed_at: Any, at: Any, promised: Any) -> Arrival:
    came_on = today_in_copenhagen(at)
    days = max(0, (came_on - today_in_copenhagen(placed_at)).days)
    return Arrival(enterprise_id, name, days, None if promised is None else came_on > promised)
