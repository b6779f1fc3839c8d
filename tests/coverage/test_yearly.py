"""The sums of the yearly report, against sums taken the long way; and its rules by cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.coverage import yearly
from catalogue.coverage.yearly import MOST_INSTITUTIONS, Figures, Ordered, Part, Placed

YEAR = 2026
_months = st.builds(date, st.sampled_from([YEAR - 1, YEAR]), st.integers(1, 12), st.just(1))
_enterprises = st.integers(1, 4)
_institutions = st.sampled_from(["Børnehuset", "BØRNEHUSET", "Rådhuset", "Skolen ", "Skolen"])
_codes = st.sampled_from(["18000000", "18530000", "37535200", "37530000", "37820000", "90910000"])
_lines = st.builds(
    Ordered, _months, _enterprises, _institutions, _codes, st.integers(1, 3), st.integers(0, 10**9)
)
_orders = st.builds(Placed, _months, _enterprises, _institutions, st.booleans(), st.integers(1, 50))


def _sums(parts: Iterable[Part[object]]) -> tuple[int, int]:
    found = list(parts)
    return sum(part.net_ore for part in found), sum(part.before_ore for part in found)


def _tables(found: Figures) -> list[list[Part[object]]]:
    institutions = [*found.institutions.named]
    if found.institutions.others:
        institutions.append(found.institutions.others)
    return [
        [*found.months],
        [*found.enterprises],
        [division.whole for division in found.divisions],
        [group for division in found.divisions for group in division.groups],
        institutions,
    ]  # type: ignore[list-item]


@given(st.lists(_lines, max_size=40), st.lists(_orders, max_size=40))
def test_every_table_sums_up_to_the_total(lines: list[Ordered], orders: list[Placed]) -> None:
    found = yearly.figures(YEAR, lines, orders)
    now = sum(line.net_ore for line in lines if line.month >= date(YEAR, 1, 1))
    before = sum(line.net_ore for line in lines if line.month < date(YEAR, 1, 1))
    assert (found.total.net_ore, found.before.net_ore) == (now, before)
    assert [_sums(parts) for parts in _tables(found)] == [(now, before)] * 5
    assert sum(found.by_agreement.values()) == now


@given(st.lists(_lines, max_size=20), st.lists(_orders, max_size=40))
def test_orders_sum_up_to_the_total_without_void_ones(
    lines: list[Ordered], orders: list[Placed]
) -> None:
    found = yearly.figures(YEAR, lines, orders)
    of_year = [each for each in orders if each.month.year == YEAR]
    valid = sum(each.orders for each in of_year if not each.void)
    months, enterprises, _divisions, _groups, institutions = _tables(found)
    assert found.total.orders == valid
    assert found.total.void_orders == sum(each.orders for each in of_year if each.void)
    for parts in (months, enterprises, institutions):
        assert sum(part.orders for part in parts) == valid


@given(st.lists(_lines, max_size=40))
def test_groups_stand_in_their_division_and_sum_up_to_it(lines: list[Ordered]) -> None:
    for division in yearly.figures(YEAR, lines, []).divisions:
        assert _sums(division.groups) == (division.whole.net_ore, division.whole.before_ore)
        assert {part.key[:2] for part in division.groups} == {division.whole.key[:2]}


def test_spellings_of_an_institution_are_one() -> None:
    month = date(YEAR, 3, 1)
    lines = [
        Ordered(month, 1, name, "18530000", 1, 100) for name in ("Børnehuset", "BØRNEHUSET ", "Ø")
    ]
    found = yearly.figures(YEAR, lines, [])
    assert [part.net_ore for part in found.institutions.named] == [200, 100]


def test_institutions_beyond_the_largest_share_a_line() -> None:
    month = date(YEAR, 3, 1)
    count = MOST_INSTITUTIONS + 3
    lines = [Ordered(month, 1, f"Skole {n}", "18530000", 1, 100 + n) for n in range(count)]
    found = yearly.figures(YEAR, lines, [Placed(month, 1, "Skole 0", False, 2)]).institutions
    assert len(found.named) == MOST_INSTITUTIONS
    assert found.other_count == 3
    assert found.others == Part("", 2, 100 + 101 + 102, 0)


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(150, 100, 50), (50, 100, -50), (100, 100, 0), (0, 100, -100), (5, 0, None), (0, 0, None)],
)
def test_change_is_told_only_where_there_was_something(
    now: int, before: int, percent: int | None
) -> None:
    assert yearly.change_percent(now, before) == percent


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (2_000, 2_000), (2_001, 5_000)]
)
def test_axis_ends_at_a_round_number(largest: int, top: int) -> None:
    assert yearly.axis_top(largest) == top
