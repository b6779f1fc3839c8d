"""Price lists: cells as people write them, judged row by row, taken as a whole or not at all."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from products.world import Seller, open_store, seller
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from catalogue.core.text import reading_in
from catalogue.media.store import Store
from catalogue.products import deliveries, plan, price_list, service
from catalogue.products.deliveries import Delivery
from catalogue.products.models import Product
from catalogue.products.plan import Outcome
from catalogue.products.price_list import UnreadableList
from catalogue.settings import read as read_settings

NOW, TODAY = cast.NOW, cast.TODAY
LISTS = Path(__file__).parent.parent / "data" / "price_lists"


@pytest.fixture
def own(session: Session) -> Seller:
    """Legehytten, where the categories and municipalities of the lists exist."""
    for name in ("Slagelse", "Sorø"):
        cast.municipality(session, name)
    cast.category(session, "50870000")
    return seller(session)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Where pictures are kept."""
    return open_store(tmp_path)


def deliver(store: Store, tmp_path: Path, name: str) -> Delivery:
    """Read one of the sample lists with its pictures."""
    settings = read_settings({"CATALOGUE_DATA_FOLDER": str(tmp_path)})
    return deliveries.read_file(store, LISTS / name, None, settings)


def _all() -> Any:
    return select(Product).options(
        selectinload(Product.images), selectinload(Product.delivery_area)
    )


def one(heading: str, cell: str) -> price_list.Row:
    """Read a list of one row with one more column."""
    text = f"Varenr;Titel;{heading}\nV-1;Bord;{cell}\n"
    return price_list.read(text.encode(), "liste.csv")[0]


def test_picture_at_what_is_no_address_is_told_as_missing(session: Session, own: Seller) -> None:
    row = one("Billede", "http://[hus/a.jpg")
    (entry,) = plan.preview(session, own.enterprise.id, Delivery((row,), {}), TODAY).entries
    with reading_in("en"):
        (said,) = map(str, entry.problems["images"])
    assert said.startswith("The picture http://[hus/a.jpg was not sent")


def test_cell_that_says_with_again_and_again_is_read_at_once() -> None:
    begun = time.perf_counter()
    assert not one("Pris", "med " * 20_000).problems
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("name", ["legehytten.xlsx", "legehytten.csv"])
def test_messy_list_is_judged_row_by_row(
    session: Session, own: Seller, store: Store, tmp_path: Path, name: str
) -> None:
    found = plan.preview(session, own.enterprise.id, deliver(store, tmp_path, name), TODAY)
    with reading_in("en"):
        reasons = {
            each.row: {field: str(texts[0]) for field, texts in each.problems.items()}
            for each in found.by(Outcome.REFUSED)
        }
    assert [each.item_number for each in found.by(Outcome.CREATED)] == ["P-502", "P-503"]
    assert {row: list(found) for row, found in reasons.items()} == {
        4: ["item_number"], 9: ["price"], 10: ["category"], 11: ["price"], 12: ["images"],
        13: ["municipalities"], 14: ["item_number"],
    }  # fmt: skip
    assert reasons[13]["municipalities"] == "No municipality is called Slagelsse"


def test_clean_list_is_taken_with_pictures_and_a_second_time_changes_nothing(
    session: Session, own: Seller, store: Store, tmp_path: Path
) -> None:
    delivery = deliver(store, tmp_path, "legehytten_clean.csv")
    before = plan.preview(session, own.enterprise.id, delivery, TODAY)
    plan.apply(session, own.who, delivery, before.fingerprint, NOW)
    session.flush()
    made = {each.item_number: each for each in session.scalars(_all())}
    swing = made["P-502"]
    assert (swing.price_ore, swing.delivery_days, swing.state) == (1_285_000, 42, "published")
    assert [each.alt for each in swing.images] == ["Gyngestativ med to røde sæder"]
    assert len(swing.delivery_area) == 2
    assert (made["P-503"].unit, made["P-503"].kind) == ("visit", "service")
    again = plan.preview(session, own.enterprise.id, delivery, TODAY)
    assert again.counts == {"created": 0, "changed": 0, "unchanged": 3, "refused": 0}


def test_changed_cells_are_named_and_blank_ones_leave_what_stands(
    session: Session, own: Seller, store: Store, tmp_path: Path
) -> None:
    delivery = deliver(store, tmp_path, "legehytten_clean.csv")
    plan.apply(
        session, own.who, delivery,
        plan.preview(session, own.enterprise.id, delivery, TODAY).fingerprint, NOW,
    )  # fmt: skip
    rows = price_list.read(b"Varenr;Titel;Pris;Enhed\nP-501;;4.400;\n", "nye priser.csv")
    found = plan.preview(session, own.enterprise.id, Delivery(tuple(rows), {}), TODAY)
    assert [(each.fields, each.title) for each in found.entries] == [
        (("price_ore",), "Vippedyr i eg")
    ]


def test_list_with_a_refused_row_writes_nothing(
    session: Session, own: Seller, store: Store, tmp_path: Path
) -> None:
    delivery = deliver(store, tmp_path, "legehytten.csv")
    before = plan.preview(session, own.enterprise.id, delivery, TODAY)
    with pytest.raises(plan.Refused):
        plan.apply(session, own.who, delivery, before.fingerprint, NOW)
    assert session.scalar(select(func.count()).select_from(Product)) == 0


def test_products_that_moved_since_the_preview_are_shown_anew(
    session: Session, own: Seller, store: Store, tmp_path: Path
) -> None:
    delivery = deliver(store, tmp_path, "legehytten_clean.csv")
    before = plan.preview(session, own.enterprise.id, delivery, TODAY)
    facts = next(each.facts for each in before.entries if each.facts)
    service.create_draft(session, own.who, replace(facts, title="Kommet imellem"), NOW)
    with pytest.raises(plan.Moved):
        plan.apply(session, own.who, delivery, before.fingerprint, NOW)


@pytest.mark.parametrize(
    ("cell", "ore"),
    [
        ("12.500,00", 1_250_000), ("12500", 1_250_000), ("kr. 1.250,-", 125_000),
        ("1 250,50 kr.", 125_050), ("DKK 99,95", 9_995), ("1,250.00", 125_000),
        ("12,5", 1_250), ("45 kr. pr. stk.", 4_500),
    ],
)  # fmt: skip
def test_prices_are_read_as_danes_write_them(
    session: Session, own: Seller, cell: str, ore: int
) -> None:
    found = plan.preview(session, own.enterprise.id, Delivery((one("Pris", cell),), {}), TODAY)
    facts = found.entries[0].facts
    assert facts is not None
    assert facts.price_ore == ore


@pytest.mark.parametrize("cell", ["ring", "-5", "1,250", "125 inkl. moms", "1.25.0", "12.500,005"])
def test_prices_in_doubt_are_refused(session: Session, own: Seller, cell: str) -> None:
    found = plan.preview(session, own.enterprise.id, Delivery((one("Pris", cell),), {}), TODAY)
    assert list(found.entries[0].problems) == ["price"]


@given(ore=st.integers(0, 10**9), words=st.sampled_from(["{}", "{} kr.", "kr. {}", " {} "]))
def test_any_amount_written_the_danish_way_is_read_back(ore: int, words: str) -> None:
    from catalogue.products import schema

    kroner = f"{ore // 100:,}".replace(",", ".") + f",{ore % 100:02d}"
    row = one("Pris", words.format(kroner))
    assert schema.read(row.cells)["price_ore"] == ore


@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for name in ("liste.csv", "liste.xlsx"):
        try:
            price_list.read(content, name)
        except UnreadableList as refused:
            assert refused.problems["price_list"]


def test_columns_are_found_below_a_title_and_by_danish_or_english_headings() -> None:
    text = "Prisliste;;\n;;\nItem number;Navn;Ukendt\n0042;Bord;x\n"
    row = price_list.read(text.encode("utf-16"), "liste.csv")[0]
    assert (row.number, row.item_number, row.cells) == (
        4, "0042", {"item_number": "0042", "title": "Bord"},
    )  # fmt: skip


def refused(session: Session, own: Seller, text: str) -> dict[int, dict[str, str]]:
    """Return why each refused row of a list is, by row and field."""
    rows = price_list.read(text.encode(), "liste.csv")
    entries = plan.preview(session, own.enterprise.id, Delivery(tuple(rows), {}), TODAY).entries
    with reading_in("en"):
        return {
            each.row: {name: str(texts[0]) for name, texts in each.problems.items()}
            for each in entries
            if each.outcome == Outcome.REFUSED
        }


def test_cell_that_shows_an_error_refuses_its_row(session: Session, own: Seller) -> None:
    text = (
        "Varenr;Titel;Pris;Billede;Kommuner\nV-1;Bord;#I/T\nV-2;#REF!\nV-3;Bænk;1\nV-4;Hus;;#N/A\n"
    )
    text += "V-5;Skur;;;#N/A\n#N/A;#N/A;\n"
    found = refused(session, own, text)
    assert {row: list(each) for row, each in found.items()} == {
        2: ["price"], 3: ["title"], 5: ["images"], 6: ["area"],
    }  # fmt: skip
    assert found[2]["price"].startswith("The spreadsheet shows an error in this cell")


def test_number_that_excel_has_shortened_is_refused(session: Session, own: Seller) -> None:
    found = refused(session, own, "Varenr;Titel\n5,7E+12;Bord\n5,7E+12;Hus\n1E5;Bænk\n")
    assert list(found) == [2, 3]
    assert found[3]["item_number"].startswith("Excel has shortened the number")


def test_two_columns_that_tell_a_fact_otherwise_are_refused(session: Session, own: Seller) -> None:
    text = "Varenr;Titel;Pris;Stykpris\nV-1;Bord;100;90\nV-2;Bænk;100;100,-\nV-3;Hus;;90\n"
    found = refused(session, own, text)
    assert {row: list(each) for row, each in found.items()} == {2: ["price"]}


@pytest.mark.parametrize("rows", [3, 15_000])
def test_quotation_mark_that_is_never_closed_and_took_the_rows_below_is_refused(rows: int) -> None:
    text = 'Varenr;Titel\nV-1;Bord 19" bredt\nV-2;"Bænk\n' + "V-3;Hus;1234\n" * rows
    with pytest.raises(UnreadableList) as refused:
        price_list.read(text.encode(), "liste.csv")
    assert "i række 3 bliver aldrig lukket" in str(refused.value.detail)
    closed = text.replace('"Bænk', '"Bænk"')
    assert len(price_list.read(closed.encode(), "liste.csv")) == rows + 2


def test_column_of_prices_with_vat_is_passed_over_beside_those_without_and_refused_alone() -> None:
    text = "Varenr;Titel;{}\nV-1;Bord;125;100\n"
    (row,) = price_list.read(text.format("Pris inkl. moms;Pris ekskl. moms").encode(), "liste.csv")
    assert row.cells["price"] == "100"
    with pytest.raises(UnreadableList):
        price_list.read(text.format("Pris inkl. moms;Bemærkning").encode(), "liste.csv")


@pytest.mark.parametrize("cell", ["33,333333", "1.249,999", "1250,005"])
def test_price_that_a_formula_left_with_more_decimals_is_told_to_be_rounded(cell: str) -> None:
    with reading_in("en"):
        (said,) = map(str, one("Pris", cell).problems["price"])
    assert said.startswith("The price has more than two decimals")
