"""What an approver compares the price of a line with: what it cost last, and what others sell."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.approving import Town, rule, town
from ordering.test_pages import browser
from ordering.world import DELIVERY
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Agreement
from catalogue.ordering import approval_queries, basket, service
from catalogue.ordering.alternatives import ALTERNATIVES, CANDIDATES
from catalogue.ordering.approval_queries import Basis, Then
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import Price, PriceChange, Step
from catalogue.products import price_rules, prices
from catalogue.products.models import Product, ProductMunicipality
from catalogue.products.stock_models import ProductStock

DAY = timedelta(days=1)


@pytest.fixture
def people(session: Session) -> Town:
    """The people of approval; what is told does not hang on a rule."""
    return town(session)


def buy(
    session: Session, people: Town, *products: Product, key: str = "form-1", at: datetime = cast.NOW
) -> Order:
    """Order ten of each product at a time."""
    for each in products or (people.world.product,):
        basket.add(session, people.world.who, each.id, Decimal(10), at)
    (made,) = service.place(session, people.world.who, DELIVERY, key, at)
    return made


def basis(session: Session, made: Order) -> Basis:
    """Return what the approver of an order is shown."""
    session.flush()
    return approval_queries.basis(session, made, cast.TODAY)


@pytest.mark.parametrize(
    ("price", "base", "same"),
    [
        (Price(1_000, 10, "piece"), 1, Price(100, 1, "piece")),
        (Price(100, 1, "piece"), 10, Price(1_000, 10, "piece")),
        (Price(1_005, 10, "piece"), 1, Price(101, 1, "piece")),
        (Price(100, 3, "kg"), 3, Price(100, 3, "kg")),
    ],
)
def test_a_price_is_told_per_any_quantity(price: Price, base: int, same: Price) -> None:
    assert price_rules.per_quantity(price, base) == same


@pytest.mark.parametrize(
    ("was", "then"),
    [
        (
            Price(12_500_000, 10, "piece"),
            Then(Price(1_250_000, 1, "piece"), cast.NOW, PriceChange.SAME, Decimal("0.0")),
        ),
        (
            Price(12_000_000, 10, "piece"),
            Then(Price(1_200_000, 1, "piece"), cast.NOW, PriceChange.RISEN, Decimal("4.2")),
        ),
        (
            Price(2_500_000, 1, "piece"),
            Then(Price(2_500_000, 1, "piece"), cast.NOW, PriceChange.FALLEN, Decimal("-50.0")),
        ),
        (
            Price(12_500_000, 10, "box"),
            Then(Price(12_500_000, 10, "box"), cast.NOW, PriceChange.OTHER_UNIT, None),
        ),
    ],
)
def test_the_last_price_is_compared_per_the_same_quantity_and_unit(
    session: Session, people: Town, was: Price, then: Then
) -> None:
    (line,) = buy(session, people, key="before").lines
    line.price_ore, line.price_base_quantity, line.unit = was.ore, was.base_quantity, was.unit
    made = buy(session, people)
    assert basis(session, made).then(made.lines[0]) == then


def test_the_last_price_is_of_the_newest_order_before_this_one(
    session: Session, people: Town
) -> None:
    dear, cancelled, own, later = (
        buy(session, people, key=f"form-{place}", at=cast.NOW + place * DAY) for place in range(4)
    )
    for each, ore in ((dear, 1_300_000), (cancelled, 1), (later, 2)):
        each.lines[0].price_ore = ore
    service.take_step(session, people.world.who, cancelled.number, Step.CANCEL, now=cast.NOW)
    found = basis(session, own).last_prices[people.world.product.id]
    assert (found.price, found.placed_at) == (Price(1_300_000, 1, "piece"), cast.NOW)
    assert basis(session, dear).last_prices == {}


def rival(
    session: Session, people: Town, name: str, *products: dict[str, Any], **agreement: Any
) -> list[Product]:
    """Make another enterprise with an agreement, and what it sells."""
    made = cast.enterprise(session, name)
    cast.voluntary(session, people.world.home, made, **agreement)
    return [
        cast.product(session, made, f"{name} {place}", **facts)
        for place, facts in enumerate(products)
    ]


def names(found: Basis, line: OrderLine) -> list[str]:
    """List the titles of the alternatives to a line."""
    return [each.alternative.product.title for each in found.instead_of(line)]


def test_a_cheap_category_crowds_out_no_other(session: Session, people: Town) -> None:
    both = [cast.PLAY_HOUSES, cast.GIFTS]
    people.world.agreement.ends_on = cast.TODAY - DAY
    cast.voluntary(session, people.world.home, people.world.enterprise, categories=both)
    gift = cast.product(session, people.world.enterprise, "Gave", category_code=cast.GIFTS)
    cheap: list[dict[str, Any]] = [
        {"price_ore": 100 + each, "category_code": cast.GIFTS} for each in range(CANDIDATES * 2)
    ]
    rival(session, people, "Billig", *cheap, categories=both)
    rival(session, people, "Træværket", {"price_ore": 9_000_000}, categories=both)
    made = buy(session, people, people.world.product, gift)
    found = basis(session, made)
    assert names(found, made.lines[0]) == ["Træværket 0"]
    assert names(found, made.lines[1]) == [f"Billig {place}" for place in range(ALTERNATIVES)]
    assert len(found.alternatives) == CANDIDATES + 1


def test_alternatives_are_compared_per_the_same_quantity_and_unit(
    session: Session, people: Town
) -> None:
    people.world.product.price_base_quantity = 5
    session.flush()
    rival(
        session, people, "Træværket",
        {"price_ore": 2_000_000, "price_base_quantity": 10},
        {"price_ore": 300_000, "price_base_quantity": 1},
        {"price_ore": 1, "unit": "box"},
    )  # fmt: skip
    made = buy(session, people)
    told = [
        (each.alternative.product.title, each.price, each.change)
        for each in basis(session, made).instead_of(made.lines[0])
    ]
    assert told == [
        ("Træværket 0", Price(1_000_000, 5, "piece"), PriceChange.FALLEN),
        ("Træværket 1", Price(1_500_000, 5, "piece"), PriceChange.RISEN),
        ("Træværket 2", Price(1, 1, "box"), PriceChange.OTHER_UNIT),
    ]


def test_alternatives_cost_what_the_municipality_has_agreed(session: Session, people: Town) -> None:
    dear, cheap = rival(
        session, people, "Træværket", {"price_ore": 900_000},
        {"price_ore": 1_000_000, "tiers": [[10, 300]]},
    )  # fmt: skip
    under = session.scalars(
        select(Agreement.id).where(Agreement.enterprise_id == dear.enterprise_id)
    ).one()
    for ore, day in ((1_100_000, cast.TODAY), (5, cast.TODAY + DAY)):
        agreed = Price(ore, 1, "piece")
        session.add(prices.agreed_row((under, dear.id), agreed, day))
    made = buy(session, people)
    found = basis(session, made)
    told = {each.alternative.product.id: each.price.ore for each in found.instead_of(made.lines[0])}
    assert told == {cheap.id: 700_000, dear.id: 1_100_000}  # 30 % is taken off for ten
    assert names(found, made.lines[0]) == [cheap.title, dear.title]


def test_what_may_not_be_ordered_is_no_alternative(session: Session, people: Town) -> None:
    (ended,) = rival(session, people, "Slut", {"price_ore": 1}, ends_on=cast.TODAY - DAY)
    rival(session, people, "Andet", {"price_ore": 1, "category_code": cast.GIFTS})
    cast.product(session, people.world.enterprise, "Samme virksomhed", price_ore=1)
    made = buy(session, people)
    assert ended.price_ore == 1
    assert basis(session, made).alternatives == []


def test_what_cannot_be_had_today_is_no_alternative(session: Session, people: Town) -> None:
    elsewhere = {"price_ore": 1, "delivers_everywhere": False}
    paused, back, _far, near, sold_out, left = rival(
        session, people, "Træværket", {"price_ore": 1}, {"price_ore": 1}, elsewhere, elsewhere,
        {"price_ore": 1}, {"price_ore": 1},
    )  # fmt: skip
    paused.paused_until, back.paused_until = cast.TODAY + DAY, cast.TODAY
    session.add(ProductMunicipality(product_id=near.id, municipality_id=people.world.home.id))
    for each, many in ((sold_out, 0), (left, 1)):
        session.add(ProductStock(product_id=each.id, left=Decimal(many), counted_at=cast.NOW))
    made = buy(session, people)
    found = [each.product.id for each in basis(session, made).alternatives]
    assert found == [back.id, near.id, left.id]


def test_the_approver_reads_both_on_the_page(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        people = town(session)
        (line,) = buy(session, people, key="before").lines
        line.price_ore, line.price_base_quantity = 12_000_000, 10
        rule(session, people, from_ore=0)
        rival(session, people, "Træværket", {"price_ore": 1}, {"price_ore": 1, "unit": "box"})
        number = buy(session, people).number
    page = browser(app, people.anne).get(f"/godkendelser/{number}").text.replace("\xa0", " ")
    assert "12.000,00 kr. pr. stk" in page and "4,2 % dyrere nu" in page
    assert "(billigere)" in page and "(anden enhed)" in page
