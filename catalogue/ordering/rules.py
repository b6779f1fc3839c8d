"""Decisions of ordering: the states of an order, prices accepted and risen, ceilings, totals.

Pure functions of plain values; views, buttons and services ask the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from catalogue.core.money import vat_ore
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.products.price_rules import Price, PriceChange, compare_prices, must_be_accepted

# Prices are compared in a basket as in a proposal of new ones: by one rule.
__all__ = ["Price", "PriceChange", "compare_prices", "must_be_accepted"]


class Side(StrEnum):
    """Who acts on an order; the catalogue itself acts when a day has passed."""

    BUYER = "buyer"
    APPROVER = "approver"
    STAFF = "staff"
    ENTERPRISE = "enterprise"
    CATALOGUE = "catalogue"


class Step(StrEnum):
    """What a side may do with an order."""

    PLACE = "place"
    APPROVE = "approve"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    RESUBMIT = "resubmit"
    REROUTE = "reroute"
    ESCALATE = "escalate"
    CONFIRM = "confirm"
    REJECT = "reject"
    PROPOSE = "propose"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    CLOSE = "close"


@dataclass(frozen=True)
class Move:
    """A row of the state machine: `side` may take `step` from `before`, which leads to `after`.

    Where one step has several rows, what is known of the order decides; `when` says it in words.
    """

    step: Step
    side: Side
    before: str
    after: str
    reason_owed: bool = False
    when: str = ""


_LAST = "all have approved what stands"
MOVES = (
    Move(Step.APPROVE, Side.APPROVER, "awaiting", "awaiting", when="others must approve too"),
    Move(Step.APPROVE, Side.APPROVER, "awaiting", "placed", when=_LAST),
    Move(Step.APPROVE, Side.APPROVER, "awaiting", "confirmed", when=f"{_LAST}, after a change"),
    Move(Step.DECLINE, Side.APPROVER, "awaiting", "declined", reason_owed=True),
    Move(Step.SEND_BACK, Side.APPROVER, "awaiting", "returned", reason_owed=True),
    Move(Step.REROUTE, Side.STAFF, "awaiting", "awaiting", reason_owed=True),
    Move(Step.ESCALATE, Side.CATALOGUE, "awaiting", "awaiting", when="the days of the rule passed"),
    Move(Step.CANCEL, Side.BUYER, "awaiting", "cancelled"),
    Move(Step.RESUBMIT, Side.BUYER, "returned", "awaiting", reason_owed=True),
    Move(Step.CANCEL, Side.BUYER, "returned", "cancelled"),
    Move(Step.CONFIRM, Side.ENTERPRISE, "placed", "confirmed"),
    Move(Step.REJECT, Side.ENTERPRISE, "placed", "rejected", reason_owed=True),
    Move(Step.CANCEL, Side.BUYER, "placed", "cancelled"),
    Move(Step.PROPOSE, Side.ENTERPRISE, "placed", "proposed", reason_owed=True),
    Move(Step.PROPOSE, Side.ENTERPRISE, "confirmed", "proposed", reason_owed=True),
    Move(Step.ACCEPT, Side.BUYER, "proposed", "confirmed"),
    Move(Step.ACCEPT, Side.BUYER, "proposed", "awaiting", when="lines of an approved order change"),
    Move(Step.REFUSE, Side.BUYER, "proposed", "placed", when="it was placed before"),
    Move(Step.REFUSE, Side.BUYER, "proposed", "confirmed", when="it was confirmed before"),
    Move(Step.WITHDRAW, Side.ENTERPRISE, "proposed", "placed", when="it was placed before"),
    Move(Step.WITHDRAW, Side.ENTERPRISE, "proposed", "confirmed", when="it was confirmed before"),
    Move(Step.CANCEL, Side.BUYER, "proposed", "cancelled"),
    Move(Step.DISPATCH, Side.ENTERPRISE, "confirmed", "dispatched"),
    Move(Step.RECEIVE, Side.BUYER, "dispatched", "received"),
    Move(Step.CLOSE, Side.BUYER, "received", "closed"),
)
ONE_WAY = frozenset(
    {Step.CONFIRM, Step.REJECT, Step.CANCEL, Step.DISPATCH, Step.RECEIVE, Step.CLOSE}
)  # steps that lead to one state, whatever else is known of the order
STARTS = ("placed", "awaiting")  # what PLACE makes; `awaiting` where a rule asks for approval
ROAD = ("placed", "confirmed", "dispatched", "received")  # the way of an order that goes well
# Not ordered yet: their amounts are reserved on the ceilings until somebody decides.
RESERVING_STATES = frozenset({"awaiting", "returned"})
# These leave all of their amount free on the ceilings.
FREE_STATES = frozenset({"rejected", "cancelled", "declined"})
# Orders in these states are no spend: they never came about, or not yet.
VOID_STATES = FREE_STATES | RESERVING_STATES
STATE_NAMES = {
    "awaiting": _("Awaiting approval"),
    "returned": _("Sent back to the buyer"),
    "declined": _("Not approved"),
    "placed": _("Placed"),
    "proposed": _("Change proposed"),
    "confirmed": _("Confirmed"),
    "rejected": _("Rejected"),
    "cancelled": _("Cancelled"),
    "dispatched": _("Dispatched"),
    "received": _("Received"),
    "closed": _("Closed"),
}
STEP_NAMES = {
    Step.PLACE: _("Place the order"),
    Step.APPROVE: _("Approve"),
    Step.DECLINE: _("Do not approve"),
    Step.SEND_BACK: _("Send back"),
    Step.RESUBMIT: _("Send for approval again"),
    Step.REROUTE: _("Let somebody else approve"),
    Step.ESCALATE: _("Pass on after the days of the rule"),
    Step.CONFIRM: _("Confirm the order"),
    Step.REJECT: _("Reject the order"),
    Step.PROPOSE: _("Propose a change"),
    Step.ACCEPT: _("Accept the change"),
    Step.REFUSE: _("Keep the order as it was"),
    Step.WITHDRAW: _("Take the proposal back"),
    Step.CANCEL: _("Cancel the order"),
    Step.DISPATCH: _("Mark as dispatched"),
    Step.RECEIVE: _("Confirm that it has come"),
    Step.CLOSE: _("Close the order"),
}
# Steps that leave another name in the audit and the time line than that of the state they lead to.
DEEDS = {
    Step.APPROVE: ("approved", _("Approved")),
    Step.RESUBMIT: ("resubmitted", _("Sent for approval again")),
    Step.REROUTE: ("rerouted", _("Somebody else is to approve")),
    Step.ESCALATE: ("escalated", _("Passed on, for nobody had answered")),
    Step.ACCEPT: ("change_accepted", _("Change accepted")),
    Step.REFUSE: ("change_refused", _("Change refused")),
    Step.WITHDRAW: ("change_withdrawn", _("Proposal taken back")),
}


def steps(state: str, side: Side | None) -> list[Step]:
    """List the steps `side` may take now, in the order of the table."""
    found = [move.step for move in MOVES if move.before == state and move.side == side]
    return list(dict.fromkeys(found))


def find_move(state: str, side: Side | None, step: Step, after: str | None = None) -> Move | None:
    """Return the move `side` makes by `step` from `state` (to `after`), or None if it may not."""
    for move in MOVES:
        same = (move.before, move.side, move.step) == (state, side, step)
        if same and after in (None, move.after):
            return move
    return None


def deed_name(step: str | None, state: str) -> Text:
    """Return what a time line calls the step that led to `state`."""
    return DEEDS[Step(step)][1] if step in DEEDS else STATE_NAMES[state]


def states_ahead(state: str) -> tuple[str, ...]:
    """Return the states still to come when all goes well; none after the end of the road."""
    if state in RESERVING_STATES:
        return ROAD
    if state == "proposed":
        return ROAD[1:]
    return ROAD[ROAD.index(state) + 1 :] if state in ROAD else ()


def below_minimum(quantity: Decimal, minimum_quantity: int) -> Text | None:
    """Return what is wrong when fewer are asked for than the enterprise sells, else None."""
    if quantity >= minimum_quantity:
        return None
    return _("The smallest order is %(minimum)s.", minimum=minimum_quantity)


def above_ceiling(ceiling_ore: int | None, ordered_ore: int, this_ore: int) -> bool:
    """Tell whether an order of `this_ore` lifts an agreement above its ceiling, all without VAT."""
    return ceiling_ore is not None and ordered_ore + this_ore > ceiling_ore


@dataclass(frozen=True)
class Totals:
    """The sums of an order in øre."""

    net_ore: int
    vat_ore: int

    @property
    def gross_ore(self) -> int:
        """Return the amount including VAT."""
        return self.net_ore + self.vat_ore


def totals(lines: Iterable[tuple[int, int]]) -> Totals:
    """Sum `(net_ore, vat_rate in percent)` lines; VAT is rounded once per rate."""
    taken = list(lines)
    return Totals(sum(net for net, _rate in taken), vat_ore(taken))


@dataclass(frozen=True)
class OrderNumber:
    """The number of an order, such as `0330-2026-00017`: without gaps by municipality and year."""

    municipality_code: str
    year: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.municipality_code}-{self.year}-{self.sequence:05d}"


@dataclass(frozen=True)
class Delivery:
    """Where an order goes and what the invoice needs.

    GLN, order number and a person reference are owed to the enterprise at the latest with the
    order. Source: the law on electronic invoicing to public bodies (DOMAIN.md 1.10).
    """

    institution: str
    street: str
    postcode: str
    city: str
    gln: str
    contact_name: str
    contact_email: str
    reference: str
    contact_phone: str | None = None
    account_coding: str | None = None
    note: str | None = None


def side_of(role: Role | None) -> Side | None:
    """Return the side a role acts for; an administrator looks on and belongs to none."""
    return Side(role) if role in {"buyer", "approver", "staff", "enterprise"} else None
