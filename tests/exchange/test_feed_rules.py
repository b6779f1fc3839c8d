"""How values stand in the columns of a catalogue file, and what a form of columns must say."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.core.errors import Invalid
from catalogue.exchange.feeds import rules, schema, writing
from catalogue.exchange.feeds.rules import Column, Encoding, FileKind, Form, Kind, Layout, Value

DAY = date(2026, 11, 24)
FORM = {"name": "Webshop", "kind": "csv", "delimiter": "semicolon", "encoding": "utf-8",
        "decimal_mark": ",", "has_heads": "1", "lines": "3"}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "value", "form", "length", "written"),
    [
        ("price", 1_250_050, Form.USUAL, None, "12500,50"),
        ("price", 1_250_050, Form.TWO_POINT, None, "12500.50"),
        ("price", 1_250_050, Form.FOUR_COMMA, None, "12500,5000"),
        ("price", 1_250_050, Form.ORE, None, "1250050"),
        ("price", 1_250_050, Form.WHOLE, None, "12501"),  # half up
        ("price", None, Form.USUAL, None, ""),  # on request
        ("delivery_days", 21, Form.USUAL, None, "21"),
        ("delivery_days", 21, Form.TWO_POINT, None, "21.00"),
        ("title", "Legehus\n i lærk", Form.UPPER, None, "LEGEHUS I LÆRK"),
        ("title", "Legehus i lærk", Form.USUAL, 8, "Legehus"),  # no blank at the end
        ("cpv_code", "03121210", Form.USUAL, None, "03121210"),
        ("today", DAY, Form.USUAL, None, "2026-11-24"),
        ("today", DAY, Form.DAY_DOTTED, None, "24.11.2026"),
        ("today", DAY, Form.DAY_COMPACT, None, "20261124"),
        ("title", "=HYPERLINK(1)", Form.USUAL, None, "'=HYPERLINK(1)"),
        ("constant", "@SUM", Form.USUAL, None, "'@SUM"),
    ],
)
def test_value_is_written_as_its_column_says(
    source: str, value: Value, form: Form, length: int | None, written: str
) -> None:
    column = Column("Overskrift", source, form=form, length=length)
    assert rules.as_text(rules.shape(value, column), column, ",") == written


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.sampled_from(rules.DELIMITERS))
def test_every_text_comes_out_of_csv_as_one_cell_and_never_as_a_formula(
    texts: list[str], delimiter: str
) -> None:
    columns = tuple(Column("=1+1", "title") for _ in texts)
    layout = Layout(FileKind.CSV, columns, delimiter, Encoding.UTF_8)
    file = io.BytesIO()
    row = [rules.shape(each.encode("utf-8", "replace").decode(), columns[0]) for each in texts]
    assert writing.write(file, layout, [row]) == 1
    text = io.StringIO(file.getvalue().decode(), newline="")
    head, read = csv.reader(text, delimiter=delimiter)
    assert head == ["'=1+1"] * len(texts)
    assert len(read) == len(texts)
    assert not [each for each in read if each[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_letter_that_the_encoding_lacks_is_a_question_mark() -> None:
    file = io.BytesIO()
    layout = Layout(FileKind.CSV, (Column("Å", "title"),), encoding=Encoding.WINDOWS)
    writing.write(file, layout, [["Æble 漢"]])
    assert file.getvalue() == "Å\r\nÆble ?\r\n".encode("cp1252")


def test_every_source_has_forms_and_what_is_kept_is_read_again() -> None:
    assert all(rules.FORMS[kind] for kind in Kind)
    kept = [{"heading": "A", "source": "gone", "constant": "x", "form": "ore", "length": 3}]
    assert rules.read_columns(kept) == (Column("A", "constant", "x", Form.ORE, 3),)
    assert rules.with_vat(33, 25) == 41


def test_columns_stand_by_their_places_and_blank_lines_are_none() -> None:
    terms = schema.read_terms(
        FORM | {"heading_0": "Pris", "source_0": "price", "place_0": "20",
                "heading_2": "Nr", "source_2": "item_number", "place_2": "10"},
        {"agreement_ids": ["7", "x", "3"]},
    )  # fmt: skip
    assert [each.heading for each in terms.layout.columns] == ["Nr", "Pris"]
    assert terms.agreement_ids == (3, 7)
    again = schema.typed(terms.name, terms.layout) | {"place_0": "10", "place_1": "20"}
    assert schema.read_terms(again, {}).layout == terms.layout


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ({}, "heading_0"),
        ({"heading_1": "Pris"}, "source_1"),
        ({"source_1": "price", "form_1": "upper"}, "form_1"),
        ({"source_1": "title", "form_1": "ore"}, "form_1"),
        ({"source_1": "constant"}, "constant_1"),
        ({"source_1": "title", "length_1": "0"}, "length_1"),
        ({"heading_0": "A", "source_0": "title", "delimiter": "nothing"}, "delimiter"),
    ],
)
def test_wrong_column_is_refused_in_its_own_cell(lines: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        schema.read_terms(FORM | lines, {})
    assert list(refused.value.problems) == [field]


def test_excel_holds_numbers_as_numbers_and_texts_as_texts() -> None:
    import openpyxl

    file = io.BytesIO()
    columns = (Column("Pris", "price"), Column("Navn", "title"), Column("Dag", "today"))
    writing.write(file, Layout(FileKind.XLSX, columns), [[Decimal("12.50"), "=1+1", DAY]])
    sheet = openpyxl.load_workbook(file).active
    found = next(iter(sheet.iter_rows(min_row=2)))
    assert [each.value for each in found][:2] == [12.5, "=1+1"]
    assert (found[0].number_format, found[1].data_type) == ("0.00", "s")
    assert found[2].value.date() == DAY
