"""What orders take from the stock of an enterprise, and give back when they come to nothing.

What an order holds is a row beside it, so that whichever way its lines went (struck, lowered,
rejected) `follow` only has to compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.core.text import Text
from catalogue.products import stock

from . import rules
from .models import Order
from .stock_models import StockHold


def take(session: Session, orders: Sequence[Order]) -> None:
    """Take what orders that were just made ask for, where it is counted.

    The caller has judged the lines on locked rows: there is enough.
    """
    wanted = {order.id: _wanted(order) for order in orders}
    counted = stock.lock(session, {each for lines in wanted.values() for each in lines})
    for order_id, lines in wanted.items():
        for product_id, quantity in lines.items():
            if row := counted.get(product_id):
                row.left -= quantity
                session.add(StockHold(order_id=order_id, product_id=product_id, quantity=quantity))
    session.flush()


def take_more(session: Session, order: Order) -> dict[int, Text]:
    """Take what a changed order asks for beyond what it holds.

    Returns what is wrong by product id when not enough is left; then nothing more is to be done.
    """
    holds = {
        each.product_id: each
        for each in session.scalars(select(StockHold).where(StockHold.order_id == order.id))
    }
    wanted = _wanted(order)
    more = {
        id_: wanted[id_] - hold.quantity
        for id_, hold in holds.items()
        if wanted.get(id_, Decimal(0)) > hold.quantity
    }
    if not more:
        return {}
    problems: dict[int, Text] = {}
    for product_id, row in stock.lock(session, more).items():
        there_are = holds[product_id].quantity + row.left
        if problem := stock.beyond(wanted[product_id], there_are):
            problems[product_id] = problem
            continue
        row.left -= more[product_id]
        holds[product_id].quantity = wanted[product_id]
    return problems


def follow(session: Session, order: Order) -> None:
    """Give back what an order holds and does not need any more: of lines struck or lowered, and
    all when it came to nothing. One query, and more only where there is something to give back.
    """
    session.flush()
    standing = {} if order.state in rules.FREE_STATES else _wanted(order)
    holds = session.scalars(select(StockHold).where(StockHold.order_id == order.id)).all()
    spare = {
        each.product_id: each.quantity - standing.get(each.product_id, Decimal(0))
        for each in holds
        if each.quantity > standing.get(each.product_id, Decimal(0))
    }
    if not spare:
        return
    for product_id, row in stock.lock(session, spare).items():
        row.left += spare[product_id]
    for each in holds:
        each.quantity = min(each.quantity, standing.get(each.product_id, Decimal(0)))
    session.flush()
    gone = (StockHold.order_id == order.id, StockHold.quantity == 0)
    session.execute(delete(StockHold).where(*gone))


def _wanted(order: Order) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in order.lines:
        if line.product_id is not None:
            found[line.product_id] = found.get(line.product_id, Decimal(0)) + line.quantity
    return found
