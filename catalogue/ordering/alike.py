"""Which of her orders a buyer's list is most like: what is ordered from the list begins as that.

A list keeps products and quantities. Where they go and how they are booked is told by the orders
they were in, so that a list says it too when it was made by hand, or has been changed since.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from catalogue.core.who import Who

from .list_models import ProductListLine
from .models import Order, OrderLine
from .rules import FREE_STATES


@dataclass(frozen=True)
class Alike:
    """An order that had what is on a list, and where it went."""

    number: str
    institution: str


def find(session: Session, who: Who, list_id: int) -> Alike | None:
    """Return the buyer's own order that has most of a list's products, if one has any. One query.

    Of several that which has most of them in the list's quantities, then the newest. Whether she
    may read the list the caller has asked.
    """
    same = case((OrderLine.quantity == ProductListLine.quantity, 1), else_=0)
    on_list = and_(
        ProductListLine.product_id == OrderLine.product_id, ProductListLine.list_id == list_id
    )
    found = session.execute(
        select(Order.number, Order.institution)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(ProductListLine, on_list)
        .where(Order.visible_to(who), Order.state.not_in(FREE_STATES))
        .group_by(Order.id, Order.number, Order.institution, Order.placed_at)
        .order_by(
            func.count(func.distinct(OrderLine.product_id)).desc(),
            func.sum(same).desc(),
            Order.placed_at.desc(),
            Order.id.desc(),
        )
        .limit(1)
    ).first()
    return Alike(*found) if found else None
