"""Demands: who sees them, who closes them, and in what order they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cast
import pytest
from search.wanting import EMAIL, LIST, NAME, RECEIVED, World, answer, ask, browser, close, world
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.core.errors import Missing
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.search import demand_queries as queries
from catalogue.search.models import Demand, DemandAnswer

__all__ = ["world"]


def test_staff_see_and_close_what_any_buyer_of_the_municipality_asked(
    app: Any, world: World, database: Database
) -> None:
    asked = ask(database, world.buyer)
    staff = browser(app, world.staff)
    assert NAME in staff.get(LIST).text
    assert NAME in staff.get(f"{LIST}/{asked.id}").text
    assert staff.post(f"{LIST}/{asked.id}/luk", data={"reason": "Nok"}).status_code == 303


def test_others_find_and_close_nothing(app: Any, world: World, database: Database) -> None:
    asked = ask(database, world.buyer, text="Kun vores")
    for person in (world.colleague, world.neighbour):
        client = browser(app, person)
        assert "Kun vores" not in client.get(LIST).text
        assert client.get(f"{LIST}/{asked.id}").status_code == 404
        for reason in ("Nej", ""):
            closing = client.post(f"{LIST}/{asked.id}/luk", data={"reason": reason})
            assert closing.status_code == 404
    with database.reading() as session:
        assert session.get_one(Demand, asked.id).closed_at is None


def test_buyer_who_moved_sees_nothing_of_her_old_municipality(
    world: World, database: Database
) -> None:
    asked = ask(database, world.buyer)
    with database.reading() as session:
        moved = replace(cast.who(session, world.buyer), municipality_id=world.other.municipality_id)
        assert queries.list_demands(session, moved) == []
        with pytest.raises(Missing):
            queries.get_demand(session, moved, asked.id)


def test_request_to_one_enterprise_is_hidden_from_the_others(
    app: Any, world: World, database: Database
) -> None:
    asked = ask(database, world.buyer, text="Kun til Legehytten", enterprise_id=world.enterprise.id)
    assert "Kun til Legehytten" in browser(app, world.worker).get(RECEIVED).text
    other = browser(app, world.other_worker)
    assert "Kun til Legehytten" not in other.get(RECEIVED).text
    assert other.get(f"{RECEIVED}?svar={asked.id}").status_code == 404
    for text in ("Ja", ""):
        assert other.post(f"{LIST}/{asked.id}/svar", data={"text": text}).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(DemandAnswer)).all() == []


@pytest.mark.parametrize("state", [EnterpriseState.APPLIED, EnterpriseState.SUSPENDED])
def test_unverified_enterprise_sees_and_answers_nothing(
    app: Any, world: World, database: Database, state: EnterpriseState
) -> None:
    asked = ask(database, world.buyer, text="Ikke for alle")
    with database.transaction() as session:
        session.get_one(Enterprise, world.enterprise.id).state = state
    worker = browser(app, world.worker)
    page = worker.get(RECEIVED).text
    assert "Ikke for alle" not in page
    assert "ikke verificeret endnu" in page
    assert worker.get(f"{RECEIVED}?svar={asked.id}").status_code == 404
    assert worker.post(f"{LIST}/{asked.id}/svar", data={"text": "Ja"}).status_code == 403


def test_buyer_is_never_named_to_an_enterprise(app: Any, world: World, database: Database) -> None:
    asked = ask(database, world.buyer)
    worker = browser(app, world.worker)
    faulty = worker.post(f"{LIST}/{asked.id}/svar", data={"text": ""})
    answered = worker.post(f"{LIST}/{asked.id}/svar", data={"text": "Ja"}, follow_redirects=True)
    pages = [worker.get(RECEIVED), worker.get(f"{RECEIVED}?svar={asked.id}"), faulty, answered]
    for page in pages:
        assert "Legetøj i træ" in page.text
        assert "Slagelse" in page.text
        assert NAME not in page.text
        assert EMAIL not in page.text


@pytest.mark.parametrize("chosen", ["", "x", "-1", "0", "9" * 40, "²"])
def test_unreadable_choice_shows_the_list(app: Any, world: World, chosen: str) -> None:
    response = browser(app, world.worker).get(RECEIVED, query_string={"svar": chosen})
    assert response.status_code == 200


def test_lists_stand_in_the_stated_order(world: World, database: Database) -> None:
    first, second, third = [ask(database, world.buyer, text=text) for text in "ABC"]
    close(database, world.buyer, third)
    with database.reading() as session:
        who: Who = cast.who(session, world.buyer)
        own = queries.list_demands(session, who)
    assert [each.demand.id for each in own] == [second.id, first.id, third.id]
    answer(database, world.worker, second)
    with database.reading() as session:
        to_answer = queries.list_open(session, world.enterprise.id, offset=0, limit=9)
        assert queries.count_open(session, world.enterprise.id) == 2
    assert [each.id for each in to_answer] == [first.id, second.id]


def test_long_lists_are_divided_into_pages(app: Any, world: World, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        for number in range(30):
            cast.demand(session, world.buyer, home, text=f"Efterlyst {number:02d}.")
    for person, address in ((world.buyer, LIST), (world.worker, RECEIVED)):
        client = browser(app, person)
        first, second = client.get(address).text, client.get(f"{address}?page=2").text
        assert "Efterlyst 29." in first
        assert "Efterlyst 04." not in first
        assert "Efterlyst 04." in second
        assert f'href="{address}?page=2"' in first


def test_pages_take_the_same_queries_with_three_and_thirty_demands(
    app: Any, world: World, database: Database
) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        shown = cast.demand(session, world.buyer, home)
    people = {
        LIST: [world.buyer, world.staff],
        f"{LIST}/{shown.id}": [world.buyer, world.staff],
        RECEIVED: [world.worker],
        f"{RECEIVED}?svar={shown.id}": [world.worker],
    }
    counts: list[dict[tuple[str, int], int]] = []
    for more in (2, 27):
        with database.transaction() as session:
            for number in range(more):
                asked = cast.demand(session, world.buyer, home, category_code=None)
                cast.demand_answer(session, asked, world.enterprise, product_id=world.product.id)
                by = cast.enterprise(session, f"Virksomhed {more} {number}")
                cast.demand_answer(session, shown, by)
        found = {}
        for address, readers in people.items():
            for person in readers:
                client = browser(app, person)
                client.get(address)
                with cast.counted_queries(database) as seen:
                    client.get(address)
                found[address, person.id] = len(seen)
        counts.append(found)
    assert counts[0] == counts[1]
