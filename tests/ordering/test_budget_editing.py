"""An order that came back from approval passes no budget that blocks, however it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from ordering.approving import Town, rule, town
from ordering.test_addresses import ADDRESS, OTHER_GLN
from ordering.test_pages import browser
from ordering.world import DELIVERY, FORM, put
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import addresses, approval, budgets, editing, recoding, service
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.budget_sums import list_standing
from catalogue.ordering.coding_models import Budget
from catalogue.ordering.coding_rules import Part
from catalogue.ordering.editing import Edit
from catalogue.ordering.models import Order
from catalogue.ordering.service import Placing

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
HOUSE = 1_250_000  # the price of the world's product
CODING = DELIVERY.account_coding
ONE, TWO, THREE = ({1: Decimal(each)} for each in (1, 2, 3))
SCHOOL = {"gln": OTHER_GLN, "institution": "Skolen"}


@pytest.fixture
def people(session: Session) -> Town:
    """The people of approval, with a rule for all orders and two institutions that are known."""
    made = town(session)
    rule(session, made, from_ore=0)
    for facts in (ADDRESS, ADDRESS | SCHOOL):
        addresses.keep(session, made.world.who, AddressFacts(**facts), cast.NOW)
    return made


def enter(session: Session, people: Town, amount_ore: int, **facts: Any) -> Budget:
    """Have staff enter a budget of the year that blocks."""
    terms = replace(Terms(cast.GLN, *YEAR, amount_ore, blocks=True), **facts)
    return budgets.enter(session, people.staff_who, terms, cast.NOW)


def returned(session: Session, people: Town, quantity: str = "2") -> Order:
    """Have an order of some houses sent back to its buyer."""
    put(session, people.world, quantity)
    (made,) = service.place(session, people.world.who, DELIVERY, "form-1", cast.NOW)
    approval.send_back(session, people.anne_who, made.number, "Hvorfor?", cast.NOW)
    return made


def edit(
    session: Session, people: Town, order: Order, quantities: Mapping[int, Decimal], **facts: Any
) -> None:
    """Have the buyer change the order."""
    wanted = Edit(replace(DELIVERY, **facts), quantities)
    editing.edit(session, people.world.who, order.number, wanted, cast.NOW)


# What the budget is for, what is wanted of the order, and at which field it is refused, if at all.
CASES = [
    pytest.param({}, TWO, {}, None, id="as it was"),
    pytest.param({}, THREE, {}, "out", id="raised past it"),
    pytest.param({"amount_ore": 3 * HOUSE}, THREE, {}, None, id="raised to the last krone"),
    pytest.param({}, THREE, SCHOOL, None, id="moved away from it"),
    pytest.param({"gln": OTHER_GLN}, TWO, SCHOOL, None, id="moved to what is left there"),
    pytest.param({"gln": OTHER_GLN, "amount_ore": HOUSE}, TWO, SCHOOL, "gln", id="moved past it"),
    pytest.param(
        {"account_coding": "B", "amount_ore": HOUSE}, TWO, {"account_coding": "B"},
        "account_coding", id="booked past it",
    ),
    pytest.param(
        {"account_coding": CODING}, THREE, {"account_coding": "B"}, None, id="booked elsewhere"
    ),
    pytest.param(
        {"category_code": "90900000", "amount_ore": 0}, THREE, {}, None, id="another category"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("budget", "quantities", "delivery", "refused"), CASES)
def test_a_changed_order_keeps_to_budgets_that_block(
    session: Session,
    people: Town,
    budget: dict[str, Any],
    quantities: Mapping[int, Decimal],
    delivery: dict[str, Any],
    refused: str | None,
) -> None:
    cast.category(session, "90900000")
    enter(session, people, **({"amount_ore": 2 * HOUSE} | budget))
    order = returned(session, people)
    if refused is None:
        edit(session, people, order, quantities, **delivery)
        return
    with pytest.raises(Invalid) as caught:
        edit(session, people, order, quantities, **delivery)
    assert list(caught.value.problems) == [refused]
    assert "12.500,00" in str(caught.value.problems[refused][0])


def test_what_an_order_takes_less_of_a_passed_budget_is_welcome(
    session: Session, people: Town
) -> None:
    order = returned(session, people, "3")
    budget = enter(session, people, HOUSE)  # entered too late to stop it
    edit(session, people, order, TWO)
    assert list_standing(session, [budget])[budget.id].left_ore == -HOUSE
    edit(session, people, order, TWO, street="Engvej 9")
    with pytest.raises(Invalid):
        edit(session, people, order, THREE)


@pytest.mark.parametrize(("houses", "refused"), [(3, False), (2, True)])
def test_an_order_changed_in_the_next_period_keeps_to_the_budget_of_that(
    session: Session, people: Town, houses: int, refused: bool
) -> None:
    order = returned(session, people)
    order.placed_at = cast.NOW - timedelta(days=1)
    today = cast.NOW.date()
    enter(session, people, 2 * HOUSE, ends_on=today - timedelta(days=1))
    enter(session, people, houses * HOUSE, starts_on=today)
    told = pytest.raises(Invalid, match=r"12\.500,00") if refused else nullcontext()
    with told:
        edit(session, people, order, {1: Decimal(3)})


def test_an_order_is_booked_elsewhere_within_a_passed_budget_and_away_from_one(
    session: Session, people: Town
) -> None:
    order = returned(session, people)
    enter(session, people, HOUSE)  # both entered too late to stop it
    enter(session, people, HOUSE, account_coding=CODING)
    enter(session, people, HOUSE, account_coding="C")
    recoding.recode(session, people.world.who, order.number, ("B", {}), cast.NOW)
    assert order.account_coding == "B"
    with pytest.raises(recoding.NotCodable, match=r"12\.500,00"):
        recoding.recode(session, people.world.who, order.number, ("C", {}), cast.NOW)


def test_a_line_on_several_codings_takes_of_each_by_its_share(
    session: Session, people: Town
) -> None:
    enter(session, people, HOUSE, account_coding="A")
    put(session, people.world, "2")
    parts = {people.world.product.id: [Part("A", percent=Decimal(50)), Part("B")]}
    placing = Placing(people.world.who, DELIVERY, "form-1", cast.NOW, parts)
    (order,) = service.place_coded(session, placing)
    approval.send_back(session, people.anne_who, order.number, "Hvorfor?", cast.NOW)
    edit(session, people, order, ONE)
    edit(session, people, order, TWO)
    with pytest.raises(Invalid):
        edit(session, people, order, THREE)


def test_a_refused_change_leaves_the_order_as_it_was(app: Any) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        made = town(session)
        rule(session, made, from_ore=0)
        addresses.keep(session, made.world.who, AddressFacts(**ADDRESS), cast.NOW)
        enter(session, made, 2 * HOUSE)
        order = returned(session, made)
        number, id_ = order.number, order.id
    buyer = browser(app, made.world.buyer)
    answer = buyer.post(f"/ordrer/{number}/ret", data=FORM | {"quantity_1": "3"})
    assert answer.status_code == 422 and "12.500,00" in answer.text
    with database.reading() as session:
        assert session.get_one(Order, id_).net_ore == 2 * HOUSE
