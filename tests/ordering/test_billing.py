"""What is invoiced: what came where that is known, by coding, to the øre, and since which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.core.money import line_net_ore
from catalogue.ordering import billing_rules, coding_rules
from catalogue.ordering.billing_rules import Known, Moved, Part, Price

FIRST, SECOND, THIRD = date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 7)
TWO, FIVE, SIX = Decimal(2), Decimal(5), Decimal(6)


@pytest.mark.parametrize(
    ("known", "billed"),
    [
        (Known(FIVE), FIVE),
        (Known(FIVE, sent=TWO), TWO),
        (Known(FIVE, sent=Decimal(0)), Decimal(0)),
        (Known(FIVE, received=TWO, sent=FIVE), TWO),
        (Known(FIVE, received=Decimal(0)), Decimal(0)),
        (Known(FIVE, received=SIX), FIVE),  # more must be ordered anew
        (Known(FIVE, sent=SIX), FIVE),
    ],
)
def test_what_came_counts_then_what_was_sent_then_what_was_ordered(
    known: Known, billed: Decimal
) -> None:
    assert billing_rules.quantity(known) == billed


@pytest.mark.parametrize(
    ("shipments", "turns", "has_work", "day"),
    [
        ([], [("placed", FIRST)], False, None),
        ([Moved(FIRST)], [("dispatched", FIRST)], False, FIRST),
        ([Moved(FIRST, SECOND), Moved(SECOND)], [("sending", FIRST)], False, SECOND),
        ([Moved(FIRST, THIRD), Moved(SECOND, SECOND)], [("received", THIRD)], False, THIRD),
        ([], [("dispatched", FIRST)], False, FIRST),  # of the time before shipments were known
        ([], [("dispatched", FIRST), ("received", SECOND)], False, SECOND),
        ([], [("done", FIRST), ("accepted", THIRD)], True, FIRST),
        ([Moved(FIRST, FIRST)], [("received", FIRST), ("accepted", THIRD)], True, THIRD),
        ([Moved(FIRST, SECOND)], [("received", SECOND)], True, SECOND),
    ],
)
def test_day_of_delivery_is_the_last_on_which_something_came_or_was_done(
    shipments: list[Moved], turns: list[tuple[str, date]], has_work: bool, day: date | None
) -> None:
    assert billing_rules.delivered_on(shipments, turns, has_work=has_work) == day


@pytest.mark.parametrize(
    ("quantity", "price", "weights", "parts"),
    [
        ("5", Price(100, 1), [], [("5", 500, None)]),
        ("5", Price(100, 1), [("A", 1)], [("5", 500, "A")]),
        ("5", Price(100, 1), [("A", 60), ("B", 40)], [("3", 300, "A"), ("2", 200, "B")]),
        (
            "1", Price(100_00, 1), [("A", 1), ("B", 1), ("C", 1)],
            [("0.3334", 3334, "A"), ("0.3333", 3333, "B"), ("0.3333", 3333, "C")],
        ),
        (
            "2.5", Price(1_250_000, 1), [("A", 1), ("B", 2)],
            [("0.833333", 1_041_667, "A"), ("1.666667", 2_083_333, "B")],
        ),
        ("0.001", Price(1, 1), [("A", 9999), ("B", 1)], [("0.001", 0, "A")]),  # B bears nothing
    ],
)  # fmt: skip
def test_line_on_several_codings_becomes_several(
    quantity: str, price: Price, weights: list[tuple[str, int]], parts: list[tuple[str, int, str]]
) -> None:
    net = line_net_ore(price.ore, Decimal(quantity), price.base_quantity)
    found = billing_rules.split(Part(Decimal(quantity), net), price, weights)
    assert [(each.quantity, each.net_ore, each.code) for each in found] == [
        (Decimal(many), ore, code) for many, ore, code in parts
    ]


@given(
    st.integers(1, 99_999_999),
    st.integers(0, 10**9),
    st.sampled_from([1, 3, 7, 10, 100, 1000]),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=coding_rules.MOST_PARTS),
)
def test_parts_come_to_the_line_and_each_is_quantity_times_price(
    thousandths: int, ore: int, base: int, weighing: list[int]
) -> None:
    quantity = Decimal(thousandths).scaleb(-3)
    net = line_net_ore(ore, quantity, base)
    weights = [(str(place), weight) for place, weight in enumerate(weighing)]
    found = billing_rules.split(Part(quantity, net), Price(ore, base), weights)
    assert sum(each.quantity for each in found) == quantity
    assert sum(each.net_ore for each in found) == net
    shares = {each.code: each.amount_ore for each in coding_rules.shares(net, weights, None)}
    assert {each.code: each.net_ore for each in found if each.net_ore} == {
        code: amount for code, amount in shares.items() if amount
    }
    for each in found:
        assert each.quantity > 0
        assert abs(each.quantity * ore / base - each.net_ore) < 2  # PEPPOL-EN16931-R120
