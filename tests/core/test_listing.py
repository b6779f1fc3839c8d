"""Lists are narrowed, sorted and written the same way wherever they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import cast
import pytest
from conftest import on_postgresql
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core import listing
from catalogue.core.listing import Listing, Sought
from catalogue.core.text import Text

LIST = Listing[tuple[str, int]](
    columns=((Text("Navn"), lambda row: row[0]), (Text("Antal"), lambda row: row[1])),
    texts=lambda row: row,
    sorts={"som-de-er": (Text("Som de er"), None), "flest": (Text("Flest"), lambda row: -row[1])},
)
ROWS = [("Æblehaven", 2), ("Aabenraa", 30), ("=Bageren", 4)]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, ["Æblehaven", "Aabenraa", "=Bageren"]),
        ({"sortering": "flest"}, ["Aabenraa", "=Bageren", "Æblehaven"]),
        ({"sortering": "findes-ikke"}, ["Æblehaven", "Aabenraa", "=Bageren"]),
        ({"q": " æBLE "}, ["Æblehaven"]),
        ({"q": "åben"}, ["Aabenraa"]),
        ({"q": "30"}, ["Aabenraa"]),
        ({"q": "x"}, []),
    ],
)
def test_list_has_the_words_in_the_order_asked_for(
    args: dict[str, str], expected: list[str]
) -> None:
    assert [name for name, _count in LIST.narrow(ROWS, LIST.read(args))] == expected


def test_file_has_the_heads_and_runs_no_formula() -> None:
    text = LIST.as_csv(LIST.narrow(ROWS, Sought("bager")))
    assert text == "\ufeffNavn;Antal\r\n'=Bageren;4\r\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""), (0, "0"), (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), "2026-04-01"),  # it is tomorrow in Copenhagen
        (listing.kroner(123_456), "1234,56"), (listing.kroner(None), ""),
    ],
)  # fmt: skip
def test_cells_are_written_for_danish_spreadsheets(value: object, expected: str) -> None:
    assert listing.cell(value) == expected


def test_names_stand_as_danes_look_them_up() -> None:
    names = ["Åhuset", "Aabenraa", "Ærø", "Zebra", "Øl", "Bevar"]
    expected = ["Bevar", "Zebra", "Ærø", "Øl", "Aabenraa", "Åhuset"]
    assert sorted(names, key=listing.alphabetical) == expected


def test_latest_come_first_and_those_without_a_day_last() -> None:
    days = [None, date(2025, 1, 1), date(2026, 1, 1)]
    assert sorted(days, key=listing.latest) == [date(2026, 1, 1), date(2025, 1, 1), None]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("by", ["Ærøby", "Nyby", "50% By_/"]), ("ærø", ["Ærøby"]), ("ærøB", ["Ærøby"]),
        ("Ærøby", ["Ærøby"]), ("æbø", []), ("%", ["50% By_/"]), ("_", ["50% By_/"]),
        ("/", ["50% By_/"]), ("nyby x", []), ("X-7", ["Nyby"]), ("y_b", []), ("", [
        "Ærøby", "Nyby", "50% By_/"]),
    ],
)  # fmt: skip
def test_columns_are_looked_through_together_as_one_by_one(
    session: Session, words: str, expected: list[str]
) -> None:
    for name, code in (("Ærøby", "1"), ("Nyby", "x-7"), ("50% By_/", "3")):
        cast.municipality(session, name).code = code
    session.flush()
    for has in (listing.has, listing.has_together):
        query = select(Municipality.name).where(has(words, Municipality.name, Municipality.code))
        assert list(session.scalars(query.order_by(Municipality.id))) == expected


@on_postgresql
def test_postgresql_folds_no_danish_capital_but_of_what_may_be_meant(session: Session) -> None:
    for name in ("ÆBLEBY", "Æxleby"):
        cast.municipality(session, name)
    has = listing.has_together("æbleby", Municipality.name, Municipality.code)
    assert list(session.scalars(select(Municipality.name).where(has))) == ["ÆBLEBY"]
    asked = str(has.compile(dialect=postgresql.dialect()))
    first, second = asked.split(" AND ", maxsplit=1)
    assert 'COLLATE "C"' in first
    assert 'COLLATE "C"' not in second


def test_words_of_plain_letters_are_sought_by_one_pattern() -> None:
    """They were sought twice, as typed and with a capital, which is the same where A to Z fold."""
    name = Municipality.name
    assert str(listing.has("legehus", name)).count("LIKE") == 1
    assert str(listing.has("æblehus", name)).count("LIKE") == 2
    assert str(listing.has_together("legehus", name, Municipality.code)).count("LIKE") == 1
