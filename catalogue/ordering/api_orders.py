"""Orders as programs read them, and steps as programs send them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.who import Who

from . import (
    approval,
    change_schema,
    changing,
    partial,
    queries,
    schema,
    seeing,
    service,
    shipments,
)
from .api_schema import OrderListedSchema, OrderShownSchema
from .editing import Edit
from .models import Order
from .policy_models import OrderChange
from .queries import Listed
from .rules import OPEN_STATES, Delivery, Step

Verb = Callable[[Session, Who, str, Mapping[str, Any], datetime], Order]


def list_orders(
    session: Session, who: Who, state: str | None, before: int | None, limit: int
) -> list[Listed]:
    """List the orders `who` may see in her role, newest first, below an id. One query."""
    query = queries.named().where(Order.visible_to(who)).order_by(Order.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Order.state == state)
    if before is not None:
        query = query.where(Order.id < before)
    return [queries.listed(*row) for row in session.execute(query)]


def show_listed(listed: Listed) -> dict[str, Any]:
    """Return an order as a list has it."""
    return dict(OrderListedSchema().dump(_told(listed)))


def show(session: Session, who: Who, number: str) -> dict[str, Any]:
    """Return an order that `who` may see; raises Missing."""
    session.expire_all()
    page = queries.get_order(session, who, number)
    order = page.order
    change = changing.find_open(session, order.id) if order.state in OPEN_STATES else None
    told = _told(page) | {
        "delivery": order,
        "delivery_on": order.delivery_on,
        "lines": order.lines,
        "shipments": order.shipments,
        "events": order.events,
        "change": change and _change(change),
        "possible": [str(each) for each in page.steps],
    }
    return dict(OrderShownSchema().dump(told))


def show_placed(session: Session, who: Who, key: str) -> list[dict[str, Any]]:
    """Return the orders of one placing, by number."""
    return [show_listed(each) for each in queries.list_receipt(session, who, key)]


def take(session: Session, who: Who, number: str, sent: Mapping[str, Any], now: datetime) -> Order:
    """Take the step that was sent; raises OutOfTurn with what is possible, Invalid by field.

    A step that leads one way and needs nothing but a reason has no verb here: the table knows it.
    """
    step, form = Step(sent["step"]), _form(sent)
    verb = VERBS.get(step)
    if verb is not None:
        return verb(session, who, number, form, now)
    return service.take_step(session, who, number, step, now=now, reason=form.get("reason"))


def read_delivery(sent: Mapping[str, Any]) -> Delivery:
    """Read a delivery; raises Invalid by its place in the body."""
    try:
        return schema.read_delivery(sent)
    except Invalid as error:
        problems = {f"delivery.{name}": texts for name, texts in error.problems.items()}
        raise Invalid(problems) from None


def read_edit(sent: Mapping[str, Any]) -> Edit:
    """Read what the buyer of an order that came back wants now; raises Invalid by its place."""
    lines = sent.get("lines", ())
    form = {
        f"{schema.QUANTITY_PREFIX}{each['position']}": _plain(each["quantity"])
        for each in lines
        if each["quantity"]
    }
    out = frozenset(each["position"] for each in lines if not each["quantity"])
    return Edit(read_delivery(sent["delivery"]), schema.read_quantities(form), out)


def places_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return where in the body what a form calls by the position of a line stands."""
    lines = enumerate(sent.get("lines", ()))
    places = {
        f"{schema.QUANTITY_PREFIX}{each['position']}": f"lines.{place}.quantity"
        for place, each in lines
    }
    return {"out": "lines", **places}


def _form(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form that says the same: fields of lines carry their position."""
    form = {name: each for name, each in sent.items() if name not in ("step", "lines")}
    for line in sent.get("lines", ()):
        for name, value in line.items():
            if name == "price_ore":
                form[f"price_{line['position']}"] = f"{value // 100}.{value % 100:02d}"
            elif name != "position":
                form[f"{name}_{line['position']}"] = _plain(value)
    return form


def _plain(value: Any) -> str:
    """Write a number as people do: 1e-05 and 5.0 are no quantities, and 1.125 is no thousand."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")


def _told(listed: Listed) -> dict[str, Any]:
    order = listed.order
    return {
        **{name: getattr(order, name) for name in _LISTED},
        "municipality": listed.municipality_name,
        "enterprise": listed.enterprise_name,
        "buyer": listed.buyer_name,
    }


def _change(change: OrderChange) -> dict[str, Any]:
    lines = [
        {"position": int(position), "quantity": new.get("quantity"),
         "price_ore": new.get("price_ore")}
        for position, new in change.lines.items()
    ]  # fmt: skip
    return {"reason": change.reason, "delivery_on": change.delivery_on, "lines": lines}


_LISTED = ("number", "state", "placed_at", "enterprise_id", "net_ore", "vat_ore", "currency")
VERBS: dict[Step, Verb] = {
    Step.CONFIRM: lambda session, who, number, form, now: changing.confirm(
        session, who, number, change_schema.read_delivery_day(form), now
    ),
    Step.PROPOSE: lambda session, who, number, form, now: changing.propose(
        session, who, number, change_schema.read_change(form), now
    ),
    Step.DISPATCH: lambda session, who, number, form, now: shipments.dispatch(
        session, who, number, change_schema.read_sending(form), now
    ),
    Step.STOP: lambda session, who, number, form, now: shipments.stop(
        session, who, number, form.get("reason"), now
    ),
    Step.RECEIVE_PART: lambda session, who, number, form, now: shipments.receive_shipment(
        session, who, number, change_schema.read_came(form), now
    ),
    Step.RECEIVE: lambda session, who, number, form, now: shipments.receive(
        session, who, number, change_schema.read_arrived(form), now
    ),
    Step.CONFIRM_PART: lambda session, who, number, form, now: partial.confirm_part(
        session, who, number, change_schema.read_part(form), now
    ),
    Step.ACCEPT_WORK: lambda session, who, number, form, now: changing.accept_work(
        session, who, number, change_schema.read_arrived(form), now
    ),
    Step.SEE: lambda session, who, number, _form, now: seeing.see(session, who, number, now),
    Step.RESUBMIT: lambda session, who, number, form, now: approval.resubmit(
        session, who, number, schema.read_reason(form), now
    ),
    Step.ACCEPT: lambda session, who, number, _form, now: changing.accept(
        session, who, number, now
    ),
    Step.REFUSE: lambda session, who, number, _form, now: changing.refuse(
        session, who, number, now
    ),
    Step.WITHDRAW: lambda session, who, number, _form, now: changing.withdraw(
        session, who, number, now
    ),
}
