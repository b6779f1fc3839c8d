"""Which ways are open for a planned purchase: the decision by tables of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from catalogue.agreements.limit_rules import Bound
from catalogue.agreements.models import LimitKind
from catalogue.coverage import way_words, ways
from catalogue.coverage.ways import Because, Case, Cover, Standing, Way

AMOUNTS = {
    LimitKind.DIRECT_PURCHASE: 300_000_00,
    LimitKind.BELOW_THRESHOLD: 500_000_00,
    LimitKind.EU_GOODS_SERVICES: 1_600_000_00,
    LimitKind.EU_LIGHT: 5_500_000_00,
    LimitKind.RESERVED_PERCENT: 30,
    LimitKind.RESERVED_YEARS: 3,
}
BOUNDS = {kind: Bound(kind, value, date(2026, 1, 1), "Kilde") for kind, value in AMOUNTS.items()}
CASE = Case(amount_ore=100_000_00, before_ore=0, days=365, bounds=BOUNDS)


def without(*kinds: LimitKind) -> dict[LimitKind, Bound]:
    """Return the limits without some kinds, as when nobody has entered them."""
    return {kind: each for kind, each in BOUNDS.items() if kind not in kinds}


def stands(case: Case, way: Way) -> tuple[Standing, Because]:
    """Return how one way stands in a case."""
    found = next(each for each in ways.ways(case) if each.way == way)
    return found.standing, found.because


@pytest.mark.parametrize(
    ("mandatory", "voluntary", "has_room", "expected"),
    [
        (Cover.NONE, Cover.NONE, False, (Standing.CLOSED, Because.NO_VOLUNTARY)),
        (Cover.NONE, Cover.FULL, True, (Standing.OPEN, Because.VOLUNTARY_COVERS)),
        (Cover.NONE, Cover.FULL, False, (Standing.CHECK, Because.CEILING_TOO_LOW)),
        (Cover.NONE, Cover.PART, False, (Standing.CHECK, Because.VOLUNTARY_COVERS_PART)),
        (Cover.PART, Cover.FULL, True, (Standing.OPEN, Because.VOLUNTARY_COVERS)),
        (Cover.FULL, Cover.FULL, True, (Standing.CLOSED, Because.MANDATORY_FIRST)),
    ],
)
def test_voluntary_agreement_is_open_with_room_and_no_mandatory_one(
    mandatory: Cover, voluntary: Cover, has_room: bool, expected: tuple[Standing, Because]
) -> None:
    case = replace(CASE, mandatory=mandatory, voluntary=voluntary, has_room=has_room)
    assert stands(case, Way.VOLUNTARY) == expected


@pytest.mark.parametrize(
    ("mandatory", "expected"),
    [
        (Cover.FULL, (Standing.MUST, Because.MANDATORY_COVERS)),
        (Cover.PART, (Standing.CHECK, Because.MANDATORY_COVERS_PART)),
        (Cover.NONE, (Standing.NONE, Because.NO_MANDATORY)),
    ],
)
def test_mandatory_agreement_must_be_used_where_it_covers(
    mandatory: Cover, expected: tuple[Standing, Because]
) -> None:
    case = replace(CASE, mandatory=mandatory)
    assert stands(case, Way.MANDATORY) == expected
    first = ways.ways(case)[0].way
    assert first == (Way.VOLUNTARY if mandatory == Cover.NONE else Way.MANDATORY)


def test_mandatory_agreement_that_covers_all_closes_every_other_way() -> None:
    found = ways.ways(replace(CASE, mandatory=Cover.FULL, voluntary=Cover.FULL, is_listed=True))
    assert {each.standing for each in found[1:]} == {Standing.CLOSED}
    assert [each.way for each in found[:2]] == [Way.MANDATORY, Way.VOLUNTARY]


OPEN, CLOSED, UNKNOWN = Standing.OPEN, Standing.CLOSED, Standing.UNKNOWN
MUST = Standing.MUST


@pytest.mark.parametrize(
    ("amount", "before", "listed", "direct", "below", "tender"),
    [
        (100_000_00, 0, False, OPEN, Because.BELOW_LINE, OPEN),
        (299_999_99, 0, False, OPEN, Because.BELOW_LINE, OPEN),
        (300_000_00, 0, False, CLOSED, Because.BELOW_LINE, OPEN),  # equals the limit
        (100_000_00, 200_000_00, False, CLOSED, Because.BELOW_LINE, OPEN),  # with earlier ones
        (500_000_00, 0, False, CLOSED, Because.BETWEEN_LINE_AND_THRESHOLD, OPEN),
        (1_599_999_99, 0, False, CLOSED, Because.BETWEEN_LINE_AND_THRESHOLD, OPEN),
        (1_600_000_00, 0, False, CLOSED, Because.OVER_THRESHOLD, MUST),
        (1_600_000_00, 0, True, CLOSED, Because.BETWEEN_LINE_AND_THRESHOLD, OPEN),
        (5_500_000_00, 0, True, CLOSED, Because.OVER_THRESHOLD, MUST),
    ],
)
def test_amount_with_what_was_ordered_before_decides_below_and_above_the_limits(
    amount: int, before: int, listed: bool, direct: Standing, below: Because, tender: Standing
) -> None:
    case = replace(CASE, amount_ore=amount, before_ore=before, is_listed=listed)
    assert stands(case, Way.DIRECT)[0] == direct
    assert stands(case, Way.BELOW_THRESHOLD)[1] == below
    assert stands(case, Way.TENDER)[0] == tender


@pytest.mark.parametrize(
    ("missing", "way", "because"),
    [
        (LimitKind.DIRECT_PURCHASE, Way.DIRECT, Because.OWN_LIMIT_UNKNOWN),
        (LimitKind.BELOW_THRESHOLD, Way.BELOW_THRESHOLD, Because.LINE_UNKNOWN),
        (LimitKind.EU_GOODS_SERVICES, Way.BELOW_THRESHOLD, Because.THRESHOLD_UNKNOWN),
        (LimitKind.EU_GOODS_SERVICES, Way.TENDER, Because.THRESHOLD_UNKNOWN),
    ],
)
def test_limit_that_nobody_entered_is_never_guessed(
    missing: LimitKind, way: Way, because: Because
) -> None:
    case = replace(CASE, amount_ore=600_000_00, bounds=without(missing))
    assert stands(case, way) == (Standing.UNKNOWN, because)


@pytest.mark.parametrize(
    ("amount", "below", "tender"),
    [
        (499_999_99, Because.BELOW_LINE, Because.TENDER_NOT_OWED),
        (1_599_999_99, Because.BETWEEN_LINE_AND_THRESHOLD, Because.TENDER_NOT_OWED),
        (1_600_000_00, Because.THRESHOLD_DEPENDS, Because.THRESHOLD_DEPENDS),
        (5_500_000_00, Because.OVER_THRESHOLD, Because.TENDER_OWED),
    ],
)
def test_service_outside_the_list_may_have_the_higher_threshold(
    amount: int, below: Because, tender: Because
) -> None:
    case = replace(CASE, amount_ore=amount, is_service=True)
    assert stands(case, Way.BELOW_THRESHOLD)[1] == below
    assert stands(case, Way.TENDER)[1] == tender


@pytest.mark.parametrize("amount", [1_00, 9_000_000_00])
def test_construction_work_is_not_judged_by_limits_of_goods_and_services(amount: int) -> None:
    case = replace(CASE, amount_ore=amount, is_works=True)
    for way in (Way.BELOW_THRESHOLD, Way.TENDER):
        assert stands(case, way) == (Standing.UNKNOWN, Because.WORKS)


@pytest.mark.parametrize(
    ("code", "service"),
    [("37535200", False), ("45112723", False), ("48000000", False), ("55510000", True)],
)
def test_services_stand_behind_goods_and_works_in_cpv(code: str, service: bool) -> None:
    assert ways.is_service(code) == service


def test_small_purchase_is_below_the_line_even_when_the_threshold_is_unknown() -> None:
    case = replace(CASE, bounds=without(LimitKind.EU_GOODS_SERVICES))
    assert stands(case, Way.BELOW_THRESHOLD) == (Standing.OPEN, Because.BELOW_LINE)


@pytest.mark.parametrize(
    ("listed", "days", "bounds", "expected"),
    [
        (False, 365, BOUNDS, (Standing.CLOSED, Because.NOT_LISTED)),
        (True, 365, BOUNDS, (Standing.CHECK, Because.LISTED_SERVICE)),
        (True, 1096, BOUNDS, (Standing.CHECK, Because.LISTED_SERVICE)),  # with a leap day
        (True, 1097, BOUNDS, (Standing.CLOSED, Because.TERM_TOO_LONG)),
        (True, 2000, {}, (Standing.CHECK, Because.LISTED_SERVICE)),
    ],
)
def test_social_contract_may_be_reserved_for_listed_services_within_the_term(
    listed: bool,
    days: int,
    bounds: dict[LimitKind, Bound],
    expected: tuple[Standing, Because],
) -> None:
    case = replace(CASE, is_listed=listed, days=days, bounds=bounds)
    assert stands(case, Way.RESERVED_SOCIAL) == expected


def test_reserved_contract_is_always_for_a_person_to_look_into() -> None:
    assert stands(CASE, Way.RESERVED) == (Standing.CHECK, Because.EMPLOYEES_TO_BE_CHECKED)


@pytest.mark.parametrize(
    ("prefixes", "expected"),
    [
        ([], Cover.NONE),
        ([("375",)], Cover.FULL),
        ([("375352",)], Cover.FULL),
        ([("3753521",)], Cover.PART),
        ([("90",), ("3753521",)], Cover.PART),
        ([("3753521",), ("37",)], Cover.FULL),
        ([("909",)], Cover.NONE),
    ],
)
def test_agreements_cover_a_category_wholly_in_part_or_not(
    prefixes: list[tuple[str, ...]], expected: Cover
) -> None:
    assert ways.cover(prefixes, "37535200") == expected


def test_purchase_of_several_years_counts_by_its_part_of_one() -> None:
    assert ways.yearly_ore(400_00, 100) == 400_00
    assert ways.yearly_ore(400_00, 730) == 200_00
    assert ways.share_percent(200_00, 400_00) == 50
    assert ways.share_percent(200_00, None) is None
    assert ways.share_percent(200_00, 0) is None


def test_every_way_reason_and_standing_has_its_words() -> None:
    assert set(way_words.RULES) == set(Way)
    assert set(way_words.BECAUSE) == set(Because)
    assert set(way_words.STANDING_NAMES) == set(way_words.STANDING_COLOURS) == set(Standing)
