"""The overview as a table for spreadsheets: the same rows as CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

import xlsxwriter

from catalogue.core.sheets import guarded
from catalogue.core.text import gettext

from .behind import Part
from .matrix import Matrix
from .overview_words import NAMES
from .rules import Line

Cell = str | int | Decimal | date | None
_WIDTHS = (11, 42, 7, 24, 12, 12, 18, 18, 44, 13, 13, 12, 14, 14, 20, 18)


def table(found: Matrix, lines: Iterable[Line], alone: bool) -> Iterator[list[Cell]]:
    """Yield the heads and one row per line; amounts in kroner as Decimal.

    `alone`: the figures are those of the categories without what is below them.
    """
    yield [
        gettext("Code"),
        gettext("Category"),
        gettext("Level"),
        gettext("Coverage"),
        gettext("Published products"),
        gettext("May be ordered"),
        gettext("Ordered in the last 12 months, DKK excl. VAT"),
        gettext("Ordered in all, DKK excl. VAT"),
        gettext("Agreements"),
        gettext("First expiry"),
        gettext("As of"),
        gettext("Orders in the last 12 months"),
        gettext("Enterprises that could deliver"),
        gettext("Looked for in vain"),
        gettext("Bought in the last 12 months according to the ledger, DKK excl. VAT"),
        gettext("Of it on agreement, DKK excl. VAT"),
    ]
    for line in lines:
        yield _cells(found, line, alone)


def as_csv(rows: Iterable[list[Cell]]) -> str:
    """Return the table as what Danish spreadsheets open unasked: a byte order mark, semicolons and
    decimal commas.
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def as_xlsx(rows: Iterable[list[Cell]]) -> bytes:
    """Return the table as a workbook, written row by row; texts stay texts, whatever they say."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(gettext("Coverage"))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        kroner = book.add_format({"num_format": "#,##0.00"})
        days = book.add_format({"num_format": "dd-mm-yyyy"})
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 2)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, days)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, place, cell, kroner)
                elif isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                elif cell:
                    sheet.write_string(number, place, cell, bold if number == 0 else None)
    return content.getvalue()


def _cells(found: Matrix, line: Line, alone: bool) -> list[Cell]:
    figures, part = line.figures, Part(line.code, alone)
    return [
        line.code,
        found.overview.labels[line.code],
        line.depth + 1,
        str(NAMES["status_names"][line.status]),
        figures.products,
        figures.orderable,
        Decimal(figures.year_ore).scaleb(-2),
        Decimal(figures.total_ore).scaleb(-2),
        ", ".join(f"{cover.number} {cover.title}" for cover in line.covers),
        min((cover.ends_on for cover in line.covers), default=None),
        found.overview.day,
        found.orders_of(part),
        found.enterprises_of(part),
        figures.demand,
        Decimal(figures.booked_ore).scaleb(-2),
        Decimal(figures.on_ore).scaleb(-2),
    ]


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else guarded(str(cell))
