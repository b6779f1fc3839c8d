"""Demands, from the empty search to the answer: verbs, refusals and pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cast
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product, ProductState
from catalogue.search import demand as service
from catalogue.search import demand_queries as queries
from catalogue.search.models import Demand, DemandAnswer
from catalogue.search.rules import Given, Wanted

LIST, NEW, RECEIVED = "/efterlysninger", "/efterlysninger/ny", "/efterlysninger/modtagne"
NAME, EMAIL = "Mette Hemmelig", "mette.hemmelig@slagelse.example"
YESTERDAY, TODAY = "2026-11-23", "24-11-2026"


@dataclass
class World:
    """A buyer and a colleague, staff, two enterprises, and a neighbouring municipality."""

    buyer: Person
    colleague: Person
    staff: Person
    neighbour: Person
    enterprise: Enterprise
    worker: Person
    other: Enterprise
    other_worker: Person
    product: Product


def make(session: Session) -> World:
    """Make the world."""
    home, next_door = cast.municipality(session), cast.municipality(session, "Sorø")
    enterprise = cast.enterprise(session)
    other = cast.enterprise(session, "Grennessminde")
    return World(
        buyer=cast.buyer(session, home, name=NAME, email=EMAIL),
        colleague=cast.buyer(session, home, name="Bo Berg"),
        staff=cast.staff(session, home),
        neighbour=cast.staff(session, next_door, name="Ida Nabo"),
        enterprise=enterprise,
        worker=cast.worker(session, enterprise),
        other=other,
        other_worker=cast.worker(session, other),
        product=cast.product(session, enterprise, "Legetøjskasse i birk"),
    )


@pytest.fixture
def world(database: Database) -> World:
    """The world, committed."""
    with database.transaction() as session:
        return make(session)


def ask(database: Database, by: Person, **wanted: Any) -> Demand:
    """Ask as that person."""
    with database.transaction() as session:
        given = Wanted(**({"text": "Legetøj i træ"} | wanted))
        return service.ask(session, cast.who(session, by), given, cast.NOW)


def answer(database: Database, by: Person, to: Demand, **given: Any) -> DemandAnswer:
    """Answer as that person."""
    with database.transaction() as session:
        filled = Given(**({"text": "Det kan vi lave."} | given))
        return service.answer(session, cast.who(session, by), to.id, filled, cast.NOW)


def close(database: Database, by: Person, which: Demand) -> Demand:
    """Close as that person."""
    with database.transaction() as session:
        return service.close(session, cast.who(session, by), which.id, "Fundet", cast.NOW)


def browser(app: Any, person: Person) -> Any:
    """Return a browser in which that person is signed in."""
    client = app.test_client()
    cast.sign_in_as(client, person)
    return client


def test_what_is_not_found_is_asked_for_answered_and_closed(
    app: Any, world: World, database: Database
) -> None:
    with database.transaction() as session:
        cast.category(session, cast.GIFTS, "Gaver")
    buyer, worker = browser(app, world.buyer), browser(app, world.worker)
    empty = buyer.get("/soeg?q=rumraket").text
    assert f'href="{NEW}?q=rumraket"' in empty

    form = buyer.get(f"{NEW}?q=rumraket&kategori={cast.GIFTS}&enterprise={world.enterprise.id}")
    assert 'value="rumraket"' in form.text
    assert f'<option value="{cast.GIFTS}" selected>Gaver</option>' in form.text
    assert f'<option value="{world.enterprise.id}" selected>Legehytten</option>' in form.text
    sent = buyer.post(NEW, data={
        "text": "Rumraket i træ", "details": "To meter høj", "category_code": cast.GIFTS,
        "needed_on": TODAY, "enterprise_id": "",
    })  # fmt: skip
    assert sent.status_code == 303
    page = buyer.get(sent.location).text
    assert "Din efterlysning er sendt" in page
    assert "Ingen svar endnu" in page

    number = sent.location.rpartition("/")[2]
    received = worker.get(f"{RECEIVED}?svar={number}").text
    assert "Rumraket i træ" in received
    assert "To meter høj" in received
    assert "Slagelse" in received
    answered = worker.post(f"{LIST}/{number}/svar", data={
        "text": "Vi bygger den\nLEVERES MALET", "price": "1.250,50",
        "product_id": str(world.product.id),
    })  # fmt: skip
    assert answered.location == RECEIVED
    again = worker.get(f"{RECEIVED}?svar={number}").text
    assert 'value="1250,50"' in again
    assert f'<option value="{world.product.id}" selected>' in again

    page = buyer.get(sent.location).text
    assert "Legehytten</a>" in page
    assert "1.250,50" in page
    assert "<p>LEVERES MALET</p>" in page
    assert f'href="/varer/{world.product.id}/legetoejskasse-i-birk"' in page

    closed = buyer.post(f"{sent.location}/luk", data={"reason": "Vi købte den"})
    assert closed.location == sent.location
    page = buyer.get(sent.location).text
    assert "Vi købte den" in page
    assert "Lukket" in page
    assert "Rumraket" not in worker.get(RECEIVED).text


def test_menus_lead_buyers_staff_and_enterprises_to_requests(app: Any, world: World) -> None:
    for person in (world.buyer, world.staff):
        assert f'href="{LIST}"' in browser(app, person).get(LIST).text
    assert f'href="{RECEIVED}"' in browser(app, world.worker).get(RECEIVED).text


def test_only_buyers_are_offered_to_ask(app: Any, world: World) -> None:
    assert NEW in browser(app, world.buyer).get("/soeg?q=rumraket").text
    assert NEW not in browser(app, world.staff).get("/soeg?q=rumraket").text


def test_empty_lists_say_what_will_stand_there(app: Any, world: World) -> None:
    assert "Du har ingen efterlysninger endnu" in browser(app, world.buyer).get(LIST).text
    assert "Ingen efterlysninger endnu" in browser(app, world.staff).get(LIST).text
    assert "Ingen åbne efterlysninger" in browser(app, world.worker).get(RECEIVED).text


def test_every_deed_leaves_a_trace(world: World, database: Database) -> None:
    asked = ask(database, world.buyer)
    answer(database, world.worker, asked)
    close(database, world.buyer, asked)
    with database.reading() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.person_id).order_by(AuditEvent.id)
        ).all()
    assert [tuple(each) for each in events] == [
        ("demand.asked", world.buyer.id),
        ("demand.answered", world.worker.id),
        ("demand.closed", world.buyer.id),
    ]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"text": " "}, "text", "Udfyld"),
        ({"text": "x" * 201}, "text", "200"),
        ({"details": "x" * 2001}, "details", "2000"),
        ({"details": "Til 010190-1234"}, "details", "CPR"),
        ({"category_code": "99999999"}, "category_code", "Vælg en kategori"),
        ({"needed_on": YESTERDAY}, "needed_on", "Dagen er forbi"),
        ({"needed_on": "i morgen"}, "needed_on", "dato"),
        ({"enterprise_id": "99999"}, "enterprise_id", "Vælg en virksomhed"),
    ],
)
def test_faulty_request_is_drawn_again_as_typed(
    app: Any, world: World, database: Database, typed: dict[str, str], field: str, said: str
) -> None:
    form = {"text": "Legetøj", "details": "Af bøg"} | typed
    response = browser(app, world.buyer).post(NEW, data=form)
    assert response.status_code == 422
    assert f'href="#field-{field}"' in response.text
    assert said in response.text.partition('id="error-summary-title"')[2].partition("</ul>")[0]
    assert (form["details"] in response.text) or field == "text"
    with database.reading() as session:
        assert session.scalars(select(Demand)).all() == []


def test_past_day_is_told_beside_other_faults(app: Any, world: World) -> None:
    page = browser(app, world.buyer).post(NEW, data={"text": "", "needed_on": YESTERDAY}).text
    assert 'href="#field-text"' in page
    assert 'href="#field-needed_on"' in page


def test_request_to_an_unverified_enterprise_is_refused(world: World, database: Database) -> None:
    with database.transaction() as session:
        applied = cast.enterprise(session, "Ansøgeren", state=EnterpriseState.APPLIED)
    with pytest.raises(Invalid) as refused:
        ask(database, world.buyer, enterprise_id=applied.id)
    assert set(refused.value.problems) == {"enterprise_id"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"price": "mange penge"}, "price"),
        ({"price": "1,005"}, "price"),
        ({"price": "-5"}, "price"),
        ({"product_id": "99999"}, "product_id"),
        ({"product_id": "abc"}, "product_id"),
    ],
)
def test_faulty_answer_is_drawn_again_as_typed(
    app: Any, world: World, database: Database, typed: dict[str, str], field: str
) -> None:
    asked = ask(database, world.buyer)
    form = {"text": "Vi kan levere til påske", "price": "12"} | typed
    response = browser(app, world.worker).post(f"{LIST}/{asked.id}/svar", data=form)
    assert response.status_code == 422
    assert f'href="#field-{field}"' in response.text
    assert form["text"] in response.text
    assert f'value="{form["price"]}"' in response.text
    assert f'href="{RECEIVED}?svar={asked.id}#svar"' in response.text  # the list stands below
    with database.reading() as session:
        assert session.scalars(select(DemandAnswer)).all() == []


@pytest.mark.parametrize("facts", [{"state": ProductState.WITHDRAWN}, {"of": "other"}])
def test_answer_points_at_own_published_products_only(
    world: World, database: Database, facts: dict[str, Any]
) -> None:
    asked = ask(database, world.buyer)
    with database.transaction() as session:
        facts = dict(facts)
        of = world.other if facts.pop("of", None) else world.enterprise
        product = cast.product(session, of, "Ikke til valg", **facts)
    with pytest.raises(Invalid) as refused:
        answer(database, world.worker, asked, product_id=product.id)
    assert set(refused.value.problems) == {"product_id"}
    with database.reading() as session:
        offered = queries.list_offered(session, world.enterprise.id)
    assert offered == [(world.product.id, world.product.title)]


def test_second_answer_replaces_the_first(world: World, database: Database) -> None:
    asked = ask(database, world.buyer)
    answer(database, world.worker, asked, price_ore=100, product_id=world.product.id)
    answer(database, world.other_worker, asked, text="Også os")
    answer(database, world.worker, asked, text="Alligevel ikke")
    with database.reading() as session:
        page = queries.get_demand(session, cast.who(session, world.buyer), asked.id)
    said = {each.enterprise_name: each.answer for each in page.answers}
    assert set(said) == {"Legehytten", "Grennessminde"}
    mine = said["Legehytten"]
    assert (mine.text, mine.price_ore, mine.product_id) == ("Alligevel ikke", None, None)


def test_enterprise_sees_its_own_answer_and_no_other(
    app: Any, world: World, database: Database
) -> None:
    asked = ask(database, world.buyer)
    answer(database, world.worker, asked, text="Vores svar er hemmeligt for andre")
    assert "Vores svar er hemmeligt" in browser(app, world.worker).get(RECEIVED).text
    assert "Vores svar er hemmeligt" not in browser(app, world.other_worker).get(RECEIVED).text


def test_closed_request_is_neither_answered_nor_closed_again(
    app: Any, world: World, database: Database
) -> None:
    asked = ask(database, world.buyer)
    close(database, world.buyer, asked)
    with pytest.raises(service.DemandClosed):
        answer(database, world.worker, asked)
    with pytest.raises(service.DemandClosed):
        close(database, world.staff, asked)
    response = browser(app, world.worker).post(f"{LIST}/{asked.id}/svar", data={"text": "Ja"})
    assert response.status_code == 409
    assert "Efterlysningen er lukket" in response.text


def test_closing_needs_a_reason(app: Any, world: World, database: Database) -> None:
    asked = ask(database, world.buyer)
    response = browser(app, world.buyer).post(f"{LIST}/{asked.id}/luk", data={"reason": " "})
    assert response.status_code == 422
    assert 'href="#field-reason"' in response.text
    with database.reading() as session:
        assert session.get_one(Demand, asked.id).closed_at is None


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
