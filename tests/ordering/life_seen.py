"""What the database holds of orders in the walk of their life, in the words of the reckoning."""

from __future__ import annotations

import sqlite3
import tempfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ordering.reckoned import Reckoned
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import migrations
from catalogue.core.db import Database
from catalogue.ordering.models import Order
from catalogue.ordering.shipment_models import Shipment
from catalogue.ordering.stock_models import StockHold
from catalogue.products.stock import find_left


@cache
def empty() -> bytes:
    """Return a migrated database as a file, migrated once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        database = Database(f"sqlite:///{path}")
        migrations.upgrade(database)
        database.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return path.read_bytes()


def load(session: Session, number: str | None = None) -> list[Order]:
    """Return all orders, or one, with lines and shipments."""
    shipped = selectinload(Order.shipments).selectinload(Shipment.lines)
    query = select(Order).options(selectinload(Order.lines), shipped).order_by(Order.id)
    return list(session.scalars(query if number is None else query.filter_by(number=number)))


def of_order(order: Order) -> dict[str, Any]:
    """Return what `reckoned` returns, from the rows."""
    return {
        "state": order.state,
        "lines": {line.position: (line.quantity, line.price_ore) for line in order.lines},
        "net": order.net_ore,
        "sum of lines": sum(line.net_ore for line in order.lines),
        "told": not order.withheld,
        "seen": order.seen_at is not None,
        "street": order.street,
        "day": order.delivery_on,
        "shipments": {each.number: each.quantities for each in order.shipments},
        "came": _came_of_shipments(order),
        "came of lines": _came_of_lines(order),
    }


def reckoned(order: Reckoned) -> dict[str, Any]:
    """Return an order as it is reckoned."""
    return {
        "state": order.state,
        "lines": order.lines,
        "net": order.net_ore,
        "sum of lines": order.net_ore,
        "told": order.told,
        "seen": order.seen,
        "street": order.street,
        "day": order.delivery_on,
        "shipments": order.shipments,
        "came": order.came,
        "came of lines": order.came_of_lines,
    }


def stock(session: Session, product_id: int) -> tuple[Decimal | None, dict[int, Decimal]]:
    """Return how many of a product are left, and how many orders hold, by id of the order."""
    holds = select(StockHold.order_id, StockHold.quantity).where(StockHold.product_id == product_id)
    return find_left(session, product_id), {id_: many for id_, many in session.execute(holds)}


def _came_of_shipments(order: Order) -> dict[int, dict[int, Decimal]]:
    """Return what came of the shipments that were received, by number and position."""
    return {
        each.number: {
            line.position: line.quantity if line.received_quantity is None
            else line.received_quantity
            for line in each.lines
        }
        for each in order.shipments
        if each.received_at is not None
    }  # fmt: skip


def _came_of_lines(order: Order) -> dict[int, Decimal]:
    """Return what is said to have come of the goods, on their lines."""
    if order.state not in {"received", "accepted", "closed"}:
        return {}
    return {
        line.position: line.quantity if line.received_quantity is None else line.received_quantity
        for line in order.lines
        if line.kind == "goods"
    }
