"""The rules of ordering: every step from every state, prices, ceilings, sums, numbers."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.core.who import Role
from catalogue.ordering import rules
from catalogue.ordering.models import OrderState
from catalogue.ordering.rules import Price, PriceChange, Side, Step

ALLOWED = {
    ("awaiting", Side.APPROVER, Step.APPROVE): {"awaiting", "placed", "confirmed"},
    ("awaiting", Side.APPROVER, Step.DECLINE): {"declined"},
    ("awaiting", Side.APPROVER, Step.SEND_BACK): {"returned"},
    ("awaiting", Side.STAFF, Step.REROUTE): {"awaiting"},
    ("awaiting", Side.CATALOGUE, Step.ESCALATE): {"awaiting"},
    ("awaiting", Side.BUYER, Step.CANCEL): {"cancelled"},
    ("returned", Side.BUYER, Step.EDIT): {"returned"},
    ("returned", Side.BUYER, Step.RESUBMIT): {"awaiting"},
    ("returned", Side.BUYER, Step.CANCEL): {"cancelled"},
    ("placed", Side.ENTERPRISE, Step.SEE): {"placed"},
    ("placed", Side.ENTERPRISE, Step.CONFIRM): {"confirmed"},
    ("placed", Side.ENTERPRISE, Step.CONFIRM_PART): {"partly"},
    ("placed", Side.ENTERPRISE, Step.REJECT): {"rejected"},
    ("placed", Side.ENTERPRISE, Step.PROPOSE): {"proposed"},
    ("placed", Side.BUYER, Step.CANCEL): {"cancelled"},
    ("partly", Side.BUYER, Step.ACCEPT): {"confirmed", "awaiting"},
    ("partly", Side.BUYER, Step.CANCEL): {"cancelled"},
    ("confirmed", Side.ENTERPRISE, Step.PROPOSE): {"proposed"},
    ("proposed", Side.BUYER, Step.ACCEPT): {"confirmed", "awaiting"},
    ("proposed", Side.BUYER, Step.REFUSE): {"placed", "confirmed"},
    ("proposed", Side.ENTERPRISE, Step.WITHDRAW): {"placed", "confirmed"},
    ("proposed", Side.BUYER, Step.CANCEL): {"cancelled"},
    ("confirmed", Side.ENTERPRISE, Step.DISPATCH): {"sending", "dispatched"},
    ("sending", Side.ENTERPRISE, Step.DISPATCH): {"sending", "dispatched"},
    ("sending", Side.ENTERPRISE, Step.STOP): {"dispatched"},
    ("sending", Side.BUYER, Step.RECEIVE_PART): {"sending"},
    ("dispatched", Side.BUYER, Step.RECEIVE_PART): {"dispatched"},
    ("confirmed", Side.ENTERPRISE, Step.FINISH): {"done"},
    ("dispatched", Side.BUYER, Step.RECEIVE): {"received"},
    ("done", Side.BUYER, Step.ACCEPT_WORK): {"accepted"},
    ("received", Side.BUYER, Step.ACCEPT_WORK): {"accepted"},
    ("received", Side.BUYER, Step.CLOSE): {"closed"},
    ("accepted", Side.BUYER, Step.CLOSE): {"closed"},
}
END = {"declined", "rejected", "cancelled", "closed"}
ALLOWED |= {
    (str(state), Side.STAFF, Step.HAND_OVER): {str(state)} for state in OrderState
    if state not in END
}  # fmt: skip


def test_step_leads_where_the_table_says_and_nowhere_else() -> None:
    for state, side, step in product(OrderState, [*Side, None], Step):
        expected = ALLOWED.get((state, side, step), set()) if side else set()
        leads = {after for after in OrderState if rules.find_move(state, side, step, after)}
        assert leads == expected, (state, side, step)
        assert (step in rules.steps(state, side)) == bool(expected), (state, side, step)


def test_every_state_has_a_name_and_is_known_to_the_model() -> None:
    assert set(rules.STATE_NAMES) == set(OrderState)
    assert {move.after for move in rules.MOVES} == set(OrderState)
    assert set(OrderState) >= rules.VOID_STATES
    assert set(rules.STEP_NAMES) == set(Step)


@pytest.mark.parametrize("state", OrderState)
def test_an_order_that_has_not_ended_always_has_somebody_who_can_act(state: OrderState) -> None:
    """To hand an order over is no way on: it only says who goes on."""
    people = set(Side) - {Side.CATALOGUE}
    on = any(set(rules.steps(state, side)) - {Step.HAND_OVER} for side in people)
    assert on is (state not in END)
    assert (Step.HAND_OVER in rules.steps(state, Side.STAFF)) is (state not in END)
    assert (state in rules.ENDS) is (state in END)


KINDS = {"goods": ["goods"], "work": ["service"], "both": ["goods", "service", "goods"]}


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("withheld", [True, False])
def test_whatever_is_true_of_an_order_somebody_can_act(
    kinds: str, seen: bool, withheld: bool
) -> None:
    known = rules.given(KINDS[kinds], seen=seen, withheld=withheld)
    people = set(Side) - {Side.CATALOGUE}
    for state in set(OrderState) - END:
        on = [set(rules.steps(state, side, known)) - rules.QUIET for side in people]
        assert any(each - {Step.HAND_OVER} for each in on), state


@pytest.mark.parametrize(
    ("state", "side", "kinds", "expected"),
    [
        ("confirmed", Side.ENTERPRISE, "goods", [Step.PROPOSE, Step.DISPATCH]),
        ("confirmed", Side.ENTERPRISE, "work", [Step.PROPOSE, Step.FINISH]),
        ("confirmed", Side.ENTERPRISE, "both", [Step.PROPOSE, Step.DISPATCH]),
        ("received", Side.BUYER, "goods", [Step.CLOSE]),
        ("received", Side.BUYER, "both", [Step.ACCEPT_WORK]),
        ("done", Side.BUYER, "work", [Step.ACCEPT_WORK]),
    ],
)
def test_goods_are_received_and_work_is_accepted(
    state: str, side: Side, kinds: str, expected: list[Step]
) -> None:
    known = rules.given(KINDS[kinds], seen=True, withheld=False)
    assert rules.steps(state, side, known) == expected


@pytest.mark.parametrize(
    ("kinds", "ahead"),
    [
        ("work", ("done", "accepted")),
        ("both", ("dispatched", "received", "accepted")),
        ("goods", ("dispatched", "received")),
    ],
)
def test_the_road_of_an_order_is_that_of_its_lines(kinds: str, ahead: tuple[str, ...]) -> None:
    known = rules.given(KINDS[kinds], seen=True, withheld=False)
    assert rules.states_ahead("confirmed", known) == ahead


def test_an_order_is_changed_by_its_buyer_only_before_the_enterprise_is_told() -> None:
    told = rules.given(["goods"], seen=False, withheld=False)
    assert Step.EDIT not in rules.steps("returned", Side.BUYER, told)


def test_a_step_of_one_way_has_one_way() -> None:
    for step in rules.ONE_WAY:
        ways: dict[str, set[str]] = {}
        for move in rules.MOVES:
            if move.step == step:
                ways.setdefault(move.before, set()).add(move.after)
        assert all(len(after) == 1 for after in ways.values())


def test_whoever_stops_or_changes_an_order_owes_a_reason() -> None:
    assert {move.step for move in rules.MOVES if move.reason_owed} == {
        Step.DECLINE, Step.SEND_BACK, Step.REROUTE, Step.RESUBMIT, Step.REJECT, Step.PROPOSE,
        Step.CONFIRM_PART, Step.STOP, Step.HAND_OVER,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "ahead"),
    [
        ("placed", ("confirmed", "dispatched", "received")),
        ("sending", ("dispatched", "received")),
        ("dispatched", ("received",)),
        ("received", ()),
        ("rejected", ()),
        ("awaiting", ("placed", "confirmed", "dispatched", "received")),
        ("proposed", ("confirmed", "dispatched", "received")),
        ("partly", ("confirmed", "dispatched", "received")),
        ("closed", ()),
        ("cancelled", ()),
    ],
)
def test_states_ahead_end_with_the_receipt(state: str, ahead: tuple[str, ...]) -> None:
    assert rules.states_ahead(state, rules.EVERY - {rules.Given.WORK}) == ahead


def test_what_is_approved_anew_was_placed_before() -> None:
    known = rules.given(["goods"], seen=True, withheld=False)
    assert rules.states_ahead("awaiting", known) == ("confirmed", "dispatched", "received")


@pytest.mark.parametrize(
    ("role", "side"),
    [
        (Role.BUYER, Side.BUYER),
        (Role.ENTERPRISE, Side.ENTERPRISE),
        (Role.STAFF, Side.STAFF),
        (Role.APPROVER, Side.APPROVER),
        (Role.ADMINISTRATOR, None),
        (None, None),
    ],
)
def test_administrators_and_visitors_have_no_side(role: Role | None, side: Side | None) -> None:
    assert rules.side_of(role) == side


@pytest.mark.parametrize(
    ("accepted", "present", "change"),
    [
        (Price(100, 1, "piece"), Price(100, 1, "piece"), PriceChange.SAME),
        (Price(100, 1, "piece"), Price(101, 1, "piece"), PriceChange.RISEN),
        (Price(100, 1, "piece"), Price(99, 1, "piece"), PriceChange.FALLEN),
        (Price(100, 10, "piece"), Price(100, 1, "piece"), PriceChange.RISEN),
        (Price(100, 1, "piece"), Price(1000, 10, "piece"), PriceChange.SAME),
        (Price(100, 1, "piece"), Price(999, 10, "piece"), PriceChange.FALLEN),
        (Price(100, 1, "piece"), Price(100, 1, "box"), PriceChange.OTHER_UNIT),
    ],
)
def test_prices_are_compared_per_single_unit(
    accepted: Price, present: Price, change: PriceChange
) -> None:
    assert rules.compare_prices(accepted, present) == change


def test_risen_price_and_other_unit_must_be_accepted() -> None:
    assert [change for change in PriceChange if rules.must_be_accepted(change)] == [
        PriceChange.RISEN,
        PriceChange.OTHER_UNIT,
    ]


@pytest.mark.parametrize(
    ("ceiling_ore", "ordered_ore", "this_ore", "above"),
    [(None, 10**9, 1, False), (100, 60, 40, False), (100, 60, 41, True), (0, 0, 1, True)],
)
def test_ceiling_may_be_reached_but_not_passed(
    ceiling_ore: int | None, ordered_ore: int, this_ore: int, above: bool
) -> None:
    assert rules.above_ceiling(ceiling_ore, ordered_ore, this_ore) is above


@pytest.mark.parametrize(("quantity", "good"), [("9.999", False), ("10", True), ("10.5", True)])
def test_quantity_below_the_smallest_order_is_told(quantity: str, good: bool) -> None:
    assert (rules.below_minimum(Decimal(quantity), 10) is None) is good


def test_vat_is_rounded_once_per_rate() -> None:
    # Three lines of 1 øre at 25 %: line by line each would round to 0.
    found = rules.totals([(1, 25), (1, 25), (1, 25), (1000, 0)])
    assert (found.net_ore, found.vat_ore, found.gross_ore) == (1003, 1, 1004)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from([0, 25])), max_size=20))
def test_vat_of_an_order_is_within_half_an_ore_per_rate(lines: list[tuple[int, int]]) -> None:
    exact = sum(Decimal(net) * rate / 100 for net, rate in lines)
    assert abs(rules.totals(lines).vat_ore - exact) <= Decimal("0.5")


def test_order_number_names_municipality_year_and_sequence() -> None:
    assert str(rules.OrderNumber("0330", 2026, 17)) == "0330-2026-00017"
