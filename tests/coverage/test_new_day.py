"""What is kept of a day becomes what is counted of a later one, by what is new alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import cast
from coverage_building import Building
from coverage_oracle import DAY, Agreed, Bought, Shelved, World
from coverage_world import world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalogue.agreements import categories
from catalogue.agreements.models import Agreement
from catalogue.core import audit
from catalogue.core.db import Database
from catalogue.coverage import counting
from catalogue.coverage.counting import Counted
from catalogue.coverage.remembering import Remembered
from catalogue.coverage.rules import Asked
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering import ceilings
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.ordering.rules import RESERVING_STATES
from catalogue.products.models import ProductState

CODES = ("37000000", "37535200", "18530000")
# Around the edges of the twelve months and of two years, and around the present.
PLACED = (-735, -731, -730, -729, -366, -365, -364, -363, -362, -361, -40, -2, -1, 0, 1, 2, 3)
STARTS = st.sampled_from([-900, -731, -729, -366, -364, -363, -30, -3])
MONTHS = st.sampled_from([None, None, 1, 12, 13, 24])
PLACE, SIX = st.integers(0, 7), st.integers(0, 5)
WORLDS = st.builds(
    World,
    states=st.just([EnterpriseState.VERIFIED] * 3),
    agreed=st.lists(
        st.builds(
            Agreed, home=st.just(0), enterprise=st.integers(0, 2),
            codes=st.just(dict.fromkeys(CODES, (None, None))), starts=STARTS,
            lasts=st.integers(365, 1200), is_draft=st.just(False),
            ceiling=st.tuples(st.integers(1, 900_000), MONTHS), carved=st.none(),
        ),
        min_size=1, max_size=4,
    ),
    shelved=st.lists(
        st.builds(
            Shelved, enterprise=st.integers(0, 2), code=st.sampled_from(CODES),
            state=st.just(ProductState.PUBLISHED), price=st.just(100),
        ),
        min_size=2, max_size=4,
    ),
    bought=st.lists(
        st.builds(
            Bought, home=st.just(0), product=PLACE, agreement=SIX, placed=st.sampled_from(PLACED),
            hour=st.sampled_from([0, 22, 23]), state=st.sampled_from(OrderState),
            amounts=st.lists(st.integers(1, 900_000), min_size=1, max_size=3),
        ),
        min_size=4, max_size=8,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Later:
    """What happens until somebody looks again: orders come into states, a ceiling changes."""

    days: int
    orders: dict[int, OrderState] = field(default_factory=dict)
    ceilings: dict[int, tuple[int, int | None]] = field(default_factory=dict)


LATER = st.lists(
    st.builds(
        Later, days=st.integers(0, 3),
        orders=st.dictionaries(PLACE, st.sampled_from(OrderState), max_size=2),
        ceilings=st.dictionaries(
            st.integers(0, 3), st.tuples(st.integers(1, 900_000), MONTHS), max_size=1
        ),
    ),
    min_size=1, max_size=3,
)  # fmt: skip


def test_what_is_kept_of_a_day_becomes_what_a_fresh_look_finds_later(database: Database) -> None:
    with database.transaction() as session:
        categories.import_categories(session)
        home, buyer_id = cast.municipality(session).id, cast.buyer(session).id

    @settings(
        max_examples=cast.examples(120, database),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(WORLDS, st.integers(-4, 0), LATER)
    def holds(drawn: World, day: int, later: list[Later]) -> None:
        with database.transaction() as session:
            ids = Building(session, [home], buyer_id).build(drawn)
        kept = Remembered()
        for each in (Later(0), *later):
            day += each.days
            on = cast.TODAY + day * DAY
            with database.transaction() as session:
                happen(session, home, each, ids, on)
            with database.reading() as session:
                found = counted(session, kept, home, on)
                assert told(found) == told(counted(session, Remembered(), home, on))
                # What judges an order is reckoned elsewhere.
                bound = found.spent.bound
                used = ceilings.list_used(session, list(bound.used), on)
            assert bound.used == {each.agreement_id: each for each in used}

    holds()


def happen(session: Session, home: int, each: Later, ids: list[int], on: date) -> None:
    """Do what happens, with its events; an order that is placed at last is an order of the day."""
    about: dict[str, object] = {"person_id": None, "now": cast.NOW, "municipality_id": home}
    for number, state in each.orders.items():
        order = session.scalars(select(Order).where(Order.number == str(number))).one_or_none()
        if order is not None:
            if order.state in RESERVING_STATES and state not in RESERVING_STATES:
                order.placed_at = cast.NOW + (on - cast.TODAY)
            order.state = state
            audit.record(session, "order.changed", ("order", order.id), **about)
    for place, (ore, months) in each.ceilings.items():
        session.execute(
            update(Agreement)
            .where(Agreement.id == ids[place % len(ids)])
            .values(ceiling_ore=ore, ceiling_months=months)
        )
        audit.record(session, "agreement.changed", ("agreement", ids[0]), **about)


def counted(session: Session, remembered: Remembered, home: int, day: date) -> Counted:
    """Count what is shown on a day of that day."""
    version = counting.version(session, remembered, home)
    return counting.count(session, Asked(home, day, day, "da"), remembered, version)


def told(found: Counted) -> tuple[object, ...]:
    """Return what was counted of orders as plain values."""
    ordered, bound = found.spent.ordered, found.spent.bound
    return (
        ordered.by_category, ordered.by_agreement, ordered.year.rows(),
        bound.used, bound.since, {each: ore for each, ore in bound.history.items() if ore},
        dict(zip(ordered.placed.order.tolist(), ordered.placed.at.tolist(), strict=True)),
        [ordered.year.orders.count(code) for code in (None, *CODES)],
    )  # fmt: skip


def test_new_day_reads_what_is_new_alone(database: Database) -> None:
    with database.transaction() as session:
        home = world(session).id
    kept = Remembered()

    def look(day: date) -> Counted:
        with database.reading() as session:
            return counted(session, kept, home, day)

    before = look(cast.TODAY).spent.ordered.by_category
    with database.transaction() as session:  # past the audit: who reads anew would not find them
        session.execute(delete(OrderLine))
    tomorrow, next_week = (cast.TODAY + timedelta(days=each) for each in (1, 7))
    assert look(tomorrow).spent.ordered.by_category == before
    with database.transaction() as session:
        told = {"person_id": None, "now": cast.NOW, "municipality_id": home}
        for id_ in session.scalars(select(Order.id).where(Order.net_ore == 30_00)):
            audit.record(session, "order.changed", ("order", id_), **told)
    after = look(next_week).spent.ordered.by_category
    assert len(before) == 2
    assert after == {code: sums for code, sums in before.items() if sums[0] != 30_00}


def test_nothing_is_kept_twice_of_what_is_shown_of_two_days(database: Database) -> None:
    """An answer of a large municipality takes tens of megabytes."""
    with database.transaction() as session:
        home = world(session).id
    kept = Remembered()
    with database.reading() as session:
        first = counted(session, kept, home, cast.TODAY).spent
        counted(session, kept, home, cast.TODAY + DAY)
        again = counted(session, kept, home, cast.TODAY).spent
    assert again is not first  # it has become tomorrow's
    assert again.ordered.by_category == first.ordered.by_category


def test_lines_of_orders_are_looked_up_whatever_postgresql_reckons(database: Database) -> None:
    """It would read those of all municipalities; what has an OFFSET it joins as it stands."""
    with database.transaction() as session:
        home = world(session).id
    with database.reading() as session, cast.counted_queries(database) as sent:
        counted(session, Remembered(), home, cast.TODAY)
    of_orders = [
        each for each in sent if "sum(anon_1.net_ore)" in each or "anon_1.order_id" in each
    ]
    assert len(of_orders) == (0 if database.is_sqlite else 2)
    assert all("JOIN LATERAL" in each and "OFFSET 0" in each for each in of_orders)
