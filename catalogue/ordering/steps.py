"""How an order takes a step: it is found and locked, the table asked, and what follows written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit, jobs
from catalogue.core.db import Base, ask
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import rules, stock
from .models import Order, OrderEvent, OrderState
from .rules import Given, Move, Step
from .shipment_models import Shipment


class OutOfTurn(Conflict):
    """The order is in a state from which this step does not lead on."""

    title = _("The order has moved on")
    problem = "out-of-turn"


@dataclass(frozen=True)
class Deed:
    """A step as it is taken: where it leads, when and why, and what changes beside the state."""

    step: Step
    after: str
    now: datetime
    reason: str | None = None
    before_facts: Mapping[str, Any] = field(default_factory=dict)
    after_facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What a deed did to an order: its name in the audit, and the facts of it."""

    order: Order
    action: str
    facts: dict[str, Any]


def begin(
    session: Session, who: Who, number: str, step: Step, *, reason: str | None = None
) -> Order:
    """Return the order, locked and with its lines, when `who` may take the step now.

    Raises Missing for an order that is not hers, OutOfTurn with what is possible when its state
    does not allow the step, Invalid when a reason is owed.
    """
    order = lock(session, who, number)
    allow(order, who, step, reason=reason)
    return order


def allow(order: Order, who: Who, step: Step, *, reason: str | None = None) -> None:
    """Refuse a step that `who` may not take with the order as it stands, as `begin` does."""
    move = find_move(order, who, step)
    if move is None:
        raise out_of_turn(order, who)
    if move.reason_owed and not reason:
        raise Invalid({"reason": [MESSAGES["required"]]})


def lock(session: Session, who: Who, number: str) -> Order:
    """Return an order that `who` may see, locked, with its lines and shipments; raises Missing."""
    own = (Order.visible_to(who), Order.number == number)
    shipped = selectinload(Order.shipments).selectinload(Shipment.lines)
    query = select(Order).where(*own).options(selectinload(Order.lines), shipped)
    # A row that this session has read before is read anew: it may have moved on.
    query = query.with_for_update(of=Order).execution_options(populate_existing=True)
    order = session.scalars(query).first()
    if order is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    return order


def given_of(order: Order) -> frozenset[Given]:
    """Return what the table asks of an order, whose lines are loaded, and shipments if it has."""
    kinds = [line.kind for line in order.lines]
    shipments = order.shipments if order.state in rules.SHIPPED else []
    return rules.given(
        kinds, seen=order.seen_at is not None, withheld=order.withheld,
        under_way=sum(each.received_at is None for each in shipments),
    )  # fmt: skip


def find_move(order: Order, who: Who, step: Step, after: str | None = None) -> Move | None:
    """Return the move `who` makes by the step (to `after`) as the order stands, or None."""
    side = rules.side_of(who.role) if who.role else rules.Side.CATALOGUE
    return rules.find_move(order.state, side, step, after, given_of(order))


def list_steps(order: Order, who: Who) -> list[Step]:
    """List what `who` may do with the order now."""
    return rules.steps(order.state, rules.side_of(who.role), given_of(order))


def end(session: Session, who: Who, order: Order, deed: Deed) -> Order:
    """Take the order where the deed leads, with its event, its trace and its mail."""
    before = order.state
    if find_move(order, who, deed.step, deed.after) is None:
        raise out_of_turn(order, who)
    if who.role == Role.ENTERPRISE and order.seen_at is None:
        order.seen_at, order.seen_by = deed.now, who.name  # who answers has seen
    order.state = OrderState(deed.after)
    stock.follow(session, order)
    action = rules.DEEDS[deed.step][0] if deed.step in rules.DEEDS else deed.after
    facts = audit.changes(
        {"state": before, **deed.before_facts}, {"state": order.state, **deed.after_facts}
    )
    if not (facts["before"] or facts["after"]):
        facts["after"] = {"state": order.state}
    tell(session, who, deed, [Done(order, action, facts)])
    return order


def tell(session: Session, who: Who, deed: Deed, done: Sequence[Done]) -> None:
    """Write the events of what was done to orders by one deed, the traces in the audit, and the
    work that tells of it. Two statements, however many orders.
    """
    session.flush()  # the orders, which events and work are about
    events = [
        {
            "order_id": each.order.id,
            "state": each.order.state,
            "step": deed.step if deed.step in rules.DEEDS else None,
            "at": deed.now,
            "person_id": who.person_id,
            "person_name": who.name,
            "reason": deed.reason,
        }
        for each in done
    ]
    ask(session, _events(), events)
    for each in done:
        trace(session, who, each.order, f"order.{each.action}", (deed.now, each.facts))
    orders = [each.order for each in done]
    work = [(topic, _moved(each)) for each in orders for topic in ("order.documents", "order.news")]
    mails = [("order.mail", each) for each in _mailed(orders)]
    jobs.put_all(session, [*mails, *work], now=deed.now)


def _moved(order: Order) -> dict[str, Any]:
    return {"order_id": order.id, "state": order.state}


def _mailed(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Return the work that mails of orders: of several at once, one piece for each enterprise, and
    one for those who are told of all together.
    """
    if len(orders) == 1:
        return [_moved(orders[0])]
    apart = [_moved(each) | {"together": True} for each in orders]
    return [*apart, {"orders": [[each.id, each.state] for each in orders]}]


@cache
def _events() -> Any:
    return insert(Base.metadata.tables[OrderEvent.__tablename__])  # as mapped objects: half as fast


def trace(
    session: Session, who: Who, order: Order, action: str, what: tuple[datetime, dict[str, Any]]
) -> None:
    """Write into the audit what was done with an order, when, and the facts of it."""
    now, facts = what
    audit.record(
        session,
        action,
        ("order", order.id),
        person_id=who.person_id,
        now=now,
        facts=facts | {"number": order.number, "enterprise_id": order.enterprise_id},
        municipality_id=order.municipality_id,
    )


def out_of_turn(order: Order, who: Who) -> OutOfTurn:
    """Return the refusal of a step, with where the order stands and what may be done instead."""
    steps = [each for each in list_steps(order, who) if each not in rules.QUIET]
    possible = [rules.STEP_NAMES[each] for each in steps]
    facts = {"state": str(order.state), "possible": [str(each) for each in steps]}
    values: dict[str, Any] = {
        "number": order.number,
        "state": rules.STATE_NAMES[order.state],
    }
    if not possible:
        return OutOfTurn(
            _("Order %(number)s is now: %(state)s. You can do nothing with it now.", **values),
            **facts,
        )
    values["steps"] = ", ".join(str(each) for each in possible)
    text = _("Order %(number)s is now: %(state)s. Possible now: %(steps)s.", **values)
    return OutOfTurn(text, **facts)
