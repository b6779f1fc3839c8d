"""Reading exports of ledgers: cells by tables of cases, files of all forms, faults by line."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import ledger_world as world
import pytest
import xlsxwriter

from catalogue.core.text import Text
from catalogue.coverage import ledger_excel, ledger_file
from catalogue.coverage.ledger_cells import Fault, Posting, read_cvr, read_day, read_ore
from catalogue.coverage.ledger_faults import UnreadableLedger

NEW_YEARS_EVE = datetime(2025, 12, 31)  # noqa: DTZ001 - spreadsheets know no zone
ROW = "31-12-2025;13748136;Legehytten ApS;1.234,50;4210;Børnehuset"


def read(path: Path) -> tuple[list[Posting], list[Fault]]:
    """Read a whole file."""
    chunks = list(ledger_file.chunks(path))
    return (
        [posting for chunk in chunks for posting in chunk.postings],
        [fault for chunk in chunks for fault in chunk.faults],
    )


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("1.234,50", 123450), ("1234,5", 123450), ("1234", 123400), ("1.234", 123400),
        ("-1.234,50", -123450), ("1.234,50-", -123450), ("1,234.50", 123450), ("1234.50", 123450),
        (" kr. 1 234,50 ", 123450), ("1.234,-", 123400), ("\u22121,05", -105), ("0", 0),
        (1234.5, 123450), (-3, -300), (0.1 + 0.2, 30), ("1.234.567,00", 123456700),
    ],
)  # fmt: skip
def test_amount_is_read_as_danes_and_ledgers_write_it(text: Any, ore: int) -> None:
    assert read_ore(text) == ore


@pytest.mark.parametrize(
    "text", ["", "tolv", "1,234", "1.2.3", "12.34.567", "9" * 20, "9" * 5_000, 1e15, 1e30, 1e300,
             -1e300, float("inf"), float("nan"), True,
             NEW_YEARS_EVE, date(2025, 12, 1), time(12, 30), timedelta(hours=30)]
)  # fmt: skip
def test_amount_in_doubt_is_refused_with_a_remedy(text: Any) -> None:
    assert isinstance(read_ore(text), Text)


@pytest.mark.parametrize(
    "text", ["31-12-2025", "31.12.2025", "31/12/2025", "2025-12-31", "20251231",
             "2025-12-31T00:00:00", "31-12-2025 00:00", date(2025, 12, 31), NEW_YEARS_EVE]
)  # fmt: skip
def test_day_is_read_in_every_usual_form(text: Any) -> None:
    assert read_day(text) == date(2025, 12, 31)


@pytest.mark.parametrize("text", ["", "i går", "31-02-2025", "12/31/2025", "01-01-1899", 45000])
def test_what_is_no_day_is_refused_with_a_remedy(text: Any) -> None:
    assert isinstance(read_day(text), Text)


@pytest.mark.parametrize(
    ("text", "cvr"),
    [
        ("13748136", "13748136"), ("DK13748136", "13748136"), ("dk 13 74 81 36", "13748136"),
        (13748136, "13748136"), (13748136.0, "13748136"), ("", ""), ("DE123456789", ""),
        ("0101701234", ""), ("010170-1234", ""), ("SE12345678", ""),
    ],
)  # fmt: skip
def test_cvr_is_eight_danish_digits_and_nothing_else_is_kept(text: Any, cvr: str) -> None:
    assert read_cvr(text) == cvr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_text_file_is_read_whatever_its_encoding_and_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    lines = ["Udtræk fra økonomisystemet", "", world.HEAD, ROW]
    quoted = [
        delimiter.join(f'"{cell}"' for cell in line.split(";")) if ";" in line else line
        for line in lines
    ]
    postings, faults = read(world.file(tmp_path, quoted, encoding))
    assert faults == []
    assert [posting[:6] for posting in postings] == [
        (date(2025, 12, 31), "13748136", "Legehytten ApS", 123450, "4210", "Børnehuset")
    ]


def test_excel_file_is_read_by_its_sheet_with_most_headings(tmp_path: Path) -> None:
    path = tmp_path / "regnskab.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Forside").write_row(0, 0, ["Regnskab 2025", "Dato"])
    sheet = book.add_worksheet("Poster")
    sheet.write_row(0, 0, ["Udtræk"])
    sheet.write_row(1, 0, ["Dato", "CVR-nummer", "Leverandør", "Beløb ekskl. moms", "Konto", "x"])
    form = book.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_datetime(2, 0, NEW_YEARS_EVE, form)
    sheet.write_row(2, 1, [13748136, "Legehytten", 1234.5, 4210, "y"])
    sheet.write_row(4, 0, ["31-12-2025", "13748136", "Legehytten", "1.234,50", "4210"])
    sheet.write_row(5, 0, ["I alt", "", "", 2469])
    book.close()
    postings, faults = read(path)
    assert [posting.mark for posting in postings] == [postings[0].mark] * 2
    assert postings[0][:6] == (date(2025, 12, 31), "13748136", "Legehytten", 123450, "4210", "")
    assert [(fault.line, fault.field) for fault in faults] == [(6, "booked_on")]


def test_large_sheet_is_read_as_a_stream_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "regnskab.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    form = book.add_format({"num_format": "dd-mm-yyyy"})
    heads = ["Dato", "CVR", "Navn", "Beløb", "Konto", "Afdeling", "Betalt"]
    sheet.write_row(2, 1, heads)
    for line in range(3, 60, 2):  # every other one is blank
        sheet.write_datetime(line, 1, NEW_YEARS_EVE, form)
        cells = [13748136, f"Nr. {line}", line / 8, 4210 + line, "Børnehuset", True]
        sheet.write_row(line, 2, cells)
    sheet.write_row(60, 1, ["I alt", "", "", 77])
    book.close()
    held = read(path)
    assert len(held[0]) == 29
    assert [(fault.line, fault.field) for fault in held[1]] == [(61, "booked_on")]
    monkeypatch.setattr(ledger_excel, "MOST_CELLS", 0)
    assert read(path) == held


def test_faulty_rows_are_told_by_line_and_field_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [
        world.HEAD, ROW, ROW.replace("31-12", "31-11"), "", ";;;;;", ROW.replace("1.234,50", "x"),
        ROW.replace("4210", "4" * 41), ROW.replace("Børnehuset", "B" * 81), ROW,
    ]  # fmt: skip
    postings, faults = read(world.file(tmp_path, rows))
    assert len(postings) == 2
    assert [(fault.line, fault.field) for fault in faults] == [
        (3, "booked_on"), (6, "amount"), (7, "account"), (8, "department"),
    ]  # fmt: skip


def test_supplier_without_cvr_is_counted_but_not_named(tmp_path: Path) -> None:
    rows = [world.HEAD, ROW.replace("13748136", "0101701234").replace("Legehytten", "Hans")]
    postings, _faults = read(world.file(tmp_path, rows))
    assert (postings[0].cvr, postings[0].supplier_name) == ("", "")


def test_name_of_a_supplier_is_no_part_of_what_a_row_is_known_by(tmp_path: Path) -> None:
    rows = [world.HEAD, ROW, ROW.replace("Legehytten ApS", "Legehytten Danmark ApS")]
    postings, _faults = read(world.file(tmp_path, rows))
    assert postings[0].mark == postings[1].mark


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
        (b"PK\x03\x04 torn", "beskadiget"),
        ("Dato;Beløb;Konto\n1;2;3\n".encode(), "CVR-nr"),
        ("Dato;CVR;Beløb inkl. moms;Konto\n1;2;3;4\n".encode(), "uden moms"),
        (b"\x00\x01\x02" * 50, "Bogf"),
        (b"Dato;CVR\r2026-11-01;10000009\r", "CVR-nr"),
    ],
)
def test_what_is_no_ledger_is_refused_with_what_would_be_right(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "regnskab.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableLedger, match=said):
        ledger_file.look(path)


@pytest.mark.parametrize("most_cells", [ledger_excel.MOST_CELLS, 0], ids=["held", "streamed"])
def test_workbook_that_declares_entities_is_refused_as_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_cells: int
) -> None:
    whole, spoilt = tmp_path / "hel.xlsx", tmp_path / "regnskab.xlsx"
    with xlsxwriter.Workbook(str(whole)) as book:
        book.add_worksheet().write_row(0, 0, world.HEAD.split(";"))
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(spoilt, "w") as to:
        for name in parts.namelist():
            typed = b"<!DOCTYPE sst [<!ENTITY a 'Dato'>]><sst"
            content = parts.read(name)
            to.writestr(name, content.replace(b"<sst", typed).replace(b"Dato", b"&a;"))
    monkeypatch.setattr(ledger_excel, "MOST_CELLS", most_cells)
    with pytest.raises(UnreadableLedger, match="beskadiget"):
        ledger_excel.list_sheets(spoilt)


@pytest.mark.parametrize("streamed", [False, True])
def test_rows_on_several_sheets_are_refused_until_the_others_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    if streamed:
        monkeypatch.setattr(ledger_excel, "MOST_CELLS", 1)

    def sent(*, hide: bool) -> Path:
        path = tmp_path / "regnskab.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            for name in ("Januar", "Februar"):
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, ["Dato", "CVR-nr", "Beløb", "Konto"])
                sheet.write_row(1, 0, ["31-12-2025", "10000009", "1,00", "4010"])
            if hide:
                sheet.hide()
        return path

    with pytest.raises(UnreadableLedger) as refused:
        read(sent(hide=False))
    assert "2 ark" in str(refused.value.detail)
    assert len(read(sent(hide=True))[0]) == 1
