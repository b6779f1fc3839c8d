"""The sides of orders, kept when they are placed and read when a paper is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.core.among import among
from catalogue.core.db import Base, ask
from catalogue.enterprises.models import Enterprise

from .models import Order
from .queries import OrderPage
from .side_models import OrderSides

# What is copied, and from where.
COPIED = {
    "order_id": Order.id,
    "enterprise_name": Enterprise.name,
    "enterprise_street": Enterprise.street,
    "enterprise_postcode": Enterprise.postcode,
    "enterprise_city": Enterprise.city,
    "enterprise_email": Enterprise.email,
    "enterprise_phone": Enterprise.phone,
    "municipality_name": Municipality.name,
    "buyer_name": Person.name,
    "buyer_email": Person.email,
}


def keep(session: Session, orders: Sequence[Order]) -> None:
    """Write down what the sides of new orders are called now. One statement, however many."""
    ask(session, _keeping(), {"orders": [each.id for each in orders]})


@cache
def _keeping() -> Any:
    """Return what copies within the database: to fetch it first would be a second question."""
    now = (
        select(*COPIED.values())
        .select_from(Order)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Municipality, Municipality.id == Order.municipality_id)
        .join(Person, Person.id == Order.buyer_id)
        .where(among(Order.id, "orders"))
    )
    return Base.metadata.tables[OrderSides.__tablename__].insert().from_select([*COPIED], now)


def name_buyer(session: Session, order: Order) -> None:
    """Write down what the buyer of an order that was handed over is called. Two queries."""
    buyer = session.get_one(Person, order.buyer_id)
    own = OrderSides.order_id == order.id
    named = {"buyer_name": buyer.name, "buyer_email": buyer.email}
    session.execute(update(OrderSides).where(own).values(named))


def get(session: Session, page: OrderPage) -> tuple[Municipality, OrderSides]:
    """Return the municipality of an order as it is, and the sides as they were. One query.

    None are kept of an order that a node of the version before placed during an upgrade, and of
    one whose names went by the rules of retention: its sides are then as they are now.
    """
    order = page.order
    query = select(Municipality, OrderSides).where(Municipality.id == order.municipality_id)
    query = query.outerjoin(OrderSides, OrderSides.order_id == order.id)
    municipality, kept = session.execute(query).one()
    return municipality, kept or _as_now(page)


def _as_now(page: OrderPage) -> OrderSides:
    found = page.enterprise
    return OrderSides(
        order_id=page.order.id, enterprise_name=found.name, enterprise_street=found.street,
        enterprise_postcode=found.postcode, enterprise_city=found.city,
        enterprise_email=found.email, enterprise_phone=found.phone,
        municipality_name=page.municipality_name, buyer_name=page.buyer_name,
        buyer_email=page.buyer_email,
    )  # fmt: skip
