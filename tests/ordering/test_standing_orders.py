"""Standing orders: placed each due morning by the rules of a basket, once, or told why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import cast
import pytest
from ordering.test_crowd import at_once
from ordering.world import DELIVERY, World, make
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.jobs import Job
from catalogue.ordering import filling, standing_making, standing_orders, standing_work
from catalogue.ordering.filling import Wish
from catalogue.ordering.models import Order
from catalogue.ordering.standing_making import Wanted
from catalogue.ordering.standing_models import StandingOrder, StandingRun
from catalogue.ordering.standing_rules import Plan, Rhythm
from catalogue.products.models import ProductState
from catalogue.products.stock_models import ProductStock

# Every Thursday, ordered on the Monday before; the first is 3 December.
FIRST = date(2026, 12, 3)
PLAN = Plan(Rhythm.WEEKLY, 3, 1, 3, date(2026, 12, 1), date(2027, 3, 31))
MONDAY = cast.NOW + timedelta(days=6)
PRICE = 1_250_000


def start(session: Session, world: World, rise_percent: int = 0, many: int = 2) -> StandingOrder:
    """Have the buyer order two play houses every week."""
    product = world.product
    wishes = [Wish(product.id, product.title, Decimal(many), product.unit)]
    outlooks = filling.foresee(session, world.who, wishes, cast.TODAY).outlooks
    wanted = Wanted("Legehuse", PLAN, rise_percent, DELIVERY, {product.id: Decimal(many)}, "k" * 20)
    (made,) = standing_making.make(session, world.who, wanted, outlooks, cast.NOW)
    return made


@pytest.fixture
def town(database: Database) -> Any:
    """The world of ordering with a standing order, committed."""
    with database.transaction() as session:
        world = make(session, ceiling_ore=4_000_000)
        return SimpleNamespace(world=world, id=start(session, world, rise_percent=10).id)


def morning(database: Database, now: datetime) -> int:
    """Let a worker do the morning's work; return how many standing orders were due."""
    with database.transaction() as session:
        due = standing_work.plan_morning(session, now)
        jobs = session.scalars(select(Job).where(Job.topic == standing_work.PLACE)).all()
        payloads = [job.payload for job in jobs]
    for each in payloads:
        standing_work.place(
            database, each["standing_id"], date.fromisoformat(each["planned_on"]), now
        )
    return due


def orders(database: Database) -> list[Order]:
    """List all orders."""
    with database.reading() as session:
        return list(session.scalars(select(Order).order_by(Order.id)))


def only_run(database: Database) -> StandingRun:
    """Return what came of the one date that is done."""
    with database.reading() as session:
        return session.scalars(select(StandingRun)).one()


def test_due_morning_places_one_order_however_often_it_is_tried(
    database: Database, town: Any
) -> None:
    assert morning(database, cast.NOW) == 0  # a week early
    assert morning(database, MONDAY) == 1
    at_once([lambda: standing_work.place(database, town.id, FIRST, MONDAY)] * 4)
    (order,) = orders(database)
    assert (order.state, order.net_ore, order.buyer_id) == (
        "placed",
        2 * PRICE,
        town.world.buyer.id,
    )
    assert order.note == (
        "Levering ønskes 3. dec. 2026. Løbende bestilling: Hver uge, torsdag.\nRing før levering"
    )
    with database.reading() as session:
        found = session.get_one(StandingOrder, town.id)
        assert (found.next_on, found.due_on) == (date(2026, 12, 10), date(2026, 12, 7))
    assert only_run(database).order_id == order.id


def test_workers_at_once_order_once(database: Database, town: Any) -> None:
    found = at_once([lambda: standing_work.place(database, town.id, FIRST, MONDAY)] * 4)
    assert found == [None] * 4
    assert len(orders(database)) == 1


def dearer(session: Session, world: World) -> None:
    """Let the price rise further than the buyer allows."""
    session.merge(world.product).price_ore = PRICE * 111 // 100


def withdrawn(session: Session, world: World) -> None:
    """Let the enterprise take the product back."""
    session.merge(world.product).state = ProductState.WITHDRAWN


def sold_out(session: Session, world: World) -> None:
    """Let one be left."""
    session.add(ProductStock(product_id=world.product.id, left=Decimal(1), counted_at=cast.NOW))


def lowered(session: Session, world: World) -> None:
    """Let the agreement have a ceiling below the order."""
    session.merge(world.agreement).ceiling_ore = PRICE


def gone(session: Session, world: World) -> None:
    """Let the buyer leave."""
    session.merge(world.buyer).disabled_at = cast.NOW


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (dearer, "Den koster nu 13.875,00 kr., og du tillader 13.750,00 kr."),
        (withdrawn, "Legehus i lærk"),
        (sold_out, "Der er kun 1 tilbage"),
        (lowered, "tilbage op til sit loft"),
        (gone, "er ikke længere indkøber"),
    ],
)
def test_what_cannot_be_placed_orders_nothing_says_why_and_goes_on(
    database: Database, town: Any, change: Callable[[Session, World], None], why: str
) -> None:
    with database.transaction() as session:
        change(session, town.world)
    morning(database, MONDAY)
    assert orders(database) == []
    run = only_run(database)
    assert why in (run.problem or "").replace("\u00a0", " ")
    with database.reading() as session:
        assert session.get_one(StandingOrder, town.id).next_on == date(2026, 12, 10)
        mail = session.scalars(select(Job).where(Job.topic == standing_work.MAIL)).one()
        assert mail.payload == {"run_id": run.id}


def test_price_within_the_bound_is_paid_and_a_lower_one_too(database: Database, town: Any) -> None:
    for at, price in ((MONDAY, PRICE * 110 // 100), (MONDAY + timedelta(days=7), 900_000)):
        with database.transaction() as session:
            session.merge(town.world.product).price_ore = price
            session.merge(town.world.agreement).ceiling_ore = None
        morning(database, at)
    assert [each.net_ore for each in orders(database)] == [2_750_000, 1_800_000]


def test_worker_that_stood_still_orders_what_can_still_come_and_tells_of_the_rest(
    database: Database, town: Any
) -> None:
    # Wednesday a week later: the first Thursday is past, the second is tomorrow.
    late = cast.NOW + timedelta(days=15)
    morning(database, late)
    morning(database, late)
    with database.reading() as session:
        runs = session.scalars(select(StandingRun).order_by(StandingRun.planned_on)).all()
        assert [each.order_id is not None for each in runs] == [False, True]
        assert "stod stille" in (runs[0].problem or "")


def test_pause_is_passed_over_and_taken_back(session: Session) -> None:
    world = make(session)
    made = start(session, world)
    days = (date(2026, 12, 1), date(2026, 12, 12))
    standing_orders.pause(session, world.who, made.id, days, cast.NOW)
    assert (made.next_on, made.due_on) == (date(2026, 12, 17), date(2026, 12, 14))
    standing_orders.go_on(session, world.who, made.id, cast.NOW)
    assert made.next_on == FIRST
    standing_orders.end(session, world.who, made.id, cast.NOW)
    assert (made.next_on, made.due_on) == (None, None)
    with pytest.raises(standing_orders.Ended):
        standing_orders.go_on(session, world.who, made.id, cast.NOW)


def test_pause_of_other_days_keeps_the_order_that_is_due_this_morning(
    database: Database, town: Any
) -> None:
    early = MONDAY.replace(hour=4)  # 05.00 in Copenhagen: the worker orders at six
    with database.transaction() as session:
        summer = (date(2027, 2, 1), date(2027, 2, 28))
        standing_orders.pause(session, town.world.who, town.id, summer, early)
        standing_orders.go_on(session, town.world.who, town.id, early)
    morning(database, MONDAY)
    assert only_run(database).planned_on == FIRST
    assert len(orders(database)) == 1


def test_pause_of_the_order_that_is_due_this_morning_passes_it_over(
    database: Database, town: Any
) -> None:
    with database.transaction() as session:
        standing_orders.pause(session, town.world.who, town.id, (FIRST, FIRST), MONDAY)
    assert morning(database, MONDAY) == 0
    with database.reading() as session:
        assert session.get_one(StandingOrder, town.id).next_on == FIRST + timedelta(days=7)


def test_nobody_else_changes_a_standing_order_and_the_form_sent_twice_makes_one(
    session: Session,
) -> None:
    world = make(session)
    made = start(session, world)
    assert start(session, world) is made
    other = cast.who(session, cast.buyer(session, world.home))
    stranger = cast.who(session, cast.staff(session, cast.municipality(session, "Vejle")))
    for who in (other, stranger, world.worker_who):
        with pytest.raises(Missing):
            standing_orders.end(session, who, made.id, cast.NOW)
