"""CONFLICTS: what does not go together among the agreements of one municipality, from a day on.

Pure functions: agreements and counted products in, typed conflicts out; `conflict_words` says them
in words. A conflict is listed while at least one of its days is the asked day or a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from .conflict_facts import (
    MANDATORY,
    VOLUNTARY,
    Conflict,
    ConflictKind,
    Severity,
    Shelf,
    Side,
    age,
    topmost,
    urgency,
)
from .rules import covers, in_force_on, upward

# Agreements further apart are two purchases, not one and its successor.
LONGEST_GAP_DAYS = 60
_ONE_DAY = timedelta(days=1)


def among_agreements(sides: Sequence[Side], day: date) -> list[Conflict]:
    """List the conflicts of agreements from `day` on, the severe ones first, then the earliest."""
    found = [*_between_two(sides, day), *_under_mandatory(sides, day), *_without_party(sides, day)]
    return sorted(found, key=urgency)


def products_outside(sides: Sequence[Side], shelves: Sequence[Shelf], day: date) -> list[Conflict]:
    """List, by enterprise, products that no agreement with it covers though one is in force.

    Judged on `day` alone: a coming agreement may be meant for them.
    """
    by_party: dict[int, list[Side]] = {}
    for side in sides:
        if side.enterprise_id is not None and in_force_on(day, side.starts_on, side.ends_on):
            by_party.setdefault(side.enterprise_id, []).append(side)
    of_party: dict[int, list[Shelf]] = {}
    for shelf in sorted(shelves, key=lambda each: each.category_code):
        of_party.setdefault(shelf.enterprise_id, []).append(shelf)
    found = []
    for enterprise_id, own in by_party.items():
        agreed = [each for side in own for each in side.prefixes]
        outside = tuple(
            shelf
            for shelf in of_party.get(enterprise_id, ())
            if not covers(agreed, shelf.category_code)
        )
        if outside:
            empty = _conflict(ConflictKind.PRODUCTS_OUTSIDE, sorted(own, key=age), (), (day, day))
            found.append(replace(empty, severity=Severity.NOTICE, shelves=outside))
    return sorted(found, key=urgency)


def _between_two(sides: Sequence[Side], day: date) -> Iterator[Conflict]:
    """Find overlaps and gaps of two agreements that share categories."""
    groups: dict[str, list[Side]] = {}
    for side in sides:
        groups.setdefault(_group(side), []).append(side)
    for (first, second), shared in _pairs(sides).items():
        last_common = min(first.ends_on, second.ends_on)
        if second.starts_on > first.ends_on:
            yield from _gap((first, second), shared, groups[_group(first)], day)
        elif last_common >= day:
            kind, severity = _overlap(first, second)
            days = (max(second.starts_on, day), last_common)
            found = _conflict(kind, (first, second), topmost(shared), days)
            yield replace(found, severity=severity)


def _overlap(first: Side, second: Side) -> tuple[ConflictKind, Severity]:
    """Name an overlap: the same party's successor came early, or two parties claim one category.

    Where one category lies below the other, buyers are led to the closer one; where it is the
    very same, nothing but the number decides.
    """
    follows = first.starts_on < second.starts_on or first.kind == VOLUNTARY
    if first.party_key == second.party_key and follows:
        return ConflictKind.OVERLAP, Severity.NOTICE
    same = not set(first.prefixes).isdisjoint(second.prefixes)
    return ConflictKind.TWO_MANDATORY, Severity.SEVERE if same else Severity.NOTICE


def _gap(
    pair: tuple[Side, Side], shared: set[str], group: Sequence[Side], day: date
) -> Iterator[Conflict]:
    """Find the days between two agreements, for categories that none of the group has meanwhile."""
    begin, end = pair[0].ends_on + _ONE_DAY, pair[1].starts_on - _ONE_DAY
    if not 0 <= (end - begin).days < LONGEST_GAP_DAYS or end < day:
        return
    meanwhile = [
        each for other in group if other.starts_on <= end and other.ends_on >= begin
        for each in other.prefixes
    ]  # fmt: skip
    bare = {digits for digits in shared if not covers(meanwhile, digits)}
    if bare:
        yield _conflict(ConflictKind.GAP, pair, topmost(bare), (max(begin, day), end))


def _under_mandatory(sides: Sequence[Side], day: date) -> Iterator[Conflict]:
    """Find the days on which mandatory agreements take all categories of a voluntary one."""
    at: dict[str, list[Side]] = {}
    for side in sides:
        for digits in side.prefixes if side.kind == MANDATORY else ():
            at.setdefault(digits, []).append(side)
    for own in sides:
        if own.kind != VOLUNTARY or own.ends_on < day:
            continue
        above = {
            other.agreement_id: other
            for digits in own.prefixes
            for upper in upward(digits)
            for other in at.get(upper, ())
        }
        for first, last in _taken_days(own, list(above.values()), day):
            over = [
                each for each in above.values() if each.starts_on <= last and each.ends_on >= first
            ]
            sides_of_it = (own, *sorted(over, key=age))
            digits_of_it = topmost(set(own.prefixes))
            yield _conflict(ConflictKind.UNDER_MANDATORY, sides_of_it, digits_of_it, (first, last))


def _taken_days(own: Side, above: Sequence[Side], day: date) -> list[tuple[date, date]]:
    """Return the periods, from `day` on, in which each of its categories is covered by `above`.

    Between two edges nothing changes, so one day speaks for all of a stretch. Counted in numbers
    of days, for an agreement may last until the last date there is.
    """
    begin, end = max(own.starts_on, day).toordinal(), own.ends_on.toordinal()
    periods = [(each.starts_on, each.ends_on) for each in above]
    periods += [(one.starts_on, one.ends_on) for each in above for one in each.let_go]
    changes = {
        edge
        for starts_on, ends_on in periods
        for edge in (starts_on.toordinal(), ends_on.toordinal() + 1)
        if begin < edge <= end
    }
    edges = [begin, *sorted(changes), end + 1]
    taken: list[tuple[int, int]] = []
    for first, after in pairwise(edges):
        if not _is_taken(own, above, date.fromordinal(first)):
            continue
        joins = bool(taken) and taken[-1][1] == first
        start = taken.pop()[0] if joins else first
        taken.append((start, after))
    return [(date.fromordinal(first), date.fromordinal(after - 1)) for first, after in taken]


def _is_taken(own: Side, above: Sequence[Side], day: date) -> bool:
    over = [each for each in above if in_force_on(day, each.starts_on, each.ends_on)]
    return all(any(_takes(each, own, digits, day) for each in over) for digits in own.prefixes)


def _takes(mandatory: Side, own: Side, digits: str, day: date) -> bool:
    """Tell whether nothing of a category may be ordered on `own`: where something in it is carved
    out for its enterprise, something may.
    """
    return covers(mandatory.prefixes, digits) and not any(
        in_force_on(day, each.starts_on, each.ends_on)
        and each.enterprise_id in (None, own.enterprise_id)
        and (digits.startswith(each.prefix) or each.prefix.startswith(digits))
        for each in mandatory.let_go
    )


def _without_party(sides: Sequence[Side], day: date) -> Iterator[Conflict]:
    """Find agreements on which nothing can be ordered, for their enterprise does not apply."""
    for side in sides:
        if side.kind != VOLUNTARY or side.verified or side.ends_on < day:
            continue
        kind = ConflictKind.SUSPENDED if side.suspended else ConflictKind.NOT_VERIFIED
        days = (max(side.starts_on, day), side.ends_on)
        yield _conflict(kind, (side,), topmost(set(side.prefixes)), days)


def _pairs(sides: Sequence[Side]) -> dict[tuple[Side, Side], set[str]]:
    """Return pairs of one group, the older first, with the digits both cover.

    By look-up of all digits above a category: comparing each with each takes too long where there
    are hundreds of agreements.
    """
    at: dict[tuple[str, str], list[Side]] = {}
    for side in sides:
        for digits in side.prefixes:
            at.setdefault((_group(side), digits), []).append(side)
    shared: dict[tuple[Side, Side], set[str]] = {}
    for side, other, digits in _meetings(sides, at):
        older, younger = sorted((side, other), key=age)
        shared.setdefault((older, younger), set()).add(digits)
    return shared


def _meetings(
    sides: Sequence[Side], at: dict[tuple[str, str], list[Side]]
) -> Iterator[tuple[Side, Side, str]]:
    for side in sides:
        for digits in side.prefixes:
            above = [other for each in upward(digits) for other in at.get((_group(side), each), ())]
            yield from ((side, other, digits) for other in above if other is not side)


def _group(side: Side) -> str:
    """Return what agreements must have in common to follow one another."""
    return MANDATORY if side.kind == MANDATORY else f"{VOLUNTARY} {side.party_key}"


def _conflict(
    kind: ConflictKind,
    agreements: Sequence[Side],
    prefixes: tuple[str, ...],
    days: tuple[date, date],
) -> Conflict:
    return Conflict(kind, Severity.SEVERE, tuple(agreements), prefixes, *days)
