"""Coverage: which agreements cover which categories, and figures rolled up in the tree.

Pure functions of plain values; `queries` fetches them in a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from catalogue.agreements.rules import upward


class Status(StrEnum):
    """How a category stands on a day.

    CARVED: mandatory, but something at, above or below it is carved out. BOTH: a voluntary
    agreement lies wholly or partly under a mandatory one, which takes precedence. PARTLY: no
    agreement covers the category itself, but some of those below are covered.
    """

    MANDATORY = "mandatory"
    CARVED = "carved"
    VOLUNTARY = "voluntary"
    BOTH = "both"
    PARTLY = "partly"
    NONE = "none"


@dataclass(frozen=True)
class Asked:
    """Whose coverage, as of which day, the day on which somebody looks at it, in which language."""

    municipality_id: int
    day: date
    today: date
    locale: str

    @property
    def past(self) -> date | None:
        """Return the day if it is another than today: what is kept of today goes with the time."""
        return None if self.day == self.today else self.day


@dataclass(frozen=True)
class Cover:
    """An agreement in force with the prefixes of its categories."""

    agreement_id: int
    kind: str
    number: str
    title: str
    party: str
    ends_on: date
    ceiling_ore: int | None
    prefixes: tuple[str, ...]
    carved: tuple[str, ...] = ()  # prefixes of what is carved out of it


class Figures(NamedTuple):
    """What can be added up: published products, those of them that may be ordered, ordered amounts
    in øre, how many things were looked for in vain, and what the ledger says was bought in twelve
    months: in all, and on a voluntary agreement.
    """

    products: int = 0
    orderable: int = 0
    year_ore: int = 0
    total_ore: int = 0
    demand: int = 0
    booked_ore: int = 0
    on_ore: int = 0

    @property
    def on_percent(self) -> int | None:
        """Return how much of a hundred kroner was bought on agreement; None where it says nothing.

        Credit notes can make a sum negative or a part larger than its whole.
        """
        if self.booked_ore <= 0 or not 0 <= self.on_ore <= self.booked_ore:
            return None
        return round(self.on_ore * 100 / self.booked_ore)

    @property
    def is_wanted(self) -> bool:
        """Tell whether there is anything to buy or anything was bought."""
        return self.products > 0 or self.total_ore > 0


@dataclass(frozen=True)
class Line:
    """A category as the overview shows it; figures include all below it.

    `covers` holds the agreements that make it stand so, `agreements` counts all at, above or below
    it; `wanted` counts the categories at or below it with products or orders, `gaps` those of them
    that no agreement covers.
    """

    code: str
    parent: str | None
    depth: int
    status: Status
    figures: Figures
    covers: tuple[Cover, ...]
    gaps: int
    has_below: bool
    wanted: int
    agreements: int


@dataclass(frozen=True)
class Reach:
    """Where agreements lie: `at` are their categories' prefixes, `over` all digits above those."""

    at: frozenset[str]
    over: frozenset[str]

    def covers(self, digits: str) -> bool:
        """Tell whether an agreement lies at or above the category with those digits."""
        return not self.at.isdisjoint(upward(digits))

    def is_below(self, digits: str) -> bool:
        """Tell whether an agreement lies below it."""
        return digits in self.over


def reach(covers: Iterable[Cover], kind: str | None = None) -> Reach:
    """Return where agreements of a kind (None: of any) lie."""
    return _reach_of(
        each for cover in covers if kind in (None, cover.kind) for each in cover.prefixes
    )


def _reach_of(prefixes: Iterable[str]) -> Reach:
    at = frozenset(prefixes)
    over = frozenset(each[:length] for each in at for length in range(2, len(each)))
    return Reach(at, over)


@dataclass(frozen=True)
class Reaches:
    """Where the agreements of each kind lie, and what is carved out of the mandatory ones."""

    voluntary: Reach
    mandatory: Reach
    carved: Reach


def reaches(covers: Sequence[Cover]) -> Reaches:
    """Return where the agreements lie, by kind."""
    carved = _reach_of(each for cover in covers for each in cover.carved)
    return Reaches(reach(covers, "voluntary"), reach(covers, "mandatory"), carved)


def status(digits: str, at: Reaches) -> Status:
    """Return how the category with those digits stands, by the agreements of each kind."""
    voluntary, mandatory = at.voluntary, at.mandatory
    if mandatory.covers(digits):
        if at.carved.covers(digits) or at.carved.is_below(digits):
            return Status.CARVED
        touched = voluntary.covers(digits) or voluntary.is_below(digits)
        return Status.BOTH if touched else Status.MANDATORY
    if voluntary.covers(digits):
        return Status.BOTH if mandatory.is_below(digits) else Status.VOLUNTARY
    partly = voluntary.is_below(digits) or mandatory.is_below(digits)
    return Status.PARTLY if partly else Status.NONE


def expiring(covers: Iterable[Cover], day: date, within: timedelta) -> int:
    """Count the agreements that end less than `within` after `day`."""
    return sum(cover.ends_on - day < within for cover in covers)


def year_before(day: date) -> date:
    """Return the first day of the twelve months that end with `day`."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)
