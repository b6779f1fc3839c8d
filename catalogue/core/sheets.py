"""Read what people deliver as tables, XLSX or CSV, into text; knows no column's meaning.

Small enterprises and large administrations deliver what they have: titles above the header, blank
rows, hard blanks, apostrophes, Windows' letters. Cells come out as a Dane would have typed them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import PurePath
from typing import Any

import python_calamine

from . import book_errors, old_books
from .errors import Invalid
from .spans import pieces, spread
from .text import Text, fold
from .text import lazy as _

Table = list[list[str]]
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_UNPACKED_BYTES = 200_000_000
MOST_CELLS = 10_000_000  # that sheets may span; each takes 32 bytes
HEADER_ROWS = 30  # how far down the header is looked for
DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8-sig", "cp1252")
APOSTROPHES = ("'", "\u2019", "\u2018")  # in front of a cell: take it as it stands
# What a torn or locked workbook makes its readers raise, wherever they are.
TORN = (
    python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError,
    NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
# Beginnings of formulas (OWASP, CSV injection); some programs take wide signs for narrow ones.
RISKY = (*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_END = "\x04"  # behind the last row of a text
_TYPED = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E")  # in UTF-16 too
_BLANKS = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


class Unreadable(Invalid):
    """The file cannot be read as a table; the detail says why and what would help."""

    title = _("The file cannot be read")

    def __init__(self, detail: Text) -> None:
        super().__init__({"file": [detail]}, detail)


def tables(content: bytes, filename: str) -> list[Table]:
    """Return the sheets of a workbook, or a text by each delimiter; raises Unreadable."""
    if not content:
        raise Unreadable(_("The file is empty. Choose it again."))
    if content.startswith(b"PK\x03\x04"):
        return _excel(content)
    if content.startswith(old_books.BEGINNING):
        raise Unreadable(old_books.reason(content))
    if PurePath(filename).suffix.lower() in (".csv", ".txt", ".tsv", ""):
        return _text_tables(content)
    raise Unreadable(_("Send an Excel file (.xlsx) or a CSV file."))


def best(
    found: Iterable[Table], headers: Mapping[str, str], needed: Collection[str]
) -> tuple[Table, int] | None:
    """Return the table with the most known headers and the index of its header row, else None.

    `headers`: folded heading -> field; a header row has all `needed` fields. Raises Unreadable
    where a quotation mark is never closed, for it took the rows below it, and where several sheets
    have the headings: rows of the others would be left out unseen.
    """
    candidates = [
        (len(set(names)), -index, table)
        for table in found
        for index, row in enumerate(table[:HEADER_ROWS])
        if set(needed) <= set(names := fields(row, headers))
    ]
    if not candidates:
        return None
    _count, index, table = max(candidates, key=lambda each: each[:2])
    if table[-1] and table[-1][-1].endswith(_END):
        raise Unreadable(
            _("A quotation mark in row %(row)s is never closed. Close it or take it out.",
              row=len(table))
        )  # fmt: skip
    filled = {id(each) for _known, top, each in candidates if any(map(any, each[1 - top :]))}
    if len(filled) > 1:
        raise Unreadable(several(len(filled)))
    return table, -index


def several(count: int) -> Text:
    """Say that so many sheets have the headings, and what would help."""
    return _(
        "%(count)s sheets have these headings. Put all rows on one, or hide the others.",
        count=count,
    )


def is_cut(table: Table) -> bool:
    """Tell whether a table goes on behind the rows that were read of it."""
    return len(table) > MOST_ROWS + HEADER_ROWS


def fields(header: Sequence[str], headers: Mapping[str, str]) -> list[str]:
    """Return the field of each column, "" for a column we do not know."""
    return [headers.get(_heading(cell), "") for cell in header]


def plain(cell: str, *, lines: bool) -> str:
    """Take off what spreadsheets add: hard and doubled blanks, a leading apostrophe.

    `lines` keeps the cell's line ends.
    """
    text = spaced(cell, lines=lines)
    return text[1:].strip() if text[:1] in APOSTROPHES else text


def spaced(text: str, *, lines: bool) -> str:
    """Return a text with single blanks, and with its line ends if `lines`."""
    pieces = text.splitlines() if lines else [text]
    return "\n".join(_BLANKS.sub(" ", piece).strip() for piece in pieces).strip()


def parts(text: str, marks: str = ";|\n") -> list[str]:
    """Split a cell that lists several things; `"…"` keeps marks within one, `""` is a quote.

    Blank ones are kept: they hold the place of something in another cell.
    """
    pattern = rf'(?:"(?:[^"]|"")*"|[^{re.escape(marks)}])*'
    found, place = [], 0
    while place <= len(text):
        match = re.compile(pattern).match(text, place)
        part = match[0] if match else ""
        found.append(_unquoted(part.strip()))
        place += len(part) + 1
    return found


def joined(texts: Iterable[str]) -> str:
    """Write several things into one cell, so that `parts` finds them again."""
    return "; ".join(
        '"' + text.replace('"', '""') + '"' if re.search(r'[;,|"\n]', text) else text
        for text in texts
    )


def quoted(text: str) -> str:
    """Return a text with an apostrophe where a spreadsheet, or `plain`, would change it."""
    return "'" + text if text[:1] in RISKY or text[:1] in APOSTROPHES else text


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in RISKY else text


def danish_csv(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as what Danish spreadsheets open unasked: a byte order mark and semicolons."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def letters(column: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _unquoted(part: str) -> str:
    whole = len(part) > 1 and re.fullmatch(r'"(?:[^"]|"")*"', part)
    return part[1:-1].replace('""', '"') if whole else part


def refuse_document_types(parts: zipfile.ZipFile) -> None:
    """Raise ValueError where the XML of a workbook declares a document type.

    No workbook may have one (ECMA-376 part 2): what is declared there are entities, which grow
    without end or lead to files and addresses of this machine.
    """
    for part in parts.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            with parts.open(part) as file:
                if any(_TYPED.search(piece) for piece in pieces(file)):
                    raise ValueError("a document type in a workbook")


def _excel(content: bytes) -> list[Table]:
    """Return the sheets as tables of text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(each.file_size for each in parts.infolist())
            too_large = unpacked > MOST_UNPACKED_BYTES or spread(parts) > MOST_CELLS
            if not too_large:
                refuse_document_types(parts)
                errors = book_errors.places(parts)
        if too_large:
            raise Unreadable(_("The Excel file is too large. Split it into several."))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = []
        places = dict(zip(book.sheet_names, errors, strict=False))
        for each in shown(book):
            sheet = book.get_sheet_by_name(each.name)
            if sheet.width <= MOST_COLUMNS:
                # Empty rows and columns are kept, so that row numbers are those Excel shows.
                found.append(_cut([_text(cell) for cell in row] for row in _rows(sheet)))
                book_errors.put(found[-1], places.get(each.name, []))
        return found
    except TORN:
        raise Unreadable(
            _("The Excel file is damaged or locked. Open it, save it as .xlsx and send it again.")
        ) from None


def shown(book: python_calamine.CalamineWorkbook) -> list[python_calamine.SheetMetadata]:
    """List the sheets of a workbook that its reader sees; hidden ones hold last year's list."""
    visible = python_calamine.SheetVisibleEnum.Visible
    return [each for each in book.sheets_metadata if each.visible == visible]


def _rows(sheet: python_calamine.CalamineSheet) -> Iterable[list[Any]]:
    """Return the rows of a sheet, without holding those that are not read.

    What `iter_rows` gives lacks empty columns to the left: it only tells whether there is more.
    """
    read = MOST_ROWS + HEADER_ROWS
    yield from sheet.to_python(skip_empty_area=False, nrows=read)
    if sheet.total_height >= read:  # the index of its last row
        yield from islice(sheet.iter_rows(), read, None)


def _text(cell: Any) -> str:
    """Write a cell of Excel as a Dane would have typed it: 101.0 is `101`, 12.5 is `12,5`."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float | int):
        # Excel keeps 1249.9999999999998 for 1250: six places are more than a price has.
        text = format(Decimal(repr(round(float(cell), 6))), "f")
        whole, _point, places = text.partition(".")
        return f"{whole},{places.rstrip('0')}" if places.strip("0") else whole
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _text_tables(content: bytes) -> list[Table]:
    """Return the text as a table by each delimiter in turn; the right one knows most headers."""
    text = _decoded(content)
    return [_cut(_read(text, delimiter)) for delimiter in DELIMITERS]


def _read(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a text; what a quotation mark takes that is never closed ends in _END."""
    reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter)
    try:
        yield from (cells for cells in reader if cells != [_END])
    except csv.Error:  # a cell that is longer than any
        yield [_END]


def _cut(rows: Iterable[list[str]]) -> Table:
    """Return so many rows as are read, and the first one behind them that says anything."""
    left = iter(rows)
    table = list(islice(left, MOST_ROWS + HEADER_ROWS))
    return [*table, *islice((row for row in left if any(map(str.strip, row))), 1)]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(_("The file is not text. Save it as .xlsx or CSV UTF-8."))


def _heading(cell: str) -> str:
    """Fold a heading; a number behind it (Billede 2) and a mark of duty (*) do not count."""
    return re.sub(r" \d{1,2}$", "", fold(cell))
