"""The basket: what may be put in, quantities, prices that change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import cast
import pytest
from cast import NOW, TODAY
from ordering.world import make, put, second_enterprise
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.who import Role
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering import basket, basket_queries, items, service
from catalogue.ordering.rules import PriceChange
from catalogue.products.models import ProductState, Unit


def test_adding_without_quantity_takes_the_smallest_order(session: Session) -> None:
    world = make(session)
    world.product.minimum_quantity = 5
    put(session, world)
    assert [item.line.quantity for item in items.check(session, world.who, TODAY)] == [5]


def test_adding_again_adds_to_the_line(session: Session) -> None:
    world = make(session)
    put(session, world, "2")
    put(session, world, "1.5")
    assert [item.line.quantity for item in items.check(session, world.who, TODAY)] == [
        Decimal("3.5")
    ]


def test_fewer_than_the_smallest_order_are_refused(session: Session) -> None:
    world = make(session)
    world.product.minimum_quantity = 5
    with pytest.raises(basket.NotOrderable) as caught:
        put(session, world, "4")
    assert "5" in str(caught.value.detail)


def test_unknown_product_is_missing(session: Session) -> None:
    world = make(session)
    with pytest.raises(Missing):
        basket.add(session, world.who, 999_999, None, NOW)


def test_product_under_a_mandatory_agreement_is_refused_with_where_to_buy(
    session: Session,
) -> None:
    world = make(session)
    cast.mandatory(session, world.home, where_to_buy="Bestil hos Storleverandøren.")
    with pytest.raises(basket.NotOrderable) as caught:
        put(session, world)
    assert "Bestil hos Storleverandøren." in str(caught.value.detail)


@pytest.mark.parametrize("fault", ["draft", "withdrawn", "suspended", "no_price"])
def test_product_that_is_not_for_sale_is_refused(session: Session, fault: str) -> None:
    world = make(session)
    if fault == "suspended":
        world.enterprise.state = EnterpriseState.SUSPENDED
    elif fault == "no_price":
        world.product.price_ore = None
    else:
        world.product.state = ProductState(fault)
    session.flush()
    with pytest.raises(basket.NotOrderable):
        put(session, world)


def test_basket_of_one_municipality_is_not_that_of_another(session: Session) -> None:
    world = make(session)
    put(session, world)
    elsewhere = replace(world.who, municipality_id=cast.municipality(session, "Vejle").id)
    assert items.check(session, elsewhere, TODAY) == []


def test_risen_price_must_be_accepted_and_fallen_one_is_passed_on(session: Session) -> None:
    world = make(session)
    put(session, world)
    world.product.price_ore = 1_300_000
    session.flush()
    (risen,) = items.check(session, world.who, TODAY)
    assert (risen.price_change, risen.must_be_accepted, risen.ready) == (
        PriceChange.RISEN, True, False,
    )  # fmt: skip
    world.product.price_ore = 1_000_000
    session.flush()
    (fallen,) = items.check(session, world.who, TODAY)
    assert (fallen.price_change, fallen.ready, fallen.net_ore) == (
        PriceChange.FALLEN, True, 1_000_000,
    )  # fmt: skip


def test_price_for_another_unit_must_be_accepted(session: Session) -> None:
    world = make(session)
    put(session, world)
    world.product.unit = Unit.BOX
    session.flush()
    (found,) = items.check(session, world.who, TODAY)
    assert found.must_be_accepted


def test_accepting_takes_the_price_that_was_seen(session: Session) -> None:
    world = make(session)
    put(session, world)
    world.product.price_ore = 1_300_000
    session.flush()
    basket.accept_prices(session, world.who, {world.product.id: world.product.version}, NOW)
    (found,) = items.check(session, world.who, TODAY)
    assert found.ready
    assert found.line.accepted_price_ore == 1_300_000


def test_price_that_changed_after_it_was_seen_is_not_accepted(session: Session) -> None:
    world = make(session)
    put(session, world)
    seen = world.product.version
    world.product.price_ore, world.product.version = 1_400_000, seen + 1
    session.flush()
    basket.accept_prices(session, world.who, {world.product.id: seen}, NOW)
    (found,) = items.check(session, world.who, TODAY)
    assert found.must_be_accepted


def test_update_and_remove_touch_only_what_they_name(session: Session) -> None:
    world = make(session)
    other = second_enterprise(session, world)
    put(session, world)
    basket.add(session, world.who, other.id, Decimal(3), NOW)
    basket.update(session, world.who, {other.id: Decimal("2.5"), 424242: Decimal(9)}, NOW)
    basket.remove(session, world.who, world.product.id, NOW)
    basket.remove(session, world.who, world.product.id, NOW)
    found = items.check(session, world.who, TODAY)
    assert [(item.product.id, item.line.quantity) for item in found] == [(other.id, Decimal("2.5"))]


def test_basket_is_drawn_by_enterprise_with_sums(session: Session) -> None:
    world = make(session)
    other = second_enterprise(session, world)
    put(session, world, "2")
    basket.add(session, world.who, other.id, Decimal("1.5"), NOW)
    found = basket_queries.basket(session, world.who, TODAY)
    assert found.ready
    assert [
        (share.enterprise_name, share.totals.net_ore, share.totals.vat_ore)
        for share in found.shares
    ] == [("Grennessminde", 67_500, 0), ("Legehytten", 2_500_000, 625_000)]
    assert all(row.picture is not None for share in found.shares for row in share.rows)


def test_quantity_is_written_with_a_comma(session: Session) -> None:
    world = make(session)
    put(session, world, "2.125")
    (share,) = basket_queries.basket(session, world.who, TODAY).shares
    assert share.rows[0].quantity == "2,125"


def test_product_not_delivered_here_is_marked(session: Session) -> None:
    world = make(session)
    world.product.delivers_everywhere = False
    put(session, world)
    (share,) = basket_queries.basket(session, world.who, TODAY).shares
    assert share.rows[0].delivers_here is False


def test_only_buyers_have_a_basket_to_count(session: Session) -> None:
    world = make(session)
    put(session, world)
    assert service.count_basket_lines(session, world.who) == 1
    assert service.count_basket_lines(session, replace(world.who, role=Role.STAFF)) is None


def test_basket_takes_the_same_number_of_queries_however_full(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        put(session, world)
    counts = []
    for more in range(2):
        with database.transaction() as session:
            for number in range(more * 5):
                enterprise = cast.enterprise(session, f"Virksomhed {number}")
                cast.voluntary(session, world.home, enterprise)
                made = cast.product(session, enterprise)
                basket.add(session, world.who, made.id, None, NOW)
        with database.reading() as session:
            basket_queries.basket(session, world.who, TODAY)  # what applies is remembered
        with database.reading() as session, cast.counted_queries(database) as seen:
            basket_queries.basket(session, world.who, TODAY)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5
