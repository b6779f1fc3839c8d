"""What is used of the ceilings in force on a day, and which of them a changed order touches.

Reads others' tables; writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.ordering import ceilings
from catalogue.ordering.ceilings import Used
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import RESERVING_STATES

from .spending import Ordered


@dataclass(frozen=True)
class Bound:
    """What is used of ceilings, by agreement, and the agreements of each order that waits.

    Lines of an order that waits may be taken off, and nothing else tells then what they reserved.
    """

    used: Mapping[int, Used]
    waiting: Mapping[int, Set[int]]


def read(
    session: Session, municipality_id: int, agreement_ids: Collection[int], day: date
) -> Bound:
    """Return what is used of ceilings. Three queries."""
    used = {each.agreement_id: each for each in ceilings.list_used(session, agreement_ids, day)}
    return Bound(used, _waiting(session, municipality_id))


def renewed(
    session: Session,
    municipality_id: int,
    day: date,
    kept: Bound,
    before: Ordered,
    orders: Set[int],
) -> Bound:
    """Return what is used after some orders changed, none of them older than `before` tells of.

    `before` is what was ordered when `kept` was read. Four queries, none if no order changed.
    """
    if not orders:
        return kept
    touched = set(
        session.scalars(select(OrderLine.agreement_id).where(OrderLine.order_id.in_(orders)))
    )
    for order in orders:
        touched |= kept.waiting.get(order, set())
    touched |= before.year.agreements(orders)
    anew = read(session, municipality_id, touched & kept.used.keys(), day)
    return Bound({**kept.used, **anew.used}, anew.waiting)


def _waiting(session: Session, municipality_id: int) -> dict[int, set[int]]:
    rows = session.execute(
        select(OrderLine.order_id, OrderLine.agreement_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.municipality_id == municipality_id, Order.state.in_(RESERVING_STATES))
    )
    found: dict[int, set[int]] = {}
    for order_id, agreement_id in rows:
        found.setdefault(order_id, set()).add(agreement_id)
    return found
