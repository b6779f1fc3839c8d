"""Conflicts: each kind by tables of days, and all of them against day by day counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from cast import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.agreements import conflict_words, conflicts
from catalogue.agreements.conflict_facts import Conflict, ConflictKind, Severity, Shelf, Side
from catalogue.agreements.rules import prefix

DAY = timedelta(days=1)
PLAY, GIFTS = "37535200", "18530000"
CODES = ("37000000", "37500000", "37530000", "37535200", "37535210", "37520000", "18530000")


def side(number: str, kind: str, *codes: str, starts: int = -10, ends: int = 10) -> Side:
    """Return an agreement for those codes; days count from TODAY; the party is that of its kind."""
    return Side(
        agreement_id=int("".join(sign for sign in number if sign.isdigit())),
        kind=kind,
        number=number,
        title="Aftale",
        party="Part",
        party_key="part",
        starts_on=TODAY + starts * DAY,
        ends_on=TODAY + ends * DAY,
        prefixes=tuple(prefix(code) for code in codes or (PLAY,)),
        enterprise_id=1 if kind == "voluntary" else None,
    )


def told(found: list[Conflict]) -> list[tuple[str, str, int, int]]:
    """Return kind, numbers and days from TODAY of each conflict."""
    return [
        (
            each.kind.value,
            " ".join(one.number for one in each.agreements),
            (each.first_day - TODAY).days,
            (each.last_day - TODAY).days,
        )
        for each in found
    ]


def test_two_mandatory_agreements_on_one_category_are_severe() -> None:
    first = side("F-1", "mandatory", PLAY, GIFTS, ends=5)
    second = replace(side("F-2", "mandatory", PLAY, starts=-3), party_key="anden")
    (found,) = conflicts.among_agreements([second, first], TODAY)
    assert told([found]) == [("two_mandatory", "F-1 F-2", 0, 5)]
    assert (found.severity, found.codes) == (Severity.SEVERE, (PLAY,))


def test_a_closer_category_of_another_supplier_is_worth_a_look() -> None:
    wide = side("F-1", "mandatory", "37000000", GIFTS)
    close = replace(side("F-2", "mandatory", PLAY, "37535210"), party_key="anden")
    (found,) = conflicts.among_agreements([wide, close], TODAY)
    assert (found.severity, found.codes) == (Severity.NOTICE, (PLAY,))


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (-10, [("two_mandatory", "F-1 F-2", 0, 10)]),  # nobody follows anybody
        (-9, [("overlap", "F-1 F-2", 0, 10)]),
        (10, [("overlap", "F-1 F-2", 10, 10)]),  # the last day counts
        (11, []),  # the day after the last
        (12, [("gap", "F-1 F-2", 11, 11)]),
        (71, [("gap", "F-1 F-2", 11, 70)]),  # sixty days
        (72, []),  # another purchase
    ],
)
def test_successor_of_the_same_supplier_follows_on_the_day(
    starts: int, expected: list[tuple[str, str, int, int]]
) -> None:
    first, second = side("F-1", "mandatory"), side("F-2", "mandatory", starts=starts, ends=100)
    assert told(conflicts.among_agreements([first, second], TODAY)) == expected


def test_gap_of_mandatory_agreements_counts_whoever_the_supplier_is() -> None:
    first = side("F-1", "mandatory", "37500000")
    second = replace(side("F-2", "mandatory", PLAY, starts=20, ends=30), party_key="anden")
    (found,) = conflicts.among_agreements([first, second], TODAY)
    assert (found.kind, found.codes) == (ConflictKind.GAP, (PLAY,))


def test_voluntary_agreements_of_two_enterprises_or_two_categories_are_no_conflict() -> None:
    own = side("V-1", "voluntary", PLAY)
    rival = replace(side("V-2", "voluntary", PLAY), party_key="anden", enterprise_id=2)
    other = side("V-3", "voluntary", GIFTS, starts=12)
    assert conflicts.among_agreements([own, rival, other], TODAY) == []


def test_two_agreements_with_one_enterprise_on_one_category_overlap() -> None:
    found = conflicts.among_agreements(
        [side("V-1", "voluntary", PLAY), side("V-2", "voluntary", "37500000", starts=5)], TODAY
    )
    assert told(found) == [("overlap", "V-1 V-2", 5, 10)]


def test_gap_is_none_where_a_third_agreement_holds_the_category_meanwhile() -> None:
    first, last = side("F-1", "mandatory"), side("F-2", "mandatory", starts=20, ends=30)
    between = side("F-3", "mandatory", "37500000", starts=11, ends=19)
    assert conflicts.among_agreements([first, between, last], TODAY) == []
    shorter = replace(between, ends_on=TODAY + 15 * DAY)
    found = conflicts.among_agreements([first, shorter, last], TODAY)
    assert told(found) == [("gap", "F-3 F-2", 16, 19)]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0, [(11, 19)]), (11, [(11, 19)]), (15, [(15, 19)]), (19, [(19, 19)]), (20, [])],
)
def test_days_are_counted_from_the_asked_day(offset: int, expected: list[tuple[int, int]]) -> None:
    pair = [side("F-1", "mandatory"), side("F-2", "mandatory", starts=20, ends=30)]
    found = conflicts.among_agreements(pair, TODAY + offset * DAY)
    assert [days[2:] for days in told(found)] == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([PLAY], []),  # gifts are left
        ([PLAY, "18000000"], [(0, 10)]),  # both from above or the same
        (["37535210", GIFTS], []),  # a category below does not take its parent
    ],
)
def test_voluntary_agreement_is_taken_when_all_its_categories_are(
    codes: list[str], expected: list[tuple[int, int]]
) -> None:
    own = side("V-1", "voluntary", PLAY, GIFTS)
    found = conflicts.among_agreements([own, side("F-2", "mandatory", *codes)], TODAY)
    assert [days[2:] for days in told(found)] == expected


def test_voluntary_agreement_may_be_taken_by_several_together_on_some_days() -> None:
    own = side("V-1", "voluntary", PLAY, GIFTS, ends=100)
    play = side("F-2", "mandatory", PLAY, ends=30)
    gifts = replace(side("F-3", "mandatory", GIFTS, starts=5, ends=9), party_key="anden")
    again = replace(side("F-4", "mandatory", GIFTS, starts=10, ends=40), party_key="anden")
    found = conflicts.among_agreements([own, play, gifts, again], TODAY)
    assert told(found) == [("under_mandatory", "V-1 F-2 F-3 F-4", 5, 30)]


def test_agreement_until_the_last_date_there_is_breaks_nothing() -> None:
    for kind in ("voluntary", "mandatory"):
        endless = replace(side("A-1", kind), ends_on=date.max)
        other = replace(side("A-2", "mandatory"), ends_on=date.max, party_key="anden")
        assert len(conflicts.among_agreements([endless, other], TODAY)) == 1


def test_agreement_with_an_enterprise_that_does_not_apply_is_listed_until_it_ends() -> None:
    own = replace(side("V-1", "voluntary"), verified=False)
    suspended = replace(own, suspended=True)
    assert told(conflicts.among_agreements([own], TODAY)) == [("not_verified", "V-1", 0, 10)]
    assert told(conflicts.among_agreements([suspended], TODAY)) == [("suspended", "V-1", 0, 10)]
    assert conflicts.among_agreements([own], TODAY + 11 * DAY) == []


def test_products_are_outside_when_none_of_the_enterprises_agreements_covers_them() -> None:
    own = [side("V-1", "voluntary", PLAY), side("V-2", "voluntary", "18000000", starts=1)]
    shelves = [
        Shelf(1, "37535210", 7),
        Shelf(1, GIFTS, 2),
        Shelf(1, "03121210", 3),
        Shelf(2, GIFTS, 9),  # no agreement at all: nothing to be outside of
    ]
    (today,) = conflicts.products_outside(own, shelves, TODAY)
    assert (today.products, [each.number for each in today.agreements]) == (5, ["V-1"])
    assert [each.category_code for each in today.shelves] == ["03121210", GIFTS]
    (tomorrow,) = conflicts.products_outside(own, shelves, TODAY + DAY)
    assert tomorrow.products == 3
    assert conflicts.products_outside(own, shelves, TODAY + 11 * DAY) == []


def test_the_severe_come_first_then_the_earliest() -> None:
    found = conflicts.among_agreements(
        [
            replace(side("V-1", "voluntary", GIFTS, starts=3), verified=False),
            side("V-2", "voluntary", PLAY),
            side("V-3", "voluntary", PLAY, starts=-2),
            replace(side("V-4", "voluntary", "03121210"), verified=False),
        ],
        TODAY,
    )
    assert [each.agreements[0].number for each in found] == ["V-4", "V-1", "V-2"]


def test_every_conflict_has_a_name_a_reason_and_a_remedy() -> None:
    for kind in ConflictKind:
        for severity in Severity:
            for one in (side("V-1", "voluntary"), side("F-1", "mandatory")):
                conflict = Conflict(kind, severity, (one,), (), TODAY, TODAY)
                assert str(conflict_words.NAMES[kind])
                assert str(conflict_words.why(conflict))
                assert str(conflict_words.what_to_do(conflict))
    assert set(conflict_words.SEVERITIES) == set(Severity)


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
            taken = [any(covers(each, code) for each in above) for code in own.prefixes]
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
@given(SIDES, st.integers(-60, 60))
def test_conflicts_are_what_plain_counting_of_days_finds(
    drawn: list[tuple[str, int, frozenset[str], int, int]], first: int
) -> None:
    sides = built(drawn)
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
