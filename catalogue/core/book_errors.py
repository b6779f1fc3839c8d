"""Where cells of an Excel file show an error such as #N/A; python-calamine reads them as blank."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping

from .spans import column_number, pieces
from .text import lazy as _

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_PART = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
MARK = "#ERROR!"
# What stands in a CSV file of a Danish or an English Excel, LibreOffice or Google.
WORDS = frozenset({
    MARK, "#N/A", "#I/T", "#DIV/0!", "#DIVISION/0!", "#VALUE!", "#VÆRDI!", "#REF!", "#REFERENCE!",
    "#NAME?", "#NAVN?", "#NUM!", "#NULL!", "#NUL!", "#SPILL!", "#OVERLØB!", "#CALC!",
})  # fmt: skip
FAULTY = _("The spreadsheet shows an error in this cell. Mend its formula, or empty the cell")
Places = list[tuple[int, int]]


def places(parts: zipfile.ZipFile) -> list[Places]:
    """Return the rows and columns of the errors on each sheet, from 0, in the workbook's order.

    A workbook that names its parts in a way we do not know has none.
    """
    try:
        sheets = _SHEET.findall(parts.read("xl/workbook.xml"))
        named = _PART.findall(parts.read("xl/_rels/workbook.xml.rels"))
    except KeyError:
        return []
    targets = {_told(each, rb"Id"): _told(each, rb"Target") for each in named}
    return [_errors(parts, targets.get(_told(each, rb"\w+:id"), "")) for each in sheets]


def put(table: list[list[str]], errors: Places) -> None:
    """Write the mark into the cells of a table that show an error."""
    for row, column in errors:
        if row < len(table) and column < len(table[row]):
            table[row][column] = MARK


def _told(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"""\s*=\s*["']([^"']*)["']""", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _errors(parts: zipfile.ZipFile, target: str) -> Places:
    name = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    names: Mapping[str, str] = {each.lower(): each for each in parts.namelist()}
    found: Places = []
    if name.lower() not in names:
        return found
    with parts.open(names[name.lower()]) as file:
        for piece in pieces(file):
            for cell in _CELL.findall(piece) if _ERROR.search(piece) else ():
                if _ERROR.search(cell) and (place := _PLACE.search(cell)):
                    found.append((int(place[2]) - 1, column_number(place[1]) - 1))
    return found
