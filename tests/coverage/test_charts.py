"""The charts: marks stand where the amounts say, and each has the table with the same amounts."""

from __future__ import annotations

import html
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import cast
import ledger_world as ledgers
import pytest
from coverage_world import DAY, GARDEN, world
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.db import Database
from catalogue.coverage import chart_queries, charts
from catalogue.coverage.charts import Expiry, Measure
from catalogue.products.models import Product

AMOUNTS = st.lists(
    st.lists(st.integers(-(10**6), 10**12), min_size=1, max_size=6), min_size=1, max_size=24
)


@given(AMOUNTS)
def test_stacked_bars_stay_inside_and_are_as_high_as_their_amounts(
    columns: list[list[int]],
) -> None:
    drawn = charts.stack(columns)
    top = drawn.ticks[-1]
    scale = (drawn.base - top.at) / top.value
    for bar in drawn.bars:
        assert bar.y >= top.at - 1
        assert bar.y + bar.height <= drawn.base + 1
        assert drawn.left <= bar.x
        assert bar.x + bar.width <= drawn.right
    height = sum(bar.height for bar in drawn.bars)
    amount = sum(max(0, each) for column in columns for each in column)
    assert abs(height - amount * scale) <= 0.06 * (len(drawn.bars) + 1) + 0.001 * height
    assert 2 <= len(drawn.ticks) <= 6


@given(AMOUNTS)
def test_lying_bars_tell_the_latest_columns_first(columns: list[list[int]]) -> None:
    rows = charts.lying(columns)
    told = [place for place, each in enumerate(columns) if any(value > 0 for value in each)]
    assert [row.column for row in rows] == told[: -charts.MOST_LYING - 1 : -1]
    for row in rows:
        assert row.total == sum(columns[row.column])
        assert all(0 <= bar.x <= bar.x + bar.width <= charts.NARROW + 1 for bar in row.bars)
        assert {bar.series for bar in row.bars} == {
            place for place, value in enumerate(columns[row.column], start=1) if value > 0
        }


@pytest.mark.parametrize(
    ("most", "step"), [(0, 100), (500, 100), (501, 200), (10_000_00, 2_000_00), (9_99, 2_00)]
)
def test_ticks_are_round_and_at_most_five_above_zero(most: int, step: int) -> None:
    assert charts.tick_step(most) == step


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 10, 0), (5, 10, 0.5), (20, 10, 1), (1, 0, 0), (-5, 10, 0)]
)
def test_meter_is_filled_by_its_share_and_never_beyond(part: int, whole: int, share: float) -> None:
    row = charts.meters([Measure("x", part, whole, "")]).rows[0]
    assert row.filled.width == pytest.approx(row.track.width * share, abs=0.1)


def test_timeline_ends_where_its_agreement_ends() -> None:
    first, last = date(2026, 11, 24), date(2028, 11, 24)
    drawn = charts.timeline([Expiry("A", last), Expiry("B" * 90, first)], first, last)
    assert drawn.rows[0].end > drawn.rows[1].end == drawn.rows[1].start
    assert len(drawn.rows[1].label) == charts.LONGEST_LABEL
    assert [day for _at, day in drawn.ticks][:2] == [date(2027, 1, 1), date(2027, 7, 1)]


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2024, 2, 29), date(2026, 1, 1)])
@pytest.mark.parametrize(("count", "months"), [(24, 1), (8, 3)])
def test_periods_follow_each_other_until_the_day(day: date, count: int, months: int) -> None:
    periods = chart_queries.list_periods(day, count, months)
    assert len(periods) == count
    assert periods[-1].first <= day == periods[-1].last
    assert all(each.first.day == 1 and (each.first.month - 1) % months == 0 for each in periods)
    for one, following in pairwise(periods):
        assert one.last + DAY == following.first


def test_spend_by_month_adds_up_to_the_orders(session: Session) -> None:
    home = world(session)
    found = chart_queries.spend(session, home.id, cast.TODAY)
    assert found.divisions == ["37000000", "77000000"]
    assert found.amounts[-1] == [1_000_00, 30_00, 0]
    assert sum(map(sum, found.amounts)) == 1_230_00


def test_divisions_beyond_the_largest_are_one_series(session: Session) -> None:
    home = world(session)
    product = session.query(Product).filter_by(category_code=GARDEN).first()
    assert product is not None
    agreement = cast.voluntary(session, home, cast.enterprise(session, "Alt"))
    for number in range(10, 18):
        code = f"{number}000000"
        cast.category(session, code)
        product.category_code = code
        order(session, home, product, agreement, number * 100)
    found = chart_queries.spend(session, home.id, cast.TODAY)
    assert len(found.divisions) == charts.TOP_SERIES
    assert found.amounts[-1][-1] == (10 + 11 + 12 + 13 + 14) * 100
    assert sum(found.amounts[-1]) == 1_030_00 + sum(range(10, 18)) * 100


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        person = cast.staff(session, world(session))
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_page_tells_every_chart_as_a_table_too(client: Any) -> None:
    page = client.get("/daekning/diagrammer").text
    assert page.count('role="img"') == 4  # there is no ledger
    assert len(re.findall(r"<title id=", page)) == len(re.findall(r"<desc id=", page)) == 4
    assert page.count("<details>") >= 4
    assert "1.030,00" in page
    assert "ikke indlæst noget regnskab" in page
    assert "style=" not in page


def test_amount_of_a_month_opens_its_orders(client: Any) -> None:
    page = client.get("/daekning/diagrammer").text
    where = "/daekning/ordrer?kategori=37000000&amp;fra=2026-11-01&amp;til=2026-11-24"
    assert where in page
    assert "1.000,00" in client.get(where.replace("&amp;", "&")).text


def test_charts_of_a_municipality_without_anything_say_so(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    page = opened.get("/daekning/diagrammer")
    assert page.status_code == 200
    assert 'role="img"' not in page.text


def test_what_is_no_day_is_named_at_its_field(client: Any) -> None:
    page = client.get("/daekning/diagrammer?dag=i+morgen")
    assert page.status_code == 422
    assert 'href="#field-dag"' in page.text


def test_share_of_social_enterprises_is_that_of_the_ledger_quarter_by_quarter(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        town = ledgers.make(session)
    old = ledgers.lines(town)[1].replace(f"-{ledgers.DAY.year}", f"-{ledgers.DAY.year - 1}")
    ledgers.take(database, town.staff, ledgers.file(tmp_path, [*ledgers.lines(town), old]))
    with database.reading() as session, cast.counted_queries(database) as sent:
        found = chart_queries.social_share(session, town.home.id, cast.TODAY)
    assert len(sent) == 3
    assert [each.period.first for each in found] == [
        date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
    ]  # fmt: skip
    assert (found[0].total_ore, found[0].social_ore) == (1_000_00, 1_000_00)
    assert (found[-1].total_ore, found[-1].social_ore) == (6_249_50, 1_179_50)
    assert found[1].share is None
    assert found[-1].share == pytest.approx(0.1887, abs=1e-4)


def test_quarter_of_the_ledger_opens_its_rows(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        town = ledgers.make(session)
    ledgers.take(database, town.staff, ledgers.file(tmp_path, ledgers.lines(town)))
    opened = app.test_client()
    with database.reading() as session:
        person = session.get(Person, town.staff.person_id)
        assert person is not None
        cast.sign_in_as(opened, person)
    page = opened.get("/daekning/diagrammer").text
    where = re.search(r'"(/regnskab/poster\?koebt=social[^"]*)">1\.179,50', page)
    assert where
    assert "1.179,50" in opened.get(html.unescape(where[1])).text
