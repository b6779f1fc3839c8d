"""Budgets: what counts to them, what the basket and the approver are told, and what they refuse."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.approving import Town, order, rule, seen, town
from ordering.test_addresses import ADDRESS, OTHER_GLN
from ordering.test_pages import add, browser, key_of, place
from ordering.world import DELIVERY, put
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import addresses, approval, budget_rules, budget_sums, budgets, service
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.approval import NotApprovable
from catalogue.ordering.approval_rules import Rule
from catalogue.ordering.budget_rules import Standing, Terms
from catalogue.ordering.coding_models import Budget
from catalogue.ordering.coding_rules import Part, Share
from catalogue.ordering.rules import Step
from catalogue.ordering.service import CannotBePlaced, Placing

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
HOUSE = 1_250_000  # the price of the world's product


@pytest.mark.parametrize(
    ("prefix", "coding", "ore"),
    [("", None, 100), ("375", None, 100), ("38", None, 0), ("", "1", 60), ("375", "3", 0)],
)
def test_line_counts_by_category_and_coding(prefix: str, coding: str | None, ore: int) -> None:
    shares = [Share("1", 60), Share("2", 40)]
    assert budget_rules.counted_ore(prefix, coding, "37535200", shares) == ore


def test_approver_keeps_budgets_of_those_whose_orders_she_approves() -> None:
    of_all = Rule("r", 0, None, None, None, (1,), 3, None)
    of_one = replace(of_all, institution="Skolen", approvers=(2,))
    assert budget_rules.may_keep([of_all, of_one], 1, "Børnehuset")
    assert budget_rules.may_keep([of_all, of_one], 2, " skolen")
    assert not budget_rules.may_keep([of_all, of_one], 2, "Børnehuset")
    assert not budget_rules.may_keep([of_one], 2, "Skolen, stue 2", cast.GLN)
    of_gln = replace(of_one, institution=None, gln=cast.GLN)
    assert budget_rules.may_keep([of_gln], 2, "Børnehuset", cast.GLN)
    assert not budget_rules.may_keep([of_gln], 2, "Skolen", OTHER_GLN)


@pytest.mark.parametrize(
    ("prefix", "coding", "does"),
    [("", None, True), ("375", "1", True), ("38", None, False), ("", "2", False)],
)
def test_a_line_concerns_a_budget_before_its_amount_is_known(
    prefix: str, coding: str | None, does: bool
) -> None:
    assert budget_rules.concerns(prefix, coding, "37535200", [Share("1", 0)]) is does


@pytest.fixture
def people(session: Session) -> Town:
    """The people of approval, whose institution is known by an address."""
    made = town(session)
    addresses.keep(session, made.world.who, AddressFacts(**ADDRESS), cast.NOW)
    return made


def enter(session: Session, people: Town, amount_ore: int = HOUSE * 2, **facts: Any) -> Budget:
    """Have staff enter a budget of the year."""
    terms = Terms(cast.GLN, *YEAR, amount_ore, **facts)
    return budgets.enter(session, people.staff_who, terms, cast.NOW)


def test_budget_counts_what_stands_and_what_waits_by_period_category_and_coding(
    session: Session, people: Town
) -> None:
    cast.category(session, cast.GIFTS)
    found = [
        enter(session, people),
        enter(session, people, category_code="37500000"),
        enter(session, people, category_code=cast.GIFTS),
        enter(session, people, account_coding="A"),
        enter(session, people, account_coding=DELIVERY.account_coding),
        budgets.enter(
            session, people.staff_who,
            Terms(cast.GLN, date(2026, 1, 1), date(2026, 11, 23), HOUSE), cast.NOW,
        ),
    ]  # fmt: skip
    put(session, people.world)
    parts = {people.world.product.id: [Part("A", percent=Decimal(20)), Part("B")]}
    service.place_coded(session, Placing(people.world.who, DELIVERY, "one", cast.NOW, parts))
    rule(session, people)
    order(session, people, key="two")
    third = order(session, people, key="three")
    service.take_step(session, people.world.who, third.number, Step.CANCEL, now=cast.NOW)
    elsewhere = replace(DELIVERY, gln=OTHER_GLN)
    put(session, people.world)
    service.place(session, people.world.who, elsewhere, "four", cast.NOW)
    standing = budget_sums.list_standing(session, found)
    expected = [(HOUSE, HOUSE), (HOUSE, HOUSE), (0, 0), (HOUSE // 5, 0), (0, HOUSE), (0, 0)]
    for each, numbers in zip(found, expected, strict=True):
        assert standing[each.id] == Standing(each.amount_ore, *numbers)
        counted = budget_sums.list_counted(session, each)  # every number opens what it counts
        assert sum(one.amount_ore for one in counted if one.is_reserved) == numbers[1]
        assert sum(one.amount_ore for one in counted if not one.is_reserved) == numbers[0]


def test_budget_warns_unless_staff_let_it_block(session: Session, people: Town) -> None:
    warns = enter(session, people, HOUSE - 1)
    order(session, people, key="one")
    assert budget_sums.list_standing(session, [warns])[warns.id].is_passed
    enter(session, people, HOUSE * 2, blocks=True)
    order(session, people, key="two")
    with pytest.raises(CannotBePlaced, match=r"12\.500,00"):
        order(session, people, key="three")


def test_only_staff_let_a_budget_block_and_approvers_keep_their_own(
    session: Session, people: Town
) -> None:
    terms = Terms(cast.GLN, *YEAR, HOUSE, blocks=True)
    with pytest.raises(budgets.NotYours):
        budgets.enter(session, people.anne_who, terms, cast.NOW)
    rule(session, people)
    made = budgets.enter(session, people.anne_who, terms, cast.NOW)
    assert not made.blocks
    with pytest.raises(Invalid) as caught:
        wrong = replace(terms, ends_on=date(2025, 1, 1), category_code="99")
        budgets.change(session, people.staff_who, made.id, wrong, cast.NOW)
    assert set(caught.value.problems) == {"ends_on", "category_code"}
    with pytest.raises(budgets.NotYours):
        budgets.remove(session, people.bo_who, made.id, cast.NOW)


def test_basket_and_approver_are_told_what_is_left(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        people = town(session, ceiling_ore=HOUSE * 3)
        rule(session, people, from_ore=HOUSE * 2)
        addresses.keep(session, people.world.who, AddressFacts(**ADDRESS), cast.NOW)
        neighbour = cast.staff(session, cast.municipality(session, "Vejle"))
    buyer, staff = browser(app, people.world.buyer), browser(app, people.staff)
    form = {
        "gln": cast.GLN, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "amount": "20.000",
        "category_code": "37500000-8", "account_coding": "",
    }  # fmt: skip
    assert staff.post("/budgetter/nyt", data=form | {"category_code": "1"}).status_code == 422
    with app.extensions["catalogue"].database.transaction() as session:
        cast.category(session, "37500000")
    assert staff.post("/budgetter/nyt", data=form).headers["Location"] == "/budgetter/1"
    changed = form | {"amount": "30.000"}
    assert staff.post("/budgetter/1/ret", data=changed).status_code == 303
    add(buyer, people.world.product)
    basket = buyer.get("/kurv").text.replace("\xa0", " ")
    assert "Dette bruger 12.500,00 kr.; derefter er der 17.500,00 kr. tilbage" in basket
    assert "er der 37.500,00 kr. tilbage" in basket
    assert "Anne Bak godkende; der kan bestilles for 12.500,00 kr. mere" in basket
    place(buyer, key_of(buyer))
    add(buyer, people.world.product, "2")
    assert "Budgettet overskrides med 7.500,00" in buyer.get("/kurv").text.replace("\xa0", " ")
    place(buyer, key_of(buyer))
    approver = browser(app, people.anne)
    case = approver.get("/godkendelser/0330-2026-00002").text.replace("\xa0", " ")
    assert "Budgettet overskrides med 7.500,00" in case
    listed = buyer.get("/budgetter").text.replace("\xa0", " ")
    assert "-7.500,00" in listed
    opened = staff.get("/budgetter/1?del=reserveret").text
    assert "/ordrer/0330-2026-00002" in opened
    assert "/ordrer/0330-2026-00001" not in opened
    assert "/ordrer/0330-2026-00001" in staff.get("/budgetter/1?del=bestilt").text
    assert "Intet på listen har disse ord" in staff.get("/budgetter/1?q=rumraket").text
    found = staff.get("/budgetter/1/ordrer.csv?del=bestilt&sortering=beloeb").text.splitlines()
    assert [each.split(";")[0] for each in found[1:]] == ["0330-2026-00001"]
    assert "12500,00" in found[1]
    assert browser(app, neighbour).get("/budgetter/1").status_code == 404
    assert browser(app, neighbour).get("/budgetter/1/ordrer.csv").status_code == 404
    assert staff.post("/budgetter/1/slet").status_code == 303
    assert "Ingen budgetter her" in staff.get("/budgetter").text


def test_declined_order_leaves_its_budget_free(session: Session, people: Town) -> None:
    budget = enter(session, people, HOUSE, blocks=True)
    rule(session, people)
    made = order(session, people, key="one")
    approval.decline(session, people.anne_who, made.number, "Nej", cast.NOW)
    assert budget_sums.list_standing(session, [budget])[budget.id].left_ore == HOUSE
    assert order(session, people, key="two").state == "awaiting"


@pytest.mark.parametrize(
    ("ore", "blocks", "refused"), [(HOUSE - 1, True, True), (HOUSE, True, False), (1, False, False)]
)
def test_order_approved_in_the_next_period_is_held_against_its_budget(
    session: Session, people: Town, ore: int, blocks: bool, refused: bool
) -> None:
    rule(session, people)
    made = order(session, people)
    tomorrow = cast.NOW + timedelta(days=1)
    next_ = Terms(cast.GLN, tomorrow.date(), YEAR[1], ore, blocks=blocks)
    budgets.enter(session, people.staff_who, next_, cast.NOW)
    told = pytest.raises(NotApprovable, match=r"0,01") if refused else nullcontext()
    with told:
        approval.approve(session, people.anne_who, made.number, seen(session, made), tomorrow)
    assert refused or made.state == "placed"


def test_approver_in_the_next_period_sees_its_budget(app: Flask) -> None:
    today = cast.NOW.date()
    yesterday = today - timedelta(days=1)
    with app.extensions["catalogue"].database.transaction() as session:
        people = town(session)
        addresses.keep(session, people.world.who, AddressFacts(**ADDRESS), cast.NOW)
        rule(session, people)
        made = order(session, people)
        made.placed_at = cast.NOW - timedelta(days=1)
        for days, ore in (((YEAR[0], yesterday), HOUSE * 9), ((today, YEAR[1]), HOUSE - 1)):
            budgets.enter(session, people.staff_who, Terms(cast.GLN, *days, ore), cast.NOW)
        number = made.number
    case = browser(app, people.anne).get(f"/godkendelser/{number}").text.replace("\xa0", " ")
    assert "Budgettet overskrides med 0,01" in case
    assert "100.000,00" not in case  # what is left of the budget that has ended


def test_order_approved_in_its_own_period_keeps_its_place_there(
    session: Session, people: Town
) -> None:
    rule(session, people)
    made = order(session, people)
    enter(session, people, HOUSE - 1, blocks=True)  # entered since, and passed already
    tomorrow = cast.NOW + timedelta(days=1)
    approval.approve(session, people.anne_who, made.number, seen(session, made), tomorrow)
    assert made.state == "placed"
