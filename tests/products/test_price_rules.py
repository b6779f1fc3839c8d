"""What a price is on a day, by table; and the set-based form, which must say the same."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import cast
import pytest
from cast import TODAY
from sqlalchemy.orm import Session

from catalogue.products import price_rules as rules
from catalogue.products import prices
from catalogue.products.price_rules import Agreed, Price, Stage

LISTED = Price(100, 1, "piece")
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


def agreed(id_: int, from_on: date, ore: int) -> Agreed:
    """Return an agreed price per piece."""
    return Agreed(id_, from_on, Price(ore, 1, "piece"))


@pytest.mark.parametrize(
    ("rows", "ore"),
    [
        ([], 100),
        ([agreed(1, TODAY, 90)], 90),
        ([agreed(1, TOMORROW, 120)], 100),
        ([agreed(1, YESTERDAY, 90), agreed(2, TODAY, 120)], 120),
        ([agreed(2, YESTERDAY, 90), agreed(1, TODAY, 120)], 120),
        ([agreed(1, TODAY, 90), agreed(2, TODAY, 80), agreed(3, TOMORROW, 120)], 80),
    ],
)
def test_newest_begun_price_applies_and_else_the_list_price(rows: list[Agreed], ore: int) -> None:
    assert rules.price_on(LISTED, rows, TODAY) == Price(ore, 1, "piece")


@pytest.mark.parametrize(
    ("rows", "ore"),
    [
        ([], None),
        ([agreed(1, TODAY, 90)], None),
        ([agreed(1, TOMORROW, 120), agreed(2, TODAY + timedelta(days=9), 130)], 120),
        ([agreed(1, TOMORROW, 120), agreed(2, TOMORROW, 110)], 110),
    ],
)
def test_next_price_is_the_one_to_come(rows: list[Agreed], ore: int | None) -> None:
    found = rules.coming_after(rows, TODAY)
    assert (found.price.ore if found else None) == ore


@pytest.mark.parametrize(
    ("ore", "percent", "raised"),
    [(1_250_000, "3.5", 1_293_750), (333, "10", 366), (335, "10", 369), (0, "50", 0),
     (100, "0", 100)],
)  # fmt: skip
def test_per_cents_are_rounded_half_up_to_whole_ore(ore: int, percent: str, raised: int) -> None:
    assert rules.raised(ore, Decimal(percent)) == raised


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [(100, 104, "4.0"), (1000, 1035, "3.5"), (300, 200, "-33.3"), (0, 10, None)],
)
def test_change_is_told_in_per_cent(before: int, after: int, percent: str | None) -> None:
    expected = None if percent is None else Decimal(percent)
    assert rules.change_percent(before, after) == expected


@pytest.mark.parametrize(
    ("state", "from_on", "answers", "stage"),
    [
        ("draft", YESTERDAY, [], Stage.DRAFT),
        ("withdrawn", YESTERDAY, ["accepted"], Stage.WITHDRAWN),
        ("sent", TOMORROW, ["waiting", "accepted"], Stage.SENT),
        ("sent", TOMORROW, ["refused", "accepted"], Stage.DECIDED),
        ("sent", TOMORROW, [], Stage.DECIDED),
        ("sent", TODAY, ["waiting"], Stage.IN_FORCE),
    ],
)
def test_stage_follows_from_state_day_and_answers(
    state: str, from_on: date, answers: list[str], stage: Stage
) -> None:
    assert rules.stage(state, from_on, TODAY, answers) == stage


@pytest.mark.parametrize(
    ("answer", "accept", "refuse"),
    [("waiting", True, True), ("refused", True, False), ("accepted", False, False),
     ("replaced", False, False)],
)  # fmt: skip
def test_a_refusal_may_become_an_acceptance_and_never_the_reverse(
    answer: str, accept: bool, refuse: bool
) -> None:
    assert rules.may_be_answered(answer, accepting=True) is accept
    assert rules.may_be_answered(answer, accepting=False) is refuse


@pytest.mark.parametrize(("days", "good"), [(29, False), (30, True), (400, True)])
def test_the_day_is_as_far_ahead_as_the_setting_says(days: int, good: bool) -> None:
    problem = rules.day_problem(TODAY + timedelta(days=days), TODAY, 30)
    assert (problem is None) is good


def test_late_acceptance_counts_from_tomorrow() -> None:
    assert rules.in_force_from(TODAY + timedelta(days=9), TODAY) == TODAY + timedelta(days=9)
    assert rules.in_force_from(TODAY, TODAY) == TOMORROW
    assert rules.in_force_from(YESTERDAY, TODAY) == TOMORROW


def test_every_stage_and_answer_has_a_name() -> None:
    assert set(rules.STAGE_NAMES) == set(Stage)
    assert set(rules.ANSWER_NAMES) == {"waiting", "accepted", "refused", "replaced"}


@pytest.mark.parametrize("seed", range(12))
def test_set_based_form_says_what_the_rule_says(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    home = cast.municipality(session)
    shop = cast.enterprise(session)
    agreements = [cast.voluntary(session, home, shop) for _ in range(3)]
    products = [
        cast.product(session, shop, f"Vare {n}", price_ore=chance.choice((None, 100, 200)))
        for n in range(4)
    ]
    rows: dict[tuple[int, int], list[Agreed]] = {}
    for _ in range(30):
        pair = (chance.choice(agreements).id, chance.choice(products).id)
        price = Price(chance.randrange(50, 300), chance.choice((1, 10)), "piece")
        from_on = TODAY + timedelta(days=chance.randrange(-3, 4))
        row = prices.agreed_row(pair, price, from_on)
        session.add(row)
        session.flush()
        rows.setdefault(pair, []).append(Agreed(row.id, from_on, price))
    for days in range(-4, 5):
        day = TODAY + timedelta(days=days)
        for agreement_id in [each.id for each in agreements] + [None]:
            asked = [prices.Asked(each, agreement_id) for each in products]
            found = prices.list_prices(session, asked, day)
            for each in products:
                own = rows.get((agreement_id or 0, each.id), [])
                listed = prices.listed(each)
                expected = rules.price_on(listed, own, day) if listed else None
                assert found[each.id].price == expected
                coming = rules.coming_after(own, day) if listed else None
                assert found[each.id].coming == coming
