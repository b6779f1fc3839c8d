"""Reads what was ordered for the yearly report: orders and their lines, alike ones as one row."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, func, null, select, union_all
from sqlalchemy.orm import Session

from catalogue.ordering.ceilings import begin_of
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import VOID_STATES

from .yearly import Ordered, Placed


def read(session: Session, municipality_id: int, year: int) -> tuple[list[Ordered], list[Placed]]:
    """Return what was ordered in a year and the one before, by line and by order. One query."""
    placed, firsts = _orders(municipality_id, year), _months(year)
    keys = (placed.c.month, placed.c.enterprise_id, placed.c.institution, placed.c.void)
    cell = (OrderLine.category_code, OrderLine.agreement_id)
    lines = (
        select(*keys, *cell, func.sum(OrderLine.net_ore))
        .join(placed, placed.c.id == OrderLine.order_id)
        .where(~placed.c.void)
        .group_by(*keys, *cell)
    )
    orders = select(*keys, null(), null(), func.count()).group_by(*keys)
    rows = session.execute(union_all(lines, orders)).all()
    # Every line has a category, and no order has one.
    return [
        Ordered(firsts[month], enterprise_id, institution, code, agreement_id, int(net_ore))
        for month, enterprise_id, institution, _void, code, agreement_id, net_ore in rows
        if code is not None
    ], [
        Placed(firsts[month], enterprise_id, institution, bool(void), int(count))
        for month, enterprise_id, institution, void, code, _agreement_id, count in rows
        if code is None
    ]


def _orders(municipality_id: int, year: int) -> Any:
    """Return the orders of two years as a table, with the place of their month in Copenhagen."""
    firsts = _months(year)
    after = [begin_of(first) for first in (*firsts[1:], date(year + 1, 1, 1))]
    place = case(*((Order.placed_at < end, place) for place, end in enumerate(after)))
    return (
        select(
            Order.id, Order.enterprise_id, Order.institution, place.label("month"),
            Order.state.in_(VOID_STATES).label("void"),
        )
        .where(Order.municipality_id == municipality_id)
        .where(Order.placed_at >= begin_of(firsts[0]), Order.placed_at < after[-1])
        .cte("placed")  # found once, and asked twice
    )  # fmt: skip


def _months(year: int) -> list[date]:
    return [date(each, number, 1) for each in (year - 1, year) for number in range(1, 13)]
