"""Placing: one order per enterprise, copied, numbered without gaps, judged anew, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import cast
import pytest
from cast import NOW
from ordering.world import DELIVERY, KEY, World, make, put, second_enterprise
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.jobs import Job
from catalogue.ordering import (
    addresses,
    basket,
    service,
)
from catalogue.ordering.models import Order, OrderEvent, OrderLine
from catalogue.ordering.rules import Step
from catalogue.products.models import ProductState


def place(session: Session, world: World, key: str = KEY) -> list[Order]:
    """Place the world's basket at the usual time."""
    return service.place(session, world.who, DELIVERY, key, NOW)


def test_basket_becomes_one_order_per_enterprise(session: Session) -> None:
    world = make(session)
    other = second_enterprise(session, world)
    put(session, world, "2")
    basket.add(session, world.who, other.id, Decimal("1.5"), NOW)
    orders = place(session, world)
    assert [(order.number, order.enterprise_id) for order in orders] == [
        ("0330-2026-00001", other.enterprise_id),
        ("0330-2026-00002", world.enterprise.id),
    ]
    assert [(order.net_ore, order.vat_ore) for order in orders] == [
        (67_500, 0),
        (2_500_000, 625_000),
    ]
    assert service.count_basket_lines(session, world.who) == 0


def test_lines_keep_what_was_ordered_when_the_product_changes(session: Session) -> None:
    world = make(session)
    world.product.price_ore, world.product.price_base_quantity = 1000, 3
    put(session, world, "2.5")
    (order,) = place(session, world)
    world.product.title, world.product.price_ore = "Noget andet", 1
    session.flush()
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    assert (line.title, line.price_ore, line.price_base_quantity, line.quantity, line.net_ore) == (
        "Legehus i lærk", 1000, 3, Decimal("2.5"), 833,
    )  # fmt: skip
    assert (line.agreement_id, line.agreement_number) == (
        world.agreement.id, world.agreement.number,
    )  # fmt: skip


def test_order_carries_delivery_event_audit_and_mail(session: Session) -> None:
    world = make(session)
    put(session, world)
    (order,) = place(session, world)
    session.flush()
    assert (order.institution, order.gln, order.reference, order.contact_phone) == (
        DELIVERY.institution, DELIVERY.gln, DELIVERY.reference, None,
    )  # fmt: skip
    event = session.scalars(select(OrderEvent)).one()
    assert (event.state, event.at, event.person_name) == ("placed", NOW, world.buyer.name)
    assert session.scalars(select(AuditEvent.action)).all() == ["order.placed"]
    (job,) = session.scalars(select(Job).where(Job.topic == "order.mail"))
    assert job.payload == {"order_id": order.id, "state": "placed"}


def test_same_form_sent_twice_makes_the_same_orders(session: Session) -> None:
    world = make(session)
    put(session, world)
    first = place(session, world)
    put(session, world)
    again = place(session, world)
    assert [order.number for order in again] == [order.number for order in first]
    assert service.count_basket_lines(session, world.who) == 1


def test_empty_basket_is_not_placed(session: Session) -> None:
    world = make(session)
    with pytest.raises(service.CannotBePlaced):
        place(session, world)


@pytest.mark.parametrize("change", ["risen", "withdrawn", "mandatory", "minimum", "ended"])
def test_change_since_the_basket_stops_the_whole_placing(database: Database, change: str) -> None:
    with database.transaction() as session:
        world = make(session)
        other = second_enterprise(session, world)
        put(session, world)
        basket.add(session, world.who, other.id, None, NOW)
    with database.transaction() as session:
        for row in (world.product, world.agreement):
            session.add(row)
        match change:
            case "risen":
                world.product.price_ore = 1_250_001
            case "withdrawn":
                world.product.state = ProductState.WITHDRAWN
            case "mandatory":
                cast.mandatory(session, world.home, starts_on=cast.TODAY)
            case "minimum":
                world.product.minimum_quantity = 2
            case "ended":
                world.agreement.ends_on = cast.TODAY - timedelta(days=1)
    with pytest.raises(service.CannotBePlaced), database.transaction() as session:
        place(session, world)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert service.count_basket_lines(session, world.who) == 2


def test_fallen_price_is_what_is_ordered(session: Session) -> None:
    world = make(session)
    put(session, world)
    world.product.price_ore = 1_000_000
    (order,) = place(session, world)
    assert order.net_ore == 1_000_000


def test_ceiling_counts_standing_orders_only(session: Session) -> None:
    world = make(session, ceiling_ore=2_500_000)
    put(session, world)
    (first,) = place(session, world, "key-of-the-first-form")
    put(session, world, "2")
    with pytest.raises(service.CannotBePlaced) as caught:
        place(session, world, "key-of-the-second-form")
    assert world.agreement.number in str(caught.value.detail)
    service.take_step(session, world.who, first.number, Step.CANCEL, now=NOW)
    assert len(place(session, world, "key-of-the-second-form")) == 1


def test_ceiling_counts_orders_of_a_clock_that_was_ahead(session: Session) -> None:
    world = make(session, ceiling_ore=1_250_000)
    put(session, world)
    (ahead,) = place(session, world, "key-of-the-first-form")
    ahead.placed_at = NOW + timedelta(days=1)
    session.flush()
    put(session, world)
    with pytest.raises(service.CannotBePlaced) as caught:
        place(session, world, "key-of-the-second-form")
    assert world.agreement.number in str(caught.value.detail)


def test_refused_placing_uses_no_number(database: Database) -> None:
    with database.transaction() as session:
        world = make(session, ceiling_ore=1_250_000)
        put(session, world, "2")
    with pytest.raises(service.CannotBePlaced), database.transaction() as session:
        place(session, world, "key-of-the-refused-form")
    with database.transaction() as session:
        basket.update(session, world.who, {world.product.id: Decimal(1)}, NOW)
        assert [order.sequence for order in place(session, world)] == [1]


def test_numbers_run_by_municipality_and_by_year_of_copenhagen(session: Session) -> None:
    world = make(session)
    vejle = cast.municipality(session, "Vejle")
    cast.voluntary(session, vejle, world.enterprise, ends_on=datetime(2027, 12, 31).date())  # noqa: DTZ001
    neighbour = replace(world, who=cast.who(session, cast.buyer(session, vejle)))
    # Half past eleven in the evening UTC is the new year in Copenhagen.
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    numbers = []
    for here, at in ((world, NOW), (neighbour, NOW), (neighbour, new_year)):
        put(session, here)
        (order,) = service.place(session, here.who, DELIVERY, f"key-of-{len(numbers)}", at)
        numbers.append(order.number)
    assert numbers == ["0330-2026-00001", "0630-2026-00001", "0630-2027-00001"]


def test_last_delivery_is_kept_without_its_note(session: Session) -> None:
    world = make(session)
    begun = addresses.begin(session, world.who, None).values
    assert begun == {"contact_name": world.who.name, "contact_email": world.who.email}
    put(session, world)
    place(session, world)
    begun = addresses.begin(session, world.who, None).values
    assert begun == vars(replace(DELIVERY, note=None))


def test_order_of_another_buyer_cannot_be_fetched_by_its_key(session: Session) -> None:
    world = make(session)
    put(session, world)
    place(session, world)
    other = cast.who(session, cast.buyer(session, world.home))
    assert service.list_placed(session, other, KEY) == []


def test_placing_takes_the_same_number_of_queries_however_full(database: Database) -> None:
    counts = []
    for more in (0, 6):
        with database.transaction() as session:
            world = make(session)
            put(session, world)
            for _ in range(more):
                made = cast.product(session, world.enterprise)
                basket.add(session, world.who, made.id, None, NOW)
        with database.transaction() as session, cast.counted_queries(database) as seen:
            place(session, world)
            session.flush()
        counts.append(len([each for each in seen if each.startswith(("SELECT", "WITH"))]))
    locking = 0 if database.is_sqlite else 3  # products, agreements and stock stay as they are
    assert counts[1] <= counts[0] <= 6 + locking
    with database.reading() as session:
        query = select(Order).options(selectinload(Order.lines)).order_by(Order.id)
        assert [len(order.lines) for order in session.scalars(query)] == [1, 7]
