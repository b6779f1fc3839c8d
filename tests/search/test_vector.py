"""A product in the notation of PostgreSQL's full text: quoting, places, classes, nearness."""

from __future__ import annotations

import re

import pytest

from catalogue.search.analysis import DANISH, Chain
from catalogue.search.postgres.vector import any_of, near, quoted, sequence, vector
from catalogue.search.weighing import weigh


def spots(texts: dict[str, str], name: str) -> list[str]:
    """Return the places of a term with their letters, as the vector has them."""
    written = vector(weigh(Chain(DANISH), texts))
    found = re.search(rf"'{name}':(\S+)", written)
    return found[1].split(",") if found else []


def test_a_term_carries_its_class_at_its_first_place() -> None:
    texts = {"summary": "En bænk i eg.", "description": "Bænk " * 3}
    assert spots({"title": "Havebænk"}, "w:havebænk") == ["1A"]
    first, *others = spots(texts, "w:bænk")
    assert first.endswith("A")
    assert spots({"summary": "En bænk i eg."}, "w:bænk")[0].endswith("B")
    assert len(others) == 3
    assert all(other.isdigit() for other in others)
    assert spots({"description": "bænk " + "og gave " * 40}, "w:bænk")[0].endswith("D")
    assert spots({"title": "Havebænk"}, "p:hav")[0].endswith("B")


def test_fields_never_stand_near_each_other_and_long_ones_stay_in_their_room() -> None:
    title, summary, description = (
        int(spots({name: "bænk"}, "w:bænk")[0][:-1]) for name in ("title", "summary", "description")
    )
    assert title < summary < description
    long = spots({"title": "gave " * 400 + "bænk"}, "w:bænk")
    assert int(long[0][:-1]) < summary - 5
    longest = spots({"description": "gave " * 30_000 + "bænk"}, "w:bænk")
    assert int(longest[0][:-1]) <= 16_383


@pytest.mark.parametrize(
    ("name", "expected"),
    [("w:bænk", "'w:bænk'"), ("w:o'neill", "'w:o''neill'"), ("w:a\\b", "'w:a\\\\b'")],
)
def test_every_sign_is_quoted(name: str, expected: str) -> None:
    assert quoted(name) == expected


def test_groups_become_queries() -> None:
    bench, garden = (("words", "bænk"), ("parts", "bænk")), (("words", "hav"),)
    assert any_of(bench) == "('w:bænk' | 'p:bænk')"
    assert sequence((garden, bench)) == "('w:hav') <-> ('w:bænk' | 'p:bænk')".join("()")
    assert near((garden, garden), 1) == (
        "(('w:hav') & ('w:hav')"
        " & (('w:hav') <0> ('w:hav') | ('w:hav') <1> ('w:hav') | ('w:hav') <1> ('w:hav')))"
    )
