"""What more is told of a product: how it is read, what is asked of whom, and how complete it is."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from products.world import facts, seller
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.products import completeness, details, price_rules, rules, schema, service, shelf
from catalogue.products.details import Label
from catalogue.products.models import ProductVersion
from catalogue.products.price_rules import Price, Tier

TIERS = (Tier(10, 50), Tier(50, 125))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("gtin", "5701-2345 67899", "5701234567899"),
        ("gtin", "73513537", "73513537"),
        ("tiers", "50: 12,5 %; 10: 5", TIERS),
        ("labels", "Svanemærket: 5026 0012; FSC: FSC-C012345",
         (Label("nordic_swan", "5026 0012"), Label("fsc", "FSC-C012345"))),
        ("labels", {"gots": "https://x.example/g"}, (Label("gots", "https://x.example/g"),)),
        ("made_to_order", "på lager", False),
        ("made_to_order", "1", True),
        ("place", "Hos indkøberen", "buyer"),
        ("notice_days", "2 uger", 14),
        ("paused_until", "1-5-2027", date(2027, 5, 1)),
    ],
)  # fmt: skip
def test_form_and_price_list_are_read_alike(field: str, text: Any, value: Any) -> None:
    assert schema.read({"title": "Most", field: text})[field] == value


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("gtin", "5701234567890", "kontrolciffer"),
        ("tiers", "mange: 5", "10: 5"),
        ("tiers", "10: 5; 20: 6; 30: 7; 40: 8; 50: 9; 60: 10", "Højst 5"),
        ("labels", "Det grønne mærke: ja", "FSC"),
        ("labels", "FSC: 211062-5629", "CPR"),
        ("social_story", "Ida, 211062-5629, har lært det her.", "CPR"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(field: str, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        schema.read({"title": "Most", field: text})
    assert said in str(refused.value.problems[field])


def test_blanks_without_end_are_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(Invalid):
        schema.read({"title": "Most", "tiers": f"10{' ' * 100_000}x: 5"})
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on_request": True}, "on_request"),
        ({"kind": "service", "on_request": True}, "price"),
        ({"labels": (Label("fsc", ""),)}, "labels"),
        ({"tiers": (Tier(1, 50),)}, "tiers"),
        ({"tiers": (Tier(10, 50), Tier(20, 50))}, "tiers"),
        ({"tiers": (Tier(10, 950),)}, "tiers"),
    ],
)
def test_facts_that_contradict_are_named_by_field(changes: dict[str, Any], field: str) -> None:
    assert [name for name, _text in rules.contradictions(facts(**changes))] == [field]


def test_only_a_service_may_have_its_price_on_request() -> None:
    asked = facts(kind="service", price_ore=None, on_request=True)
    assert rules.problems(asked, ["Et billede"]) == []
    assert [name for name, _text in rules.problems(facts(price_ore=None), ["x"])] == ["price"]


@pytest.mark.parametrize(
    ("kind", "code", "wanted", "unwanted"),
    [
        ("goods", cast.PLAY_HOUSES, {"materials", "dimensions", "gtin"}, {"hours", "allergens"}),
        ("goods", "15321600", {"allergens", "season"}, {"materials"}),
        ("service", "90910000", {"hours", "extent", "included"}, {"gtin", "materials"}),
        ("service", "55520000", {"allergens", "hours"}, {"dimensions"}),
        ("service", None, {"included", "notice_days"}, {"hours"}),
    ],
)
def test_questions_follow_kind_and_category(
    kind: str, code: str | None, wanted: set[str], unwanted: set[str]
) -> None:
    asked = set(details.questions(kind, code))
    assert wanted <= asked
    assert not unwanted & asked


def test_every_question_has_a_name_a_field_and_a_fact() -> None:
    told = {*details.STORED, "gtin", "tiers", "paused_until"}
    assert told == set(details.NAMES)
    assert told <= set(schema.ProductSchema().fields)
    assert told <= set(asdict(facts()))


def test_score_rises_with_each_advice_that_is_followed() -> None:
    bare = replace(facts(), description="", summary="")
    before = completeness.assess(bare, [])
    fuller = replace(
        bare, summary="Et legehus.", description="Bygget af lærk. " * 20, origin="Slagelse",
        social_story="Fire lærlinge.", capacity_per_week=2, materials="Lærk", dimensions="2 m",
        made_to_order=True,
    )  # fmt: skip
    full = completeness.assess(fuller, ["a", "b", "c"])
    assert before.score < completeness.assess(facts(), ["a"]).score < full.score
    assert (full.score, full.advice) == (100, ())
    assert before.advice[0].points == max(each.points for each in before.advice)


def test_kitchens_are_told_why_allergens_weigh_most() -> None:
    food = completeness.assess(facts(category_code="15321600"), ["a"])
    found = next(each for each in food.advice if each.field == "allergens")
    assert "Køkkener" in str(found.why)


@given(
    st.lists(st.tuples(st.integers(2, 99), st.integers(1, 900)), max_size=5),
    st.integers(0, 10**7),
    st.integers(1, 120),
)
def test_more_units_never_cost_more_a_piece(
    lines: list[tuple[int, int]], ore: int, quantity: int
) -> None:
    tiers = [Tier(*each) for each in lines]
    price = Price(ore, 1, "piece")
    here = price_rules.price_at(price, tiers, Decimal(quantity))
    more = price_rules.price_at(price, tiers, Decimal(quantity + 1))
    assert 0 <= more.ore <= here.ore <= ore


@pytest.mark.parametrize(
    ("after", "worse"),
    [
        (TIERS, False),
        ((), True),
        ((Tier(5, 50), Tier(50, 125)), False),
        ((Tier(10, 60), Tier(50, 125)), False),
        ((Tier(10, 40), Tier(50, 200)), True),
        ((Tier(20, 300),), True),
    ],
)
def test_what_is_taken_off_may_only_become_more(after: tuple[Tier, ...], worse: bool) -> None:
    assert price_rules.are_worse(after, TIERS) is worse


def test_all_facts_come_back_from_the_row_and_stand_in_the_version(session: Session) -> None:
    who = seller(session).who
    given = facts(
        gtin="5701234567899", tiers=TIERS, paused_until=date(2027, 5, 1), pause_reason="Udsolgt",
        pack_size=12, made_to_order=False, materials="Lærk", origin="Slagelse",
        labels=(Label("fsc", "FSC-C012345"),), social_story="Fire lærlinge.",
    )  # fmt: skip
    made = service.create_draft(session, who, given, cast.NOW)
    session.flush()
    session.expire_all()
    found = service.get_own(session, who.enterprise_id, made.id)
    assert service.facts_of(found) == given
    shelf.record_version(session, found, person_id=None, now=cast.NOW)
    session.flush()
    kept = session.scalars(select(ProductVersion.facts)).one()
    assert kept["tiers"] == [[10, 50], [50, 125]]
    assert (kept["gtin"], kept["paused_until"]) == ("5701234567899", "2027-05-01")
    assert (kept["labels"], kept["made_to_order"]) == ([["fsc", "FSC-C012345"]], False)
