"""Coverage by itself: statuses by tables, sums of the tree against plain counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.agreements.rules import ancestors, prefix
from catalogue.coverage import rules, unfolding
from catalogue.coverage.rules import Cover, Figures, Status

DAY = date(2026, 11, 24)
CODES = (
    "37000000", "37500000", "37530000", "37535000", "37535200", "37535210", "18000000",
    "18530000", "30192100", "30192121",
)  # fmt: skip


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
    shown = rules.codes_to_show(figures, covers)
    known = [code for code in shown if code != "30192120"]  # does not exist in CPV
    lines = {line.code: line for line in rules.tree(figures, covers, known)}
    assert sorted(lines) == sorted(known)
    gaps = rules.list_gaps(figures, covers)
    for code, line in lines.items():
        inside = {each for each in figures if each.startswith(prefix(code))}
        assert line.figures == sum((figures[each] for each in inside), Figures())
        assert line.gaps == len(inside & set(gaps))
        assert line.has_below == any(each.parent == code for each in lines.values())
        assert line.parent is None or line.parent in ancestors(code)
    tops = [line.figures for line in lines.values() if line.parent is None]
    assert sum(tops, Figures()) == sum(figures.values(), Figures())


@given(st.dictionaries(st.sampled_from(CODES), FIGURES), COVERS)
def test_gap_is_wanted_and_covered_by_nothing(
    figures: dict[str, Figures], covers: list[Cover]
) -> None:
    gaps = rules.list_gaps(figures, covers)
    for code, own in figures.items():
        covered = any(code.startswith(each) for one in covers for each in one.prefixes)
        assert (code in gaps) == (own.is_wanted and not covered)
    demand = [figures[code].total_ore for code in gaps]
    assert demand == sorted(demand, reverse=True)


def test_opened_category_shows_its_children_and_those_above_only() -> None:
    figures = {code: Figures(products=1) for code in ("37535200", "37535210", "18530000")}
    lines = rules.tree(figures, [], rules.codes_to_show(figures, []) - {"18500000"})
    assert [each.code for each in unfolding.unfolded(lines, None)] == ["18000000", "37000000"]
    opened = unfolding.unfolded(lines, "37530000")
    assert [(each.code, each.depth) for each in opened] == [
        ("18000000", 0), ("37000000", 0), ("37500000", 1), ("37530000", 2), ("37535000", 3),
    ]  # fmt: skip
    # A code that skips a level hangs on the nearest one above.
    assert [each.code for each in unfolding.unfolded(lines, "18000000")][:2] == [
        "18000000",
        "18530000",
    ]


def test_line_names_the_agreements_that_make_it_stand_so() -> None:
    own, other = cover("voluntary", "37500000", number="V"), cover("mandatory", "37535200")
    figures = {"37535210": Figures(products=1)}
    covers = [own, other]
    lines = rules.tree(figures, covers, rules.codes_to_show(figures, covers))
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


@pytest.mark.parametrize("text", ["=1+1", "+45", "-1", "@x", "\t=1", "\r=1"])
def test_cell_is_never_a_formula(text: str) -> None:
    assert rules.safe_cell(text) == "'" + text
    assert rules.safe_cell("Gaver (=)") == "Gaver (=)"
