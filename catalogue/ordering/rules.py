"""Decisions of ordering: the states of an order, prices accepted and risen, ceilings, totals.

Pure functions of plain values; views, buttons and services ask the same functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from catalogue.core.money import vat_ore
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.products.price_rules import Price, PriceChange, compare_prices, must_be_accepted

from .step_names import DEEDS, NOTES, STATE_NAMES, STEP_NAMES, Side, Step, deed_name

# Prices are compared in a basket as in a proposal of new ones: by one rule.
__all__ = ["Price", "PriceChange", "compare_prices", "must_be_accepted"]
__all__ += ["DEEDS", "NOTES", "STATE_NAMES", "STEP_NAMES", "Side", "Step", "deed_name"]


class Given(StrEnum):
    """What must be true of an order for a row of the table to hold, in the words of docs/orders."""

    GOODS = "some lines are goods"
    GOODS_ALONE = "all lines are goods"
    WORK = "some lines are work"
    WORK_ALONE = "all lines are work"
    UNSEEN = "it was not seen before"
    WITHHELD = "the enterprise was never told of it"
    UNDER_WAY = "a shipment is under way"
    SEVERAL = "several shipments are under way"


@dataclass(frozen=True)
class Move:
    """A row of the state machine: `side` may take `step` from `before`, which leads to `after`.

    It holds for orders of which `given` is true. Where one step has several rows, what else is
    known of the order decides; `when` says it in words. `effect`: what follows beside the state.
    """

    step: Step
    side: Side
    before: str
    after: str
    reason_owed: bool = False
    when: str = ""
    given: Given | None = None
    effect: str = ""


_DEVIATIONS = "deviations are noted on the lines"
_LINES = "sums and ceilings follow the lines that are left"
_ON_SHIPMENT = "deviations are noted on the shipment"
_LAST = "all have approved what stands"
_ANEW = "lines of an approved order change"
_ROAD = (
    Move(
        Step.APPROVE, Side.APPROVER, "awaiting", "awaiting", when="others must approve too",
        effect=_LINES,
    ),
    Move(Step.APPROVE, Side.APPROVER, "awaiting", "placed", when=_LAST, effect=_LINES),
    Move(
        Step.APPROVE, Side.APPROVER, "awaiting", "confirmed", when=f"{_LAST}, after a change",
        effect=_LINES,
    ),
    Move(Step.DECLINE, Side.APPROVER, "awaiting", "declined", reason_owed=True),
    Move(Step.SEND_BACK, Side.APPROVER, "awaiting", "returned", reason_owed=True),
    Move(Step.REROUTE, Side.STAFF, "awaiting", "awaiting", reason_owed=True),
    Move(Step.ESCALATE, Side.CATALOGUE, "awaiting", "awaiting", when="the days of the rule passed"),
    Move(Step.CANCEL, Side.BUYER, "awaiting", "cancelled"),
    Move(
        Step.EDIT, Side.BUYER, "returned", "returned", given=Given.WITHHELD,
        effect="sums, prices and ceilings follow the lines; who approved is asked anew",
    ),
    Move(Step.RESUBMIT, Side.BUYER, "returned", "awaiting", reason_owed=True),
    Move(Step.CANCEL, Side.BUYER, "returned", "cancelled"),
    Move(
        Step.SEE, Side.ENTERPRISE, "placed", "placed", given=Given.UNSEEN,
        effect="the time is noted; no mail",
    ),
    Move(Step.CONFIRM, Side.ENTERPRISE, "placed", "confirmed"),
    Move(
        Step.CONFIRM_PART, Side.ENTERPRISE, "placed", "partly", reason_owed=True, effect=_LINES
    ),
    Move(Step.REJECT, Side.ENTERPRISE, "placed", "rejected", reason_owed=True),
    Move(Step.CANCEL, Side.BUYER, "placed", "cancelled"),
    Move(Step.PROPOSE, Side.ENTERPRISE, "placed", "proposed", reason_owed=True),
    Move(Step.ACCEPT, Side.BUYER, "partly", "confirmed"),
    Move(Step.ACCEPT, Side.BUYER, "partly", "awaiting", when=_ANEW),
    Move(Step.CANCEL, Side.BUYER, "partly", "cancelled"),
    Move(Step.PROPOSE, Side.ENTERPRISE, "confirmed", "proposed", reason_owed=True),
    Move(Step.ACCEPT, Side.BUYER, "proposed", "confirmed", effect=_LINES),
    Move(Step.ACCEPT, Side.BUYER, "proposed", "awaiting", when=_ANEW, effect=_LINES),
    Move(Step.REFUSE, Side.BUYER, "proposed", "placed", when="it was placed before"),
    Move(Step.REFUSE, Side.BUYER, "proposed", "confirmed", when="it was confirmed before"),
    Move(Step.WITHDRAW, Side.ENTERPRISE, "proposed", "placed", when="it was placed before"),
    Move(Step.WITHDRAW, Side.ENTERPRISE, "proposed", "confirmed", when="it was confirmed before"),
    Move(Step.CANCEL, Side.BUYER, "proposed", "cancelled"),
    Move(
        Step.DISPATCH, Side.ENTERPRISE, "confirmed", "sending", when="goods are left to send",
        given=Given.GOODS,
    ),
    Move(
        Step.DISPATCH, Side.ENTERPRISE, "confirmed", "dispatched", when="all goods are sent",
        given=Given.GOODS,
    ),
    Move(Step.DISPATCH, Side.ENTERPRISE, "sending", "sending", when="goods are left to send"),
    Move(Step.DISPATCH, Side.ENTERPRISE, "sending", "dispatched", when="all goods are sent"),
    Move(
        Step.STOP, Side.ENTERPRISE, "sending", "dispatched", reason_owed=True,
        effect="what was not sent is off the order; sums and ceilings follow",
    ),
    Move(Step.FINISH, Side.ENTERPRISE, "confirmed", "done", given=Given.WORK_ALONE),
    Move(
        Step.RECEIVE_PART, Side.BUYER, "sending", "sending", given=Given.UNDER_WAY,
        effect=_ON_SHIPMENT,
    ),
    Move(
        Step.RECEIVE_PART, Side.BUYER, "dispatched", "dispatched", given=Given.SEVERAL,
        effect=_ON_SHIPMENT,
    ),
    Move(Step.RECEIVE, Side.BUYER, "dispatched", "received", effect=_DEVIATIONS),
    Move(Step.ACCEPT_WORK, Side.BUYER, "done", "accepted", effect=_DEVIATIONS),
    Move(
        Step.ACCEPT_WORK, Side.BUYER, "received", "accepted", given=Given.WORK,
        effect=_DEVIATIONS,
    ),
    Move(Step.CLOSE, Side.BUYER, "received", "closed", given=Given.GOODS_ALONE),
    Move(Step.CLOSE, Side.BUYER, "accepted", "closed"),
)  # fmt: skip
# Whose buyer has left is moved by nobody, so staff may give every order that has not ended another.
_GIVEN_ON = "it is the other buyer's from now on; links in mail stay good"
MOVES = _ROAD + tuple(
    Move(Step.HAND_OVER, Side.STAFF, each, each, reason_owed=True, effect=_GIVEN_ON)
    for each in dict.fromkeys(move.before for move in _ROAD)
)
ENDS = frozenset(STATE_NAMES) - {move.before for move in MOVES}
UNDER_WAY = frozenset(STATE_NAMES) - ENDS
# Steps that lead to one state, whatever else is known of the order, and change nothing beside it.
ONE_WAY = frozenset(
    {Step.CONFIRM, Step.REJECT, Step.CANCEL, Step.FINISH, Step.ACCEPT_WORK, Step.CLOSE}
)
QUIET = frozenset({Step.SEE})  # taken by opening the order: no mail, no event between the answers
STARTS = ("placed", "awaiting")  # what PLACE makes; `awaiting` where a rule asks for approval
# Not ordered yet: their amounts are reserved on the ceilings until somebody decides.
RESERVING_STATES = frozenset({"awaiting", "returned"})
# These leave all of their amount free on the ceilings.
FREE_STATES = frozenset({"rejected", "cancelled", "declined"})
# Orders in these states are no spend: they never came about, or not yet.
VOID_STATES = FREE_STATES | RESERVING_STATES
OPEN_STATES = frozenset({"proposed", "partly"})  # the buyer has a change to answer
SHIPPED = frozenset({"sending", "dispatched"})  # its goods are on their way
WITH_SHIPMENTS = SHIPPED | {"received", "accepted", "closed"}  # they are or were
EVERY = frozenset(Given)


def given(
    kinds: Iterable[str], *, seen: bool, withheld: bool, under_way: int = 0
) -> frozenset[Given]:
    """Return what is true of an order whose lines are of these kinds: `goods` or `service`.

    `under_way`: how many shipments of it have not been received.
    """
    held = set(kinds)
    work, goods = "service" in held, bool(held - {"service"})
    truths = {
        Given.GOODS: goods, Given.GOODS_ALONE: not work, Given.WORK: work,
        Given.WORK_ALONE: work and not goods, Given.UNSEEN: not seen, Given.WITHHELD: withheld,
        Given.UNDER_WAY: under_way > 0, Given.SEVERAL: under_way > 1,
    }  # fmt: skip
    return frozenset(each for each, true in truths.items() if true)


def steps(state: str, side: Side | None, known: Collection[Given] = EVERY) -> list[Step]:
    """List the steps `side` may take now with an order of which `known` is true, as in the table.

    Without `known`: the steps that some order in this state allows.
    """
    found = [
        move.step
        for move in MOVES
        if (move.before, move.side) == (state, side) and _holds(move, known)
    ]
    return list(dict.fromkeys(found))


def find_move(
    state: str,
    side: Side | None,
    step: Step,
    after: str | None = None,
    known: Collection[Given] = EVERY,
) -> Move | None:
    """Return the move `side` makes by `step` from `state` (to `after`), or None if it may not."""
    for move in MOVES:
        same = (move.before, move.side, move.step) == (state, side, step)
        if same and after in (None, move.after) and _holds(move, known):
            return move
    return None


def states_ahead(state: str, known: Collection[Given] = ()) -> tuple[str, ...]:
    """Return the states still to come when all goes well; none after the end of the road."""
    end: tuple[str, ...] = ("dispatched", "received")
    if Given.WORK in known:
        end = ("done", "accepted") if Given.WORK_ALONE in known else (*end, "accepted")
    road = ("placed", "confirmed", *end)
    if state in RESERVING_STATES and Given.WITHHELD in known:
        return road
    if state in RESERVING_STATES | OPEN_STATES:  # it was placed before
        return road[1:]
    if state == "sending":
        return end
    return road[road.index(state) + 1 :] if state in road else ()


def _holds(move: Move, known: Collection[Given]) -> bool:
    return move.given is None or move.given in known


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

    def noting(self, said: str) -> Delivery:
        """Return the delivery with what the enterprise must know at the head of its note."""
        return replace(self, note="\n".join(filter(None, (said, self.note))))


def side_of(role: Role | None) -> Side | None:
    """Return the side a role acts for; an administrator looks on and belongs to none."""
    return Side(role) if role in {"buyer", "approver", "staff", "enterprise"} else None
