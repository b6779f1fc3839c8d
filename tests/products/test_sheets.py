"""Price lists that are handed out: every fact comes back, and nothing in them is evaluated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import cast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from products.world import facts, seller
from sqlalchemy.orm import Session

from catalogue.core import sheets, unseen
from catalogue.core.text import LOCALES, fold, reading_in
from catalogue.products import (
    details,
    plan,
    price_list,
    rules,
    sheet_cells,
    sheet_columns,
    sheet_export,
    sheet_file,
    shelf,
)
from catalogue.products.deliveries import Delivery
from catalogue.products.details import Label
from catalogue.products.entries import Outcome
from catalogue.products.price_rules import Tier
from catalogue.products.rules import ProductFacts
from catalogue.products.sheet_cells import Names

PLACES = {1: "Slagelse", 2: "Ringkøbing-Skjern", 3: "Sorø"}
NAMES = Names({cast.PLAY_HOUSES: "Legepladsudstyr"}, PLACES)
ROOM = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")),
    max_size=20,
).map(unseen.without)  # as the fields of forms leave it
TEXT = st.one_of(
    ROOM,
    st.sampled_from([
        "=1+1", "+45 58 57 00 00", "-", "- en ting", "@SUM(A1)", "'citat'", "’n bord", "(tom)",
        "(Empty)", "7.00", "0042", "a;b|c", 'sagt "ja"; nej', "1,250", "ja", "a\u00a0 b",
    ]),
)  # fmt: skip
LINES = st.lists(TEXT, max_size=3).map("\n".join)


def tidy(text: str) -> str:
    """Return a text as the form keeps it, but for doubled blanks, which a sheet takes off."""
    return sheets.spaced(text, lines=True)


@st.composite
def anything(draw: Callable[..., Any]) -> ProductFacts:
    """Any facts that the form takes."""
    number = st.none() | st.integers(1, 1_000_000)
    days = st.none() | st.integers(0, 730)
    one, lined = TEXT.map(tidy), LINES.map(tidy)
    quantities = draw(st.lists(st.integers(2, 999_999), max_size=5, unique=True))
    off = draw(st.lists(st.integers(1, 900), min_size=5, max_size=5, unique=True))
    proofs = one.filter(bool)
    codes = draw(st.lists(st.sampled_from(list(details.LABEL_NAMES)), unique=True, max_size=3))
    season = [f"{draw(st.dates(date(2024, 1, 1), date(2024, 12, 31))):%m-%d}" for _ in range(2)]
    season_from, season_to = season if draw(st.booleans()) else (None, None)
    area = frozenset(draw(st.sets(st.sampled_from(list(PLACES)))))
    return ProductFacts(
        item_number=draw(one.filter(bool)), title=draw(one.filter(bool)),
        unit=draw(st.sampled_from(list(rules.UNIT_NAMES))),
        kind=draw(st.sampled_from(["goods", "service"])),
        summary=draw(lined), description=draw(lined),
        category_code=draw(st.sampled_from([None, cast.PLAY_HOUSES])),
        price_ore=draw(st.none() | st.integers(0, 10**12)),
        price_base_quantity=draw(st.integers(1, 1_000_000)),
        vat_rate=draw(st.sampled_from([0, 25])), vat_exempt_reason=draw(st.none() | proofs),
        minimum_quantity=draw(st.integers(1, 1_000_000)), delivery_days=draw(days),
        delivers_everywhere=not area, municipality_ids=area,
        gtin=draw(st.sampled_from([None, "5701234567899", "73513537"])),
        paused_until=draw(st.none() | st.dates(date(1000, 1, 1))),
        tiers=tuple(map(Tier, sorted(quantities), sorted(off))),
        pack_size=draw(number), made_to_order=draw(st.none() | st.booleans()),
        place=draw(st.sampled_from(["", *details.PLACES])), included=draw(lined),
        season_from=season_from, season_to=season_to,
        notice_days=draw(days), capacity_per_week=draw(number), social_story=draw(lined),
        labels=tuple(Label(code, draw(proofs)) for code in details.LABEL_NAMES if code in codes),
        **{
            name: draw(one)
            for name in ("materials", "dimensions", "season", "allergens", "duration", "hours",
                         "extent", "pause_reason", "origin")
        },
    )  # fmt: skip


def written(told: ProductFacts, form: str) -> bytes:
    """Return a list of one product as it is handed out."""
    line = sheet_cells.cells_of(told, NAMES)
    return sheet_file.as_xlsx([line], []) if form == "xlsx" else sheet_file.as_csv([line]).encode()


@pytest.fixture
def shop(session: Session) -> int:
    """An enterprise in a country of three municipalities; their ids are those of PLACES."""
    found = [cast.municipality(session, name).id for name in PLACES.values()]
    own = seller(session, "Legehytten").enterprise.id
    session.info["places"] = dict(zip(PLACES, found, strict=True))
    return own


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(told=anything(), form=st.sampled_from(["xlsx", "csv"]), locales=st.tuples(
    st.sampled_from(LOCALES), st.sampled_from(LOCALES)))  # fmt: skip
def test_every_fact_comes_back_from_a_sheet(
    session: Session, shop: int, told: ProductFacts, form: str, locales: tuple[str, str]
) -> None:
    """Written in one language and read in any, by an enterprise that has no such product yet."""
    told = replace(told, on_request=told.kind == "service" and told.price_ore is None)
    if told.vat_rate == 0 and not told.vat_exempt_reason:
        told = replace(told, vat_exempt_reason="Undervisning")
    with reading_in(locales[0]):
        content = written(told, form)
    with reading_in(locales[1]):
        rows = price_list.read(content, f"liste.{form}")
        (entry,) = plan.preview(session, shop, Delivery(tuple(rows), {}), cast.TODAY).entries
    ids = session.info["places"]
    wanted = replace(told, municipality_ids=frozenset(ids[each] for each in told.municipality_ids))
    assert entry.problems == {}
    assert entry.facts == wanted


def test_every_fact_has_a_column_whose_heading_is_read_in_both_languages() -> None:
    by_fact = sheet_columns.OF_FACTS
    columns = {each.name for each in sheet_columns.COLUMNS}
    told = {each.name for each in fields(ProductFacts)} - {"variants"}  # those have rows
    assert {by_fact.get(name, name) for name in told} <= columns
    for each in sheet_columns.COLUMNS:
        assert [price_list.HEADERS.get(fold(head)) for head in each[1:3]] == [each.name] * 2


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_product_that_comes_back_unedited_is_unchanged_whatever_it_says(
    session: Session, shop: int, form: str
) -> None:
    """Texts with doubled blanks, and what would be refused if it were new, stand as they are."""
    odd = facts(
        item_number="7.00", title="Et  bord", summary="Ring 211062-5629", labels=(
            Label("fsc", "C1;\u00a0 C2"),), description="=1+1\r\n\r\n  indrykket",
        paused_until=date(2020, 1, 1), gtin="1234",
    )  # fmt: skip
    product = shelf.start(session, shop, odd, cast.NOW)
    session.flush()
    lines = sheet_export.list_lines(session, shop)
    content = (
        sheet_file.as_xlsx(lines, sheet_export.list_offered(session, shop))
        if form == "xlsx"
        else sheet_file.as_csv(lines).encode()
    )
    rows = price_list.read(content, f"liste.{form}")
    (entry,) = plan.preview(session, shop, Delivery(tuple(rows), {}), cast.TODAY).entries
    assert (entry.outcome, entry.product_id) == (Outcome.UNCHANGED, product.id)
    rows = [replace(row, cells={**row.cells, "gtin": "12345"}) for row in rows]
    (entry,) = plan.preview(session, shop, Delivery(tuple(rows), {}), cast.TODAY).entries
    assert (entry.outcome, list(entry.problems)) == (Outcome.REFUSED, ["gtin"])
    assert entry.place("gtin") == "W2"


def test_cell_can_be_emptied_and_a_blank_one_leaves_what_stands(
    session: Session, shop: int
) -> None:
    shelf.start(session, shop, facts(season="Maj", origin="Slagelse", gtin="73513537"), cast.NOW)
    session.flush()
    text = "Varenummer;Titel;Sæson;Oprindelse;GTIN;Leveringsområde\nV-1;;(tom);;(Empty);(tom)\n"
    rows = price_list.read(text.encode(), "liste.csv")
    (entry,) = plan.preview(session, shop, Delivery(tuple(rows), {}), cast.TODAY).entries
    assert list(entry.problems) == ["municipalities"]
    text = text.replace(";(tom)\n", ";\n")
    rows = price_list.read(text.encode(), "liste.csv")
    (entry,) = plan.preview(session, shop, Delivery(tuple(rows), {}), cast.TODAY).entries
    assert entry.fields == ("gtin", "season")
    assert entry.facts == facts(origin="Slagelse")


@pytest.mark.parametrize("text", ["=1+1", "+45", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text: str) -> None:
    told = facts(title=text, labels=(Label("fsc", text),))
    assert f";'{text};" in written(told, "csv").decode().replace('"', "")
    with zipfile.ZipFile(io.BytesIO(written(told, "xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()
    assert "<f>" not in sheet


def test_lists_to_choose_from_stand_in_the_sheet(session: Session, shop: int) -> None:
    shelf.start(session, shop, facts(), cast.NOW)
    session.flush()
    with reading_in("da"):
        offered = sheet_export.list_offered(session, shop)
        content = sheet_file.as_xlsx(sheet_export.example(), offered)
        with pytest.raises(price_list.UnreadableList):
            price_list.read(content, "skabelon.xlsx")  # the example alone is no product
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") == len(sheet_columns.choices()) + 1
    assert "stk." in sheet
    assert offered[0].startswith(cast.PLAY_HOUSES)
