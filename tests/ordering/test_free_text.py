"""Orders in free text: only where staff allow it, by the one rule, and as any order after that."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.approving import Town, rule, town
from ordering.test_pages import browser
from ordering.world import DELIVERY, FORM
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.ordering import free_permits, free_text, queries
from catalogue.ordering.free_text import FreeLine
from catalogue.ordering.models import Order
from catalogue.ordering.quote_rules import LineOffer
from catalogue.ordering.service import CannotBePlaced, Placing

MOST = 1_000_000
LINE = FreeLine(LineOffer("Legehus med to døre", Decimal(2), "piece", 400_000, 25), "37535200")


@pytest.fixture
def people(session: Session) -> Town:
    """The people of approval, with an agreement that allows free text."""
    made = town(session, ceiling_ore=1_700_000)
    free_permits.allow(session, made.staff_who, made.world.agreement.id, MOST, cast.NOW)
    return made


def place(session: Session, people: Town, line: FreeLine = LINE, key: str = "form-1") -> Order:
    """Order one line in free text."""
    placing = Placing(people.world.who, DELIVERY, key, cast.NOW)
    return free_text.place(session, placing, people.world.agreement.id, [line])


def of_price(price_ore: int, code: str = LINE.category_code) -> FreeLine:
    """Return a line of one thing at that price."""
    return FreeLine(LineOffer("Legehus", Decimal(1), "piece", price_ore, 25), code)


def test_free_text_is_an_order_as_any_other(session: Session, people: Town) -> None:
    rule(session, people)
    made = place(session, people)
    assert place(session, people) is made  # the same form sent twice
    assert (made.state, made.net_ore, made.vat_ore) == ("awaiting", 800_000, 200_000)
    (line,) = made.lines
    assert (line.product_id, line.free_text, line.item_number) == (None, True, "F-1")
    assert line.agreement_id == people.world.agreement.id
    with pytest.raises(CannotBePlaced, match="op til sit loft"):
        place(session, people, of_price(950_000), key="form-2")  # 8,000 kr. is reserved
    assert queries.get_order(session, people.world.who, made.number).order is made


def test_free_text_needs_permission_and_stays_below_its_amount(
    session: Session, people: Town
) -> None:
    assert place(session, people, of_price(MOST)).net_ore == MOST
    with pytest.raises(CannotBePlaced, match=r"10\.000,00"):
        place(session, people, of_price(MOST + 1), key="form-2")
    agreement_id = people.world.agreement.id
    free_permits.allow(session, people.staff_who, agreement_id, None, cast.NOW)
    with pytest.raises(Missing):
        place(session, people, key="form-3")


def test_free_text_asks_the_one_rule_for_category_and_day(session: Session, people: Town) -> None:
    cast.category(session, cast.GIFTS)
    who, home = people.world.who, people.world.home
    (choice,) = free_text.list_choices(session, who, cast.TODAY)
    offered = free_text.list_categories(session, who, choice, cast.TODAY)
    assert cast.PLAY_HOUSES in [each.code for each in offered]
    assert cast.GIFTS not in [each.code for each in offered]
    with pytest.raises(CannotBePlaced):
        place(session, people, of_price(100, cast.GIFTS))
    cast.mandatory(session, home, where_to_buy="Bestil hos Storleverandøren.")
    assert free_text.list_categories(session, who, choice, cast.TODAY) == []
    with pytest.raises(CannotBePlaced, match="Storleverandøren"):
        place(session, people)
    after = people.world.agreement.ends_on + timedelta(days=1)
    assert free_text.list_choices(session, who, after) == []


def test_free_text_of_a_wider_category_is_no_way_around_a_mandatory_agreement(
    session: Session,
) -> None:
    wide = "37500000"
    made = town(session, categories=[wide])
    free_permits.allow(session, made.staff_who, made.world.agreement.id, MOST, cast.NOW)
    (choice,) = free_text.list_choices(session, made.world.who, cast.TODAY)
    offered = free_text.list_categories(session, made.world.who, choice, cast.TODAY)
    assert wide in [each.code for each in offered]
    cast.mandatory(session, made.world.home)  # of play houses
    (choice,) = free_text.list_choices(session, made.world.who, cast.TODAY)
    offered = free_text.list_categories(session, made.world.who, choice, cast.TODAY)
    assert wide not in [each.code for each in offered]
    with pytest.raises(CannotBePlaced, match="snævrere"):
        place(session, made, of_price(100, wide))


def test_buyer_orders_what_is_not_listed_and_the_enterprise_confirms_the_price(
    app: Flask,
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        people = town(session)
    buyer, staff = browser(app, people.world.buyer), browser(app, people.staff)
    worker = browser(app, people.world.worker)
    agreement_id = people.world.agreement.id
    permit, here = f"/aftaler/{agreement_id}/fritekst", f"/fritekstordre/{agreement_id}"
    assert "Ingen aftale tillader det" in buyer.get("/fritekstordre").text
    assert buyer.get(here).status_code == 404
    assert staff.post(permit, data={"allowed": "1", "most": "lidt"}).status_code == 422
    assert staff.post(permit, data={"allowed": "1", "most": "10.000"}).status_code == 303
    assert here in buyer.get("/fritekstordre").text
    assert cast.PLAY_HOUSES in buyer.get(here).text
    form: dict[str, Any] = FORM | {
        "placing_key": "a-key-of-one-drawn-form", "agreed": "Sanne i telefonen den 3. marts",
        "title_1": "Legehus med to døre", "category_code_1": cast.PLAY_HOUSES, "quantity_1": "2",
        "unit_1": "piece", "price_1": "4.000", "vat_rate_1": "25",
    }  # fmt: skip
    faulty = buyer.post(here, data=form | {"price_1": "", "agreed": ""})
    assert faulty.status_code == 422
    refused = buyer.post(here, data=form | {"price_1": "6.000"})
    assert "må højst løbe op i" in refused.text
    assert "Legehus med to døre" in refused.text  # what she typed is kept
    split = {"coding_1_1": "1111", "part_1_1": "2.000", "coding_1_2": "2222", "part_1_2": ""}
    wrong = buyer.post(here, data=form | split | {"part_1_2": "1.000"})
    assert wrong.status_code == 422 and "Beløbene skal" in wrong.text
    buyer.post("/sprog", data={"locale": "en"})
    assert buyer.post(here, data=form | split).status_code == 303
    buyer.post("/sprog", data={"locale": "da"})
    number = "0330-2026-00001"
    booked = buyer.get(f"/ordrer/{number}").text.replace("\xa0", " ")
    assert "1111 (2.000,00 kr.), 2222 (6.000,00 kr.)" in booked
    page = worker.get(f"/indkomne-ordrer/{number}").text
    assert "bekræfter I også prisen" in page
    assert "Prisen er aftalt: Sanne i telefonen den 3. marts" in page
    assert worker.post(f"/indkomne-ordrer/{number}/bekraeft").status_code == 303
    assert number in staff.get(permit).text
    assert "Dette blev bestilt i fritekst" in buyer.get(f"/ordrer/{number}/igen").text
