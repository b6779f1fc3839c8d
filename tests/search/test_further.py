"""What is further off than the hits: offered beside few of them, under the same filters."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cast
import pytest
from api.callers import caller
from flask import Flask
from search import worlds
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.products.models import ProductState
from catalogue.search import service
from catalogue.search.engine import facets
from catalogue.search.models import Asked
from catalogue.search.query import Hits, Query, Sort

ASIDE = {"summary": "Fast pris.", "description": "Gives væk med en gavekurv."}
FURTHER = facets.MOST_FURTHER + 2  # that say it aside, more than are offered


@pytest.fixture
def baskets(database: Database, finder: dict[str, Any]) -> InForce:
    """A gift basket with id 1, and ladders said to go with one; the last may not be ordered."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        cast.product(session, seller, "Gavekurv", summary="Fast pris.", description="Med honning.")
        for number in range(FURTHER):
            cast.product(session, seller, f"Stige {number}", **ASIDE)
        cast.product(session, cast.enterprise(session, "Andre"), "Stige herfra", **ASIDE)
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    return in_force


def asked(database: Database, finder: dict[str, Any], in_force: InForce, **otherwise: Any) -> Hits:
    with database.reading() as session:
        query = replace(Query("gavekurv"), **otherwise)
        return service.find(session, finder, query, in_force)


def test_beside_few_hits_the_best_of_what_is_further_off_are_offered(
    database: Database, finder: dict[str, Any], baskets: InForce
) -> None:
    hits = asked(database, finder, baskets)
    assert (hits.ids, hits.total) == ((1,), 1)
    assert len(hits.further) == facets.MOST_FURTHER
    assert set(hits.further) <= set(range(2, 2 + FURTHER))


@pytest.mark.parametrize(
    "otherwise",
    [{"sort": Sort.NEWEST}, {"page": 2}, {"text": ""}, {"text": "stige"}, {"kind": "service"}],
)
def test_other_orders_pages_and_queries_offer_none(
    database: Database, finder: dict[str, Any], baskets: InForce, otherwise: dict[str, Any]
) -> None:
    assert asked(database, finder, baskets, **otherwise).further == ()


def test_what_may_not_be_ordered_is_offered_where_it_is_shown_among_the_hits(
    database: Database,
    finder: dict[str, Any],
    baskets: InForce,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(facets, "MOST_FURTHER", FURTHER + 2)
    foreign = FURTHER + 2
    assert foreign not in asked(database, finder, baskets).further
    shown = asked(database, finder, baskets, show_all=True)
    assert foreign in shown.further


def test_beside_many_hits_none_are_offered(
    database: Database,
    finder: dict[str, Any],
    baskets: InForce,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(facets, "FEW", 1)
    assert asked(database, finder, baskets).further == ()


@pytest.fixture
def person(app: Flask, database: Database) -> Iterator[Person]:
    """A buyer before a gift basket, and ladders that are only said to go with one."""
    parts = app.extensions["catalogue"].parts
    with database.transaction() as session:
        here, seller = cast.municipality(session), cast.enterprise(session)
        made = [cast.product(session, seller, "Gavekurv", summary="Pæn.", description="Honning.")]
        made += [cast.product(session, seller, f"Stige {each}", **ASIDE) for each in range(5)]
        made.append(cast.product(session, seller, "Skål", state=ProductState.WITHDRAWN, **ASIDE))
        cast.voluntary(session, here, seller)
        worlds.put(session, made)
        buyer = cast.buyer(session)
    worlds.work(database, parts)
    yield buyer
    parts["search"].close()


def test_the_page_leads_to_them_and_shows_them_below_the_hits(app: Flask, person: Person) -> None:
    client = app.test_client()
    cast.sign_in_as(client, person)
    folded = client.get("/soeg?q=gavekurv").text
    assert "<strong>1 vare</strong>" in folded
    assert "Stige" not in folded
    said = "Vis 5 varer, der ligger længere fra det, du skrev"
    (address,) = re.findall(f'<a href="([^"]*)#laengere">{said}</a>', folded)
    hits, _head, further = client.get(html.unescape(address)).text.partition('id="laengere">')
    assert "<mark>Gavekurv</mark></a>" in hits
    assert "<strong>1 vare</strong>" in hits
    for number in range(5):
        assert f"Stige {number}</a>" in further
        assert f"Stige {number}</a>" not in hits
    assert "Skål" not in further
    assert "Fundet på: gavekurv" in further
    assert "længere fra" not in client.get("/soeg?q=stige").text


def test_who_unfolds_them_has_searched_once(app: Flask, person: Person, database: Database) -> None:
    client = app.test_client()
    cast.sign_in_as(client, person)
    for address in ("/soeg?q=gavekurv", "/soeg?q=gavekurv&laengere=ja"):
        client.get(address, buffered=True)
    with database.reading() as session:
        assert [each.times for each in session.scalars(select(Asked))] == [1]


def test_programs_get_them_if_they_ask(app: Flask, person: Person) -> None:
    program = caller(app, person)
    told = program.get("/search?q=gavekurv&further=true").get_json()
    assert [each["title"] for each in told["items"]] == ["Gavekurv"]
    assert {each["title"] for each in told["further"]} == {f"Stige {each}" for each in range(5)}
    assert told["total"] == 1
    assert program.get("/search?q=gavekurv").get_json()["further"] == []
