"""Without an index the database answers: what is written as it was typed, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import cast
import pytest
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.search import asking, service
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.asking import Typed
from catalogue.search.query import Query, Sort

SHELF = {
    "number": "Kurv",
    "longer": "Kurv med låg",
    "table": "Bord på 2 m",
    "bench": "Bænk på 12 meter",
    "cafe": "Café-vogn",
    "sundial": "Solur i kobber",
    "kettle": "Kobberkedel til solurets ejer",
    "isle": "Ærø-sæbe",
}
TYPED = [
    ("KG-77.1", {"number"}),
    ("kg-77.1", {"number"}),
    ("77", {"number", "longer"}),
    ("2 m", {"table"}),
    ("café", {"cafe"}),
    ("CAFÉ", {"cafe"}),
    ("cafe", set()),
    ("ærø", {"isle"}),
    ("kobber", {"sundial", "kettle"}),
    ("kobber, solur!", {"sundial", "kettle"}),
    ('"solur i kobber"', {"sundial"}),
    ('"SOLUR I kobber', {"sundial"}),
    ('"kobber solur"', set()),
    ('"ur i kobber"', set()),
    ("kobber -solur", {"kettle"}),
    ('kobber -"solur i kobber"', {"kettle"}),
    ("kurv -låg", {"number"}),
    ("kurv -lå", {"number", "longer"}),
    ("-kurv", set(SHELF) - {"number", "longer"}),
    ("til og med", set(SHELF)),
    ("100%", set()),
    ("37535200", set(SHELF)),  # the category of all of them
    ("37500000-1 kobber", {"sundial", "kettle"}),
    ("37535210", set()),
    ("-37500000", set()),
    ("kobber -37535210", {"sundial", "kettle"}),
    ("kobber\0tin", set()),
]  # fmt: skip


@pytest.fixture
def shelf(database: Database) -> tuple[InForce, dict[int, str]]:
    """Products with what folding changes; all may be ordered in Slagelse."""
    numbers = {"number": "KG-77.1", "longer": "KG-77.12"}
    bare = {"summary": "Fast pris.", "description": "Leveres\nsamlet."}
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        names = {
            cast.product(
                session, seller, title, item_number=numbers.get(name, f"V{hours}"),
                published_at=cast.NOW - timedelta(hours=hours), **bare,
            ).id: name
            for hours, (name, title) in enumerate(SHELF.items())
        }  # fmt: skip
        here = cast.municipality(session)
        return worlds.applying(here, voluntary=[(seller.id, cast.PLAY_HOUSES)]), names


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_what_is_found_is_what_was_typed(
    database: Database, parts: dict[str, Any], shelf: tuple[InForce, dict[int, str]],
    text: str, expected: set[str],
) -> None:  # fmt: skip
    in_force, names = shelf
    with database.reading() as session:
        hits = service.find(session, parts, Query(text), in_force)
    assert hits.degraded
    assert {names[each] for each in hits.ids} == expected


def test_a_phrase_goes_on_over_the_end_of_a_line(
    database: Database, parts: dict[str, Any], shelf: tuple[InForce, dict[int, str]]
) -> None:
    with database.reading() as session:
        hits = service.find(session, parts, Query('"leveres samlet"'), shelf[0])
    assert hits.total == len(SHELF)


def test_the_newest_stand_first_whatever_the_words(
    database: Database, parts: dict[str, Any], shelf: tuple[InForce, dict[int, str]]
) -> None:
    in_force, names = shelf
    with database.reading() as session:
        hits = service.find(session, parts, Query("kobber"), in_force)
        assert [names[each] for each in hits.ids] == ["sundial", "kettle"]
        asked = Query("kobber", sort=Sort.NEWEST)
        assert service.find(session, parts, asked, in_force).ids == hits.ids
    assert not hits.ranked


def test_the_number_of_a_variant_finds_its_family_whole(
    database: Database, parts: dict[str, Any]
) -> None:
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        leader = cast.product(session, seller, "Trøje", item_number="T-1")
        cast.product(session, seller, "Trøje", item_number="T-2", variant_of_id=leader.id)
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
        expected = {"T-2": (leader.id,), '"t-2"': (leader.id,), "T": (leader.id,), "trøje -T-2": ()}
    with database.reading() as session:
        for text, ids in expected.items():
            assert service.find(session, parts, Query(text), in_force).ids == ids, text


def test_typed_text_is_taken_apart_as_it_is_written() -> None:
    read = asking.read_typed(Chain(DANISH), '(Kaffe) til 500 ml "Have, bænk" -KG-77.1 -"røde krus"')
    assert read == Typed(
        words=("Kaffe",),
        whole=(("500", "ml"), ("Have", "bænk")),
        unwanted=(("røde", "krus"), ("KG-77.1",)),
    )


def test_statements_that_nobody_asks_twice_are_not_kept(
    database: Database, parts: dict[str, Any], shelf: tuple[InForce, dict[int, str]]
) -> None:
    words, compiled = ["kurv", "ærø", "låg", "solur", "bord"], database.engine._compiled_cache
    assert compiled is not None
    sizes = []
    for count in (2, 3, 4, 5):
        some = " ".join(words[:count])
        for text in (some, f'"{some}"', f"{some} -kobber"):
            with database.reading() as session:
                service.find(session, parts, Query(text), shelf[0])
        sizes.append(len(compiled))
    assert sizes == sizes[:1] * 4
