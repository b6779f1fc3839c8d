"""The verbs of ordering: place an order, and take it from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import audit
from catalogue.core.errors import Conflict
from catalogue.core.text import COPENHAGEN, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import approval, budgets, line_parts, notices, policy, rules, steps, stock, takes
from . import basket as baskets
from . import items as judging
from .coding_rules import Part
from .items import Item
from .models import Order, OrderCounter, OrderLine, OrderState
from .rules import Delivery, OrderNumber, Step
from .steps import Deed
from .steps import OutOfTurn as OutOfTurn  # noqa: PLC0414 - raised by these verbs


class CannotBePlaced(Conflict):
    """The basket cannot be ordered as it stands; nothing was ordered."""

    title = _("The basket cannot be ordered yet")
    problem = "cannot-be-placed"


@dataclass(frozen=True)
class Placing:
    """What all orders of one placing have in common.

    `parts`: on which codings a line is booked, by its product, and what is no product by its
    position; others are as the delivery says.
    """

    who: Who
    delivery: Delivery
    key: str
    now: datetime
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)


def count_basket_lines(session: Session, who: Who) -> int | None:
    """Count the lines of the buyer's basket; None for those who have no basket."""
    return baskets.count(session, who) if who.role == Role.BUYER else None


def place(session: Session, who: Who, delivery: Delivery, key: str, now: datetime) -> list[Order]:
    """Make the buyer's basket into orders, all lines booked as the delivery says: `place_coded`."""
    return place_coded(session, Placing(who, delivery, key, now))


def place_coded(session: Session, placing: Placing) -> list[Order]:
    """Make the buyer's basket into one order per enterprise, by number; the basket is empty after.

    An order that a rule of the municipality asks approval for awaits it; the others are placed.
    The key belongs to one drawn form: sent again, it returns the orders it made the first time.
    Raises CannotBePlaced when a line is not orderable today, its price has risen, its quantity is
    too small, an agreement's ceiling would be exceeded or a budget that blocks, and Invalid by
    field when the parts of a line do not come to it; then nothing is written.
    """
    who, now = placing.who, placing.now
    basket = baskets.lock(session, who, now)
    if placed := list_placed(session, who, placing.key):
        return placed
    today = today_in_copenhagen(now)
    items = judging.check_locked(session, who, today)
    refuse_unless_ready(session, items, today)
    line_parts.check({each.product.id: each.net_ore for each in items}, placing.parts)
    orders = place_items(session, placing, items)
    baskets.empty(session, basket)
    return orders


def refuse_unless_ready(session: Session, items: Sequence[Item], today: date) -> None:
    """Raise CannotBePlaced, which names the first thing that stands in the way of ordering."""
    if not items:
        raise CannotBePlaced(_("Your basket is empty. If you have just ordered, see your orders."))
    for item in items:
        if not item.ready:
            raise CannotBePlaced(
                _("Nothing was ordered: look at %(title)s in the basket.", title=item.product.name)
            )
    for problem in takes.ceiling_problems(session, items, today):
        raise CannotBePlaced(problem)


def place_items(session: Session, placing: Placing, items: Sequence[Item]) -> list[Order]:
    """Make items, which stand by enterprise, into one order each, by number.

    The caller has judged them on locked rows: for a basket `place`, for a quote `quote_choice`.
    """
    shares = [list(share) for _id, share in groupby(items, lambda item: item.product.enterprise_id)]
    numbers = _take_numbers(session, placing.who, len(shares), placing.now)
    orders = [_order(placing, share, number) for share, number in zip(shares, numbers, strict=True)]
    session.add_all(orders)
    session.flush()
    stock.take(session, orders)
    rules_in_force = policy.list_in_force(session, placing.who.municipality_id)
    approval.ask(session, orders, rules_in_force, today_in_copenhagen(placing.now))
    _book(session, placing, orders)
    for order in orders:
        deed = Deed(Step.PLACE, order.state, placing.now)
        facts = audit.changes({}, _placed(order))
        steps.tell(session, placing.who, order, deed, order.state, facts)
    used = takes.list_used(session, items, today_in_copenhagen(placing.now))
    notices.put_due(session, used, placing.now)
    return orders


def _book(session: Session, placing: Placing, orders: Sequence[Order]) -> None:
    """Write what lines are booked on, and refuse what a budget blocks."""
    for order in orders:
        parts = {
            line.position: found
            for line in order.lines
            if (found := placing.parts.get(line.product_id or line.position))
        }
        if parts:
            line_parts.write(session, order, parts)
    for problem in budgets.list_problems(session, orders):
        raise CannotBePlaced(problem)


def list_placed(session: Session, who: Who, key: str) -> list[Order]:
    """List the buyer's orders of one placing, by number."""
    return list(session.scalars(_placed_by(), {"buyer_id": who.person_id, "key": key}))


@cache
def _placed_by() -> Any:
    own = (Order.buyer_id == bindparam("buyer_id"), Order.placing_key == bindparam("key"))
    return select(Order).where(*own).order_by(Order.year, Order.sequence)


def take_step(
    session: Session, who: Who, number: str, step: Step, *, now: datetime, reason: str | None = None
) -> Order:
    """Take the order `number` one step on that leads one way, for the side `who` acts for.

    Raises Missing for an order that is not hers, OutOfTurn when its state does not allow the step
    (a second click, or the other side was quicker), Invalid when a reason is owed.
    """
    order = steps.begin(session, who, number, step, reason=reason)
    if step not in rules.ONE_WAY:
        raise steps.out_of_turn(order, who)  # these have verbs of their own, which decide the way
    move = steps.find_move(order, who, step)
    after = move.after if move else order.state
    return steps.end(session, who, order, Deed(step, after, now, reason))


def _take_numbers(session: Session, who: Who, count: int, now: datetime) -> list[OrderNumber]:
    """Take the next `count` numbers of the municipality and year, in Copenhagen's calendar.

    The counter's row is locked until the transaction ends, and rolled back with it: no gaps.
    """
    municipality = session.get_one(Municipality, who.municipality_id)
    year = now.astimezone(COPENHAGEN).year
    counter = _lock_counter(session, municipality.id, year)
    first = counter.last + 1
    counter.last += count
    return [OrderNumber(municipality.code, year, each) for each in range(first, first + count)]


def _lock_counter(session: Session, municipality_id: int, year: int) -> OrderCounter:
    key = (municipality_id, year)
    found = session.get(OrderCounter, key, with_for_update=True)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(OrderCounter(municipality_id=municipality_id, year=year, last=0))
    except IntegrityError:
        pass  # the year's first order was placed by another a moment ago
    return session.get_one(OrderCounter, key, with_for_update=True, populate_existing=True)


def _order(placing: Placing, share: Sequence[Item], number: OrderNumber) -> Order:
    sums = rules.totals((item.net_ore, item.product.vat_rate) for item in share)
    return Order(
        **vars(placing.delivery),
        number=str(number),
        municipality_id=placing.who.municipality_id,
        year=number.year,
        sequence=number.sequence,
        enterprise_id=share[0].product.enterprise_id,
        buyer_id=placing.who.person_id,
        placing_key=placing.key,
        placed_at=placing.now,
        state=OrderState.PLACED,
        net_ore=sums.net_ore,
        vat_ore=sums.vat_ore,
        lines=[_line(item, position) for position, item in enumerate(share, start=1)],
    )


def _line(item: Item, position: int) -> OrderLine:
    """Copy everything: an order must not change when its product or agreement does."""
    product, agreement = item.product, item.judgement.voluntary
    if agreement is None or product.category_code is None:
        raise CannotBePlaced(_("Nothing was ordered: a product is not orderable."))
    return OrderLine(
        position=position,
        product_id=product.id,
        product_version=product.version,
        item_number=product.item_number,
        title=product.name,
        kind=product.kind,
        category_code=product.category_code,
        unit=product.unit,
        quantity=item.line.quantity,
        price_ore=item.charged.ore,
        price_base_quantity=item.charged.base_quantity,
        vat_rate=product.vat_rate,
        net_ore=item.net_ore,
        agreement_id=agreement.agreement_id,
        agreement_number=agreement.number,
    )


def _placed(order: Order) -> dict[str, Any]:
    """Return what the audit keeps of a new order; where it goes and to whom stays on the order."""
    return {"state": order.state, "net_ore": order.net_ore, "vat_ore": order.vat_ore}
