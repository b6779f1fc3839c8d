"""Variants where they are bought: prices, pauses, agreements and orderability."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import cast
import pytest
from agreements.judging import by_rule, by_sql
from cast import NOW, TODAY
from ordering.world import DELIVERY
from products.shirts import World, make, rows, saved
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import basket
from catalogue.ordering import service as ordering
from catalogue.ordering.basket import NotOrderable
from catalogue.products import (
    listing,
    proposals,
    shelf,
)
from catalogue.products.models import AgreedPrice
from catalogue.products.proposals import Proposed


@pytest.fixture
def world(session: Session) -> World:
    """A published shirt of 100 kr. in M, L and XL."""
    return make(session)


def test_own_price_of_a_variant_reaches_basket_and_order_line(
    session: Session, world: World
) -> None:
    large = rows(session, world.product)["T-L"]
    for each in (world.product, large):
        basket.add(session, world.buyer, each.id, Decimal(2), NOW)
    (order,) = ordering.place(session, world.buyer, DELIVERY, "key", NOW)
    lines = [(each.title, each.item_number, each.price_ore, each.net_ore) for each in order.lines]
    assert lines == [
        ("Arbejdsskjorte, størrelse M, blå", "T-M", 10_000, 20_000),
        ("Arbejdsskjorte, størrelse L, blå", "T-L", 12_000, 24_000),
    ]
    assert order.lines[1].product_version == large.version


def test_paused_variant_cannot_be_ordered_while_its_siblings_can(
    session: Session, world: World
) -> None:
    large, extra = shelf.facts_of(world.product).variants
    saved(session, world, large._replace(paused_until="2027-01-04"), extra)
    with pytest.raises(NotOrderable):
        basket.add(session, world.buyer, rows(session, world.product)["T-L"].id, None, NOW)
    basket.add(session, world.buyer, world.product.id, None, NOW)


def test_agreements_bind_the_price_of_each_variant_and_a_lower_one_is_taken(
    session: Session, world: World
) -> None:
    large, extra = shelf.facts_of(world.product).variants
    with pytest.raises(Invalid):
        saved(session, world, large._replace(price_ore=12_001), extra)
    saved(session, world, large._replace(price_ore=11_000), extra)
    assert rows(session, world.product)["T-L"].price_ore == 11_000


def test_proposed_price_of_one_variant_becomes_its_agreed_price_and_its_list_price(
    session: Session, world: World
) -> None:
    large = rows(session, world.product)["T-L"]
    day = TODAY + timedelta(days=38)
    proposed = Proposed(day, "Dyrere stof", Decimal(10), frozenset({large.id}))
    made = proposals.draft(session, world.seller, proposed, 30, NOW)
    proposals.send(session, world.seller, made.id, 30, NOW)
    proposals.accept(session, world.staff, made.id, NOW)
    listing.make_listed(session, made.id, NOW + timedelta(days=39))
    found = rows(session, world.product)
    assert found["T-L"].price_ore == 13_200
    told = {each.item_number: each.price_ore for each in shelf.facts_of(world.product).variants}
    assert told["T-L"] == 13_200
    agreed = session.scalars(select(AgreedPrice).where(AgreedPrice.product_id == large.id)).all()
    assert [each.price_ore for each in agreed] == [12_000, 13_200]
    basket.add(session, world.buyer, large.id, Decimal(1), NOW + timedelta(days=39))
    later = NOW + timedelta(days=39)
    (order,) = ordering.place(session, world.buyer, DELIVERY, "key", later)
    assert order.lines[0].price_ore == 13_200
    assert world.product.price_ore == 10_000


@pytest.mark.parametrize("mandatory", [False, True])
def test_variants_may_be_ordered_where_what_leads_them_may_in_both_forms_of_the_rule(
    session: Session, world: World, mandatory: bool
) -> None:
    if mandatory:
        cast.mandatory(session, cast.municipality(session))
    family = {world.product.id, *(each.id for each in rows(session, world.product).values())}
    home_id = world.buyer.municipality_id or 0
    judged = by_rule(session, home_id, TODAY)
    allowed = set() if mandatory else family
    assert {id_ for id_ in family if judged[id_].orderable} == allowed
    assert by_sql(session, home_id, TODAY) & family == allowed
