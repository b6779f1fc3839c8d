"""Write a price list to be filled in or edited: XLSX with lists to choose from, or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from catalogue.core import sheets
from catalogue.core.text import gettext

from . import sheet_columns
from .price_list import EMPTIED
from .sheet_cells import Cell, as_text
from .sheet_columns import COLUMNS, STATE

Line = Mapping[str, Cell]
EMPTY_ROWS = 1000  # below the last product, that have lists to choose from too
_FIRST_DAY = date(1901, 1, 1)  # Excel knows no earlier ones
_CATEGORIES = "CPV"


def as_csv(lines: Iterable[Line]) -> str:
    """Return the list as what Danish spreadsheets open unasked; no cell is taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([each.heading for each in (*COLUMNS, STATE)])
    for line in lines:
        writer.writerow(_guarded(each.name, line) for each in (*COLUMNS, STATE))
    return "\ufeff" + file.getvalue()


def as_xlsx(lines: Sequence[Line], categories: Sequence[str]) -> bytes:
    """Return the list as a workbook; texts stay texts, whatever they say.

    `categories`: what is offered in that column, as `code name`, the likeliest first.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(gettext("Price list"))
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF2"}),
            "text": book.add_format({"num_format": "@"}),
            "kroner": book.add_format({"num_format": "#,##0.00"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            # Excel then shows the text and keeps it a text when it is edited.
            "risky": book.add_format({"num_format": "@", "quote_prefix": True}),
            "shut": book.add_format({"font_color": "#5A6570", "italic": True}),
        }
        _put_heads(sheet, formats)
        for number, line in enumerate(lines, start=1):
            for place, each in enumerate((*COLUMNS, STATE)):
                _put(sheet, (number, place), line.get(each.name), formats)
        _put_choices(book, sheet, len(lines) + EMPTY_ROWS, categories)
    return content.getvalue()


def _put_heads(sheet: Any, formats: Mapping[str, Any]) -> None:
    kinds = {"price": "kroner", "paused_until": "day", STATE.name: "shut"}
    plain = {"price_base_quantity", "vat_rate", "minimum_quantity", "delivery_days", "pack_size",
             "notice_days", "capacity_per_week"}  # fmt: skip
    for place, each in enumerate((*COLUMNS, STATE)):
        kind = None if each.name in plain else formats[kinds.get(each.name, "text")]
        sheet.set_column(place, place, each.width, kind)
        sheet.write_string(0, place, each.heading, formats["head"])
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()


def _put(sheet: Any, at: tuple[int, int], cell: Cell, formats: Mapping[str, Any]) -> None:
    if isinstance(cell, date) and cell >= _FIRST_DAY:
        sheet.write_datetime(*at, cell, formats["day"])
    elif isinstance(cell, Decimal):
        sheet.write_number(*at, float(cell), formats["kroner"])
    elif isinstance(cell, int):
        sheet.write_number(*at, cell)
    elif cell:
        text = _kept(as_text(cell))
        risky = text[:1] in sheets.RISKY or text[:1] in sheets.APOSTROPHES
        sheet.write_string(*at, text, formats["risky" if risky else "text"])


def _put_choices(book: Any, sheet: Any, last: int, categories: Sequence[str]) -> None:
    offered = book.add_worksheet(_CATEGORIES)
    offered.hide()
    offered.write_column(0, 0, categories)
    lists: dict[str, Any] = dict(sheet_columns.choices())
    lists["category"] = f"={_CATEGORIES}!$A$1:$A${max(1, len(categories))}"
    for place, each in enumerate(COLUMNS):
        if each.name in lists:
            # What is typed otherwise is read too, so nothing is forbidden here.
            rule = {"validate": "list", "source": lists[each.name], "show_error": False}
            sheet.data_validation(1, place, last, place, rule)


def _guarded(name: str, line: Line) -> str:
    """Return a cell of CSV that no spreadsheet evaluates, and that is read back as it is."""
    cell = line.get(name)
    if not isinstance(cell, str):
        return as_text(cell)
    kept = _kept(cell)
    return sheets.quoted(cell) if kept == cell else kept


def _kept(text: str) -> str:
    """Return a text as a cell from which the reader takes the same text again."""
    changed = text.casefold() in EMPTIED or text[:1] in sheets.APOSTROPHES
    return "'" + text if changed or _looks_whole(text) else text


def _looks_whole(text: str) -> bool:
    """Tell whether the reader would take an item number for a number that Excel has made."""
    head, _mark, tail = text.replace(",", ".").partition(".")
    return head.isdigit() and bool(tail) and not tail.strip("0")
