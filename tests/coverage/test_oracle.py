"""Coverage beside a slow reckoning in plain Python, in any small world, on any day.

Whatever the queries do to be quick, every figure, status and gap must be what `oracle` says, and
every total the sum of what it opens.
"""

from __future__ import annotations

from datetime import date

import cast
from coverage_building import Building
from coverage_oracle import DAY, Agreed, Bought, Shelved, World, total
from coverage_world import overview
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalogue.agreements import categories
from catalogue.agreements.rules import prefix
from catalogue.core.db import Database
from catalogue.coverage import watch_queries
from catalogue.coverage.overview import Overview
from catalogue.coverage.rules import Figures, Line, Status
from catalogue.coverage.watch_queries import Asked
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering.models import OrderState
from catalogue.products.models import ProductState

# Parts of one division, a neighbour, and a code that skips a level (30192121 below 30192100).
CODES = ("37000000", "37500000", "37530000", "37535200", "18530000", "30192100", "30192121")
# Days of orders beside TODAY: around the edge of the twelve months, and around the present.
PLACED = (-366, -365, -364, -2, -1, 0, 1, 2)
YEARS = 4  # that the watch looks back
ENTERPRISES, HOMES = st.integers(0, 2), st.integers(0, 1)
DAYS = st.none() | st.integers(-2, 2)
ORE = st.integers(1, 900_000)
WORLDS = st.builds(
    World,
    states=st.lists(
        st.sampled_from([*[EnterpriseState.VERIFIED] * 3, EnterpriseState.SUSPENDED]),
        min_size=3, max_size=3,
    ),
    agreed=st.lists(
        st.builds(
            Agreed,
            home=HOMES,
            enterprise=st.one_of(ENTERPRISES, ENTERPRISES, st.none()),
            codes=st.dictionaries(
                st.sampled_from(CODES), st.tuples(DAYS, DAYS), min_size=1, max_size=3
            ),
            starts=st.integers(-3, 2),
            lasts=st.integers(0, 4),
            is_draft=st.sampled_from([False, False, False, True]),
            ceiling=st.none() | st.tuples(ORE, st.none() | st.sampled_from([1, 12])),
            carved=st.none() | st.tuples(
                st.none() | st.sampled_from(CODES), st.none() | ENTERPRISES,
                st.integers(-2, 0), st.integers(0, 2),
            ),
        ),
        min_size=1, max_size=6,
    ),
    shelved=st.lists(
        st.builds(
            Shelved,
            enterprise=ENTERPRISES,
            code=st.sampled_from([*CODES, *CODES, None]),
            state=st.sampled_from([ProductState.PUBLISHED, ProductState.PUBLISHED, *ProductState]),
            price=st.sampled_from([100, 100, None]),
        ),
        min_size=3, max_size=8,
    ),
    bought=st.lists(
        st.builds(
            Bought,
            home=HOMES, product=st.integers(0, 7), agreement=st.integers(0, 5),
            placed=st.sampled_from(PLACED), hour=st.sampled_from([0, 12, 22, 23]),
            state=st.sampled_from(OrderState),
            amounts=st.lists(ORE, min_size=1, max_size=3),
        ),
        min_size=3, max_size=8,
    ),
)  # fmt: skip


def test_coverage_equals_a_slow_reckoning_in_every_world(database: Database) -> None:
    with database.transaction() as session:
        categories.import_categories(session)
        homes = [cast.municipality(session, name).id for name in ("Slagelse", "Vejle")]
        buyer_id = cast.buyer(session).id

    @settings(
        max_examples=cast.examples(150, database),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(WORLDS, st.integers(-4, 4), HOMES)
    def holds(world: World, day: int, home: int) -> None:
        with database.transaction() as session:
            ids = Building(session, homes, buyer_id).build(world)
            on = cast.TODAY + day * DAY
            found = overview(session, homes[home], on)
            assert_lines(found, world, home, day)
            assert_spend(found, world, ids, (home, day))
            assert_watch(session, homes[home], on, world.orders(home, day))

    holds()


def assert_lines(found: Overview, world: World, home: int, day: int) -> None:
    """Compare every line of the tree, the gaps and the total with the oracle."""
    own = {code: world.own_figures(home, day, code) for code in CODES}
    own = {code: figures for code, figures in own.items() if figures != Figures()}
    assert found.total == total(own.values())
    below: dict[str | None, list[Line]] = {}
    for line in found.outline.all_lines():
        below.setdefault(line.parent, []).append(line)
    for line in found.outline.all_lines():
        beneath = [code for code in own if code.startswith(prefix(line.code))]
        assert line.figures == total(own[code] for code in beneath)
        parts = [
            own.get(line.code, Figures()),
            *(each.figures for each in below.get(line.code, ())),
        ]
        assert line.figures == total(parts)  # of what the line opens
        assert line.status == world.status(home, day, line.code)
    assert found.total == total(line.figures for line in below.get(None, ()))
    assert set(own) <= {line.code for line in found.outline.all_lines()}
    stands = {code: world.status(home, day, code) for code in own}
    assert set(found.gaps) == {
        code for code, status in stands.items() if status in (Status.NONE, Status.PARTLY)
    }


def assert_spend(found: Overview, world: World, ids: list[int], place: tuple[int, int]) -> None:
    """Compare what was ordered on each agreement, and of its ceiling, with the oracle."""
    home, day = place
    assert {spend.cover.agreement_id for spend in found.spend} == {
        ids[number] for number, each in enumerate(world.agreed)
        if each.home == home and each.enterprise is not None and each.applies(day)
    }  # fmt: skip
    for spend in found.spend:
        number = ids.index(spend.cover.agreement_id)
        orders = [
            each for each in world.orders(home, day)
            if each.agreement % len(world.agreed) == number
        ]  # fmt: skip
        assert spend.ordered_ore == sum(sum(each.amounts) for each in orders)
        ceiling = world.agreed[number].ceiling
        assert (spend.used is None) == (ceiling is None)
        if spend.used is not None and ceiling is not None:
            # Twelve months reach beyond the longest drawn period, and so does one.
            since = world.agreed[number].starts
            counted = [sum(each.amounts) for each in orders if each.day >= since]
            assert (spend.used.ceiling_ore, spend.used.ordered_ore) == (ceiling[0], sum(counted))


def assert_watch(session: Session, municipality_id: int, on: date, orders: list[Bought]) -> None:
    """Compare the sum of the watch with the oracle, and each line with the orders it opens."""
    asked = Asked(municipality_id, on, YEARS, near_percent=80)
    lines = watch_queries.page(session, asked, "da").lines
    assert sum(line.net_ore for line in lines) == sum(sum(each.amounts) for each in orders)
    for line in lines:
        opened = watch_queries.list_lines(session, asked, line.enterprise_id, line.group)
        assert sum(each.net_ore for each in opened) == line.net_ore
