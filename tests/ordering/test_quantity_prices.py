"""Prices at larger quantities and pauses, from the product page to the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import cast
import pytest
from cast import NOW, TODAY
from ordering.world import DELIVERY, KEY, World, make, put
from sqlalchemy.orm import Session

from catalogue.agreements.rules import Reason
from catalogue.core.errors import Invalid
from catalogue.ordering import basket, items, service
from catalogue.products import prices, shelf
from catalogue.products import service as products
from catalogue.products.models import AgreedPrice
from catalogue.products.price_rules import Tier


def priced(session: Session, price_ore: int = 10_000) -> World:
    """Make the world with 5 % off from 10 and 12,5 % off from 50 pieces."""
    world = make(session)
    world.product.price_ore, world.product.tiers = price_ore, [[10, 50], [50, 125]]
    session.flush()
    return world


@pytest.mark.parametrize(
    ("quantity", "price_ore", "net_ore"),
    [(9, 10_000, 90_000), (10, 9_500, 95_000), (50, 8_750, 437_500)],
)
def test_order_is_charged_by_its_quantity(
    session: Session, quantity: int, price_ore: int, net_ore: int
) -> None:
    world = priced(session)
    basket.add(session, world.who, world.product.id, Decimal(quantity), NOW)
    (order,) = service.place(session, world.who, DELIVERY, KEY, NOW)
    assert (order.lines[0].price_ore, order.net_ore) == (price_ore, net_ore)


def test_less_is_taken_off_when_the_quantity_is_lowered_and_nothing_need_be_accepted(
    session: Session,
) -> None:
    world = priced(session)
    basket.add(session, world.who, world.product.id, Decimal(50), NOW)
    basket.update(session, world.who, {world.product.id: Decimal(4)}, NOW)
    (item,) = items.check(session, world.who, TODAY)
    assert (item.net_ore, item.must_be_accepted, item.ready) == (40_000, False, True)


def test_the_share_is_taken_off_an_agreed_price_too(session: Session) -> None:
    world = priced(session, 20_000)
    session.add(
        AgreedPrice(agreement_id=world.agreement.id, product_id=world.product.id, from_on=TODAY,
                    price_ore=10_000, price_base_quantity=1, unit="piece")
    )  # fmt: skip
    session.flush()
    basket.add(session, world.who, world.product.id, Decimal(10), NOW)
    (order,) = service.place(session, world.who, DELIVERY, KEY, NOW)
    assert order.lines[0].price_ore == 9_500


def test_what_is_taken_off_a_bound_product_never_becomes_less(session: Session) -> None:
    world = priced(session)
    found = products.get_own(session, world.enterprise.id, world.product.id)
    told = shelf.facts_of(found)
    for worse in ((), (Tier(10, 40), Tier(50, 125))):
        with pytest.raises(Invalid) as refused:
            facts = replace(told, tiers=worse)
            products.save(session, world.worker_who, found.id, facts, NOW)
        assert refused.value.problems["price"] == [prices.KEEP_TIERS]
    better = replace(told, tiers=(Tier(5, 50), Tier(50, 125)))
    products.save(session, world.worker_who, found.id, better, NOW)
    assert found.tiers == [[5, 50], [50, 125]]


@pytest.mark.parametrize(("days", "paused"), [(-1, False), (0, False), (1, True), (90, True)])
def test_paused_product_is_refused_until_its_day(session: Session, days: int, paused: bool) -> None:
    world = make(session)
    basket.add(session, world.who, world.product.id, None, NOW)
    world.product.paused_until = TODAY + timedelta(days=days)
    world.product.details = {"pause_reason": "Fuldt booket"}
    session.flush()
    if not paused:
        assert len(service.place(session, world.who, DELIVERY, KEY, NOW)) == 1
        return
    with pytest.raises(basket.NotOrderable, match="Fuldt booket"):
        basket.add(session, world.who, world.product.id, None, NOW)
    with pytest.raises(service.CannotBePlaced):
        service.place(session, world.who, DELIVERY, KEY, NOW)


def test_pause_is_said_in_the_enterprises_words_with_the_day(session: Session) -> None:
    world = make(session)
    world.product.paused_until = date(2027, 5, 1)
    world.product.details = {"pause_reason": "Fuldt booket."}
    text = items.pause_of(world.product, TODAY)
    assert str(text) == "Fuldt booket. Kan bestilles igen fra 1. maj 2027."


def test_price_on_request_is_asked_for_and_not_ordered(session: Session) -> None:
    world = make(session)
    made = cast.product(
        session, world.enterprise, "Hækklipning", kind="service", price_ore=None,
        details={"on_request": True},
    )  # fmt: skip
    with pytest.raises(basket.NotOrderable, match="efter tilbud"):
        basket.add(session, world.who, made.id, None, NOW)
    put(session, world)
    world.product.price_ore = None  # while it lies in the basket
    session.flush()
    (item,) = items.check(session, world.who, TODAY)
    assert item.refusal is not None and "efter tilbud" in str(item.refusal.title)
    cast.mandatory(session, world.home)
    (item,) = items.check(session, world.who, TODAY)
    assert item.judgement.reason == Reason.MANDATORY  # no quote may be asked for either
