"""Read the sheets of an Excel file: at once where they fit into memory, else as a stream.

python-calamine reads ten times as fast as openpyxl and holds a sheet whole; openpyxl holds a row.
"""

from __future__ import annotations

import weakref
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from catalogue.core import sheets, spans
from catalogue.core.text import lazy as _

from .ledger_faults import UnreadableLedger

HEADER_ROWS = 30  # how far down the header is looked for
MOST_CELLS = 3_000_000  # that are held at once, about 75 bytes each
MOST_UNPACKED_BYTES = 2_000_000_000  # a full sheet of Excel is about 0.5 GB of XML
MOST_WORDS_BYTES = 300_000_000  # the table of texts is held whole either way
Cells = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """The first rows of a sheet, how many it has, and its rows from an index on."""

    begin: list[Cells]
    height: int
    below: Callable[[int], Iterator[Cells]]


def list_sheets(path: Path) -> list[Sheet]:
    """List the sheets of a workbook in its order; raises UnreadableLedger."""
    try:
        with zipfile.ZipFile(path) as parts:
            sizes = {each.filename: each.file_size for each in parts.infolist()}
            words = sum(size for name, size in sizes.items() if "sharedStrings" in name)
            if sum(sizes.values()) > MOST_UNPACKED_BYTES or words > MOST_WORDS_BYTES:
                raise UnreadableLedger(_("The Excel file is too large. Save it as CSV."))
            sheets.refuse_document_types(parts)
            fits = spans.spread(parts) <= MOST_CELLS
        return _held(path) if fits else _streamed(path)
    except (*sheets.TORN, SyntaxError):
        raise UnreadableLedger(
            _("The Excel file is damaged. Open it, save it as .xlsx and send it again.")
        ) from None


def _held(path: Path) -> list[Sheet]:
    book = python_calamine.CalamineWorkbook.from_path(path)
    found = []
    for each in sheets.shown(book):
        if each.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(each.name)
        rows = sheet.iter_rows  # from the first row of the sheet, blank ones too
        begin: list[Cells] = list(islice(rows(), HEADER_ROWS))
        found.append(Sheet(begin, sheet.total_height, _below(rows)))
    return found


def _below(rows: Callable[[], Iterator[Cells]]) -> Callable[[int], Iterator[Cells]]:
    return lambda index: islice(rows(), index, None)


def _streamed(path: Path) -> list[Sheet]:
    import openpyxl  # noqa: PLC0415  five megabytes of each web process, for few files a year

    file = path.open("rb")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except BaseException:  # whatever a torn file makes it raise; it does not close the file
        file.close()
        raise
    weakref.finalize(book, file.close)  # its sheets are read until nobody holds them any more
    return [_stream(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _stream(sheet: Any) -> Sheet:  # Any: openpyxl has no types
    def below(index: int) -> Iterator[Cells]:
        rows = sheet.iter_rows(min_row=index + 1, values_only=True)
        return map(_filled, islice(rows, spans.LAST_ROW))  # it makes up those that are left out

    return Sheet(list(islice(below(0), HEADER_ROWS)), sheet.max_row or 0, below)


def _filled(row: Cells) -> Cells:
    return ["" if cell is None else cell for cell in row]
