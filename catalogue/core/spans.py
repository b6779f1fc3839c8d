"""How many cells the sheets of a workbook span, told before anything lays them out in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from . import open_sheets

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of Excel
# Where a cell says it stands, r="AB12", and a row, r="12"; not dir="5400000" of a theme.
_COLUMN = re.compile(rb"""[\s"']r\s*=\s*["']([A-Za-z]+)\d""")
_ROW = re.compile(rb"""[\s"']r\s*=\s*["'][A-Za-z]*(\d+)["']""")


def spread(parts: zipfile.ZipFile) -> int:
    """Return how many cells the sheets of a workbook span, from the first to the last used.

    python-calamine lays all of them out in memory, so that a file of some kilobytes with one cell
    in the last corner of a sheet would take 0.5 TB and end the process. Raises ValueError for a
    place beyond that corner: of `AAAAAAAA1` it reckons another column than anybody else, and as far
    off as its numbers go.
    """
    total = 0
    for part in parts.infolist():
        if part.filename.lower().endswith("workbook.bin"):
            raise ValueError("a binary workbook (.xlsb), whose places cannot be told beforehand")
        if part.filename.lower() == open_sheets.CONTENT:
            with parts.open(part) as file:
                total += open_sheets.spread(file)
        rows, columns = 0, set[bytes]()
        with parts.open(part) as file:
            for piece in pieces(file):
                columns.update(_COLUMN.findall(piece))
                rows = max(rows, max(map(int, _ROW.findall(piece)), default=0))
        across = max((column_number(column) for column in columns), default=0)
        if rows > LAST_ROW or across > LAST_COLUMN:
            raise ValueError("a place that no sheet has")
        total += rows * across
    return total


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream in pieces that end with a tag, so that no place is cut in two."""
    left = b""
    while block := file.read(1 << 20):
        head, end, left = (left + block).rpartition(b">")
        yield head + end
    yield left


def column_number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AB is 28."""
    number = 0
    for letter in letters.upper()[:4]:  # the last column of Excel has three
        number = number * 26 + letter - 64
    return number
