"""Conflicts: each kind by tables of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from agreements.conflict_sides import DAY, GIFTS, PLAY, side
from cast import TODAY

from catalogue.agreements import conflict_words, conflicts
from catalogue.agreements.conflict_facts import Conflict, ConflictKind, Severity, Shelf


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
