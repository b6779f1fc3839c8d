"""The verbs of ordering: place an order, and take it from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import audit
from catalogue.core.db import Base, ask, insert_on
from catalogue.core.errors import Conflict
from catalogue.core.text import COPENHAGEN, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import approval, budgets, line_parts, notices, policy, rules, sides, steps, stock, takes
from . import basket as baskets
from . import items as judging
from .coding_rules import Part
from .items import Item
from .models import Order, OrderCounter, OrderLine, OrderState
from .rules import Delivery, OrderNumber, Step
from .steps import Deed, Done
from .steps import OutOfTurn as OutOfTurn  # noqa: PLC0414 - raised by these verbs
from .takes import Take


class CannotBePlaced(Conflict):
    """The basket cannot be ordered as it stands; nothing was ordered."""

    title = _("The basket cannot be ordered yet")
    problem = "cannot-be-placed"


class BasketChanged(CannotBePlaced):
    """The basket holds something else than its buyer saw at check-out; nothing was ordered."""


@dataclass(frozen=True)
class Placing:
    """What all orders of one placing have in common.

    `parts`: on which codings a line is booked, by its product, and what is no product by its
    position; others are as the delivery says. `seen`: the `contents` its buyer saw, None if none.
    """

    who: Who
    delivery: Delivery
    key: str
    now: datetime
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    seen: str | None = None


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
    too small, an agreement's ceiling would be exceeded or a budget that blocks, BasketChanged
    when it holds something else than was seen, and Invalid by field when the parts of a line do not
    come to it; then nothing is written.
    """
    who, now = placing.who, placing.now
    basket_id = baskets.lock(session, who, now)
    if placed := list_placed(session, who, placing.key):
        return placed
    today = today_in_copenhagen(now)
    items = judging.check_locked(session, who, today)
    taken = refuse_unless_ready(session, items, today)
    if placing.seen not in (None, judging.contents(items)):  # changed in another tab, or by phone
        raise BasketChanged(
            _("Nothing was ordered: your basket has changed since you opened this page. What lies"
              " there now is shown here; look at it, and place the order again.")
        )  # fmt: skip
    line_parts.check({each.product.id: each.net_ore for each in items}, placing.parts)
    orders = place_items(session, placing, items, taken)
    baskets.empty(session, basket_id)
    return orders


def refuse_unless_ready(session: Session, items: Sequence[Item], today: date) -> list[Take]:
    """Return what items take of ceilings; raises CannotBePlaced, which names the first thing that
    stands in the way of ordering.
    """
    if not items:
        raise CannotBePlaced(_("Your basket is empty. If you have just ordered, see your orders."))
    for item in items:
        if not item.ready:
            raise CannotBePlaced(
                _("Nothing was ordered: look at %(title)s in the basket.", title=item.product.name)
            )
    return take(session, items, today)


def take(session: Session, items: Sequence[Item], today: date) -> list[Take]:
    """Return what items take of the ceilings of their agreements; raises CannotBePlaced when it is
    more than is left.

    The caller has locked the agreements before it judged the items by them.
    """
    taken = takes.list_locked(session, items, today)
    for problem in takes.problems(taken):
        raise CannotBePlaced(problem)
    return taken


def place_items(
    session: Session, placing: Placing, items: Sequence[Item], taken: Sequence[Take]
) -> list[Order]:
    """Make items, which stand by enterprise, into one order each, by number.

    The caller has judged them on locked rows: for a basket `place`, for a quote `quote_choice`.
    `taken` is what they take of ceilings, as `take` returns it.
    """
    shares = [list(share) for _id, share in groupby(items, lambda item: item.product.enterprise_id)]
    numbers = _take_numbers(session, placing.who, len(shares), placing.now)
    orders = [_order(placing, share, number) for share, number in zip(shares, numbers, strict=True)]
    session.add_all(orders)
    session.flush()
    sides.keep(session, orders)
    if any(item.left is not None for item in items):
        stock.take(session, orders)
    rules_in_force = policy.list_in_force(session, placing.who.municipality_id)
    approval.ask(session, orders, rules_in_force, today_in_copenhagen(placing.now))
    _book(session, placing, orders)
    done = [Done(each, each.state, audit.changes({}, _placed(each))) for each in orders]
    steps.tell(session, placing.who, Deed(Step.PLACE, OrderState.PLACED, placing.now), done)
    notices.put_due(session, [each.after for each in taken], placing.now)
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
    asked = {"buyer_id": who.person_id, "key": key}
    ids = ask(session, _placed_by(), asked).scalars().all()
    if not ids:  # as a rule
        return []
    query = select(Order).where(Order.id.in_(ids)).order_by(Order.year, Order.sequence)
    return list(session.scalars(query))


@cache
def _placed_by() -> Any:
    own = (Order.buyer_id == bindparam("buyer_id"), Order.placing_key == bindparam("key"))
    return select(Order.id).where(*own)


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
    year = now.astimezone(COPENHAGEN).year
    asked = {"home": who.municipality_id, "in_year": year, "count": count}
    last, code = ask(session, _counting(session.get_bind().dialect.name), asked).one()
    return [OrderNumber(code, year, each) for each in range(last - count + 1, last + 1)]


@cache
def _counting(dialect: str) -> Any:
    """Return what counts numbers taken, from 0 on in a new year, and tells the municipality's code.

    One statement: others of the municipality wait from here on.
    """
    counters = Base.metadata.tables[OrderCounter.__tablename__]
    home: Any = bindparam("home")
    counted = insert_on(dialect, counters).values(
        municipality_id=home, year=bindparam("in_year"), last=bindparam("count")
    )
    counted = counted.on_conflict_do_update(
        index_elements=list(counters.primary_key),
        set_={"last": counters.c.last + counted.excluded.last},
    )
    code = select(Municipality.code).where(Municipality.id == home)
    return counted.returning(counters.c.last, code.scalar_subquery())


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
