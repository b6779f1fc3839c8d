"""How many cells the sheets of an OpenDocument file (ODS) span; keeps none of them.

A cell and a row say there how often they come again, so that a file of 800 bytes can be a sheet of
a hundred million cells. python-calamine lays all of them out in memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, NoReturn
from xml.parsers import expat

CONTENT = "content.xml"
# Names as python-calamine reads them: with these prefixes, whatever they stand for.
_TABLE, _ROW = "table:table", "table:table-row"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_KIND = "office:value-type"
_VALUES = ("office:", "table:formula")
_CLOSED = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*/>""")


def spread(content: IO[bytes]) -> int:
    """Return how many cells are laid out of `content.xml`; raises ValueError where it is torn.

    What is empty to the end of a row or sheet is not laid out, and offices fill both with it.
    """
    parser = expat.ParserCreate()
    counting = _Counting(parser)
    parser.StartElementHandler, parser.EndElementHandler = counting.begin, counting.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.ParseFile(content)
    except expat.ExpatError as error:
        raise ValueError("an OpenDocument file that is torn") from error
    return counting.total


@dataclass
class _Counting:
    """What was laid out so far, of the present sheet, and of its present row."""

    parser: expat.XMLParserType
    total: int = 0
    width: int = 0
    height: int = 0
    rows: int = 0
    across: int = 0
    empty: int = 0  # cells at the end of the row that say nothing
    filled: bool = False
    times: int = 1  # of the row

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Count a cell, or begin a row."""
        if name in _CELLS:
            self.across += self.empty
            self.empty = _times(attributes.get("table:number-columns-repeated"))
            if _KIND in attributes or self._says_something(attributes):
                self.across, self.empty, self.filled = self.across + self.empty, 0, True
        elif name == _ROW:
            self.times = _times(attributes.get("table:number-rows-repeated"))
            self.across, self.empty, self.filled = 0, 0, False

    def end(self, name: str) -> None:
        """End a row or a sheet."""
        if name == _ROW:
            self.total += self.across
            self.width, self.rows = max(self.width, self.across), self.rows + self.times
            self.height = self.rows if self.filled else self.height
        elif name == _TABLE:
            self.total += self.width * self.height
            self.width = self.height = self.rows = 0

    def _says_something(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether a cell has a value or is not `<cell/>`: `<cell></cell>` is laid out too."""
        if any(each.startswith(_VALUES) for each in attributes):
            return True
        return _CLOSED.match(self.parser.GetInputContext() or b"") is None


def _times(told: str | None) -> int:
    times = 1 if told is None else int(told)
    if times < 0:
        raise ValueError("less than no cell")
    return times


def _refuse(*_declared: object) -> NoReturn:
    raise ValueError("a document type in a workbook")
