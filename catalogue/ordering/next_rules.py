"""What an order waits for, and of whom: read from the table of `rules`, said to each side.

Pure functions of plain values. The inbox of an enterprise and the front page of a buyer ask them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .rules import STEP_NAMES, Given, Side, Step, find_move


@dataclass(frozen=True)
class Ask:
    """That an order in `state` waits for `side` to take `step`, and what the two sides read then.

    None: that side reads nothing of it. It holds where the table allows the step.
    """

    state: str
    step: Step
    side: Side
    buyer: Text | None = None
    enterprise: Text | None = None


class Next(NamedTuple):
    """What comes next of an order; `own`: the reader is to do it, and does not wait for others."""

    text: Text
    own: bool


class ToDo(NamedTuple):
    """How many orders wait for an enterprise: to be answered, and to be delivered."""

    answer: int
    deliver: int


_AWAIT_APPROVAL = _("Wait for the approval")
_AWAIT_ANSWER = _("Wait for the buyer's answer")
_INVOICE = _("Send the invoice, if you have not")
_CHANGE = _("Answer the change")
_PART = _("Answer what can be delivered")
_AWAIT_RECEIPT = _("Wait until the buyer has received it")
_AWAIT_ACCEPTANCE = _("Wait until the buyer accepts the work")
_WORK = STEP_NAMES[Step.ACCEPT_WORK]
# Of several that hold of one order, a side reads the first that has words for it.
ASKS = (
    Ask("awaiting", Step.APPROVE, Side.APPROVER, None, _AWAIT_APPROVAL),
    Ask("returned", Step.RESUBMIT, Side.BUYER, _("Mend it and send it again"), _AWAIT_APPROVAL),
    Ask("placed", Step.CONFIRM, Side.ENTERPRISE, None, _("Answer the order")),
    Ask("proposed", Step.ACCEPT, Side.BUYER, _CHANGE, _AWAIT_ANSWER),
    Ask("partly", Step.ACCEPT, Side.BUYER, _PART, _AWAIT_ANSWER),
    Ask("confirmed", Step.DISPATCH, Side.ENTERPRISE, None, _("Send the goods, and say so")),
    Ask("confirmed", Step.FINISH, Side.ENTERPRISE, None, _("Do the work, and say when it is done")),
    Ask("sending", Step.RECEIVE_PART, Side.BUYER, STEP_NAMES[Step.RECEIVE_PART]),
    Ask("sending", Step.DISPATCH, Side.ENTERPRISE, None, _("Send the rest, and say so")),
    Ask("dispatched", Step.RECEIVE, Side.BUYER, STEP_NAMES[Step.RECEIVE], _AWAIT_RECEIPT),
    Ask("done", Step.ACCEPT_WORK, Side.BUYER, _WORK, _AWAIT_ACCEPTANCE),
    Ask("received", Step.ACCEPT_WORK, Side.BUYER, _WORK, _("Do the work; the buyer accepts it")),
    Ask("received", Step.CLOSE, Side.BUYER, None, _INVOICE),  # that it is closed waits for nobody
    Ask("accepted", Step.CLOSE, Side.BUYER, None, _INVOICE),
)


def next_of_enterprise(state: str, known: Collection[Given]) -> Next | None:
    """Return what comes next for the enterprise of an order of which `known` is true."""
    for ask in ASKS:
        if ask.state == state and ask.enterprise and _holds(ask, known):
            return Next(ask.enterprise, own=ask.side == Side.ENTERPRISE)
    return None


def asked_of_buyer(state: str, known: Collection[Given]) -> Text | None:
    """Return what an order of which `known` is true waits for its buyer to do, or None."""
    for ask in ASKS:
        if ask.state == state and ask.buyer and _holds(ask, known):
            return ask.buyer
    return None


def list_asked_of_buyer() -> list[tuple[str, Given | None]]:
    """List the states in which orders wait for their buyer, with what must be true of them too."""
    asks = [ask for ask in ASKS if ask.buyer]
    moves = [(ask.state, find_move(ask.state, ask.side, ask.step)) for ask in asks]
    return [(state, move.given if move else None) for state, move in moves]


def count_to_do(counts: Mapping[str, int]) -> ToDo:
    """Count what waits for an enterprise, of its orders counted by state."""
    own = {ask.state: ask.step for ask in ASKS if ask.side == Side.ENTERPRISE}
    answer = sum(counts.get(state, 0) for state, step in own.items() if step == Step.CONFIRM)
    return ToDo(answer, sum(counts.get(state, 0) for state in own) - answer)


def _holds(ask: Ask, known: Collection[Given]) -> bool:
    return find_move(ask.state, ask.side, ask.step, known=known) is not None
