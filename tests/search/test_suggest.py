"""What is offered while a buyer types: what she may order, in a fixed number of queries."""

from __future__ import annotations

import shutil
from typing import Any

import cast
import pytest
from flask import Flask
from search import worlds
from sqlalchemy import text

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.enterprises.models import EnterpriseState
from catalogue.search import service, suggest
from catalogue.search.postgres import tables

CHAIRS = "39112000"


@pytest.fixture
def in_force(database: Database, finder: dict[str, Any]) -> InForce:
    """Play houses and garden chairs that may be ordered, a gift that may not."""
    with database.transaction() as session:
        cast.category(session, cast.PLAY_HOUSES, "Udstyr til legepladser")
        cast.category(session, cast.GIFTS, "Gaver og belønninger")
        cast.category(session, "39100000", "Møbler")
        cast.category(session, CHAIRS, "Stole")
        seller, joiner = cast.enterprise(session, "Legehytten"), cast.enterprise(session, "Høvl")
        cast.enterprise(session, "Legestuen")
        cast.enterprise(session, "Legeborgen", state=EnterpriseState.APPLIED)
        other = {"summary": "Af træ.", "description": "Fra eget værksted."}
        cast.product(session, seller, "Legehus i lærk", summary="Af træ.")
        cast.product(session, joiner, "Legegave", category_code=cast.GIFTS, **other)
        cast.product(session, joiner, "Gul havestol", category_code=CHAIRS, **other)
        made = worlds.applying(
            cast.municipality(session),
            voluntary=[(seller.id, cast.PLAY_HOUSES), (joiner.id, CHAIRS)],
        )
    service.rebuild(database, finder)
    return made


def offered(
    database: Database, finder: dict[str, Any], in_force: InForce, typed: str
) -> dict[str, list[str]]:
    with database.reading() as session:
        found = suggest.suggest(session, finder, typed, in_force)
    groups = {
        "products": [each.name for each in found.products],
        "searches": list(found.searches),
        "categories": [each.name for each in found.categories],
        "enterprises": [each.name for each in found.enterprises],
        "profiles": [each.name for each in found.profiles],
    }
    return {name: names for name, names in groups.items() if names}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "leg",
            {
                "products": ["Legehus i lærk"],
                "searches": ["legehus"],
                "categories": ["Udstyr til legepladser"],
                "enterprises": ["Legehytten"],
                "profiles": ["Legestuen"],
            },
        ),
        ("Legeh", {"products": ["Legehus i lærk"], "searches": ["legehus"],
                   "enterprises": ["Legehytten"]}),
        ("legehus", {"products": ["Legehus i lærk"]}),
        ("gul  haves", {"products": ["Gul havestol"], "searches": ["gul havestol"]}),
        ("gul-haves", {"products": ["Gul havestol"], "searches": ["gul-havestol"]}),
        ("lærk -legeh", {"products": ["Legehus i lærk"]}),  # no search for what is not wanted
        ("møb", {"categories": ["Møbler"]}),
        ("MØB", {"categories": ["Møbler"]}),
        ("sto", {"products": ["Gul havestol"], "searches": ["stole"], "categories": ["Stole"]}),
        ("391", {"categories": ["Kategori 39110000", "Møbler", "Stole"]}),  # CPV codes
        ("39112000-0", {"products": ["Gul havestol"]}),
        ("beløn", {}),
        ('"legehus', {"products": ["Legehus i lærk"]}),
        ("le", {}),
        ("%%%", {}),
        ("___", {}),
        ("абв", {}),
    ],
)  # fmt: skip
def test_suggestions(
    database: Database, finder: dict[str, Any], in_force: InForce, typed: str,
    expected: dict[str, list[str]],
) -> None:  # fmt: skip
    assert offered(database, finder, in_force, typed) == expected


def test_suggestions_take_a_fixed_number_of_queries(
    database: Database, finder: dict[str, Any], in_force: InForce, engine: str
) -> None:
    with database.reading() as session:  # what stood is read once
        suggest.suggest(session, finder, "leg", in_force)
    with database.reading() as session, cast.counted_queries(database) as seen:
        suggest.suggest(session, finder, "legeh", in_force)
    assert len(seen) == {"whoosh": 4, "postgresql": 10}[engine], seen


def test_without_an_index_nothing_is_offered(
    database: Database, finder: dict[str, Any], in_force: InForce, settings: Any, engine: str
) -> None:
    finder["search"].close()
    if engine == "whoosh":
        shutil.rmtree(settings.index_folder)
    else:
        with database.transaction() as session:
            session.execute(text(f"DROP SCHEMA {tables.SCHEMA} CASCADE"))
    assert offered(database, finder, in_force, "legehus") == {}


@pytest.mark.parametrize(
    ("groups", "most", "shared"),
    [
        ([], 8, []),
        (["abcde"], 3, ["abc"]),
        (["abcde", "x", "yz"], 5, ["ab", "x", "yz"]),
        (["abcde", "", "yz"], 8, ["abcde", "", "yz"]),
        (["ab", "cd", "ef"], 4, ["ab", "c", "e"]),
    ],
)
def test_places_are_shared_among_the_kinds(groups: list[str], most: int, shared: list[str]) -> None:
    assert ["".join(each) for each in suggest.share(groups, most)] == shared


def test_products_count_for_the_categories_above_theirs() -> None:
    counts = suggest.with_ancestors((("39112000", 2), ("39100000", 1), ("18530000", 4), (None, 9)))
    assert counts["39000000"] == counts["39100000"] == 3
    assert counts["39112000"] == 2
    assert counts["18000000"] == 4


def test_the_address_answers_in_groups(app: Flask, client: Any, database: Database) -> None:
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        home, seller = cast.municipality(session), cast.enterprise(session)
        product = cast.product(session, seller, "Legehus & <tårn>")
        cast.voluntary(session, home, seller, categories=[cast.PLAY_HOUSES])
        person = cast.buyer(session, home)
        worlds.put(session, [product])
        address, shop = f"/varer/{product.id}/legehus-og-taarn", seller.id
    worlds.work(database, parts)
    cast.sign_in_as(client, person)
    response = client.get("/soeg/forslag?q=legeh")
    assert response.headers["Cache-Control"].startswith("private")
    groups = {each["label"]: each["items"] for each in response.json}
    assert groups["Varer"] == [{"kind": "product", "text": "Legehus & <tårn>", "url": address}]
    assert groups["Søgninger"][0]["url"] == "/soeg?q=legehus"
    assert groups["Virksomheder"][0]["url"] == f"/soeg?enterprise={shop}"
    assert client.get("/soeg/forslag").json == []
    parts["search"].close()
