"""Ordering again: what becomes of each line by today's rules, and what lies in the basket then."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import cast
import pytest
from cast import NOW, TODAY
from flask import Flask
from flask.testing import FlaskClient
from ordering.world import DELIVERY, KEY, World, make, put, second_enterprise
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.ordering import basket, filling, items, lists, service
from catalogue.ordering.filling_rules import Fate, fate, quantity_today
from catalogue.ordering.list_schema import Added
from catalogue.ordering.models import OrderLine
from catalogue.ordering.rules import PriceChange
from catalogue.products import stock
from catalogue.products.models import ProductState, Unit

NUMBER = "0330-2026-00001"


@pytest.mark.parametrize(
    ("orderable", "same_unit", "quantity", "minimum", "expected"),
    [
        (True, True, "2", 1, Fate.READY),
        (True, True, "2", 2, Fate.READY),
        (True, True, "2", 5, Fate.RAISED),
        (True, True, "0.5", 1, Fate.RAISED),
        (True, False, "2", 1, Fate.OTHER_UNIT),
        (True, False, "2", 5, Fate.OTHER_UNIT),
        (False, True, "2", 1, Fate.REFUSED),
        (False, False, "2", 5, Fate.REFUSED),
    ],
)
def test_fate_of_a_wish(
    orderable: bool, same_unit: bool, quantity: str, minimum: int, expected: Fate
) -> None:
    many = Decimal(quantity)
    assert expected == fate(
        orderable=orderable, same_unit=same_unit, quantity=many, minimum_quantity=minimum
    )
    assert quantity_today(many, minimum) >= max(many, minimum)


def ordered(session: Session, quantity: str = "2") -> World:
    """Make the world with one order of its product."""
    world = make(session)
    put(session, world, quantity)
    service.place(session, world.who, DELIVERY, KEY, NOW)
    session.flush()
    return world


def foreseen(session: Session, world: World) -> filling.Outlook:
    """Return what becomes of the order's only line today."""
    session.flush()
    (found,) = filling.again(session, world.who, NUMBER, TODAY).outlooks
    return found


def test_unchanged_order_goes_into_the_basket_whole(session: Session) -> None:
    world = ordered(session)
    assert foreseen(session, world).price_change == PriceChange.SAME
    filling.order_again(session, world.who, NUMBER, NOW)
    (item,) = items.check(session, world.who, TODAY)
    assert (item.line.quantity, item.ready) == (2, True)


def test_risen_price_is_told_and_is_the_one_in_the_basket(session: Session) -> None:
    world = ordered(session)
    world.product.price_ore, world.product.version = 1_300_000, 2
    found = foreseen(session, world)
    assert (found.fate, found.price_change, found.net_ore) == (Fate.READY, "risen", 2_600_000)
    filling.order_again(session, world.who, NUMBER, NOW)
    (item,) = items.check(session, world.who, TODAY)
    assert item.ready  # the buyer has read the new price before she pressed


def test_line_that_lay_in_the_basket_before_keeps_the_price_she_accepted(session: Session) -> None:
    world = ordered(session)
    put(session, world, "1")
    world.product.price_ore = 1_300_000
    session.flush()
    filling.order_again(session, world.who, NUMBER, NOW)
    (item,) = items.check(session, world.who, TODAY)
    assert (item.line.quantity, item.must_be_accepted) == (3, True)


def test_withdrawn_product_is_left_out_with_the_reason(session: Session) -> None:
    world = ordered(session)
    world.product.state = ProductState.WITHDRAWN
    found = foreseen(session, world)
    assert found.fate == Fate.REFUSED
    assert found.refusal is not None
    filling.order_again(session, world.who, NUMBER, NOW)
    assert items.check(session, world.who, TODAY) == []


@pytest.mark.parametrize("why", ["paused", "sold out"])
def test_what_cannot_be_ordered_for_a_while_is_not_told_to_be_as_then(
    session: Session, why: str
) -> None:
    world = ordered(session)
    if why == "paused":
        world.product.paused_until = TODAY + timedelta(days=9)
    else:
        stock.count(session, world.worker_who, {world.product.id: Decimal(1)}, NOW)
    found = foreseen(session, world)
    told = {"paused": "Kan bestilles igen", "sold out": "kun 1"}[why]
    assert told.casefold() in str(found.standstill).casefold()
    assert filling.again(session, world.who, NUMBER, TODAY).changed == [found]
    assert filling.order_alike(session, world.who, NUMBER, NOW) is None


def test_product_now_under_a_mandatory_agreement_says_where_to_buy(session: Session) -> None:
    world = ordered(session)
    cast.mandatory(session, world.home, where_to_buy="Bestil hos Storleverandøren.")
    found = foreseen(session, world)
    assert found.refusal is not None
    assert found.refusal.where_to_buy == "Bestil hos Storleverandøren."


def test_two_of_a_piece_are_not_two_boxes(session: Session) -> None:
    world = ordered(session)
    world.product.unit = Unit.BOX
    assert foreseen(session, world).fate == Fate.OTHER_UNIT
    filling.order_again(session, world.who, NUMBER, NOW)
    assert items.check(session, world.who, TODAY) == []


def test_quantity_rises_to_the_smallest_order_of_today(session: Session) -> None:
    world = ordered(session)
    world.product.minimum_quantity = 5
    assert foreseen(session, world).fate == Fate.RAISED
    filling.order_again(session, world.who, NUMBER, NOW)
    (item,) = items.check(session, world.who, TODAY)
    assert item.line.quantity == 5


def test_line_of_a_quote_is_told_apart(session: Session) -> None:
    world = ordered(session)
    session.query(OrderLine).one().product_id = None
    assert foreseen(session, world).fate == Fate.MADE_TO_QUOTE


def test_order_of_another_is_missing(session: Session) -> None:
    world = ordered(session)
    colleague = cast.who(session, cast.buyer(session, world.home))
    with pytest.raises(Missing):
        filling.order_again(session, colleague, NUMBER, NOW)


def test_filling_takes_the_same_queries_for_many_lines(database: Database) -> None:
    counts = []
    with database.transaction() as session:
        world = ordered(session)
        other = second_enterprise(session, world)
    for lines in (1, 2):
        with database.transaction() as session:
            if lines == 2:
                basket.add(session, world.who, world.product.id, None, NOW)
                basket.add(session, world.who, other.id, None, NOW)
                session.flush()
            wishes = filling.list_ordered(session, world.who, NUMBER) + [
                filling.Wish(other.id, other.title, Decimal(1), other.unit)
            ] * (lines - 1)
            session.expunge_all()
            with cast.counted_queries(database) as seen:
                filling.fill(session, world.who, wishes, NOW)
                counts.append(len([each for each in seen if each.startswith("SELECT")]))
    assert counts[0] == counts[1]


def test_order_again_tells_of_a_ceiling_as_the_basket_does(app: Flask, client: FlaskClient) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        world = ordered(session)
        session.get_one(Agreement, world.agreement.id).ceiling_ore = 4_000_000
    cast.sign_in_as(client, world.buyer)
    ceiling = re.compile(r"[^>]*tilbage op til sit loft[^<]*")
    page = client.get(f"/ordrer/{NUMBER}/igen").text
    told = ceiling.findall(page)
    assert "kommer de over et loft" in page
    assert "Alt kan bestilles som sidst" not in page
    client.post(f"/ordrer/{NUMBER}/igen")
    assert told
    assert told == ceiling.findall(client.get("/kurv").text)


def test_what_is_taken_off_for_the_quantity_is_counted_and_is_no_news(session: Session) -> None:
    world = make(session)
    world.product.price_ore, world.product.tiers = 10_000, [[10, 50]]
    put(session, world, "10")
    service.place(session, world.who, DELIVERY, KEY, NOW)
    found = foreseen(session, world)
    assert (found.price_change, found.net_ore) == (PriceChange.SAME, 95_000)
    assert filling.order_alike(session, world.who, NUMBER, NOW) is not None
    (item,) = items.check(session, world.who, TODAY)
    assert item.net_ore == found.net_ore


def test_variants_are_told_apart_on_lists_and_are_called_as_then(session: Session) -> None:
    world = make(session)
    world.product.details = {"colour": "rød"}
    put(session, world, "1")
    service.place(session, world.who, DELIVERY, KEY, NOW)
    found = foreseen(session, world)
    assert found.name == found.wish.title == world.product.name != world.product.title
    named = Added(world.product.id, None, None, "Kopper")
    made, _product = lists.add(session, world.who, named, NOW)
    (line,) = lists.get(session, world.who, made.id, TODAY).filling.outlooks
    assert line.wish.title == world.product.name
