"""The verbs of goods on their way: send them at once or in several shipments, stop, and receive.

Each runs on the locked row of its order, so that of two who send the same rest one comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen, typed_number
from catalogue.core.who import Role, Who

from . import change_rules, partial, rules, shipment_rules, steps
from .change_rules import Arrived, Ordered
from .models import Order
from .rules import Step
from .shipment_models import Shipment, ShipmentLine
from .steps import Deed

MAIL = "order.shipment"


class ShipmentGone(Conflict):
    """The shipment is received already, or another has its number."""

    title = _("The shipment is known already")


@dataclass(frozen=True)
class Sending:
    """What an enterprise sends: quantities by position, none for all that is left.

    `number` is that which the shipment gets, as the form was drawn: sent twice, it is one shipment.
    """

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    dispatched_on: date | None = None
    carrier: str | None = None
    tracking: str | None = None
    note: str | None = None
    number: int | None = None


def dispatch(session: Session, who: Who, number_: str, sending: Sending, now: datetime) -> Order:
    """Say that goods are on their way: a part of the order, or all that is left of it.

    Raises OutOfTurn, ShipmentGone, Invalid by field.
    """
    order = steps.lock(session, who, number_)
    if who.role == Role.ENTERPRISE and _is_repeated(order, sending):
        return order
    steps.allow(order, who, Step.DISPATCH)
    today = today_in_copenhagen(now)
    day = sending.dispatched_on or today
    to_send = left_of(order)
    held, problems = shipment_rules.packed(to_send, sending.quantities)
    problems |= shipment_rules.day_problems(day, today_in_copenhagen(order.placed_at), today)
    if problems:
        raise Invalid(problems)
    made = Shipment(
        number=len(order.shipments) + 1, dispatched_on=day, carrier=sending.carrier,
        tracking=sending.tracking, note=sending.note,
        lines=[ShipmentLine(position=each, quantity=many) for each, many in held.items()],
    )  # fmt: skip
    whole = held == to_send and not order.shipments
    order.shipments.append(made)
    session.flush()
    after = "dispatched" if held == to_send else "sending"
    facts = {"shipment": made.number, "quantities": {str(each): str(held[each]) for each in held}}
    said = describe(order, made, contents=not whole)
    steps.end(session, who, order, Deed(Step.DISPATCH, after, now, said, {}, facts))
    jobs.put(session, MAIL, {"shipment_id": made.id}, now=now)
    return order


def stop(session: Session, who: Who, number_: str, reason: str | None, now: datetime) -> Order:
    """Say that the rest is not coming: it is off the order, which the buyer ends by receiving."""
    order = steps.begin(session, who, number_, Step.STOP, reason=reason)
    gone = shipment_rules.total(each.quantities for each in order.shipments)
    less = {each: gone.get(each, Decimal(0)) for each in left_of(order)}
    before = {"net_ore": order.net_ore, "lines": len(order.lines)}
    said = f"{partial.shorten(order, less)}: {reason}"
    session.flush()
    after = {"net_ore": order.net_ore, "lines": len(order.lines)}
    return steps.end(session, who, order, Deed(Step.STOP, "dispatched", now, said, before, after))


def receive(
    session: Session, who: Who, number_: str, arrived: Mapping[int, Arrived], now: datetime
) -> Order:
    """Confirm that all goods have come, with what was not as ordered; raises Invalid by field."""
    order = steps.begin(session, who, number_, Step.RECEIVE)
    came = Receipt([each for each in order.shipments if each.received_at is None], arrived)
    return _receive(session, who, order, came, now)


def receive_shipment(
    session: Session, who: Who, number_: str, came: tuple[int, Mapping[int, Arrived]], now: datetime
) -> Order:
    """Confirm that a shipment, by its number, has come, with what was not as it was sent.

    With the last of a dispatched order the order is received. Raises Missing, ShipmentGone for one
    that was received before, OutOfTurn, and Invalid by field.
    """
    order = steps.lock(session, who, number_)
    if who.role != Role.BUYER or order.state not in rules.SHIPPED:
        raise steps.out_of_turn(order, who)
    wanted, arrived = came
    found = get_of(order, wanted)
    if found.received_at is not None:
        raise ShipmentGone(_("Shipment %(number)s is received already.", number=wanted))
    others = [each for each in order.shipments if each.received_at is None and each != found]
    if others or order.state != "dispatched":
        steps.allow(order, who, Step.RECEIVE_PART)
        return _receive_part(session, who, order, Receipt([found], arrived), now)
    steps.allow(order, who, Step.RECEIVE)
    return _receive(session, who, order, Receipt([found], arrived), now)


def get_of(order: Order, wanted: int) -> Shipment:
    """Return the shipment of an order by its number; raises Missing."""
    for each in order.shipments:
        if each.number == wanted:
            return each
    raise Missing(
        _("Order %(number)s has no shipment %(shipment)s.", number=order.number, shipment=wanted)
    )


def left_of(order: Order) -> dict[int, Decimal]:
    """Return the goods of an order that are still to be sent, by position."""
    ordered = {line.position: line.quantity for line in order.lines if line.kind == "goods"}
    return shipment_rules.left(ordered, (each.quantities for each in order.shipments))


def describe(order: Order, of: Shipment, *, contents: bool = True) -> str | None:
    """Return what the time line says of a shipment, in signs that need no language."""
    held = _contents(order, of) if contents else []
    said = [*held, " ".join(filter(None, (of.carrier, of.tracking))), of.note]
    return "; ".join(filter(None, said)) or None


@dataclass(frozen=True)
class Receipt:
    """Shipments that have come, and what of them was not as it should be, by position."""

    shipments: Sequence[Shipment]
    arrived: Mapping[int, Arrived]


def _is_repeated(order: Order, sending: Sending) -> bool:
    """Tell whether the same form was sent before; raises ShipmentGone for another one."""
    if sending.number is None or sending.number > len(order.shipments):
        return False
    there = get_of(order, sending.number)
    wanted = {each: many for each, many in sending.quantities.items() if many}
    if not wanted or wanted == there.quantities:
        return True
    said = _("Shipment %(number)s is marked as sent meanwhile. Look at what is left.",
             number=sending.number)  # fmt: skip
    raise ShipmentGone(said)


def _contents(order: Order, of: Shipment) -> list[str]:
    titles = {line.position: line.title for line in order.lines}
    return [f"{typed_number(line.quantity)} × {titles[line.position]}" for line in of.lines]


def _receive_part(session: Session, who: Who, order: Order, came: Receipt, now: datetime) -> Order:
    said = _note(order, came)
    (shipment,) = came.shipments
    facts = {"shipment": shipment.number, "deviations": len(said)}
    text = "; ".join([*_contents(order, shipment), *said])
    steps.end(session, who, order, Deed(Step.RECEIVE_PART, order.state, now, text, {}, facts))
    shipment.received_by, shipment.received_at = who.name, now
    return order


def _receive(session: Session, who: Who, order: Order, came: Receipt, now: datetime) -> Order:
    said = _note(order, came)
    _sum_up(order)
    facts = {"deviations": len(said)} if said else {}
    text = "; ".join(said) or None
    steps.end(session, who, order, Deed(Step.RECEIVE, "received", now, text, {}, facts))
    for shipment in came.shipments:
        shipment.received_by, shipment.received_at = who.name, now
    return order


def _note(order: Order, came: Receipt) -> list[str]:
    """Note and return what was not as it should be; raises Invalid by field."""
    goods = [line for line in order.lines if line.kind == "goods"]
    expected = shipment_rules.total(each.quantities for each in came.shipments)
    if not order.shipments:  # of the time before shipments were known: it went in one
        expected = {line.position: line.quantity for line in goods}
    lines = [Ordered(each, quantity, 0) for each, quantity in expected.items()]
    found, problems = change_rules.deviations(lines, came.arrived)
    if problems:
        raise Invalid(problems)
    said = []
    for line in goods:
        if arrived := found.get(line.position):
            if not order.shipments:
                line.received_quantity, line.deviation = arrived.quantity, arrived.text
            _note_on(came.shipments, line.position, arrived)
            counted = f"{typed_number(arrived.quantity)} / {typed_number(expected[line.position])}"
            said.append(f"{line.title} ({counted}): {arrived.text}")
    return said


def _note_on(shipments: Iterable[Shipment], position: int, arrived: Arrived) -> None:
    """Write on shipments that came together which of their lines was not as it should be."""
    lines = [line for each in shipments for line in each.lines if line.position == position]
    each_came = shipment_rules.spread([line.quantity for line in lines], arrived.quantity)
    for place, (line, quantity) in enumerate(zip(lines, each_came, strict=True), start=1):
        if quantity != line.quantity or (place == len(lines) and not _any_noted(lines)):
            line.received_quantity, line.deviation = quantity, arrived.text


def _any_noted(lines: Iterable[ShipmentLine]) -> bool:
    return any(line.deviation for line in lines)


def _sum_up(order: Order) -> None:
    """Write on the order's lines what came of them in all shipments, where one deviated."""
    for line in order.lines:
        parts = [
            each for shipment in order.shipments for each in shipment.lines
            if each.position == line.position
        ]  # fmt: skip
        if _any_noted(parts):
            counted = (
                each.quantity if each.received_quantity is None else each.received_quantity
                for each in parts
            )  # fmt: skip
            texts = dict.fromkeys(each.deviation for each in parts if each.deviation)
            line.received_quantity = sum(counted, Decimal(0))
            line.deviation = "; ".join(texts)[:300]
