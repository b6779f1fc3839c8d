"""Reading somebody else's CSV: what spreadsheets write is taken, what cannot be read is said.

With a byte order mark or without; separated by commas, semicolons or tabs; texts with line breaks
in quotes; columns in any order, those that are not needed may be missing, others are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
HIGHEST_GRADE = 3
LONGEST_TEXT = 10_000_000


class Unreadable(Exception):
    """A file that cannot be read: which, in what line, what is wrong and what would be right."""


@dataclass(frozen=True)
class Line:
    """One row of a file, by the names of its columns; `number` is that of its first line."""

    path: Path
    number: int
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def required(self, name: str) -> str:
        """Return what stands in a column that must not be empty."""
        if not self[name]:
            raise self.refused(name, "nothing", "write it, or take the row out")
        return self[name]

    def grade(self) -> int:
        """Return the grade, from 0 to 3, written as a whole number (`2`, `2.0`, `2,0`)."""
        written = self.required("grade")
        whole, _point, rest = written.replace(",", ".").partition(".")
        if not (whole.isascii() and whole.isdecimal()) or rest.strip("0"):
            raise self.refused("grade", f"{written!r}", "write a whole number from 1 to 3")
        if int(whole) > HIGHEST_GRADE:
            raise self.refused("grade", f"{written!r}", "write 1 to 3, 3 the best")
        return int(whole)

    def refused(self, name: str, wrong: str, remedy: str) -> Unreadable:
        """Return what to raise about one field."""
        return Unreadable(f"{self.path}, line {self.number}, column {name}: {wrong}; {remedy}")


def read(path: Path, required: Sequence[str]) -> Iterator[Line]:
    """Yield the rows of a file that has these columns; empty rows are passed over."""
    text = _text(path)
    separator = _separator(path, text, required)
    names: list[str] = []
    for number, row in _rows(path, text, separator):
        if not names:
            names = _names(row)
        elif len(row) > len(names):
            raise Unreadable(
                f"{path}, line {number}: {len(row)} values for {len(names)} columns;"
                f" put texts that have {SEPARATORS[separator]} in them in quotes"
            )
        else:
            yield Line(path, number, dict(zip(names, row, strict=False)))


def _rows(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that are not empty, each with the number of its first line."""
    csv.field_size_limit(LONGEST_TEXT)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for row in rows:
            if any(each.strip() for each in row):
                yield before + 1, row
            before = rows.line_num
    except csv.Error as error:
        raise Unreadable(
            f"{path}, line {before + 1}: {error}; close the quotes of each text, and double those"
            " that stand in it"
        ) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}; give the path of a CSV file") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{path}, line {line}: not UTF-8; save it as CSV in UTF-8") from error


def _separator(path: Path, text: str, required: Sequence[str]) -> str:
    """Return what the columns are separated by: that with which all are found."""
    heading = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    found = {each: _names(next(csv.reader([heading], delimiter=each), [])) for each in SEPARATORS}
    best = max(found, key=lambda each: (len(set(required) & set(found[each])), len(found[each])))
    missing = [name for name in required if name not in found[best]]
    if missing:
        raise Unreadable(
            f"{path}, line 1: no column {', '.join(missing)} among"
            f" {', '.join(found[best]) or 'none'}; the first line names the columns,"
            " separated by commas, semicolons or tabs"
        )
    return best


def _names(row: Sequence[str]) -> list[str]:
    return [each.strip().lower() for each in row]
