"""Threshold watch: what was ordered of an enterprise in a group, held against the limits of a day.

Pure functions of plain values. The amounts of the limits are rows with a source, never here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from catalogue.agreements.limit_rules import Bound, Bounds
from catalogue.agreements.models import LimitKind

WORKS_DIVISION = "45"  # of CPV: construction work, which has rules and thresholds of its own
GROUP_DIGITS = 3  # a CPV group; a division without group stands as its own, such as 370


class Regime(StrEnum):
    """Under which of the two EU thresholds purchases fall, as far as the article 77 list tells."""

    ORDINARY = "ordinary"
    LIGHT = "light"
    MIXED = "mixed"
    WORKS = "works"


class Level(StrEnum):
    """How an amount stands to a limit; one that equals the limit has passed it (§ 6)."""

    UNKNOWN = "unknown"
    BELOW = "below"
    NEAR = "near"
    PASSED = "passed"


@dataclass(frozen=True)
class Ordered:
    """What was ordered of an enterprise in one category within the period."""

    enterprise_id: int
    enterprise_name: str
    category_code: str
    net_ore: int


@dataclass(frozen=True)
class Compared:
    """An amount beside one limit; without a bound the limit of the day is not known."""

    kind: LimitKind
    bound: Bound | None
    level: Level
    percent: int  # of the limit, whole ones, rounded down; 0 when it is not known


@dataclass(frozen=True)
class Watched:
    """A line of the watch; `group_ore` is what all enterprises together had of the group."""

    enterprise_id: int
    enterprise_name: str
    group: str
    net_ore: int
    group_ore: int
    regime: Regime
    compared: tuple[Compared, ...]

    @property
    def level(self) -> Level:
        """Return the worst level of the line."""
        return max((each.level for each in self.compared), key=list(Level).index)


def period(day: date, years: int) -> tuple[date, date]:
    """Return the first and last day of the rolling years that end with `day`."""
    try:
        return day.replace(year=day.year - years) + timedelta(days=1), day
    except ValueError:  # 29 February
        return date(day.year - years, 3, 1), day


def group_of(category_code: str) -> str:
    """Return the digits of the CPV group a category lies in."""
    return category_code[:GROUP_DIGITS]


def regime_of(codes: Collection[str], listed: Collection[str]) -> Regime:
    """Return the regime of purchases in `codes`; `listed` are codes known to be of the light one.

    A code outside the list may belong to it all the same, for the list is not the whole of it.
    """
    if any(code.startswith(WORKS_DIVISION) for code in codes):
        return Regime.WORKS
    known = sum(code in listed for code in codes)
    if known == 0:
        return Regime.ORDINARY
    return Regime.LIGHT if known == len(codes) else Regime.MIXED


def kinds_of(regime: Regime) -> tuple[LimitKind, ...]:
    """Return the limits to look at; where codes are mixed, the lower of the EU thresholds."""
    if regime == Regime.WORKS:
        return (LimitKind.DIRECT_PURCHASE,)
    eu = LimitKind.EU_LIGHT if regime == Regime.LIGHT else LimitKind.EU_GOODS_SERVICES
    return (LimitKind.DIRECT_PURCHASE, LimitKind.BELOW_THRESHOLD, eu)


def compare(kind: LimitKind, bounds: Bounds, net_ore: int, near_percent: int) -> Compared:
    """Hold an amount against the limit of the day."""
    bound = bounds.get(kind)
    if bound is None:
        return Compared(kind, None, Level.UNKNOWN, 0)
    percent = net_ore * 100 // bound.value
    if net_ore >= bound.value:
        return Compared(kind, bound, Level.PASSED, percent)
    return Compared(kind, bound, Level.NEAR if percent >= near_percent else Level.BELOW, percent)


def watch(
    rows: Sequence[Ordered], bounds: Bounds, listed: Collection[str], near_percent: int
) -> list[Watched]:
    """Return a line per enterprise and group, the largest share of a limit first."""
    by_line: dict[tuple[int, str], list[Ordered]] = {}
    of_group: dict[str, int] = {}
    for row in rows:
        group = group_of(row.category_code)
        by_line.setdefault((row.enterprise_id, group), []).append(row)
        of_group[group] = of_group.get(group, 0) + row.net_ore
    lines = []
    for (enterprise_id, group), own in by_line.items():
        net_ore = sum(row.net_ore for row in own)
        regime = regime_of({row.category_code for row in own}, listed)
        compared = (compare(kind, bounds, net_ore, near_percent) for kind in kinds_of(regime))
        lines.append(
            Watched(
                enterprise_id=enterprise_id,
                enterprise_name=own[0].enterprise_name,
                group=group,
                net_ore=net_ore,
                group_ore=of_group[group],
                regime=regime,
                compared=tuple(compared),
            )
        )
    return sorted(lines, key=_by_share)


def count(lines: Iterable[Watched], level: Level) -> int:
    """Count the lines that stand so."""
    return sum(line.level == level for line in lines)


def _by_share(line: Watched) -> tuple[int, int, str, str]:
    largest = max(each.percent for each in line.compared)
    return -largest, -line.net_ore, line.enterprise_name, line.group
