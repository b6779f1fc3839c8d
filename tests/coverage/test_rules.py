"""Coverage by itself: statuses by tables, sums of the tree against plain counting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from coverage_oracle import total
from hypothesis import given
from hypothesis import strategies as st

from catalogue.agreements.rules import ancestors, prefix
from catalogue.coverage import rules
from catalogue.coverage.outline import Distinct, Outline
from catalogue.coverage.rules import Cover, Figures, Status

DAY = date(2026, 11, 24)
CODES = (
    "37000000", "37500000", "37530000", "37535000", "37535200", "37535210", "18000000",
    "18530000", "30192100", "30192121",
)  # fmt: skip


def upward_of(codes: Iterable[str]) -> set[str]:
    """Return the codes with all above them, existing or not."""
    return {each for code in codes for each in (code, *ancestors(code))}


KNOWN = upward_of(CODES) - {"30192120"}  # which does not exist in CPV


def cover(kind: str, *codes: str, number: str = "A-1", days: int = 100) -> Cover:
    """Return an agreement in force for those codes."""
    prefixes = tuple(prefix(code) for code in codes)
    key = abs(hash((kind, number)))
    return Cover(key, kind, number, "Aftale", "Part", DAY + timedelta(days=days), None, prefixes)


@pytest.mark.parametrize(
    ("voluntary", "mandatory", "status"),
    [
        ([], [], Status.NONE),
        (["37500000"], [], Status.VOLUNTARY),
        (["37000000"], [], Status.VOLUNTARY),  # from above
        ([], ["37000000"], Status.MANDATORY),
        (["37500000"], ["37500000"], Status.BOTH),
        (["37500000"], ["37000000"], Status.BOTH),  # wholly under
        (["37000000"], ["37535200"], Status.BOTH),  # partly under
        (["37535200"], ["37500000"], Status.BOTH),
        (["37535200"], [], Status.PARTLY),
        ([], ["37535200"], Status.PARTLY),
        (["37535200"], ["37535210"], Status.PARTLY),
        (["18530000"], ["30192100"], Status.NONE),  # elsewhere
    ],
)
def test_status_of_a_category(voluntary: list[str], mandatory: list[str], status: Status) -> None:
    covers = [cover("voluntary", *voluntary), cover("mandatory", *mandatory)]
    assert rules.status(prefix("37500000"), rules.reaches(covers)) == status


@pytest.mark.parametrize(
    ("mandatory", "carved", "status"),
    [
        (["37000000"], ["37535200"], Status.CARVED),  # below the category
        (["37000000"], ["37500000"], Status.CARVED),
        (["37000000"], ["18530000"], Status.MANDATORY),  # elsewhere
        (["18530000"], ["37500000"], Status.NONE),  # nothing binds here
    ],
)
def test_status_tells_that_something_is_carved_out(
    mandatory: list[str], carved: list[str], status: Status
) -> None:
    covers = [replace(cover("mandatory", *mandatory), carved=tuple(map(prefix, carved)))]
    assert rules.status(prefix("37500000"), rules.reaches(covers)) == status


FIGURES = st.builds(
    lambda products, orderable, year_ore, earlier_ore: Figures(
        products, min(orderable, products), year_ore, year_ore + earlier_ore
    ),
    *[st.integers(0, 5)] * 4,
)
COVERS = st.lists(
    st.builds(
        lambda kind, codes, number: cover(kind, *codes, number=f"A-{number}"),
        st.sampled_from(["voluntary", "mandatory"]),
        st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True),
        st.integers(1, 9),
    ),
    max_size=4,
)


@given(st.dictionaries(st.sampled_from(CODES), FIGURES), COVERS)
def test_tree_equals_plain_counting(figures: dict[str, Figures], covers: list[Cover]) -> None:
    wanted = {code for code, own in figures.items() if own.is_wanted}
    shown = upward_of(wanted | {each.ljust(8, "0") for one in covers for each in one.prefixes})
    outline = Outline(figures, covers, KNOWN)
    listed = [line.code for line in outline.all_lines()]
    assert listed == sorted(shown & KNOWN)
    lines = {line.code: line for line in outline.all_lines()}
    gaps = outline.gaps()
    for code, line in lines.items():
        inside = {each for each in figures if each.startswith(prefix(code))}
        assert line.figures == total(figures[each] for each in inside)
        assert line.gaps == len(inside & set(gaps))
        assert line.has_below == any(each.parent == code for each in lines.values())
        assert line.parent is None or line.parent in ancestors(code)
        assert line.depth == (0 if line.parent is None else lines[line.parent].depth + 1)
        assert line.wanted == len(inside & wanted)
    tops = [line.figures for line in lines.values() if line.parent is None]
    assert outline.total == total(figures.values())
    assert total(tops) == outline.total
    for line in outline.alone(gaps):
        assert line == replace(lines[line.code], figures=figures[line.code], has_below=False)


@given(st.dictionaries(st.sampled_from(CODES), FIGURES), COVERS)
def test_gap_is_wanted_and_covered_by_nothing(
    figures: dict[str, Figures], covers: list[Cover]
) -> None:
    gaps = Outline(figures, covers, KNOWN).gaps()
    for code, own in figures.items():
        covered = any(code.startswith(each) for one in covers for each in one.prefixes)
        assert (code in gaps) == (own.is_wanted and not covered)
    demand = [figures[code].total_ore for code in gaps]
    assert demand == sorted(demand, reverse=True)


@given(st.dictionaries(st.sampled_from(CODES), FIGURES), COVERS, st.sampled_from(sorted(KNOWN)))
def test_what_is_in_sight_is_the_topmost_and_the_way_to_what_is_opened(
    figures: dict[str, Figures], covers: list[Cover], opened: str
) -> None:
    outline = Outline(figures, covers, KNOWN)
    open_codes = {*ancestors(opened), opened}
    assert outline.lines(opened) == [
        line for line in outline.all_lines() if line.parent in {None, *open_codes}
    ]
    assert outline.lines() == [line for line in outline.all_lines() if line.parent is None]


def test_code_that_skips_a_level_hangs_on_the_nearest_one_above() -> None:
    figures = {code: Figures(products=1) for code in ("37535200", "37535210", "18530000")}
    outline = Outline(figures, [], KNOWN - {"18500000"})
    assert [each.code for each in outline.lines("18000000")][:2] == ["18000000", "18530000"]


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.integers(1, 4))), st.sampled_from(sorted(KNOWN))
)
def test_things_in_several_categories_count_once_above_them(
    pairs: list[tuple[str, int]], code: str
) -> None:
    found = Distinct.of(pairs)
    below = {thing for each, thing in pairs if each.startswith(prefix(code))}
    assert found.count(code) == len(below)
    assert found.count(code, alone=True) == len({thing for each, thing in pairs if each == code})
    assert found.count(None) == len({thing for _code, thing in pairs})


def test_line_names_the_agreements_that_make_it_stand_so() -> None:
    own, other = cover("voluntary", "37500000", number="V"), cover("mandatory", "37535200")
    figures = {"37535210": Figures(products=1)}
    lines = Outline(figures, [own, other], KNOWN).all_lines()
    named = {line.code: (line.status, line.covers) for line in lines}
    assert named["37000000"] == (Status.PARTLY, (own, other))
    assert named["37500000"] == (Status.BOTH, (own, other))
    assert named["37535210"] == (Status.BOTH, (own, other))


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 24), date(2025, 11, 25)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2026, 1, 1)),
    ],
)
def test_twelve_months_end_with_the_day(day: date, first: date) -> None:
    assert rules.year_before(day) == first
