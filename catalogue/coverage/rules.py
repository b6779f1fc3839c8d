"""Coverage: which agreements cover which categories, and figures rolled up in the tree.

Pure functions of plain values; `queries` fetches them in a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from operator import add

from catalogue.agreements.rules import ancestors, prefix, upward


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


@dataclass(frozen=True)
class Figures:
    """What can be added up: published products, those of them that may be ordered, ordered amounts
    in øre, and how many things were looked for in vain.
    """

    products: int = 0
    orderable: int = 0
    year_ore: int = 0
    total_ore: int = 0
    demand: int = 0

    def __add__(self, other: Figures) -> Figures:
        return total((self, other))

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the figures in their order."""
        return self.products, self.orderable, self.year_ore, self.total_ore, self.demand

    @property
    def is_wanted(self) -> bool:
        """Tell whether there is anything to buy or anything was bought."""
        return self.products > 0 or self.total_ore > 0


@dataclass(frozen=True)
class Line:
    """A category as the overview shows it; figures include all below it.

    `covers` holds the agreements that make it stand so; `wanted` counts the categories at or below
    it with products or orders, `gaps` those of them that no agreement covers.
    """

    code: str
    parent: str | None
    depth: int
    status: Status
    figures: Figures
    covers: tuple[Cover, ...]
    gaps: int
    has_below: bool
    wanted: int = 0


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


@dataclass
class _Node:
    """A category while the tree is being built: its figures in order, with those below it."""

    parent: str | None
    depth: int = 0
    counts: tuple[int, ...] = (0, 0, 0, 0, 0)
    gaps: int = 0
    wanted: int = 0
    below: bool = False


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


def list_gaps(figures: Mapping[str, Figures], covers: Sequence[Cover]) -> list[str]:
    """List the categories with products or orders of their own that no agreement covers.

    Those with the largest ordered amount come first, then those with most products.
    """
    anywhere = reach(covers)
    gaps = [
        code for code, own in figures.items() if own.is_wanted and not anywhere.covers(prefix(code))
    ]
    return sorted(gaps, key=lambda code: (-figures[code].total_ore, -figures[code].products, code))


def codes_to_show(figures: Mapping[str, Figures], covers: Iterable[Cover]) -> set[str]:
    """Return all codes that have something to show, with those above them, existing or not."""
    own = {code for code, each in figures.items() if each.is_wanted or each.demand}
    own |= {each.ljust(8, "0") for cover in covers for each in cover.prefixes}
    return own | {above for code in own for above in ancestors(code)}


def tree(
    figures: Mapping[str, Figures], covers: Sequence[Cover], known: Iterable[str]
) -> list[Line]:
    """Roll everything up into the lines of the tree, in the order of codes.

    `known` are the codes to show that exist; a code that skips a level hangs on the nearest one.
    """
    gaps = set(list_gaps(figures, covers))
    nodes = _nodes(figures, gaps, known)
    at = reaches(covers)
    names, lines = _index(covers), []
    for code, node in nodes.items():
        stands = status(prefix(code), at)
        lines.append(
            Line(
                code=code,
                parent=node.parent,
                depth=node.depth,
                status=stands,
                figures=Figures(*node.counts),
                covers=_named(prefix(code), stands, names),
                gaps=node.gaps,
                wanted=node.wanted,
                has_below=node.below,
            )
        )
    return lines


def _nodes(
    figures: Mapping[str, Figures], gaps: Set[str], known: Iterable[str]
) -> dict[str, _Node]:
    """Return the categories in the order of codes, each with all that lies below it.

    Those above come first in that order, so one way down finds parents and one way up adds.
    """
    nodes: dict[str, _Node] = {}
    for code in sorted(known):
        nodes[code] = node = _Node(_parent(code, nodes))
        if node.parent is not None:
            nodes[node.parent].below = True
            node.depth = nodes[node.parent].depth + 1
    for code, own in figures.items():
        place = code if code in nodes else _parent(code, nodes)
        if place is not None:
            nodes[place].counts = tuple(map(add, nodes[place].counts, own.columns))
            nodes[place].gaps += code in gaps
            nodes[place].wanted += own.is_wanted
    for node in reversed(nodes.values()):
        if node.parent is not None:
            _add(nodes[node.parent], node.counts)
            nodes[node.parent].gaps += node.gaps
            nodes[node.parent].wanted += node.wanted
    return nodes


def _add(node: _Node, counts: Sequence[int]) -> None:
    node.counts = tuple(map(add, node.counts, counts))


def total(figures: Iterable[Figures]) -> Figures:
    """Sum up column by column: thousands of additions would make as many objects."""
    return Figures(*map(sum, zip(*(each.columns for each in figures), strict=True)))


def expiring(covers: Iterable[Cover], day: date, within: timedelta) -> int:
    """Count the agreements that end less than `within` after `day`."""
    return sum(cover.ends_on - day < within for cover in covers)


def year_before(day: date) -> date:
    """Return the first day of the twelve months that end with `day`."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Source: OWASP, CSV injection: cells beginning with = + - @, tab or return are evaluated.
    """
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _parent(code: str, nodes: Mapping[str, object]) -> str | None:
    return next((above for above in reversed(ancestors(code)) if above in nodes), None)


@dataclass(frozen=True)
class _Names:
    """The agreements by the prefix they cover, and by all digits above it; each once, in order."""

    at: Mapping[str, list[Cover]]
    over: Mapping[str, list[Cover]]


def _index(covers: Sequence[Cover]) -> _Names:
    at: dict[str, list[Cover]] = {}
    over: dict[str, list[Cover]] = {}
    for cover in covers:
        for each in cover.prefixes:
            at.setdefault(each, []).append(cover)
            for length in range(2, len(each)):
                over.setdefault(each[:length], []).append(cover)
    return _Names(at, over)


def _named(digits: str, stands: Status, names: _Names) -> tuple[Cover, ...]:
    """Return the agreements that make the category stand as it does."""
    if stands == Status.NONE:
        return ()
    wanted = [cover for own in upward(digits) for cover in names.at.get(own, ())]
    if stands in (Status.BOTH, Status.CARVED, Status.PARTLY):
        wanted += names.over.get(digits, [])
    return tuple({each.agreement_id: each for each in wanted}.values())
