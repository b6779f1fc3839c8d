"""Runs the walks of an order's life: many at random, and one over every row of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from ordering.life import Life

from catalogue.ordering import rules
from catalogue.ordering.rules import MOVES, STARTS, Side, Step

# Orders of so many goods and so much work, and the turns that their people take with them: step,
# who, and what she types (deeds.py). Goods from 20,000 kr. on are for Anne to approve, from 50,000
# kr. on for Bo after her.
BOTH = [(Step.APPROVE, "Anne", 2), (Step.APPROVE, "Bo", 2)]
Turn = tuple[Step, str, int]
TOURS: list[tuple[int, int, list[Turn]]] = [
    (4, 0, [
        *BOTH, (Step.SEE, "enterprise", 0), (Step.CONFIRM_PART, "enterprise", 1),
        (Step.ACCEPT, "buyer", 0), *BOTH, (Step.DISPATCH, "enterprise", 1),
        (Step.DISPATCH, "enterprise", 1), (Step.RECEIVE_PART, "buyer", 0),
        (Step.DISPATCH, "enterprise", 0), (Step.RECEIVE_PART, "buyer", 0),
        (Step.RECEIVE, "buyer", 0), (Step.CLOSE, "buyer", 0),
    ]),
    (2, 0, [
        (Step.SEND_BACK, "Anne", 0), (Step.EDIT, "buyer", 2), (Step.RESUBMIT, "buyer", 0),
        (Step.REROUTE, "staff", 2), (Step.DECLINE, "Cia", 0),
    ]),
    (2, 0, [(Step.SEND_BACK, "Anne", 0), (Step.CANCEL, "buyer", 0)]),
    (2, 0, [(Step.CANCEL, "buyer", 0)]),
    (1, 0, [
        (Step.PROPOSE, "enterprise", 2), (Step.REFUSE, "buyer", 0),
        (Step.PROPOSE, "enterprise", 1), (Step.WITHDRAW, "enterprise", 0),
        (Step.PROPOSE, "enterprise", 3), (Step.CANCEL, "buyer", 0),
    ]),
    (1, 0, [
        (Step.CONFIRM, "enterprise", 2), (Step.PROPOSE, "enterprise", 1), (Step.REFUSE, "buyer", 0),
        (Step.PROPOSE, "enterprise", 1), (Step.WITHDRAW, "enterprise", 0),
        (Step.PROPOSE, "enterprise", 3), (Step.ACCEPT, "buyer", 0),
        (Step.DISPATCH, "enterprise", 0),
    ]),
    (2, 0, [
        (Step.APPROVE, "Anne", 2), (Step.CONFIRM, "enterprise", 0), (Step.PROPOSE, "enterprise", 0),
        (Step.ACCEPT, "buyer", 0), (Step.APPROVE, "Anne", 2),
    ]),
    (1, 0, [(Step.REJECT, "enterprise", 0)]),
    (1, 0, [(Step.CANCEL, "buyer", 0)]),
    (1, 1, [
        (Step.CONFIRM_PART, "enterprise", 1), (Step.ACCEPT, "buyer", 0),
        (Step.FINISH, "enterprise", 0), (Step.ACCEPT_WORK, "buyer", 1), (Step.CLOSE, "buyer", 0),
    ]),
    (1, 1, [(Step.CONFIRM_PART, "enterprise", 1), (Step.CANCEL, "buyer", 0)]),
    (1, 1, [
        (Step.CONFIRM, "enterprise", 0), (Step.DISPATCH, "enterprise", 0),
        (Step.RECEIVE, "buyer", 1), (Step.ACCEPT_WORK, "buyer", 0),
    ]),
    (3, 0, [
        (Step.APPROVE, "Anne", 2), (Step.CONFIRM, "enterprise", 0),
        (Step.DISPATCH, "enterprise", 1), (Step.STOP, "enterprise", 0),
    ]),
    (2, 0, []),  # nobody approves it: it is passed on
]  # fmt: skip


def test_every_state_is_reached_from_a_basket() -> None:
    reached = set(STARTS)
    for _ in MOVES:
        reached |= {move.after for move in MOVES if move.before in reached}
    assert reached == set(rules.STATE_NAMES)


@pytest.fixture
def life() -> Iterator[Life]:
    """A town of orders, in which nothing was done yet."""
    made = Life()
    made.found()
    yield made
    made.teardown()


def test_every_row_of_the_table_is_walked(life: Life) -> None:
    for goods, work, turns in TOURS:
        life.count(20)
        life.place(goods, work)
        which = len(life.book.orders) - 1
        for turn in _with_handing_over(life, which, turns):
            before = life.taken.total()
            step, name, pick = turn
            life.act(step, name, which, pick)
            life.all_is_as_reckoned()
            assert life.taken.total() == before + 1, (goods, work, turn)
    life.sleep(7)
    life.all_is_as_reckoned()
    assert [move for move in MOVES if move not in life.walked] == []


def _with_handing_over(life: Life, which: int, turns: list[Turn]) -> Iterator[Turn]:
    """Give the order to the other buyer and back, in each state once, before a turn is taken."""
    for turn in [*turns, None]:
        state = [*life.book.orders.values()][which].state
        row = rules.find_move(state, Side.STAFF, Step.HAND_OVER)
        if row and row not in life.walked:
            yield Step.HAND_OVER, "staff", 1
            yield Step.HAND_OVER, "staff", 0
        if turn:
            yield turn


Life.TestCase.settings = settings(
    max_examples=3, stateful_step_count=4, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestLife = Life.TestCase
