"""Workbooks: how much of memory the sheets of a file would take is known before they are read."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import xlsxwriter

from catalogue.core import old_books, sheets, spans
from catalogue.core.sheets import Unreadable
from catalogue.core.text import fold


def workbook(*places: tuple[int, int]) -> bytes:
    """Return a workbook with something in the cells named, each on a sheet of its own."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for place in places:
        book.add_worksheet().write(*place, 1)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize(
    ("places", "cells"),
    [([(0, 0)], 1), ([(9, 2)], 30), ([(0, 27)], 28), ([(9, 2), (4, 1)], 40),
     ([(1_048_575, 16_383)], 1_048_576 * 16_384)],
)  # fmt: skip
def test_spread_of_a_workbook_reaches_to_its_last_cells(
    places: list[tuple[int, int]], cells: int
) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(*places))) as parts:
        assert spans.spread(parts) == cells


def test_place_that_is_cut_by_a_piece_of_the_stream_is_found() -> None:
    file = io.BytesIO()
    before = b" " * ((1 << 20) - 8)
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", before + b'<c r="AAA77"/>')
    with zipfile.ZipFile(file) as parts:
        assert spans.spread(parts) == 77 * 703


@pytest.mark.parametrize("place", ["A" * 37 + "1", "XFE1", "A1048577", "A99999999999"])
def test_place_that_no_sheet_has_is_refused_before_it_ends_the_process(place: str) -> None:
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook((0, 0)))) as whole, zipfile.ZipFile(spoilt, "w") as to:
        for name in whole.namelist():
            to.writestr(name, whole.read(name).replace(b'r="A1"', f'r="{place}"'.encode()))
    with zipfile.ZipFile(spoilt) as parts, pytest.raises(ValueError, match="no sheet"):
        spans.spread(parts)
    with pytest.raises(Unreadable):
        sheets.tables(spoilt.getvalue(), "liste.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", ['b "ha"', 'b SYSTEM "file:///etc/hostname"'])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_workbook_that_declares_entities_is_refused(
    part: str, declared: str, encoding: str
) -> None:
    spoilt, typed = io.BytesIO(), f"<!DOCTYPE a [<!ENTITY {declared}>]>"
    with zipfile.ZipFile(io.BytesIO(workbook((0, 0)))) as whole, zipfile.ZipFile(spoilt, "w") as to:
        for name in whole.namelist():
            text = whole.read(name).decode()
            if name == part:
                text = re.sub(r"(<\?xml[^>]*\?>)", rf"\1{typed}", text)
                to.writestr(name, text.replace("UTF-8", encoding.upper()).encode(encoding))
            else:
                to.writestr(name, text)
    with pytest.raises(Unreadable):
        sheets.tables(spoilt.getvalue(), "liste.xlsx")
    with zipfile.ZipFile(spoilt) as parts, pytest.raises(ValueError, match="document type"):
        sheets.refuse_document_types(parts)


def test_small_file_with_a_cell_in_the_last_corner_does_not_end_the_process() -> None:
    content = workbook((1_048_575, 16_383))
    assert len(content) < 10_000
    with pytest.raises(Unreadable):
        sheets.tables(content, "liste.xlsx")


def open_document(*rows: str) -> bytes:
    """Return an OpenDocument file with one sheet of these rows."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="Ark1">{"".join(rows)}</table:table>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest/>")
        parts.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{sheet}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def row(*cells: str, times: int = 1) -> str:
    """Return a row of an OpenDocument file."""
    told = "".join(cells)
    return f'<table:table-row table:number-rows-repeated="{times}">{told}</table:table-row>'


def cell(text: str, times: int = 1) -> str:
    """Return a cell of an OpenDocument file; without a text it is empty."""
    begin = f'<table:table-cell table:number-columns-repeated="{times}"'
    if not text:
        return f"{begin}/>"
    return f'{begin} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_open_document_that_is_empty_to_its_last_corner_is_read() -> None:
    content = open_document(
        row(cell("Varenummer"), cell("Titel"), cell("", 16_382)),
        row(cell("7"), cell("Kasse"), cell("", 16_382)),
        row(cell("", 16_384), times=1_048_574),
    )  # fmt: skip
    assert sheets.tables(content, "liste.ods") == [[["Varenummer", "Titel"], ["7", "Kasse"]]]


@pytest.mark.parametrize(
    "rows",
    [
        [row(cell("x", 10_000), times=9_000)],
        [row(cell("x")), row(times=1_048_000), row(cell("", 16_000), cell("x"))],
        [row(cell("", 16_000), cell("", 1))] * 700,
        [row(cell("", 16_000).replace("/>", "></table:table-cell>"), times=9_000)],
        [row(cell("x", 99_000_000), cell("x", -99_000_000))],
    ],
    ids=["repeated", "far off", "empty", "empty with an end", "less than none"],
)
def test_small_open_document_that_spans_a_world_of_cells_is_refused(rows: list[str]) -> None:
    content = open_document(*rows)
    assert len(content) < 10_000
    with pytest.raises(Unreadable):
        sheets.tables(content, "liste.ods")


def test_binary_workbook_is_refused_for_nobody_knows_what_it_spans() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("xl/workbook.bin", b"")
    with zipfile.ZipFile(file) as parts, pytest.raises(ValueError, match="binary"):
        spans.spread(parts)


LAST_READ = sheets.MOST_ROWS + sheets.HEADER_ROWS - 1


@pytest.mark.parametrize(
    ("row", "text", "cut"), [(LAST_READ, "x", False), (LAST_READ + 9, "x", True),
                             (LAST_READ + 9, " ", False)],
)  # fmt: skip
def test_list_that_goes_on_behind_what_is_read_tells_so(row: int, text: str, cut: bool) -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_string(2, 1, "Titel")  # below and right of blank rows and columns
    sheet.write_string(row, 1, text)
    book.close()
    blank = ["", ""]
    (table,) = sheets.tables(file.getvalue(), "liste.xlsx")
    assert table[:3] == [blank, blank, ["", "Titel"]]
    assert sheets.is_cut(table) == cut
    written = "\n" * 2 + ";Titel" + "\n" * (row - 2) + ";" + text
    assert sheets.is_cut(sheets.tables(written.encode(), "liste.csv")[0]) == cut


def test_workbook_that_says_it_unpacks_to_gigabytes_is_refused_unread() -> None:
    content = bytearray(workbook((0, 0)))
    said = content.index(b"PK\x01\x02") + 24  # the size of a part, in the list of them
    content[said : said + 4] = (3_000_000_000).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="for stor"):
        sheets.tables(bytes(content), "liste.xlsx")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])
def test_cell_is_never_a_formula(sign: str) -> None:
    assert sheets.guarded(f"{sign}1+1") == f"'{sign}1+1"
    assert sheets.quoted(f"{sign}1+1") == f"'{sign}1+1"
    assert sheets.guarded("Gaver (=)") == "Gaver (=)"


def listed(*sheets_of: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    """Return a workbook of these sheets; cells that begin with `=` show #N/A."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name, rows in sheets_of:
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if str(cell).startswith("="):
                    sheet.write_formula(row, column, str(cell), None, "#N/A")
                else:
                    sheet.write(row, column, cell)
        if name == hidden:
            sheet.hide()
    book.close()
    return file.getvalue()


def test_hidden_sheets_are_not_read() -> None:
    book = listed(("Nu", [["Varenr.", 1]]), ("I fjor", [["Varenr.", "Pris", 2]]), hidden="I fjor")
    assert sheets.tables(book, "liste.xlsx") == [[["Varenr.", "1"]]]


def test_errors_are_marked_on_the_sheet_and_in_the_cell_where_they_stand() -> None:
    book = listed(("B", [[], ["", "x", "=NA()"]]), ("A", [["=NA()", 1]]))
    assert sheets.tables(book, "liste.xlsx") == [
        [["", "", ""], ["", "x", "#ERROR!"]],
        [["#ERROR!", "1"]],
    ]


def test_workbook_behind_a_password_is_told_from_an_old_one() -> None:
    locked = old_books.BEGINNING + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Unreadable) as refused:
        sheets.tables(locked, "liste.xlsx")
    assert "adgangskode" in str(refused.value.detail)
    with pytest.raises(Unreadable) as refused:
        sheets.tables(old_books.BEGINNING + bytes(600), "liste.xls")
    assert "gammel Excel-fil" in str(refused.value.detail)


def test_rows_on_several_sheets_are_refused_and_a_sheet_of_headings_alone_is_none() -> None:
    head: list[object] = ["Varenr.", "Titel"]
    known, needed = {fold("Varenr."): "number", "titel": "title"}, {"number", "title"}

    def found(*rows: list[list[object]], hidden: str = "") -> tuple[sheets.Table, int] | None:
        book = listed(*zip("ABC", rows, strict=False), hidden=hidden)
        return sheets.best(sheets.tables(book, "liste.xlsx"), known, needed)

    with pytest.raises(Unreadable) as refused:
        found([["Priser"], head, ["1", "Bord"]], [head, ["2", "Stol"]])
    assert "2 ark" in str(refused.value.detail)
    assert found([head, ["1", "Bord"]], [head, ["2", "Stol"]], hidden="B") is not None
    assert found([head, ["1", "Bord"]], [head], [["Forside"]]) is not None
