"""Lists as they are looked through: narrowed by words, in a chosen order, as a file. Pure.

A list short enough to be read whole is narrowed here; a longer one by its query, with `has`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, or_, true

from .plainly import plainly
from .sheets import danish_csv
from .text import Text, fold, today_in_copenhagen

Row = TypeVar("Row")
LONGEST_WORDS = 80
MOST_ROWS = 10_000  # of a file
_ESCAPE = "/"
LAST_LETTERS = str.maketrans("æøå", "{|}")  # which stand behind z in Unicode too
Columns = Sequence[tuple[Text, Callable[[Row], object]]]


@dataclass(frozen=True)
class Sought:
    """What of a list is looked at, and in which order: one of the list's, by its name."""

    words: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """How a list is looked through.

    `columns`: of its file. `texts`: what words are sought in. `sorts`: by the value in the address,
    what the order is called, and its key; None is as the rows come. The first is what a list
    begins with.
    """

    columns: Columns[Row]
    texts: Callable[[Row], Iterable[object]]
    sorts: Mapping[str, tuple[Text, Callable[[Row], Any] | None]]

    def read(self, args: Mapping[str, str]) -> Sought:
        """Read an address; what it does not know is left out."""
        return read(args, self.sorts)

    def choices(self) -> list[tuple[str, Text]]:
        """List the orders for a select."""
        return [(name, label) for name, (label, _key) in self.sorts.items()]

    def narrow(self, rows: Iterable[Row], sought: Sought) -> list[Row]:
        """Return the rows that have the words, in the order asked for."""
        wanted = fold(sought.words)
        found = [each for each in rows if not wanted or wanted in _folded(self.texts(each))]
        _label, key = self.sorts[sought.sort or next(iter(self.sorts))]
        return sorted(found, key=key) if key else found

    def as_csv(self, rows: Iterable[Row]) -> str:
        """Return rows as a file for spreadsheets."""
        return as_csv(self.columns, rows)


def read(args: Mapping[str, str], sorts: Collection[str]) -> Sought:
    """Read an address; an order that is not known is the first."""
    sort = args.get("sortering", "")
    words = args.get("q", "").strip()[:LONGEST_WORDS]
    return Sought(words, sort if sort in sorts else next(iter(sorts)))


def has(words: str, *texts: Any) -> ColumnElement[bool]:
    """Return the condition that one of the columns has the words."""
    if not words:
        return true()
    # SQLite folds no Danish letters, so what is typed is sought as it is and with a capital.
    written = {words} if words.isascii() else {words, words.capitalize()}
    return or_(*(text.icontains(each, autoescape=True) for text in texts for each in written))


def has_together(words: str, *texts: Any) -> ColumnElement[bool]:
    """Return the same condition of columns that are never NULL, for tables of many rows.

    They are looked through as one text, each on a line of its own, and at first by the letters
    A to Z alone: PostgreSQL takes thrice as long to fold a text by its language.
    """
    if not words:
        return true()
    text = texts[0]
    for each in texts[1:]:
        text = text + "\n" + each
    plain = plainly(text).ilike(f"%{_plain_pattern(words)}%", escape=_ESCAPE)
    return plain if words.isascii() else and_(plain, has(words, text))


def as_csv(columns: Columns[Row], rows: Iterable[Row]) -> str:
    """Return rows as a file for spreadsheets: days as 2026-03-31, amounts with a decimal comma."""
    heads = [str(head) for head, _value in columns]
    return danish_csv([heads, *([cell(value(row)) for _, value in columns] for row in rows)])


def cell(value: object) -> str:
    """Write a value as a cell; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return today_in_copenhagen(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def kroner(ore: int | None) -> str:
    """Write an amount for a spreadsheet: 12,50."""
    return "" if ore is None else f"{Decimal(ore) / 100:.2f}".replace(".", ",")


def alphabetical(text: str) -> str:
    """Return a key that sorts as Danes do: æ, ø and å last, and aa as å."""
    return text.casefold().replace("aa", "å").translate(LAST_LETTERS)


def latest(value: date | datetime | None) -> float:
    """Return a key that brings the latest first, and none at all last."""
    if value is None:
        return 1.0
    return -(value.timestamp() if isinstance(value, datetime) else float(value.toordinal()))


def _plain_pattern(words: str) -> str:
    """Return a pattern of LIKE that finds the words, and takes any letter for one beyond ASCII."""
    for each in (_ESCAPE, "%", "_"):
        words = words.replace(each, _ESCAPE + each)
    return "".join(each if each.isascii() else "_" for each in words)


def _folded(texts: Iterable[object]) -> str:
    return fold(" ".join(str(each) for each in texts if each))
