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
    """The two sides of an order."""

    BUYER = "buyer"
    ENTERPRISE = "enterprise"


class Step(StrEnum):
    """What a side may do with an order."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CANCEL = "cancel"
    DISPATCH = "dispatch"
    RECEIVE = "receive"


@dataclass(frozen=True)
class Move:
    """A row of the state machine: `side` may take `step` from `before`, which leads to `after`."""

    step: Step
    side: Side
    before: str
    after: str
    reason_owed: bool = False


MOVES = (
    Move(Step.CONFIRM, Side.ENTERPRISE, "placed", "confirmed"),
    Move(Step.REJECT, Side.ENTERPRISE, "placed", "rejected", reason_owed=True),
    Move(Step.CANCEL, Side.BUYER, "placed", "cancelled"),
    Move(Step.DISPATCH, Side.ENTERPRISE, "confirmed", "dispatched"),
    Move(Step.RECEIVE, Side.BUYER, "dispatched", "received"),
)
ROAD = ("placed", "confirmed", "dispatched", "received")  # the way of an order that goes well
# Orders in these states bind no money of an agreement's ceiling.
VOID_STATES = frozenset({"rejected", "cancelled"})
STATE_NAMES = {
    "placed": _("Placed"),
    "confirmed": _("Confirmed"),
    "rejected": _("Rejected"),
    "cancelled": _("Cancelled"),
    "dispatched": _("Dispatched"),
    "received": _("Received"),
}


def steps(state: str, side: Side | None) -> list[Step]:
    """List the steps `side` may take now, in the order of the table."""
    return [move.step for move in MOVES if move.before == state and move.side == side]


def find_move(state: str, side: Side | None, step: Step) -> Move | None:
    """Return the move `side` makes by `step` from `state`, or None when it may not."""
    for move in MOVES:
        if (move.before, move.side, move.step) == (state, side, step):
            return move
    return None


def states_ahead(state: str) -> tuple[str, ...]:
    """Return the states still to come when all goes well; none after the end of the road."""
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
    """Return the side a role acts for; staff look on and belong to none."""
    return {Role.BUYER: Side.BUYER, Role.ENTERPRISE: Side.ENTERPRISE}.get(role) if role else None
