"""Decisions about the ledger: which rows are one purchase, and what was bought on agreement.

Pure functions of plain values. The set-based form of `bought` stands in `ledger_queries`, and a
property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from .ledger_cells import mark

NO_DIVISION = ""  # of rows whose account has no category


class Bought(StrEnum):
    """Where a row of the ledger was bought.

    UNCERTAIN: an agreement with the enterprise is in force, but the account's category is unknown
    or wider than what the agreement covers.
    """

    ON = "on"
    OFF = "off"
    UNCERTAIN = "uncertain"
    ELSEWHERE = "elsewhere"


SOCIAL = (Bought.ON, Bought.OFF, Bought.UNCERTAIN)


@dataclass(frozen=True)
class Spent:
    """Amounts in øre: in all, and by where it was bought at social enterprises."""

    total_ore: int = 0
    on_ore: int = 0
    off_ore: int = 0
    uncertain_ore: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.total_ore + other.total_ore,
            self.on_ore + other.on_ore,
            self.off_ore + other.off_ore,
            self.uncertain_ore + other.uncertain_ore,
        )

    @property
    def social_ore(self) -> int:
        """Return what was bought at social enterprises, on agreement or not."""
        return self.on_ore + self.off_ore + self.uncertain_ore

    @property
    def share(self) -> float | None:
        """Return the social part of the whole; None where there is no sensible one.

        Credit notes can make a sum negative or a part larger than its whole.
        """
        if self.total_ore <= 0 or not 0 <= self.social_ore <= self.total_ore:
            return None
        return self.social_ore / self.total_ore


class Occurrences:
    """Tells equal rows of one file apart: the first, the second … keeps eight bytes a row.

    So two equal invoices are two rows, and the same file sent again has the same fingerprints.
    """

    def __init__(self) -> None:
        self._seen: NDArray[np.int64] = np.empty(0, np.int64)

    def fingerprints(self, marks: Sequence[int]) -> list[int]:
        """Return the fingerprint of each row by its mark; call it with rows in their order."""
        found = np.array(marks, np.int64)
        before = np.searchsorted(self._seen, found, "right")
        before -= np.searchsorted(self._seen, found, "left")
        here: dict[int, int] = {}
        prints = []
        for one, earlier in zip(marks, before.tolist(), strict=True):
            number = here.get(one, earlier)
            here[one] = number + 1
            prints.append(mark(f"{one} {number}") if number else one)
        # Both parts are nearly in order, which a stable sort makes use of.
        self._seen = np.sort(np.concatenate((self._seen, found)), kind="stable")
        return prints


def bought(verified: bool, category_prefix: str | None, in_force: Iterable[str]) -> Bought:
    """Tell where a row was bought.

    `verified`: its supplier is a social enterprise that applies as verified here;
    `category_prefix`: of the account's category, None when it has none; `in_force`: the prefixes of
    the municipality's voluntary agreements with that enterprise on the day of booking.
    """
    if not verified:
        return Bought.ELSEWHERE
    prefixes = tuple(in_force)
    if category_prefix is None:
        return Bought.UNCERTAIN if prefixes else Bought.OFF
    if category_prefix.startswith(prefixes):
        return Bought.ON
    wider = any(each.startswith(category_prefix) for each in prefixes)
    return Bought.UNCERTAIN if wider else Bought.OFF


def spent(total_ore: int, by_place: Mapping[Bought, int]) -> Spent:
    """Return amounts as one value."""
    return Spent(
        total_ore,
        by_place.get(Bought.ON, 0),
        by_place.get(Bought.OFF, 0),
        by_place.get(Bought.UNCERTAIN, 0),
    )


def division(category_code: str | None) -> str:
    """Return the division of a category as a code, NO_DIVISION when there is none."""
    return category_code[:2] + "000000" if category_code else NO_DIVISION


def whole_months(first: date, last: date) -> tuple[date, date] | None:
    """Return the first and the last day of the whole months of a period, None without any."""
    begin = first if first.day == 1 else _month_after(first)
    after = last + timedelta(days=1)
    end = after if after.day == 1 else last.replace(day=1)
    return (begin, end - timedelta(days=1)) if begin < end else None


def edges(first: date, last: date) -> list[tuple[date, date]]:
    """List what `whole_months` leaves of a period, as first and last days."""
    whole = whole_months(first, last)
    if whole is None:
        return [(first, last)]
    day = timedelta(days=1)
    parts = [(first, whole[0] - day), (whole[1] + day, last)]
    return [part for part in parts if part[0] <= part[1]]


def year_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's year."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
