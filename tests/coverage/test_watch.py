"""Threshold watch: which orders count, how shares are told, and the page in few queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements.limit_rules import Bound, LimitTerms
from catalogue.agreements.models import LimitKind
from catalogue.core.db import Database
from catalogue.coverage import watch
from catalogue.coverage.watch import Level, Ordered, Regime
from catalogue.ordering.models import OrderState

CLEANING = "90910000"
DIRECT, EU = LimitKind.DIRECT_PURCHASE, LimitKind.EU_GOODS_SERVICES
PAGE_QUERIES = 3 + 2  # orders, limits, names; sign-in, what is not read


def bounds(**values: int) -> dict[LimitKind, Bound]:
    """Return limits of those values in øre."""
    return {
        LimitKind(kind): Bound(LimitKind(kind), value, date(2026, 1, 1), "Kilde")
        for kind, value in values.items()
    }


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (date(2026, 11, 24), 4, date(2022, 11, 25)),
        (date(2028, 2, 29), 4, date(2024, 3, 1)),
        (date(2028, 2, 29), 1, date(2027, 3, 1)),
    ],
)
def test_rolling_years_end_with_the_day(day: date, years: int, first: date) -> None:
    assert watch.period(day, years) == (first, day)


@pytest.mark.parametrize(
    ("net_ore", "level", "percent"),
    [
        (0, Level.BELOW, 0),
        (79_99, Level.BELOW, 79),
        (80_00, Level.NEAR, 80),
        (99_99, Level.NEAR, 99),
        (100_00, Level.PASSED, 100),
        (250_00, Level.PASSED, 250),
    ],
)
def test_amount_that_equals_a_limit_has_passed_it(net_ore: int, level: Level, percent: int) -> None:
    found = watch.compare(DIRECT, bounds(direct_purchase=100_00), net_ore, 80)
    assert (found.level, found.percent) == (level, percent)


def test_unknown_limit_is_said_to_be_unknown() -> None:
    found = watch.compare(EU, {}, 100_00, 80)
    assert (found.level, found.bound) == (Level.UNKNOWN, None)


def test_lines_are_by_enterprise_and_group_with_the_largest_share_first() -> None:
    rows = [
        Ordered(1, "Alfa", "37535200", 10_00),
        Ordered(1, "Alfa", "37520000", 5_00),
        Ordered(1, "Alfa", "90910000", 1_00),
        Ordered(2, "Beta", "37535200", 90_00),
    ]
    lines = watch.watch(rows, bounds(direct_purchase=100_00), frozenset(), 80)
    told = [(line.enterprise_name, line.group, line.net_ore, line.group_ore) for line in lines]
    assert told == [
        ("Beta", "375", 90_00, 105_00), ("Alfa", "375", 15_00, 105_00), ("Alfa", "909", 1_00, 1_00),
    ]  # fmt: skip
    assert [line.level for line in lines] == [Level.NEAR, Level.BELOW, Level.BELOW]


@pytest.mark.parametrize(
    ("codes", "regime", "kind"),
    [
        ({"85312300"}, Regime.LIGHT, LimitKind.EU_LIGHT),
        ({"90910000"}, Regime.ORDINARY, EU),
        ({"85312300", "85999999"}, Regime.MIXED, EU),
        ({"45112723"}, Regime.WORKS, DIRECT),
    ],
)
def test_high_threshold_counts_only_where_all_codes_are_known_to_have_it(
    codes: set[str], regime: Regime, kind: LimitKind
) -> None:
    found = watch.regime_of(codes, limits.reservable_codes())
    assert found == regime
    assert watch.kinds_of(found)[-1] == kind


def world(session: Session) -> tuple[Any, Any]:
    """Make orders within and outside the four years, void ones and a neighbour's."""
    limits.import_limits(session, cast.NOW)
    home, other = cast.municipality(session), cast.municipality(session, "Vejle")
    seller = cast.enterprise(session)
    house = cast.product(session, seller)
    agreement = cast.voluntary(session, home, seller)
    staff = cast.staff(session, home)
    terms = LimitTerms(DIRECT, 100_000_00, date(2020, 1, 1), "Indkøbspolitik")
    limits.create(session, cast.who(session, staff), terms, cast.NOW)
    order(session, home, house, agreement, 60_000_00)
    order(session, home, house, agreement, 30_000_00, datetime(2022, 11, 25, 8, tzinfo=UTC))
    order(session, home, house, agreement, 1_00, datetime(2022, 11, 24, 8, tzinfo=UTC))
    order(session, home, house, agreement, 2_00, state=OrderState.REJECTED)
    order(session, home, house, agreement, 3_00, state=OrderState.CANCELLED)
    order(session, home, house, agreement, 4_00, cast.NOW + timedelta(days=1))
    order(session, other, house, agreement, 5_00)
    return staff, seller


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in to the world."""
    with database.transaction() as session:
        staff, seller = world(session)
    opened = app.test_client()
    opened.seller_id = seller.id
    cast.sign_in_as(opened, staff)
    return opened


def test_page_counts_the_orders_of_four_years_beside_the_limits(client: Any) -> None:
    page = client.get("/daekning/graenser").text
    assert "90.000,00" in page
    assert "90 % af 100.000,00" in page
    assert "Tæt på" in page
    assert "18 % af 500.000,00" in page
    assert "Disse grænser er ikke kendt" in page  # the thresholds of 2026
    earlier = client.get("/daekning/graenser?dag=2025-12-31").text
    assert "1.644.638,00" in earlier
    assert "Bestilt i perioden" in earlier


def test_amount_leads_to_the_orders_that_make_it_up(client: Any) -> None:
    address = f"/daekning/graenser/{client.seller_id}/375"
    assert f'href="{address}"' in client.get("/daekning/graenser").text
    page = client.get(address).text
    assert page.count('href="/ordrer/0330-') == 2
    assert "90.000,00" in page
    assert client.get("/daekning/graenser/999999/375").status_code == 404
    assert client.get(f"/daekning/graenser/{client.seller_id}/37x").status_code == 404


def test_day_that_cannot_be_read_is_told_and_today_is_shown(client: Any) -> None:
    page = client.get("/daekning/graenser?dag=i+morgen")
    assert page.status_code == 422
    assert 'value="i morgen"' in page.text
    assert "90.000,00" in page.text


def test_page_takes_its_queries_however_many_orders_there_are(
    client: Any, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        for number in range(5):
            seller = cast.enterprise(session, f"Virksomhed {number}")
            agreement = cast.voluntary(session, home, seller, categories=[CLEANING])
            cleaning = cast.product(session, seller, category_code=CLEANING)
            order(session, home, cleaning, agreement, 10_00)
    with cast.counted_queries(database) as sent:
        page = client.get("/daekning/graenser").text
    assert "Virksomhed 4" in page
    assert len(sent) == PAGE_QUERIES
