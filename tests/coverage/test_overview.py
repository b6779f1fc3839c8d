"""The overview: agrees with the rule of orderability, counts orders of the day, few queries."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import cast
import pytest
from coverage_world import CANTEEN, CLEANING, DAY, GARDEN, overview, world
from flask import Flask
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.agreements.models import FormerTerms
from catalogue.agreements.rules import judge
from catalogue.core.db import Database
from catalogue.coverage.rules import Status
from catalogue.products.models import Product, ProductState

OVERVIEW_QUERIES = 14  # the last change, products, three of orders, two of the ledger, agreements …
PAGE_QUERIES = (
    OVERVIEW_QUERIES + 14
)  # sign-in, what is not read, four of conflicts, eight of the matrix


def test_each_category_stands_as_its_agreements_say(session: Session) -> None:
    found = overview(session, world(session).id, cast.TODAY)
    stands = {line.code: line.status for line in found.outline.all_lines()}
    assert stands["37000000"] == Status.PARTLY
    assert stands["37535200"] == Status.VOLUNTARY
    assert stands[CLEANING] == Status.BOTH
    assert stands["90900000"] == Status.BOTH
    assert stands[CANTEEN] == Status.MANDATORY
    assert stands["77000000"] == Status.NONE
    assert found.gaps == [GARDEN]
    assert {cover.number for cover in found.covers} == {"V-1", "V-2", "V-3", "F-1"}


@pytest.mark.parametrize(("offset", "last"), [(-2, 30), (-1, 400), (0, 400), (31, 400)])
def test_agreement_whose_prolonging_is_planned_does_not_expire(
    session: Session, offset: int, last: int
) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    ends_on, day = cast.TODAY + 30 * DAY, cast.TODAY + offset * DAY
    made = cast.voluntary(session, home, seller, ends_on=cast.TODAY + 400 * DAY)
    session.add(
        FormerTerms(
            agreement_id=made.id, from_on=made.starts_on, until_on=ends_on, title=made.title,
            ends_on=ends_on, reason="Optionen bruges", amended_at=cast.NOW - DAY,
        )
    )  # fmt: skip
    session.flush()
    (cover,) = overview(session, home.id, day).covers
    assert cover.ends_on == cast.TODAY + last * DAY


def test_amounts_are_those_of_standing_orders_of_the_municipality(session: Session) -> None:
    found = overview(session, world(session).id, cast.TODAY)
    toys = next(line.figures for line in found.outline.all_lines() if line.code == "37000000")
    assert (toys.year_ore, toys.total_ore) == (1_000_00, 1_200_00)
    assert (found.total.year_ore, found.total.total_ore) == (1_030_00, 1_230_00)
    assert {one.cover.number: one.ordered_ore for one in found.spend} == {
        "V-1": 1_230_00, "V-2": 0, "V-3": 0,
    }  # fmt: skip


@pytest.mark.parametrize("offset", [-400, -101, -100, -1, 0, 1, 100, 101])
def test_products_that_may_be_ordered_agree_with_the_rule(session: Session, offset: int) -> None:
    home, day = world(session), cast.TODAY + offset * DAY
    cast.mandatory(session, home, starts_on=cast.TODAY + DAY, categories=["37535000"])
    applies = agreements.in_force(session, home.id, day)
    expected: dict[str, list[int]] = {}
    for product in session.query(Product).filter_by(state=ProductState.PUBLISHED):
        judgement = judge(
            applies,
            published=product.price_ore is not None,
            enterprise_id=product.enterprise_id,
            category_code=product.category_code,
        )
        counts = expected.setdefault(product.category_code or "", [0, 0])
        counts[0] += 1
        counts[1] += judgement.orderable
    found = overview(session, home.id, day)
    leaves = {
        line.code: line.figures for line in found.outline.all_lines() if line.code in expected
    }
    assert {code: [each.products, each.orderable] for code, each in leaves.items()} == expected
    assert found.total.orderable == sum(orderable for _products, orderable in expected.values())
    if offset == 0:
        assert found.total.orderable == 1


def test_day_of_an_order_is_that_of_copenhagen(session: Session) -> None:
    home, seller = cast.municipality(session), cast.enterprise(session)
    product, agreement = cast.product(session, seller), cast.voluntary(session, home, seller)
    # Half past eleven at night in UTC is the next day in Denmark.
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    order(session, home, product, agreement, 100, late)
    for day, total in ((date(2026, 7, 1), 0), (date(2026, 7, 2), 100)):
        assert overview(session, home.id, day).total.total_ore == total
    assert overview(session, home.id, date(2027, 7, 1)).total.year_ore == 100
    assert overview(session, home.id, date(2027, 7, 2)).total.year_ore == 0


def test_number_of_queries_does_not_grow_with_the_world(database: Database) -> None:
    with database.transaction() as session:
        home = world(session)
        for code in ("18530000", "03121210", "92511000"):
            seller = cast.enterprise(session, code)
            cast.voluntary(session, home, seller, categories=[code])
            cast.product(session, seller, category_code=code)
    with database.reading() as session, cast.counted_queries(database) as sent:
        overview(session, home.id, cast.TODAY)
    assert len(sent) == OVERVIEW_QUERIES


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        person = cast.staff(session, world(session))
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def test_first_page_of_staff_shows_the_tree_and_key_figures(
    client: Any, database: Database
) -> None:
    with cast.counted_queries(database) as sent:
        page = client.get("/daekning")
    assert page.status_code == 200
    assert len(sent) <= PAGE_QUERIES
    assert "24. nov. 2026" in page.text
    assert "1.030,00" in page.text
    assert "3 frivillige, 1 fast" in page.text
    assert "1 faste" not in page.text
    assert "Kategori 37000000" in page.text
    assert "Kategori 37500000" not in page.text
    opened = client.get("/daekning?kategori=37000000").text
    assert "Kategori 37500000" in opened
    assert "Kategori 37530000" not in opened


def test_gaps_alone_are_shown_on_request(client: Any) -> None:
    page = client.get("/daekning?vis=huller").text
    assert f"Kategori {GARDEN}" in page
    assert "Kategori 37000000" not in page


def test_any_day_past_or_future_can_be_asked_for(client: Any) -> None:
    assert "1. jan. 2001" in client.get("/daekning?dag=2001-01-01").text
    assert "31. dec. 2099" in client.get("/daekning?dag=31-12-2099").text


@pytest.mark.parametrize("day", ["i morgen", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_named_and_today_is_shown(client: Any, day: str) -> None:
    page = client.get("/daekning", query_string={"dag": day})
    assert page.status_code == 422
    assert 'href="#field-dag"' in page.text
    assert "24. nov. 2026" in page.text
    assert client.get("/daekning.csv", query_string={"dag": day}).status_code == 422


@pytest.mark.parametrize("query", ["kategori=<script>", "kategori=99999999", "vis=x", "kategori="])
def test_strange_addresses_show_the_whole(client: Any, query: str) -> None:
    page = client.get(f"/daekning?{query}")
    assert page.status_code == 200
    assert "<script>" not in page.text.replace('<script src="', "")


def test_file_holds_all_levels_and_no_formula(client: Any, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        seller = cast.enterprise(session, "Regnearket")
        cast.voluntary(
            session, home, seller, number="=HYPERLINK(1)", title="+1", categories=["03121210"]
        )
    answer = client.get("/daekning.csv?dag=2026-11-24")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "daekning-2026-11-24.csv" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    by_code = {row[0]: row for row in rows[1:]}
    assert by_code["37535200"][4:8] == ["3", "1", "1000,00", "1200,00"]
    assert by_code["03121210"][8] == "'=HYPERLINK(1) +1"
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    only = client.get("/daekning.csv?vis=huller").text
    assert GARDEN in only
    assert "37535200" not in only


def test_municipality_without_anything_is_told_where_to_begin(
    app: Flask, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.staff(session)
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    page = opened.get("/daekning").text
    assert "/aftaler/ny" in page
