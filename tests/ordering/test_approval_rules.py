"""The rules of approval: which orders, in which turn, of what, and who may act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.ordering import approval_rules
from catalogue.ordering.approval_rules import Rule, Turn, Wanted

HOUSE = Wanted(500_000, frozenset({"37535200", "18530000"}), "Børnehuset Regnbuen", 7)
people = st.integers(1, 6)


def rule(**facts: Any) -> Rule:
    """Make a rule for all orders, to be approved by person 1."""
    values = {
        "name": "Regel", "from_ore": 0, "category_prefix": None, "institution": None,
        "enterprise_id": None, "approvers": (1,), "escalate_days": 3, "escalate_to_id": None,
    } | facts  # fmt: skip
    return Rule(**values)


@pytest.mark.parametrize(
    ("facts", "does"),
    [
        ({}, True),
        ({"from_ore": 500_000}, True),
        ({"from_ore": 500_001}, False),
        ({"category_prefix": "375"}, True),
        ({"category_prefix": "185300"}, True),
        ({"category_prefix": "909"}, False),
        ({"institution": " børnehuset  regnbuen"}, True),
        ({"institution": "Skolen"}, False),
        ({"enterprise_id": 7}, True),
        ({"enterprise_id": 8}, False),
        ({"enterprise_id": 7, "from_ore": 500_001}, False),
    ],
)
def test_a_rule_applies_when_all_it_names_holds(facts: dict[str, Any], does: bool) -> None:
    assert approval_rules.applies(rule(**facts), HOUSE) is does


def test_what_is_not_typed_yet_might_be_meant() -> None:
    assert approval_rules.applies(rule(institution="Skolen"), Wanted(1, frozenset(), None, 7))
    assert approval_rules.applies(rule(category_prefix="909"), Wanted(1, None, "Skolen", 7))


OWN, OTHER, THIRD = "5790000000005", "5798000880016", "5798000000001"
RAINBOW = {"institution": "Regnbuen", "gln": OWN}


@pytest.mark.parametrize(
    ("facts", "typed", "gln", "does"),
    [
        # The GLN decides, whatever was typed.
        (RAINBOW, "Regnbuen", OWN, True),
        (RAINBOW, "Regnbuen, stue 2", OWN, True),
        (RAINBOW, "Rengbuen", OWN, True),
        (RAINBOW, "Et helt andet sted", OWN, True),
        ({"gln": OWN}, "Regnbuen", OWN, True),
        ({"gln": OWN}, "Regnbuen", OTHER, False),
        # So does that of a place known by the name; for a rule made before, it is all there is.
        (RAINBOW | {"known_glns": {THIRD}}, "Et helt andet sted", THIRD, True),
        ({"institution": "Regnbuen", "known_glns": {OWN}}, "Stue 2", OWN, True),
        ({"institution": "Regnbuen", "known_glns": {OWN}}, "Stue 2", OTHER, False),
        # A name may be the same, and then the rule asks too.
        (RAINBOW, "REGNBUEN", OTHER, True),
        (RAINBOW, "Børnehuset Regnbuen, stue 2", OTHER, True),
        ({"institution": "Børnehuset Regnbuen", "gln": OWN}, "Regnbuen", OTHER, True),
        ({"institution": "Børnehuset  Æblegården"}, "boernehuset aeblegaarden", OTHER, True),
        (RAINBOW, "Regnbuen-stue 2", OTHER, True),
        (RAINBOW, "Regnbuens Venner", OTHER, False),
        (RAINBOW, "Skolen", OTHER, False),
        (RAINBOW, "…", OTHER, False),
        ({"institution": "…"}, "…", OTHER, True),
        ({"institution": "…"}, "Skolen", OTHER, False),
    ],
)
def test_no_order_slips_past_by_how_its_institution_is_typed(
    facts: dict[str, Any], typed: str, gln: str, does: bool
) -> None:
    wanted = Wanted(1, frozenset(), typed, 7, gln)
    assert approval_rules.applies(rule(**facts), wanted) is does


def test_places_that_bear_the_name_of_an_institution_lend_it_their_glns() -> None:
    places = [(OWN, "Regnbuen"), (OTHER, "Regnbuen, stue 2"), (THIRD, "Skolen")]
    assert approval_rules.glns_named("regnbuen", places) == {OWN, OTHER}
    assert approval_rules.glns_named(None, places) == frozenset()


def test_chains_are_joined_by_amount_and_nobody_is_asked_twice() -> None:
    rules = [rule(from_ore=400_000, approvers=(2, 3)), rule(approvers=(1, 2))]
    links = approval_rules.chain(rules, HOUSE, 9)
    assert [each.approver_id for each in links] == [1, 2, 3]


def test_the_buyer_is_passed_over_for_whom_her_rule_escalates_to() -> None:
    rules = [rule(approvers=(1, 2), escalate_to_id=4)]
    assert [each.approver_id for each in approval_rules.chain(rules, HOUSE, 1)] == [4, 2]


@given(
    turn=st.builds(Turn, people, st.none() | people, st.booleans()),
    deputies=st.dictionaries(people, people),
    holders=st.sets(people),
    buyer=people,
)
def test_only_holders_act_and_never_the_buyer(
    turn: Turn, deputies: dict[int, int], holders: set[int], buyer: int
) -> None:
    found = approval_rules.acting(turn, deputies, holders, {buyer})
    assert found <= holders - {buyer}
    if turn.approver_id in holders - {buyer}:
        assert turn.approver_id in found
    if not turn.is_escalated and turn.approver_id not in deputies:
        assert found <= {turn.approver_id}


def test_deputies_who_stand_in_for_each_other_end() -> None:
    assert approval_rules.acting(Turn(1, None, False), {1: 2, 2: 1}, {1, 2}, {9}) == {1, 2}


def test_an_approval_counts_for_what_it_was_given_for() -> None:
    given_ = [(1, "a"), (2, "b")]
    assert approval_rules.open_steps([1, 2, 3], given_, "a") == [2, 3]
    assert approval_rules.open_steps([1, 2], given_, "c") == [1, 2]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=5), st.integers()), min_size=1, max_size=4), st.data())
def test_digest_differs_when_anything_does(
    lines: list[tuple[str, int]], data: st.DataObject
) -> None:
    before = [{"title": title, "net_ore": net_ore} for title, net_ore in lines]
    place = data.draw(st.integers(0, len(before) - 1))
    after = [dict(each) for each in before]
    after[place]["net_ore"] = after[place]["net_ore"] + 1  # type: ignore[operator]
    known = approval_rules.digest({"street": "A"}, before)
    assert known == approval_rules.digest({"street": "A"}, [dict(each) for each in before])
    assert known != approval_rules.digest({"street": "A"}, after)
    assert known != approval_rules.digest({"street": "B"}, before)
    assert known != approval_rules.digest({"street": "A"}, before[1:])


@pytest.mark.parametrize(
    ("begins", "days", "due"),
    [
        (date(2026, 11, 24), 3, date(2026, 11, 27)),
        (date(2026, 11, 26), 2, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
    ],
)
def test_weekends_do_not_count_towards_the_days_to_answer(
    begins: date, days: int, due: date
) -> None:
    assert approval_rules.due_on(begins, days) == due
