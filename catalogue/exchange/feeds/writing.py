"""Write a catalogue file as CSV or Excel, row by row: what it takes does not grow with its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from .rules import DAY_FORMS, Column, FileKind, Layout, Value, as_text

MIME_TYPES = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_EXCEL_DAYS = {"%Y-%m-%d": "yyyy-mm-dd", "%d-%m-%Y": "dd-mm-yyyy", "%d.%m.%Y": "dd.mm.yyyy",
               "%Y%m%d": "yyyymmdd"}  # fmt: skip
_FIRST_DAY = date(1901, 1, 1)  # Excel knows no earlier ones


def write(file: IO[bytes], layout: Layout, rows: Iterable[Sequence[Value]]) -> int:
    """Write shaped rows to an open file; return how many."""
    if layout.kind == FileKind.XLSX:
        return _write_excel(file, layout, rows)
    return _write_csv(file, layout, rows)


def texts(layout: Layout, row: Sequence[Value]) -> list[str]:
    """Return a row as it is read in the file, for the page that shows some of them."""
    return [
        as_text(value, column, layout.decimal_mark)
        for value, column in zip(row, layout.columns, strict=True)
    ]


def _write_csv(file: IO[bytes], layout: Layout, rows: Iterable[Sequence[Value]]) -> int:
    # A letter that the encoding lacks becomes a question mark: one name must not stop a webshop.
    text = io.TextIOWrapper(file, layout.encoding, errors="replace", newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n")
    if layout.has_heads:
        writer.writerow(_head(each) for each in layout.columns)
    count = 0
    for row in rows:
        writer.writerow(texts(layout, row))
        count += 1
    text.flush()
    text.detach()
    return count


def _write_excel(file: IO[bytes], layout: Layout, rows: Iterable[Sequence[Value]]) -> int:
    count = 0
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Varer")
        bold = book.add_format({"bold": True})
        forms = [_excel_form(book, each) for each in layout.columns]
        if layout.has_heads:
            for place, each in enumerate(layout.columns):
                sheet.write_string(0, place, each.heading, bold)
            sheet.freeze_panes(1, 0)
        first = int(layout.has_heads)
        for row in rows:
            for place, value in enumerate(row):
                _put(sheet, (first + count, place), value, forms[place])
            count += 1
    return count


def _excel_form(book: Any, column: Column) -> Any:
    """Return in which form Excel shows a column; texts stay texts, whatever they say."""
    if column.form in DAY_FORMS and column.kind == "day":
        return book.add_format({"num_format": _EXCEL_DAYS[DAY_FORMS[column.form]]})
    if column.kind == "text":
        return book.add_format({"num_format": "@"})
    places = column.places
    return book.add_format({"num_format": "0." + "0" * places if places else "0"})


def _put(sheet: Any, at: tuple[int, int], value: Value, form: Any) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(*at, float(value), form)
    elif isinstance(value, date) and value >= _FIRST_DAY:
        sheet.write_datetime(*at, value, form)
    elif value is not None:
        sheet.write_string(*at, str(value), form)


def _head(column: Column) -> str:
    return as_text(column.heading, Column("", "constant"), ",")
