"""What is meant: neighbours below, marks that lack, what a title names, and words made ready."""

from __future__ import annotations

from typing import Any

import cast
from search import worlds

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.search import service
from catalogue.search.query import Query


def offered(database: Database, finder: dict[str, Any], *titles: str) -> tuple[InForce, list[int]]:
    """Put products into database and index that may be ordered; returns their ids too."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Huset")
        bare = {"summary": "Fast pris.", "description": "Leveres samlet."}
        ids = [cast.product(session, seller, title, **bare).id for title in titles]
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    return in_force, ids


def test_a_neighbour_stands_below_what_was_asked_for(
    database: Database, finder: dict[str, Any]
) -> None:
    titles = ("Te i løs vægt", "Kaffe, formalet", "Krus")
    in_force, (tea, coffee, _mug) = offered(database, finder, *titles)
    with database.reading() as session:
        assert service.find(session, finder, Query("kaffe"), in_force).ids == (coffee, tea)


def test_the_wider_word_is_found_where_little_else_is(
    database: Database, finder: dict[str, Any]
) -> None:
    in_force, (herbs, _mug) = offered(database, finder, "Krydderurter", "Krus")
    with database.reading() as session:
        assert service.find(session, finder, Query("rosmarin"), in_force).ids == (herbs,)


def test_a_wider_word_is_left_out_where_a_page_is_filled_without(
    database: Database, finder: dict[str, Any]
) -> None:
    titles = [f"Rosmarin i potte {number}" for number in range(24)]
    in_force, (_herbs, *rosemary) = offered(database, finder, "Krydderurter", *titles)
    with database.reading() as session:
        hits = service.find(session, finder, Query("rosmarin"), in_force)
    assert sorted(hits.ids) == rosemary


def test_a_word_typed_without_marks_is_not_taken_for_a_stem(
    database: Database, finder: dict[str, Any]
) -> None:
    in_force, (bread, _coat) = offered(database, finder, "Brød", "Kittel, broderet")
    with database.reading() as session:
        hits = service.find(session, finder, Query("brod"), in_force)
    assert hits.ids == (bread,)
    assert hits.mended is None


def test_what_a_title_names_stands_above_what_it_is_for(
    database: Database, finder: dict[str, Any]
) -> None:
    in_force, (trays, canteen) = offered(database, finder, "Bakker til kantine", "Kantine")
    with database.reading() as session:
        assert service.find(session, finder, Query("kantine"), in_force).ids[0] == canteen
        assert trays in service.find(session, finder, Query("bakker kantine"), in_force).ids


def test_a_phrase_beside_a_word_that_is_nowhere_finds_nothing(
    database: Database, finder: dict[str, Any]
) -> None:
    in_force, _ids = offered(database, finder, "Legehus i lærk")
    with database.reading() as session:
        assert service.find(session, finder, Query('"i lærk" qqqqqq'), in_force).ids == ()


def test_a_phrase_may_end_before_the_unit(database: Database, finder: dict[str, Any]) -> None:
    in_force, (small, _large, one) = offered(
        database, finder, "Legehus 2 × 2 meter", "Legehus 2 × 3 meter", "Gyngestativ til 2 × 2"
    )
    with database.reading() as session:
        found = service.find(session, finder, Query('"2 × 2"'), in_force).ids
        whole = service.find(session, finder, Query('"2 × 2 m"'), in_force).ids
    assert set(found) == {small, one}
    assert whole == (small,)


def test_search_is_prepared_with_and_without_an_index(
    database: Database, finder: dict[str, Any]
) -> None:
    service.prepare(database, finder)
    in_force, (house,) = offered(database, finder, "Legehus i lærk")
    service.prepare(database, finder)
    with database.reading() as session:
        hits = service.find(session, finder, Query("hytte til børn"), in_force)
    assert hits.ids[0] == house
