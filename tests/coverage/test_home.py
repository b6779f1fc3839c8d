"""The overview as the staff's home page: every number is the length or the sum of what it opens."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cast
import ledger_world as ledgers
import openpyxl
import pytest
from coverage_world import CANTEEN, CLEANING, DAY, GARDEN, world
from flask import Flask
from ordering.past import order
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.coverage import behind, ledger_sums, matrix, rules
from catalogue.coverage.behind import Lines, Offers, Part, Span
from catalogue.coverage.counting import year_of
from catalogue.coverage.ledger_rules import Bought
from catalogue.coverage.ledger_sets import Sought
from catalogue.coverage.matrix import Matrix
from catalogue.coverage.rules import Asked
from catalogue.enterprises.models import EnterpriseState
from catalogue.ordering.models import OrderLine
from catalogue.products.models import Product, ProductMunicipality
from catalogue.search import asked as searches
from catalogue.search.rules import Outcome, Vain

TOYS, PLAY = "37000000", "37530000"


def build(session: Session) -> int:
    """Add to the world of the overview what can be counted; return the municipality's id."""
    home = world(session)
    product = session.query(Product).filter_by(category_code=cast.PLAY_HOUSES).first()
    assert product is not None
    garden = session.query(Product).filter_by(category_code=GARDEN).first()
    assert garden is not None
    agreement = cast.voluntary(session, home, cast.enterprise(session, "Ny"), number="V-9")
    both = order(session, home, product, agreement, 10_00)
    both.lines.append(
        OrderLine(
            position=2, product_id=garden.id, product_version=1, item_number="2", title="Have",
            category_code=GARDEN, unit="piece", quantity=1, price_ore=5_00, vat_rate=25,
            net_ore=5_00, agreement_id=agreement.id, agreement_number="V-9",
        )
    )  # fmt: skip
    far = cast.enterprise(session, "Langt væk")
    there = cast.product(session, far, delivers_everywhere=False)
    session.add(
        ProductMunicipality(
            product_id=there.id, municipality_id=cast.municipality(session, "Vejle").id
        )
    )
    near = cast.product(session, far, category_code=CLEANING, delivers_everywhere=False)
    session.add(ProductMunicipality(product_id=near.id, municipality_id=home.id))
    cast.category(session, cast.GIFTS)
    for text, code in (("vandrepokal", cast.GIFTS), ("legetårn", "37535210"), ("noget", None)):
        if code:
            cast.category(session, code)
        asked_id = searches.note(session, home.id, text, 0, cast.NOW)
        vain = Vain(Outcome.NO_AGREEMENT, code)
        searches.note_in_vain(session, asked_id or 0, vain, cast.NOW)
    session.flush()
    return home.id


@pytest.fixture
def client(app: Flask, database: Database) -> Any:
    """A browser in which procurement staff of Slagelse are signed in."""
    with database.transaction() as session:
        build(session)
        person = cast.staff(session, cast.municipality(session))
    opened = app.test_client()
    cast.sign_in_as(opened, person)
    return opened


def read(app: Flask, database: Database, day: Any = cast.TODAY) -> Matrix:
    """Return the matrix of Slagelse."""
    parts = app.extensions["catalogue"].parts
    with database.reading() as session:
        home = cast.municipality(session)
        return matrix.read(session, parts, Asked(home.id, day, cast.TODAY, "da"))


def test_order_with_lines_in_two_categories_is_one_order_above_them(
    app: Flask, client: Any, database: Database
) -> None:
    found = read(app, database)
    assert found.orders_of(Part(cast.PLAY_HOUSES)) == 2
    assert found.orders_of(Part(GARDEN)) == 2
    assert found.orders_of(Part()) == 3


def test_enterprises_that_could_deliver_are_verified_and_deliver_here(
    app: Flask, client: Any, database: Database
) -> None:
    found = read(app, database)
    with database.reading() as session:
        home = cast.municipality(session).id
        toys = behind.list_deliverers(session, home, Part(TOYS), cast.TODAY)
        cleaning = behind.list_deliverers(session, home, Part(CLEANING), cast.TODAY)
    assert [each.name for each in toys] == ["Legehytten"]
    assert [each.name for each in cleaning] == ["Langt væk", "Legehytten"]
    assert found.enterprises_of(Part()) == 2


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("offset", [-400, 0, 101])
def test_every_number_is_the_length_or_sum_of_its_list(
    app: Flask, client: Any, database: Database, offset: int, alone: bool
) -> None:
    day = cast.TODAY + offset * DAY
    found = read(app, database, day)
    lines = found.overview.table(alone, None)
    asked = Asked(0, day, cast.TODAY, "da")
    assert lines
    with database.reading() as session:
        home = cast.municipality(session).id
        orderable = behind.orderable_where(home, day)
        for line in lines:
            part, figures = Part(line.code, alone), line.figures
            year = behind.sum_orders(session, home, Lines(part, year_of(asked)))
            ever = behind.sum_orders(session, home, Lines(part, Span(None, day)))
            rows = behind.list_orders(session, home, Lines(part, year_of(asked)), slice(0, 99))
            assert (year.orders, year.net_ore) == (found.orders_of(part), figures.year_ore)
            assert sum(row.net_ore for row in rows) == figures.year_ore
            assert len({row.number for row in rows}) == year.orders
            assert ever.net_ore == figures.total_ore
            sellers = behind.list_deliverers(session, home, part, cast.TODAY)
            assert len(sellers) == found.enterprises_of(part)
            everything = behind.list_products(session, Offers(part, orderable), slice(0, 99))
            assert len(everything) == figures.products
            assert sum(each.orderable for each in everything) == figures.orderable
            assert behind.count_products(session, part, orderable) == figures.orderable


def links(page: str, address: str) -> list[tuple[str, str]]:
    """List (number, address) of the links that open a list."""
    found = re.findall(rf'<a href="({re.escape(address)}[?"][^"]*)">([^<]*)<', page)
    return [(text.strip(), html.unescape(where)) for where, text in found]


def test_numbers_on_the_page_open_lists_that_say_the_same(client: Any) -> None:
    page = client.get(f"/daekning?kategori={TOYS}").text
    checked = 0
    for address in ("/daekning/ordrer", "/daekning/varer", "/daekning/virksomheder"):
        for text, where in links(page, address):
            wanted = re.sub(r" (må bestilles|ordrer?)$", "", text).replace("\xa0", " ")
            opened = client.get(where).text.replace("\xa0", " ")
            assert wanted in opened, (where, wanted)
            checked += 1
    assert checked > 12


def test_demand_of_a_category_counts_what_lies_below_it(client: Any) -> None:
    page = client.get("/daekning").text
    assert ("1", f"/daekning/efterspoergsel?kategori={TOYS}") in links(
        page, "/daekning/efterspoergsel"
    )
    desk = client.get(f"/daekning/efterspoergsel?kategori={TOYS}").text
    assert "legetårn" in desk
    assert "vandrepokal" not in desk
    assert f'<option value="{TOYS}" selected>' in desk
    alone = client.get(f"/daekning/efterspoergsel?kategori={TOYS}&kun=1").text
    assert "legetårn" not in alone


def test_category_that_is_only_looked_for_is_shown_but_is_no_gap(
    app: Flask, client: Any, database: Database
) -> None:
    found = read(app, database)
    assert cast.GIFTS in {line.code for line in found.overview.outline.all_lines()}
    assert cast.GIFTS not in found.overview.gaps
    assert found.demand == found.overview.total.demand + 1  # one belongs to no category


def test_gaps_of_one_category_are_those_below_it(client: Any) -> None:
    garden = client.get("/daekning?vis=huller&under=77000000").text
    assert f"Kategori {GARDEN}" in garden
    assert f"Kategori {GARDEN}" not in client.get(f"/daekning?vis=huller&under={TOYS}").text


def test_workbook_holds_numbers_as_numbers_and_no_formula(client: Any, database: Database) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session, "Regnearket")
        cast.voluntary(
            session, cast.municipality(session), seller, number="=1+1", categories=["03121210"]
        )
    answer = client.get("/daekning.xlsx?dag=2026-11-24")
    assert "spreadsheetml" in answer.headers["Content-Type"]
    assert "daekning-2026-11-24.xlsx" in answer.headers["Content-Disposition"]
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    by_code = {row[0].value: row for row in rows[1:]}
    houses = [cell.value for cell in by_code[cast.PLAY_HOUSES]]
    assert houses[4:8] == [4, 1, 1010, 1210]
    assert houses[11:14] == [2, 1, 1]
    assert by_code["03121210"][8].value == "=1+1 Aftale"
    assert by_code["03121210"][8].data_type == "s"


def test_csv_and_workbook_and_api_say_the_same(client: Any) -> None:
    file = client.get("/daekning.csv").text.lstrip("\ufeff").splitlines()
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/daekning.xlsx").data)).active
    said = json.loads(client.get("/api/daekning").data)
    assert len(file) == sheet.max_row == len(said["categories"]) + 1
    for text, row, line in zip(
        file[1:], list(sheet.iter_rows(values_only=True))[1:], said["categories"], strict=True
    ):
        cells = text.split(";")
        assert cells[0] == row[0] == line["code"]
        assert cells[6] == f"{row[6]:.2f}".replace(".", ",")
        assert round(row[6] * 100) == line["ordered_12_months_ore"]
        assert cells[11:14] == [str(cell) for cell in row[11:14]]
        assert list(row[11:14]) == [
            line["orders_12_months"], line["enterprises"], line["unmet_demands"]
        ]  # fmt: skip
        assert cells[14:] == [f"{cell:.2f}".replace(".", ",") for cell in row[14:]]
        assert [round(cell * 100) for cell in row[14:]] == [
            line["booked_12_months_ore"], line["booked_on_agreement_ore"]
        ]  # fmt: skip


def test_api_answers_json_in_ore_and_problems_as_rfc_9457_wants(client: Any) -> None:
    answer = client.get("/api/daekning?dag=2026-11-24")
    assert answer.headers["Content-Type"] == "application/json"
    said = answer.get_json()
    assert said["as_of"] == "2026-11-24"
    assert said["total"]["ordered_12_months_ore"] == 1_045_00
    assert said["total"]["orders_12_months"] == 3
    canteen = next(each for each in said["categories"] if each["code"] == CANTEEN)
    assert canteen["status"] == "mandatory"
    assert [each["number"] for each in canteen["agreements"]] == ["F-1"]
    gaps = client.get("/api/daekning?vis=huller").get_json()
    assert [each["code"] for each in gaps["categories"]] == [GARDEN]
    refused = client.get("/api/daekning?dag=i+morgen")
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(refused.data)
    assert problem["status"] == 422
    assert problem["errors"][0]["parameter"] == "dag"


def test_api_refuses_other_roles_with_a_problem(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        buyer = cast.buyer(session)
    opened = app.test_client()
    cast.sign_in_as(opened, buyer)
    answer = opened.get("/api/daekning")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["ordrer?fra=i+morgen", "ordrer?fra=2026-02-01&til=2026-01-01",
                                  "varer?dag=1999-01-01"])  # fmt: skip
def test_days_that_cannot_be_read_are_named_at_their_field(client: Any, name: str) -> None:
    page = client.get(f"/daekning/{name}")
    assert page.status_code == 422
    assert 'href="#field-' in page.text


def test_list_of_orders_is_paged_and_keeps_its_sum(client: Any, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        product = session.query(Product).filter_by(category_code=cast.PLAY_HOUSES).first()
        assert product is not None
        agreement = cast.voluntary(session, home, cast.enterprise(session, "Mange"))
        for _number in range(60):
            order(session, home, product, agreement, 1_00)
    first = client.get(f"/daekning/ordrer?kategori={PLAY}")
    assert "side=2" in first.text
    assert "63" in first.text
    last = client.get(f"/daekning/ordrer?kategori={PLAY}&side=2").text
    assert last.count("/ordrer/0330-") == 63 - 50


def test_suspended_enterprise_could_not_deliver(
    app: Flask, client: Any, database: Database
) -> None:
    with database.transaction() as session:
        for each in session.query(Product).all():
            seller = session.get(cast.Enterprise, each.enterprise_id)
            assert seller is not None
            seller.state = EnterpriseState.SUSPENDED
    assert read(app, database).enterprises_of(Part()) == 0
    assert "Ingen virksomhed" in client.get("/daekning/virksomheder").text


def test_share_on_agreement_is_that_of_the_rows_it_opens(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        town = ledgers.make(session)
        for code in ("37000000", "90000000"):
            cast.category(session, code)
        person = cast.staff(session, town.home, email="ny@slagelse.example")
    client = app.test_client()
    cast.sign_in_as(client, person)
    assert "på aftale" not in client.get("/daekning").text  # and is remembered
    ledgers.take(database, town.staff, ledgers.file(tmp_path, ledgers.lines(town)))
    found = read(app, database)
    toys, cleaning = found.overview.outline.lines()
    assert (toys.code, toys.figures.booked_ore, toys.figures.on_ore) == ("37000000", 589950, 89950)
    assert (cleaning.figures.booked_ore, cleaning.figures.on_ore) == (25000, 0)
    year = Sought(rules.year_before(cast.TODAY), cast.TODAY)
    with database.reading() as session:
        for line in found.overview.outline.all_lines():
            inside = replace(year, category=line.code)
            on = replace(inside, bought=(Bought.ON,))
            assert ledger_sums.total(session, town.home.id, inside).ore == line.figures.booked_ore
            assert ledger_sums.total(session, town.home.id, on).ore == line.figures.on_ore
    page = client.get("/daekning").text
    link = re.search(r'href="([^"]*)">15 % på aftale', page)
    assert link, page
    assert "899,50" in client.get(link[1].replace("&amp;", "&")).text
