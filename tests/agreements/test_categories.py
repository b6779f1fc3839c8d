"""The CPV categories: brought in once, a tree, found by code and by words in two languages."""

from __future__ import annotations

import cast
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.agreements import categories, queries
from catalogue.agreements.models import Category
from catalogue.agreements.rules import ancestors, covers, prefix
from catalogue.agreements.schema import split_entry
from catalogue.core.db import Database
from catalogue.core.errors import Missing


@pytest.fixture
def imported(session: Session) -> Session:
    """A session on a database with all categories."""
    categories.import_categories(session)
    return session


def test_all_categories_are_brought_in_once_and_mended_when_renamed(session: Session) -> None:
    assert categories.import_categories(session) == 9454
    assert categories.import_categories(session) == 0
    session.execute(
        update(Category).where(Category.code == cast.GIFTS).values(label_da="Gl. navn", folded="x")
    )
    assert categories.import_categories(session) == 1
    assert queries.find_categories(session, "gaver", "da")[0].code == cast.GIFTS


def test_every_category_hangs_below_one_with_fewer_of_the_same_digits(imported: Session) -> None:
    rows = {each.code: each for each in imported.scalars(select(Category))}
    for category in rows.values():
        assert category.level == len(category.prefix) - 2
        if category.parent_code is None:
            assert category.level == 0
        else:
            above = rows[category.parent_code].prefix
            assert category.prefix.startswith(above)
            assert category.prefix != above
            assert category.parent_code in ancestors(category.code)
    assert sum(category.parent_code is None for category in rows.values()) == 45


def test_code_that_skips_a_level_hangs_on_the_nearest_above(imported: Session) -> None:
    assert queries.get_category(imported, "30192121").parent_code == "30192100"


def test_category_is_found_by_code_or_words(imported: Session) -> None:
    for text, first in (
        ("18530000", "18530000"),
        ("18530000-3", "18530000"),
        ("1853", "18530000"),
        ("gaver", "18530000"),
        ("GAVER belønninger", "18530000"),
        ("rengøring", "90910000"),
        ("Rengoering", "90910000"),
        ("playground equipment", "37535200"),
        ("kantinevirksomhed", "55510000"),
    ):
        assert queries.find_categories(imported, text, "da")[0].code == first, text


def test_nothing_is_found_for_what_is_no_category(imported: Session) -> None:
    for text in ("", "   ", "%", "_", "zzzz", "99", "'; --"):
        assert queries.find_categories(imported, text, "da") == [], text


def test_no_more_categories_than_asked_are_found(imported: Session) -> None:
    assert len(queries.find_categories(imported, "udstyr", "da", limit=7)) == 7


def test_names_are_in_the_language_of_the_reader(database: Database) -> None:
    with database.transaction() as session:
        categories.import_categories(session)
    with database.reading() as session, cast.counted_queries(database) as sent:
        codes = {cast.GIFTS, "99999999"}
        assert queries.category_labels(session, codes, "en") == {cast.GIFTS: "Presents and rewards"}
        assert queries.category_labels(session, codes, "da") == {cast.GIFTS: "Gaver og belønninger"}
        assert queries.category_labels(session, [], "da") == {}
    assert len(sent) == 2


def test_unknown_category_is_missing(imported: Session) -> None:
    with pytest.raises(Missing):
        queries.get_category(imported, "99999999")


def test_ancestors_are_listed_from_the_division_down() -> None:
    assert ancestors("37535200") == ("37000000", "37500000", "37530000", "37535000")
    assert ancestors("03000000") == ()
    assert queries.ancestors("30120000") == ("30000000", "30100000")


def test_division_that_ends_in_zero_keeps_its_two_digits() -> None:
    assert prefix("30000000") == "30"
    assert covers([prefix("30000000")], "30192121")
    assert not covers([prefix("30000000")], "31000000")


def test_typed_text_is_split_into_codes_and_words() -> None:
    typed = "18530000-3, rengøring\r\n37535200; have og park,, 1853"
    assert split_entry(typed) == (["18530000", "37535200"], ["rengøring", "have og park", "1853"])
