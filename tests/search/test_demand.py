"""Demands, from the empty search to the answer: verbs, refusals and pages."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from search.wanting import LIST, NEW, RECEIVED, World, answer, ask, browser, close, world
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid
from catalogue.enterprises.models import EnterpriseState
from catalogue.products.models import ProductState
from catalogue.search import demand as service
from catalogue.search import demand_queries as queries
from catalogue.search.models import Demand, DemandAnswer

__all__ = ["world"]


YESTERDAY, TODAY = "2026-11-23", "24-11-2026"


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
    assert '<p lang="da">LEVERES MALET</p>' in page
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
