"""The verb of a buyer whose order came back from approval: quantities, address, fewer lines.

Nobody but buyer and approvers has seen such an order, so it may still change. What it reserves on
ceilings and budgets follows at once; sent for approval again, all are asked anew of what then
stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.errors import Invalid
from catalogue.core.money import line_net_ore
from catalogue.core.text import today_in_copenhagen, typed_number
from catalogue.core.who import Who
from catalogue.products.models import Product

from . import (
    approval,
    budgets,
    ceilings,
    edit_rules,
    notices,
    policy,
    standing,
    steps,
    stock,
)
from .budgets import Booked
from .edit_rules import Line, Wanted
from .items import price_products
from .models import Order, OrderLine
from .rules import Delivery, Price, Step
from .schema import QUANTITY_PREFIX
from .steps import Deed


@dataclass(frozen=True)
class Edit:
    """An order as its buyer wants it now: where to, quantities and lines to take out."""

    delivery: Delivery
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    out: frozenset[int] = frozenset()


def edit(session: Session, who: Who, number_: str, wanted: Edit, now: datetime) -> Order:
    """Change an order that came back; the same again leaves no trace.

    Raises OutOfTurn unless it was sent back before the enterprise was told of it, Invalid by field
    when a quantity is too small, its price is not the accepted one, or a ceiling or a budget that
    blocks is in the way.
    """
    order = steps.begin(session, who, number_, Step.EDIT)
    products = standing.lock(session, order)
    today = today_in_copenhagen(now)
    lines, problems = edit_rules.decide(
        _lines(session, order, products, today), wanted.quantities, wanted.out
    )
    if problems:
        raise Invalid(problems)
    before, bound, stood = _facts(order), _bound(order), _all(order)
    booked, coding = budgets.book(session, order), order.account_coding
    said = _change_lines(order, lines) + _move(order, wanted.delivery)
    approval.sum_up(order, order.lines)
    session.flush()
    if _all(order) == stood:
        return order
    _refuse_above_ceilings(session, order, bound, today)
    _refuse_above_budgets(session, order, (booked, coding), today)
    _refuse_beyond_stock(session, order)
    approval.ask_more(session, order, policy.list_in_force(session, order.municipality_id))
    notices.put_due(session, ceilings.list_used(session, _bound(order), today), now)
    deed = Deed(Step.EDIT, order.state, now, "; ".join(said) or None, before, _facts(order))
    return steps.end(session, who, order, deed)


def _lines(
    session: Session, order: Order, products: Mapping[int, Product], today: date
) -> list[Line]:
    among = [order.enterprise_id]
    applies = agreements.in_force(session, order.municipality_id, today, among=among)
    priced = price_products(session, applies, products.values())
    return [
        Line(
            line.position, line.quantity, _price(line), products[line.product_id].minimum_quantity,
            priced[line.product_id].at,
        )
        if line.product_id is not None
        else Line(line.position, line.quantity, _price(line), None, lambda _quantity: None)
        for line in order.lines
    ]  # fmt: skip


def _price(line: OrderLine) -> Price:
    return Price(line.price_ore, line.price_base_quantity, line.unit)


def _change_lines(order: Order, wanted: Mapping[int, Wanted]) -> list[str]:
    """Write what is wanted on the lines; return what the time line says of it."""
    said = []
    for line in list(order.lines):
        new = wanted.get(line.position)
        if new is None:
            order.lines.remove(line)
            said.append(f"− {typed_number(line.quantity)} × {line.title}")
        elif new.quantity != line.quantity:
            before, after = typed_number(line.quantity), typed_number(new.quantity)
            said.append(f"{line.title}: {before} → {after}")
            line.quantity, line.price_ore = new.quantity, new.price.ore
            line.price_base_quantity = new.price.base_quantity
            line.net_ore = line_net_ore(line.price_ore, line.quantity, line.price_base_quantity)
    return said


def _move(order: Order, delivery: Delivery) -> list[str]:
    """Write the delivery on the order; return its address when that is another."""
    before = _address(order)
    for name, value in asdict(delivery).items():
        setattr(order, name, value)
    return [f"→ {_address(order)}"] if _address(order) != before else []


def _address(order: Order) -> str:
    return f"{order.institution}, {order.street}, {order.postcode} {order.city}"


def _refuse_above_ceilings(
    session: Session, order: Order, before: Mapping[int, int], today: date
) -> None:
    """Refuse what the order takes more of a ceiling than is left; what it takes less is welcome."""
    risen = {id_ for id_, ore in _bound(order).items() if ore > before.get(id_, 0)}
    passed = standing.passed(
        ceilings.list_taken(session, ceilings.list_ceilings(session, risen, today), today)
    )
    if passed:
        raise Invalid({"out": [*passed]})


def _refuse_above_budgets(
    session: Session, order: Order, was: tuple[Booked, str | None], today: date
) -> None:
    """Refuse what the order takes more of a budget that blocks than is left, at what moved it."""
    before, coding = was
    moved = "account_coding" if order.account_coding != coding else "out"
    at = "gln" if order.gln != before.gln else moved
    if problems := budgets.list_problems(session, [order], before, today):
        raise Invalid({at: [*problems]})


def _refuse_beyond_stock(session: Session, order: Order) -> None:
    """Take from the stock what the order asks for more; raises Invalid where not enough is left."""
    if lacking := stock.take_more(session, order):
        raise Invalid(
            {
                f"{QUANTITY_PREFIX}{line.position}": [lacking[line.product_id]]
                for line in order.lines
                if line.product_id in lacking
            }
        )


def _bound(order: Order) -> dict[int, int]:
    """Return what the order takes of each agreement, in øre."""
    found: dict[int, int] = {}
    for line in order.lines:
        found[line.agreement_id] = found.get(line.agreement_id, 0) + line.net_ore
    return found


def _all(order: Order) -> list[Any]:
    """Return all that a buyer can change, to compare."""
    delivery = [getattr(order, name) for name in Delivery.__dataclass_fields__]
    return [delivery, [(line.position, line.quantity, line.net_ore) for line in order.lines]]


def _facts(order: Order) -> dict[str, Any]:
    """Return what the audit keeps: names and numbers of persons stay on the order."""
    return {
        "net_ore": order.net_ore, "lines": len(order.lines), "institution": order.institution,
        "gln": order.gln, "account_coding": order.account_coding,
    }  # fmt: skip
