"""That orders are whole: lines, sums, states that have their events, numbers without gaps, and
what they hold of stocks and reserve of ceilings. Each is one query; `catalogue check` asks them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from catalogue.accounts.models import Municipality
from catalogue.core.audit import AuditEvent
from catalogue.core.checking import Check

from . import rules
from .models import ApprovalStep, Order, OrderCounter, OrderEvent, OrderLine, OrderState
from .stock_models import StockHold

_OFF = 0.0005  # quantities have three places, and SQLite keeps them as binary fractions
_ORDERED = (Order.year, Order.sequence, Order.id)
# By what names the audit knows that an order came into a state, and the notes beside the steps.
_TRACES = sorted(
    {f"order.{each}" for each in OrderState}
    | {f"order.{name}" for step, (name, _says) in rules.DEEDS.items() if step not in rules.QUIET}
    | {"order.coded", "order.handed_over"}
)


def checks() -> tuple[Check, ...]:
    """Return what must not be found of orders."""
    return (
        Check("orders_without_lines", "order has no lines", _orders(~_has(OrderLine))),
        Check("order_lines_astray", "line has another amount than quantity times price", _lines()),
        Check("order_sums_astray", "order has another sum than its lines", _sums()),
        Check("order_vat_astray", "order has another VAT than its lines", _vat()),
        Check("orders_without_start", "order has no event of being placed", _orders(~_began())),
        Check("order_states_astray", "order is in another state than its last event", _states()),
        Check("orders_untraced", "order has steps that the audit does not tell", _untraced()),
        Check("order_numbers_astray", "numbers of orders have gaps", _numbers()),
        Check("orders_shown_early", "order is withheld and not awaiting approval", _withheld()),
        Check("orders_unasked", "order awaits approval and nobody is asked", _unasked()),
        Check("stock_astray", "order holds another quantity of stock than it orders", _holds()),
    )


def _orders(wrong: ColumnElement[bool]) -> Any:
    return select(Order.number).where(wrong).order_by(*_ORDERED)


def _has(table: Any) -> ColumnElement[bool]:
    return exists().where(table.order_id == Order.id)


def _lines() -> Any:
    """Find lines whose amount is more than half an øre from the exact one (PEPPOL-T01-R024).

    In thousandths of a quantity all is whole numbers, on SQLite as binary fractions too.
    """
    name = Order.number + literal(", line ") + cast(OrderLine.position, String)
    base = OrderLine.price_base_quantity
    off = func.abs(OrderLine.price_ore * OrderLine.quantity - OrderLine.net_ore * base)
    joined = select(name).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
    return joined.where(cast(off * 2000, BigInteger) > base * 1000 + 1).order_by(*_ORDERED)


def _sums() -> Any:
    summed = select(OrderLine.order_id, func.sum(OrderLine.net_ore).label("net_ore"))
    found = summed.group_by(OrderLine.order_id).subquery()
    joined = select(Order.number).join(found, found.c.order_id == Order.id)
    return joined.where(found.c.net_ore != Order.net_ore).order_by(*_ORDERED)


def _vat() -> Any:
    """Find orders whose VAT is not that of `money.vat_ore`: rounded once per rate, half up."""
    net = cast(func.sum(OrderLine.net_ore), BigInteger)
    of_rate = (net * OrderLine.vat_rate + 50) // 100
    rates = select(OrderLine.order_id, of_rate.label("vat_ore"))
    by_rate = rates.group_by(OrderLine.order_id, OrderLine.vat_rate).subquery()
    summed = select(by_rate.c.order_id, func.sum(by_rate.c.vat_ore).label("vat_ore"))
    found = summed.group_by(by_rate.c.order_id).subquery()
    joined = select(Order.number).join(found, found.c.order_id == Order.id)
    return joined.where(found.c.vat_ore != Order.vat_ore).order_by(*_ORDERED)


def _began() -> ColumnElement[bool]:
    return exists().where(OrderEvent.order_id == Order.id, OrderEvent.state.in_(rules.STARTS))


def _states() -> Any:
    """Find orders whose last event led elsewhere than where they stand, or that have none."""
    last = select(OrderEvent.order_id, func.max(OrderEvent.id).label("id"))
    found = last.group_by(OrderEvent.order_id).subquery()
    joined = (
        select(Order.number)
        .outerjoin(found, found.c.order_id == Order.id)
        .outerjoin(OrderEvent, OrderEvent.id == found.c.id)
    )
    return joined.where(OrderEvent.state.is_distinct_from(Order.state)).order_by(*_ORDERED)


def _untraced() -> Any:
    """Find orders with more events than the audit has of them."""
    counted = select(OrderEvent.order_id, func.count().label("count"))
    steps = counted.group_by(OrderEvent.order_id).subquery()
    told = select(AuditEvent.object_id, func.count().label("count"))
    of_orders = told.where(AuditEvent.object_type == "order", AuditEvent.action.in_(_TRACES))
    traces = of_orders.group_by(AuditEvent.object_id).subquery()
    joined = (
        select(Order.number)
        .join(steps, steps.c.order_id == Order.id)
        .outerjoin(traces, traces.c.object_id == Order.id)
    )
    fewer = func.coalesce(traces.c.count, 0) < steps.c.count
    return joined.where(fewer).order_by(*_ORDERED)


def _numbers() -> Any:
    """Find municipalities and years whose numbers are not 1, 2, 3, … up to the counter's."""
    counted = select(
        Order.municipality_id, Order.year, func.count().label("count"),
        func.max(Order.sequence).label("last"),
    )  # fmt: skip
    found = counted.group_by(Order.municipality_id, Order.year).subquery()
    name = Municipality.name + literal(" ") + cast(OrderCounter.year, String)
    here = and_(
        found.c.municipality_id == OrderCounter.municipality_id, found.c.year == OrderCounter.year
    )
    joined = (
        select(name)
        .select_from(OrderCounter)
        .join(Municipality, Municipality.id == OrderCounter.municipality_id)
        .outerjoin(found, here)
    )
    gaps = or_(
        func.coalesce(found.c.last, 0) != OrderCounter.last,
        func.coalesce(found.c.count, 0) != OrderCounter.last,
    )
    return joined.where(gaps).order_by(Municipality.name, OrderCounter.year)


def _withheld() -> Any:
    """Find orders that an enterprise is not shown though they bind it."""
    unseen = rules.RESERVING_STATES | rules.FREE_STATES
    return _orders(and_(Order.withheld, Order.state.not_in(unseen)))


def _unasked() -> Any:
    """Find orders that reserve an amount of a ceiling until somebody decides, who is nobody."""
    return _orders(and_(Order.state.in_(rules.RESERVING_STATES), ~_has(ApprovalStep)))


def _holds() -> Any:
    """Find orders that hold another quantity than their lines, or hold any and came to nothing."""
    wanted = select(
        OrderLine.order_id, OrderLine.product_id, func.sum(OrderLine.quantity).label("quantity")
    ).group_by(OrderLine.order_id, OrderLine.product_id)
    found = wanted.subquery()
    here = and_(found.c.order_id == StockHold.order_id, found.c.product_id == StockHold.product_id)
    name = Order.number + literal(", product ") + cast(StockHold.product_id, String)
    joined = (
        select(name)
        .select_from(StockHold)
        .join(Order, Order.id == StockHold.order_id)
        .outerjoin(found, here)
    )
    off = func.abs(StockHold.quantity - func.coalesce(found.c.quantity, 0)) > _OFF
    return joined.where(or_(Order.state.in_(rules.FREE_STATES), off)).order_by(*_ORDERED)
