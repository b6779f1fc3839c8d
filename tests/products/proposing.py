"""An enterprise that proposes new prices to the municipalities that buy of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from ordering.world import DELIVERY
from sqlalchemy.orm import Session

from catalogue.core.who import Who
from catalogue.ordering import basket
from catalogue.ordering import service as ordering
from catalogue.products import prices, proposals, service, shelf
from catalogue.products.models import PriceProposal, Product
from catalogue.products.proposals import Proposed

NOTICE = 30
DAY = TODAY + timedelta(days=38)  # 1 January 2027
THEN = NOW + timedelta(days=38)
OLD, NEW = 10_000, 12_000


@dataclass
class World:
    """An enterprise that sells one product to buyers in Slagelse and Vejle."""

    shop: Any
    product: Product
    seller: Who
    staff: dict[str, Who]
    buyers: dict[str, Who]
    agreements: dict[str, Any]


@pytest.fixture
def world(session: Session) -> World:
    """The world, in the session of the test."""
    return make(session)


def make(session: Session) -> World:
    """Make a product for 100 kr. under two agreements that last for years."""
    shop = cast.enterprise(session)
    product = cast.product(session, shop, price_ore=OLD)
    staff, buyers, agreements = {}, {}, {}
    for name in ("Slagelse", "Vejle"):
        at = cast.municipality(session, name)
        ends_on = TODAY + timedelta(days=900)
        agreements[name] = cast.voluntary(session, at, shop, ends_on=ends_on)
        staff[name] = cast.who(session, cast.staff(session, at))
        buyers[name] = cast.who(session, cast.buyer(session, at))
    seller = cast.who(session, cast.worker(session, shop))
    return World(shop, product, seller, staff, buyers, agreements)


def send(
    session: Session, world: World, ore: int = NEW, from_on: date = DAY, now: datetime = NOW
) -> PriceProposal:
    """Draft and send a proposal of `ore` for the world's product."""
    made = proposals.draft(session, world.seller, Proposed(from_on), NOTICE, now)
    proposals.set_prices(session, world.seller, made.id, {world.product.id: ore}, now)
    return proposals.send(session, world.seller, made.id, NOTICE, now)


def pays(session: Session, world: World, name: str, day: date) -> int:
    """Return what a buyer of the municipality pays for the product on a day."""
    asked = prices.Asked(world.product, world.agreements[name].id)
    found = prices.list_prices(session, [asked], day)[world.product.id].price
    assert found is not None
    return found.ore


def change(session: Session, world: World, product: Product, now: datetime, **facts: Any) -> None:
    """Save other facts of a product, as its form does."""
    found = service.get_own(session, world.shop.id, product.id)
    service.save(session, world.seller, product.id, replace(shelf.facts_of(found), **facts), now)


def orders(session: Session, world: World, name: str, now: datetime) -> int:
    """Order one piece and return the price on the order."""
    who = world.buyers[name]
    basket.add(session, who, world.product.id, Decimal(1), now)
    (order,) = ordering.place(session, who, DELIVERY, secrets.token_hex()[:32], now)
    return order.lines[0].price_ore
