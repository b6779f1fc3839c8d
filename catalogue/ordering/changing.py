"""The verbs of an order that changes on its way: a day promised, a change proposed and answered,
work accepted. What is sent and received: `shipments`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.money import line_net_ore
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen, typed_number
from catalogue.core.who import Who

from . import approval, change_rules, steps
from .change_rules import Arrived, Ordered, Proposed
from .models import Order, OrderLine
from .policy_models import OrderChange
from .rules import Step
from .steps import Deed


@dataclass(frozen=True)
class Change:
    """A change as an enterprise proposes it."""

    reason: str
    delivery_on: date | None = None
    lines: Mapping[int, Proposed] = field(default_factory=dict)


def confirm(
    session: Session, who: Who, number_: str, delivery_on: date | None, now: datetime
) -> Order:
    """Confirm the order, with the day it will be delivered when the enterprise says one."""
    order = steps.begin(session, who, number_, Step.CONFIRM)
    if problems := change_rules.day_problems(delivery_on, today_in_copenhagen(now)):
        raise Invalid(problems)
    before = {"delivery_on": _text(order.delivery_on)}
    order.delivery_on = delivery_on
    deed = Deed(Step.CONFIRM, "confirmed", now, None, before, {"delivery_on": _text(delivery_on)})
    return steps.end(session, who, order, deed)


def propose(session: Session, who: Who, number_: str, change: Change, now: datetime) -> Order:
    """Propose a later day, less or a lower price; the buyer answers. Raises Invalid by field."""
    order = steps.begin(session, who, number_, Step.PROPOSE, reason=change.reason)
    lines = _ordered(order.lines)
    new = change_rules.effective(lines, change.lines)
    day = change.delivery_on if change.delivery_on != order.delivery_on else None
    if problems := change_rules.change_problems(lines, new, day, today_in_copenhagen(now)):
        raise Invalid(problems)
    made = OrderChange(
        order_id=order.id, proposed_at=now, before_state=order.state, delivery_on=day,
        lines={str(position): _as_json(each) for position, each in new.items()},
        reason=change.reason,
    )  # fmt: skip
    session.add(made)
    facts = {"lines": made.lines, "delivery_on": _text(day)}
    deed = Deed(Step.PROPOSE, "proposed", now, change.reason, {}, facts)
    return steps.end(session, who, order, deed)


def accept(session: Session, who: Who, number_: str, now: datetime) -> Order:
    """Accept the change, or the part that the enterprise can deliver: the order is confirmed so,
    unless what was approved must be so anew.
    """
    order = steps.begin(session, who, number_, Step.ACCEPT)
    change = get_open(session, order)
    before = _facts(order)
    _take_over(order, change)
    session.flush()
    asked = approval.ask_anew(session, order, today_in_copenhagen(now)) if change.lines else False
    _answer(change, "accepted", now)
    after = "awaiting" if asked else "confirmed"
    return steps.end(
        session, who, order, Deed(Step.ACCEPT, after, now, None, before, _facts(order))
    )


def refuse(session: Session, who: Who, number_: str, now: datetime) -> Order:
    """Refuse the change: the order stands as it was."""
    return _turn_back(session, who, number_, Step.REFUSE, now)


def withdraw(session: Session, who: Who, number_: str, now: datetime) -> Order:
    """Take the enterprise's own proposal back: the order stands as it was."""
    return _turn_back(session, who, number_, Step.WITHDRAW, now)


def accept_work(
    session: Session, who: Who, number_: str, done: Mapping[int, Arrived], now: datetime
) -> Order:
    """Accept that the work is done, with what was not as ordered; raises Invalid by field."""
    order = steps.begin(session, who, number_, Step.ACCEPT_WORK)
    lines = [line for line in order.lines if line.kind == "service"]
    found, problems = change_rules.deviations(_ordered(lines), done)
    if problems:
        raise Invalid(problems)
    said = []
    for line in lines:
        if came := found.get(line.position):
            line.received_quantity, line.deviation = came.quantity, came.text
            counted = f"{typed_number(came.quantity)} / {typed_number(line.quantity)}"
            said.append(f"{line.title} ({counted}): {came.text}")
    facts = {"deviations": len(found)} if found else {}
    text = "; ".join(said) or None
    return steps.end(session, who, order, Deed(Step.ACCEPT_WORK, "accepted", now, text, {}, facts))


def find_open(session: Session, order_id: int) -> OrderChange | None:
    """Return the change of an order that waits for an answer, if any. One query."""
    query = select(OrderChange).where(OrderChange.order_id == order_id)
    return session.scalars(
        query.where(OrderChange.answer.is_(None)).order_by(OrderChange.id.desc()).limit(1)
    ).first()


def list_accepted(session: Session, order_id: int) -> list[OrderChange]:
    """List the changes of an order that its buyer accepted, the oldest first. One query."""
    own = (OrderChange.order_id == order_id, OrderChange.answer == "accepted")
    return list(session.scalars(select(OrderChange).where(*own).order_by(OrderChange.id)))


def get_open(session: Session, order: Order) -> OrderChange:
    """Return the change of an order that waits for an answer; raises Missing."""
    found = find_open(session, order.id)
    if found is None:
        raise Missing(_("No change of order %(number)s waits.", number=order.number))
    return found


def _turn_back(session: Session, who: Who, number_: str, step: Step, now: datetime) -> Order:
    order = steps.begin(session, who, number_, step)
    change = get_open(session, order)
    _answer(change, "refused" if step == Step.REFUSE else "withdrawn", now)
    return steps.end(session, who, order, Deed(step, change.before_state, now))


def _take_over(order: Order, change: OrderChange) -> None:
    if change.delivery_on is not None:
        order.delivery_on = change.delivery_on
    for line in list(order.lines):
        new = change.lines.get(str(line.position))
        if new is None:
            continue
        line.quantity = Decimal(new.get("quantity", str(line.quantity)))
        line.price_ore = new.get("price_ore", line.price_ore)
        line.net_ore = line_net_ore(line.price_ore, line.quantity, line.price_base_quantity)
    approval.sum_up(order, order.lines)


def _answer(change: OrderChange, answer: str, now: datetime) -> None:
    change.answer, change.answered_at = answer, now


def _ordered(lines: Iterable[OrderLine]) -> list[Ordered]:
    return [Ordered(each.position, each.quantity, each.price_ore) for each in lines]


def _facts(order: Order) -> dict[str, Any]:
    return {"net_ore": order.net_ore, "delivery_on": _text(order.delivery_on)}


def _as_json(new: Proposed) -> dict[str, Any]:
    quantity = {} if new.quantity is None else {"quantity": str(new.quantity)}
    price = {} if new.price_ore is None else {"price_ore": new.price_ore}
    return {**quantity, **price}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
