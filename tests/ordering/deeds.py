"""What people click on an order in the walk of its life: each step with what is typed beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from ordering.world import DELIVERY
from sqlalchemy.orm import Session

from catalogue.core.who import Who
from catalogue.ordering import (
    approval,
    changing,
    editing,
    handing,
    partial,
    seeing,
    service,
    shipments,
)
from catalogue.ordering.approval import Seen
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.change_rules import Arrived, Proposed
from catalogue.ordering.changing import Change
from catalogue.ordering.editing import Edit
from catalogue.ordering.models import Order
from catalogue.ordering.partial import Part
from catalogue.ordering.rules import Step
from catalogue.ordering.shipments import Sending

WHY = "Fordi"
CHEAPER_ORE = 10_000
Lines = dict[int, tuple[int, int]]  # quantity and price by position


@dataclass(frozen=True)
class Click:
    """A step as somebody takes it; `pick` chooses what she types, `digest` is of a page kept open.

    `ids`: the approvers by name; `buyers`: those who buy.
    """

    step: Step
    pick: int
    now: datetime
    digest: str | None
    ids: dict[str, int]
    buyers: dict[str, int]

    @property
    def street(self) -> str:
        """Return where she wants it delivered."""
        return "Nyvej 1" if self.pick % 4 == 0 else DELIVERY.street

    @property
    def substitute(self) -> str:
        """Return who is to approve instead."""
        return sorted(self.ids)[self.pick % len(self.ids)]

    @property
    def taker(self) -> str:
        """Return whose order it is to be."""
        return sorted(self.buyers)[self.pick % len(self.buyers)]

    def struck(self, lines: Lines) -> dict[int, int]:
        """Return the lines an approver strikes, as quantities of 0."""
        return {min(lines): 0} if len(lines) > 1 and self.pick % 3 == 0 else {}

    def edited(self, lines: Lines) -> dict[int, int]:
        """Return the quantities a buyer changes; 0 takes a line out."""
        if self.pick % 3 == 0:
            return {max(lines): 0} if len(lines) > 1 else {}
        return {min(lines): self.pick % 6 + 1}

    def part(self, lines: Lines) -> dict[int, int]:
        """Return the quantities an enterprise can deliver where not all."""
        less = {min(lines): lines[min(lines)][0] - 1}
        return less if self.pick % 3 else less | {max(lines): 0}

    def packed(self, left: dict[int, int]) -> dict[int, int]:
        """Return what is in a shipment; nothing is all that is left."""
        return {max(left): (self.pick + 1) // 2} if left and self.pick % 4 else {}

    def arriving(self, open_: list[int]) -> int:
        """Return the number of the shipment that has come; 1 when none is under way."""
        return open_[self.pick % len(open_)] if open_ else 1

    def proposed(self, lines: Lines) -> Lines:
        """Return the lines as an enterprise proposes them: fewer, cheaper, or none of the last."""
        first, last = min(lines), max(lines)
        (quantity, price), way = lines[first], self.pick % 4
        if way == 0:
            return {first: (max(1, quantity - 1), price)}
        cheaper = {first: (quantity, max(0, price - CHEAPER_ORE))} if way != 2 else {}
        return cheaper | ({last: (0, lines[last][1])} if way == 3 and last != first else {})

    @property
    def day(self) -> date | None:
        """Return the day an enterprise promises, or proposes; None: it says none."""
        return self.now.date() + timedelta(days=self.pick + 1) if self.pick % 4 > 1 else None


Deed = Callable[[Session, Who, Order, Click], object]


def _approve(s: Session, who: Who, o: Order, c: Click) -> object:
    seen = c.digest or load_case(s, o, c.now.date()).digest
    return approval.approve(
        s, who, o.number, Seen(seen, frozenset(c.struck(_lines(o))), WHY), c.now
    )


def _propose(s: Session, who: Who, o: Order, c: Click) -> object:
    new = {
        each: Proposed(Decimal(many), ore) for each, (many, ore) in c.proposed(_lines(o)).items()
    }
    return changing.propose(s, who, o.number, Change(WHY, c.day, new), c.now)


def _confirm_part(s: Session, who: Who, o: Order, c: Click) -> object:
    part = {each: Decimal(new) for each, new in c.part(_lines(o)).items()}
    return partial.confirm_part(s, who, o.number, Part(WHY, part, c.day), c.now)


def _edit(s: Session, who: Who, o: Order, c: Click) -> object:
    new = c.edited(_lines(o))
    wanted = Edit(
        replace(DELIVERY, street=c.street),
        {each: Decimal(quantity) for each, quantity in new.items() if quantity},
        frozenset(each for each, quantity in new.items() if not quantity),
    )
    return editing.edit(s, who, o.number, wanted, c.now)


def _settle(s: Session, who: Who, o: Order, c: Click) -> object:
    verb = shipments.receive if c.step == Step.RECEIVE else changing.accept_work
    came = {1: Arrived(Decimal(0), WHY)} if c.pick % 2 else {}
    return verb(s, who, o.number, came, c.now)


def _dispatch(s: Session, who: Who, o: Order, c: Click) -> object:
    held = {each: Decimal(many) for each, many in c.packed(_left(o)).items()}
    return shipments.dispatch(s, who, o.number, Sending(held), c.now)


def _receive_part(s: Session, who: Who, o: Order, c: Click) -> object:
    held = {each.number: each.quantities for each in o.shipments if each.received_at is None}
    which = c.arriving(list(held))
    came = {each: Arrived(Decimal(0), WHY) for each in held.get(which, {}) if c.pick % 2}
    return shipments.receive_shipment(s, who, o.number, (which, came), c.now)


def _left(order: Order) -> dict[int, int]:
    return {each: int(many) for each, many in shipments.left_of(order).items()}


def _plain(s: Session, who: Who, o: Order, c: Click) -> object:
    return service.take_step(s, who, o.number, c.step, now=c.now, reason=WHY)


def _lines(order: Order) -> Lines:
    return {line.position: (int(line.quantity), line.price_ore) for line in order.lines}


DEEDS: dict[Step, Deed] = {
    Step.APPROVE: _approve,
    Step.DECLINE: lambda s, who, o, c: approval.decline(s, who, o.number, WHY, c.now),
    Step.SEND_BACK: lambda s, who, o, c: approval.send_back(s, who, o.number, WHY, c.now),
    Step.EDIT: _edit,
    Step.RESUBMIT: lambda s, who, o, c: approval.resubmit(s, who, o.number, WHY, c.now),
    Step.REROUTE: lambda s, who, o, c: approval.reroute(
        s, who, o.number, c.ids[c.substitute], WHY, c.now
    ),
    Step.HAND_OVER: lambda s, who, o, c: handing.hand_over(
        s, who, o.number, c.buyers[c.taker], WHY, c.now
    ),
    Step.SEE: lambda s, who, o, c: seeing.see(s, who, o.number, c.now),
    Step.CONFIRM: lambda s, who, o, c: changing.confirm(s, who, o.number, c.day, c.now),
    Step.CONFIRM_PART: _confirm_part,
    Step.PROPOSE: _propose,
    Step.ACCEPT: lambda s, who, o, c: changing.accept(s, who, o.number, c.now),
    Step.REFUSE: lambda s, who, o, c: changing.refuse(s, who, o.number, c.now),
    Step.WITHDRAW: lambda s, who, o, c: changing.withdraw(s, who, o.number, c.now),
    Step.DISPATCH: _dispatch,
    Step.STOP: lambda s, who, o, c: shipments.stop(s, who, o.number, WHY, c.now),
    Step.RECEIVE_PART: _receive_part,
    Step.RECEIVE: _settle,
    Step.ACCEPT_WORK: _settle,
    **dict.fromkeys((Step.REJECT, Step.CANCEL, Step.FINISH, Step.CLOSE), _plain),
}
