"""Read the cells of one row of a ledger: plain values, or a text that says what would be right.

Written for speed: a ledger has a hundred thousand rows, and each passes here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from catalogue.agreements.rules import EARLIEST, LATEST
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

LONGEST_NAME, LONGEST_ACCOUNT, LONGEST_DEPARTMENT = 120, 40, 80
MOST_ORE = 10**13
LONGEST_AMOUNT = 40  # digits and points; Python reads no number of thousands of them
MOST_WORDS = 50_000
FIELDS = ("booked_on", "cvr", "amount", "account", "supplier_name", "department")
_DANISH = re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?(-?)")
_PLAIN = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)\.(\d{1,2})(-?)")
_DOUBTFUL = re.compile(r"-?\d{1,3},\d{3}-?")
_AROUND = re.compile(r"(?i)\s|[\u00a0\u202f']|\b(dkk|kr)\b\.?")
_NO_DIGIT = re.compile(r"\D+")


class Posting(NamedTuple):
    """A row of the ledger as it was read; `mark` is a hash of its values in 64 bits."""

    booked_on: date
    cvr: str
    supplier_name: str
    amount_ore: int
    account: str
    department: str
    mark: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line of the file, at which field."""

    line: int
    field: str
    text: Text


@dataclass
class CellReader:
    """Reads rows; `columns` tells where in the row each of FIELDS stands (None: nowhere)."""

    columns: Sequence[int | None]
    # What was met before: a ledger has few days, accounts, departments and suppliers.
    days: dict[Any, date] = field(default_factory=dict)
    words: dict[Any, str] = field(default_factory=dict)

    def read(self, line: int, cells: Sequence[Any]) -> Posting | Fault:
        """Read one row that is not blank."""
        at = [cells[i] if i is not None and i < len(cells) else "" for i in self.columns]
        day = self.days.get(at[0]) or self._day(at[0])
        if isinstance(day, Text):
            return Fault(line, "booked_on", day)
        ore = read_ore(at[2])
        if isinstance(ore, Text):
            return Fault(line, "amount", ore)
        account, department = self._word(at[3]), self._word(at[5])
        if len(account) > LONGEST_ACCOUNT or len(department) > LONGEST_DEPARTMENT:
            too_long = "account" if len(account) > LONGEST_ACCOUNT else "department"
            return Fault(line, too_long, _("The text is too long; is it in the right column?"))
        cvr = read_cvr(at[1])
        name = self._word(at[4])[:LONGEST_NAME] if cvr else ""
        if department == "-":
            department = ""
        # The name is left out: suppliers are renamed, and the same purchase would count twice.
        told = f"{day}\x1f{cvr}\x1f{ore}\x1f{account}\x1f{department}"
        return Posting(day, cvr, name, ore, account, department, mark(told))

    def _word(self, cell: Any) -> str:
        found = self.words.get(cell)
        if found is None:
            if len(self.words) > MOST_WORDS:
                self.words.clear()
            found = self.words[cell] = _plain(cell)
        return found

    def _day(self, cell: Any) -> date | Text:
        found = read_day(cell)
        if isinstance(found, date):
            self.days[cell] = found
        return found


def mark(told: str) -> int:
    """Return a hash of 64 bits with sign, as databases keep it."""
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big", signed=True)


def read_day(cell: Any) -> date | Text:
    """Read a date: 31-12-2025, 31.12.2025, 31/12/2025, 20251231, ISO, or a time of Excel."""
    if isinstance(cell, datetime):
        return _known_day(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _known_day(cell.year, cell.month, cell.day)
    text = str(cell).strip()
    if found := re.match(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})(?:\D|$)", text):
        return _known_day(int(found[3]), int(found[2]), int(found[1]))
    if found := re.match(r"(\d{4})([-./]?)(\d{2})\2(\d{2})(?:\D|$)", text):
        return _known_day(int(found[1]), int(found[3]), int(found[4]))
    return _("Write the date as 31-12-2025 or 2025-12-31")


def read_ore(cell: Any) -> int | Text:
    """Read an amount as whole øre: `1.234,50`, `-1234.50`, `1.234,50-`, or a number of Excel."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if not abs(cell) <= MOST_ORE:  # rounding a number of any length, or none at all, raises
            return _TOO_LARGE
        ore = int((Decimal(repr(cell)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
        return ore if abs(ore) <= MOST_ORE else _TOO_LARGE
    if not isinstance(cell, str):  # Excel makes a day of 1.12, and a truth of =A1>B1
        return _NO_AMOUNT
    found = _DANISH.fullmatch(cell)
    if found is None:
        text = _AROUND.sub("", str(cell)).replace("\u2212", "-").removesuffix(",-")
        found = _DANISH.fullmatch(text) or _PLAIN.fullmatch(text)
        if found is None:
            return _THOUSANDS if _DOUBTFUL.fullmatch(text) else _NO_AMOUNT
    before, whole, places, after = found.groups()
    if len(whole) > LONGEST_AMOUNT:
        return _TOO_LARGE
    ore = int(whole.replace(".", "").replace(",", "")) * 100 + int((places or "0").ljust(2, "0"))
    if ore > MOST_ORE:
        return _TOO_LARGE
    return -ore if before or after else ore


def read_cvr(cell: Any) -> str:
    """Return the eight digits of a Danish CVR number, else nothing.

    What has another number is a supplier abroad or a person; a CPR number must not be kept.
    """
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if len(text) == 8 and text.isascii() and text.isdecimal():
        return text
    plain = text.strip().upper().removeprefix("DK")
    digits = _NO_DIGIT.sub("", plain)
    return digits if len(digits) == 8 and not re.search(r"[A-Z]", plain) else ""


_NO_AMOUNT = _("Write the amount as 1.234,50")
_THOUSANDS = _("Are these thousands or decimals? Write 1.234,00 or 1,23")
_TOO_LARGE = _("The amount is too large; is it in the right column?")


def _known_day(year: int, month: int, day: int) -> date | Text:
    try:
        found = date(year, month, day)
    except ValueError:
        return _("There is no such day; write the date as 31-12-2025")
    if not EARLIEST <= found <= LATEST:
        return _("Choose a day between the years 2000 and 2100")
    return found


def _plain(cell: Any) -> str:
    """Take off what spreadsheets add: doubled blanks, a leading apostrophe, `.0` of a number."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).split()).replace("\x00", "")
    return text[1:].strip() if text[:1] == "'" else text
