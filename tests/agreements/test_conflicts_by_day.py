"""Conflicts of any agreements are those that plain counting of days finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

from agreements.conflict_sides import CODES, DAY, side
from cast import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.agreements import conflicts
from catalogue.agreements.conflict_facts import ConflictKind, LetGo, Side
from catalogue.agreements.rules import prefix

SIDES = st.lists(
    st.builds(
        lambda kind, party, codes, starts, lasts: (kind, party, codes, starts, lasts),
        st.sampled_from(["mandatory", "voluntary"]),
        st.integers(1, 2),
        st.frozensets(st.sampled_from(CODES), min_size=1, max_size=3),
        st.integers(-70, 20),
        st.integers(0, 80),
    ),
    max_size=6,
)
LET_GO = st.lists(
    st.tuples(
        st.integers(0, 5),  # of which agreement
        st.builds(
            lambda code, party, starts, lasts: LetGo(
                prefix(code) if code else "", party, TODAY + starts * DAY,
                TODAY + (starts + lasts) * DAY,
            ),
            st.none() | st.sampled_from(CODES),
            st.none() | st.integers(1, 2),
            st.integers(-70, 20),
            st.integers(0, 80),
        ),
    ),
    max_size=3,
)  # fmt: skip


def carved(sides: list[Side], drawn: list[tuple[int, LetGo]]) -> list[Side]:
    """Return agreements with what is carved out of the mandatory ones."""
    return [
        replace(each, let_go=tuple(one for of, one in drawn if of == place))
        if each.kind == "mandatory"
        else each
        for place, each in enumerate(sides)
    ]


def built(drawn: list[tuple[str, int, frozenset[str], int, int]]) -> list[Side]:
    """Return the drawn agreements; party 2 is suspended."""
    return [
        replace(
            side(f"A-{number}", kind, *sorted(codes), starts=starts, ends=starts + lasts),
            party_key=str(party),
            enterprise_id=party if kind == "voluntary" else None,
            verified=kind == "mandatory" or party == 1,
            suspended=kind == "voluntary" and party == 2,
        )
        for number, (kind, party, codes, starts, lasts) in enumerate(drawn, 1)
    ]


Fact = tuple[str, frozenset[int], int, frozenset[str]]


def plainly(sides: list[Side], first: int) -> set[Fact]:
    """Say for each day by itself what goes wrong on it: kind, between whom, when, for what."""
    facts: set[Fact] = set()
    for number in range(first, 130):
        day = TODAY + number * DAY
        on = [each for each in sides if each.starts_on <= day <= each.ends_on]
        for one, two in combinations(sorted(on, key=lambda each: each.starts_on), 2):
            if shared := meeting(one, two):
                facts.add((overlap(one, two), ids(one, two), number, shared))
        facts |= {("suspended", ids(each), number, whole(each)) for each in on if not each.verified}
        for own in on:
            above = [each for each in on if each.kind == "mandatory"]
            taken = [any(takes(each, own, code, day) for each in above) for code in own.prefixes]
            if own.kind == "voluntary" and all(taken):
                facts.add(("under_mandatory", ids(own), number, whole(own)))
        facts |= {("gap", *rest) for rest in gaps(sides, number)}
    return facts


def gaps(sides: list[Side], number: int) -> set[tuple[frozenset[int], int, frozenset[str]]]:
    """Return the pairs that leave this day bare, by looking at every code and day between them."""
    day, found = TODAY + number * DAY, set()
    for before in sides:
        for after in sides:
            between = (after.starts_on - before.ends_on).days - 1
            if not (before.ends_on < day < after.starts_on and between <= 60):
                continue
            days = [before.ends_on + each * DAY for each in range(1, between + 1)]
            bare = {
                code
                for code in meeting(before, after)
                if not any(
                    alike(before, each)
                    and covers(each, code)
                    and each.starts_on <= one <= each.ends_on
                    for each in sides
                    for one in days
                )
            }
            if bare:
                found.add((ids(before, after), number, frozenset(bare)))
    return found


def alike(one: Side, two: Side) -> bool:
    """Tell whether one may follow the other."""
    return one.kind == two.kind and (one.kind == "mandatory" or one.party_key == two.party_key)


def overlap(one: Side, two: Side) -> str:
    """Name an overlap."""
    if one.kind == "voluntary":
        return "overlap"
    same = one.party_key == two.party_key and one.starts_on != two.starts_on
    return "overlap" if same else "two_mandatory"


def meeting(one: Side, two: Side) -> frozenset[str]:
    """Return the highest categories that both cover, if one may follow the other."""
    if not alike(one, two):
        return frozenset()
    both = {
        code
        for code in map(prefix, CODES)
        if covers(one, code) and covers(two, code)
    }  # fmt: skip
    return frozenset(
        code for code in both if not any(code != each and code.startswith(each) for each in both)
    )


def covers(one: Side, code: str) -> bool:
    """Tell whether an agreement covers a code."""
    return any(code.startswith(each) for each in one.prefixes)


def takes(one: Side, own: Side, code: str, day: date) -> bool:
    """Tell whether a mandatory agreement leaves nothing of a code to a voluntary one."""
    return covers(one, code) and not any(
        each.starts_on <= day <= each.ends_on
        and each.enterprise_id in {None, own.enterprise_id}
        and (each.prefix[: len(code)] == code[: len(each.prefix)])
        for each in one.let_go
    )


def whole(one: Side) -> frozenset[str]:
    """Return the highest categories of an agreement."""
    return frozenset(
        code
        for code in one.prefixes
        if not any(code != each and code.startswith(each) for each in one.prefixes)
    )


def ids(*sides: Side) -> frozenset[int]:
    """Return the ids of some agreements."""
    return frozenset(each.agreement_id for each in sides)


@settings(max_examples=300, deadline=None)
@given(SIDES, LET_GO, st.integers(-60, 60))
def test_conflicts_are_what_plain_counting_of_days_finds(
    drawn: list[tuple[str, int, frozenset[str], int, int]],
    let_go: list[tuple[int, LetGo]],
    first: int,
) -> None:
    sides = carved(built(drawn), let_go)
    facts: set[Fact] = set()
    for found in conflicts.among_agreements(sides, TODAY + first * DAY):
        under = found.kind == ConflictKind.UNDER_MANDATORY
        between = ids(*(found.agreements[:1] if under else found.agreements))
        for day in range((found.last_day - found.first_day).days + 1):
            number = (found.first_day - TODAY).days + day
            fact = (found.kind.value, between, number, frozenset(found.prefixes))
            assert fact not in facts, "told twice"
            facts.add(fact)
    assert facts == plainly(sides, first)
