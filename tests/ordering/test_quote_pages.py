"""From "ask for a quote" to an order, through the pages of both sides."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cast
import pytest
from flask import Flask
from ordering import quoting
from ordering.world import FORM as DELIVERY
from sqlalchemy import select

from catalogue.accounts.models import Municipality, Person
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.ordering.models import Order

PDF = b"%PDF-1.7\nTegning\n%%EOF\n"
DEADLINE = quoting.DEADLINE.isoformat()
REASON = {"reason": "Laveste pris, som opfylder alle krav"}
OFFER = {
    "title_1": "Pasning", "quantity_1": "12,5", "unit_1": "hour", "price_1": "450,00",
    "vat_rate_1": "25", "valid_until": (quoting.DEADLINE + timedelta(days=30)).isoformat(),
    "text": "Vi har egne redskaber.", "delivery_days": "7",
}  # fmt: skip


@dataclass
class Town:
    """Browsers of the buyer, her staff, a stranger and three enterprises; the ids of these."""

    buyer: Any
    staff: Any
    neighbour: Any
    shops: list[Any]
    ids: list[int]
    product_id: int
    people: dict[str, Person]


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    """The world of quotes, with browsers; one enterprise sells a product of the category."""
    with database.transaction() as session:
        world = quoting.make(session)
        product = cast.product(
            session, world.shops[0], "Pasning af haver", category_code=quoting.CODE, kind="service"
        )
        vejle = cast.municipality(session, "Vejle")
        people = {
            "buyer": world.buyer,
            "staff": cast.staff(session, world.home),
            "neighbour": cast.buyer(session, vejle, email="nabo@vejle.example"),
        } | {f"shop{place}": each for place, each in enumerate(world.workers)}
        ids = [each.id for each in world.shops]
        product_id = product.id
    opened = {name: app.test_client() for name in people}
    for name, person in people.items():
        cast.sign_in_as(opened[name], person)
    shops = [opened[f"shop{place}"] for place in range(3)]
    yield Town(
        opened["buyer"], opened["staff"], opened["neighbour"], shops, ids, product_id, people
    )
    app.extensions["catalogue"].parts["search"].close()


def send(town: Town, places: tuple[int, ...] = (0, 1), **more: Any) -> str:
    """Have the buyer ask; return the address of the request."""
    form: dict[str, Any] = {
        "kategori": quoting.CODE, "title": "Pasning af bede", "description": "Tolv bede.",
        "area_m2": "240", "frequency": "weekly", "deadline_on": DEADLINE,
        "enterprises": [str(town.ids[place]) for place in places],
    }  # fmt: skip
    answer = town.buyer.post("/tilbud/ny", data=form | more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def received(address: str) -> str:
    return address.replace("/tilbud/", "/tilbudsforespoergsler/")


def status(browser: Any, address: str) -> int:
    with browser.get(address) as answer:
        return int(answer.status_code)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split()).replace("\xa0", " ")


def test_from_a_product_page_to_an_order(town: Town, database: Database) -> None:
    product = town.buyer.get(f"/varer/{town.product_id}", follow_redirects=True).text
    assert f"/tilbud/ny?vare={town.product_id}" in product
    form = town.buyer.get(f"/tilbud/ny?vare={town.product_id}").text
    assert 'value="Pasning af haver"' in form
    assert len(re.findall(r'name="enterprises"[^>]*checked', form)) == 1
    address = send(town, files=(io.BytesIO(PDF), "../plan.pdf"))
    for place, price in ((0, "520,00"), (1, "450,00")):
        seen = town.shops[place].get(received(address))
        assert "240" in text(seen)
        answer = town.shops[place].post(
            received(address) + "/tilbud", data=OFFER | {"price_1": price}
        )
        assert answer.status_code == 303, answer.text
    page = town.buyer.get(address)
    assert "6.500,00 kr." in text(page)
    assert "5.625,00 kr. lavest" in text(page)
    choice = re.findall(r"/tilbud/1/vaelg/\d+", page.text)[0]
    form = town.buyer.get(choice).text
    revision = re.search(r'name="revision" value="(\d+)"', form)
    assert revision
    chosen = DELIVERY | REASON | {"revision": revision[1]}
    faulty = town.buyer.post(choice, data=chosen | {"revision": "0", "reason": ""})
    assert 'name="revision" value="0"' in faulty.text  # what she has read, not what came since
    ordered = town.buyer.post(choice, data=chosen)
    assert ordered.headers["Location"] == "/ordrer/0330-2026-00001"
    assert town.buyer.post(choice, data=chosen).headers["Location"] == "/ordrer/0330-2026-00001"
    assert town.buyer.get(choice).headers["Location"] == address  # there is nothing left to choose
    with database.reading() as session:
        assert session.scalars(select(Order.net_ore)).all() == [562_500]
    assert "5.625,00" in text(town.shops[1].get("/indkomne-ordrer/0330-2026-00001"))
    assert "Jeres tilbud blev valgt" in text(town.shops[1].get(received(address)))
    lost = text(town.shops[0].get(received(address)))
    assert "Et andet tilbud blev valgt" in lost
    assert "5.625" not in lost


def test_files_are_handed_to_those_asked_and_to_nobody_else(town: Town) -> None:
    address = send(town, files=(io.BytesIO(PDF), "../Bo Bergs plan.exe"))
    own = OFFER | {"files": (io.BytesIO(PDF + b"\n%%EOF"), "vilkaar.pdf")}
    town.shops[0].post(received(address) + "/tilbud", data=own)
    readers = {"buyer": town.buyer, "staff": town.staff, "neighbour": town.neighbour} | {
        f"shop{place}": each for place, each in enumerate(town.shops)
    }
    found = {
        name: [status(each, f"/tilbud/filer/{number}") for number in (1, 2)]
        for name, each in readers.items()
    }
    assert found == {
        "buyer": [200, 200], "staff": [200, 200], "neighbour": [404, 404],
        "shop0": [200, 200], "shop1": [200, 404], "shop2": [404, 404],
    }  # fmt: skip
    with town.shops[1].get("/tilbud/filer/1") as file:
        assert file.data == PDF
        assert "plan.pdf" in file.headers["Content-Disposition"]
        assert "no-store" in file.headers["Cache-Control"]


def test_a_file_that_is_no_document_is_refused_with_the_form_as_typed(town: Town) -> None:
    form = {
        "kategori": quoting.CODE, "title": "Pasning", "description": "Tolv bede.",
        "deadline_on": DEADLINE, "enterprises": str(town.ids[0]),
        "files": (io.BytesIO(b"MZ program"), "plan.pdf"),
    }  # fmt: skip
    answer = town.buyer.post("/tilbud/ny", data=form)
    assert answer.status_code == 422
    assert "Tolv bede." in answer.text
    assert 'href="#field-files"' in answer.text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"description": "Ring til 010190-1234"}, "description"),
        ({"deadline_on": "2026-11-24"}, "deadline_on"),
        ({"enterprises": []}, "enterprises"),
        ({"area_m2": "meget"}, "area_m2"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_in_a_request_is_said_at_the_field(
    town: Town, given: dict[str, Any], field: str
) -> None:
    form: dict[str, Any] = {
        "kategori": quoting.CODE, "title": "Pasning", "description": "Tolv bede.",
        "deadline_on": DEADLINE, "enterprises": [str(each) for each in town.ids],
    }  # fmt: skip
    answer = town.buyer.post("/tilbud/ny", data=form | given)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text


def test_a_quote_with_a_wrong_line_comes_back_and_one_more_line_is_drawn(town: Town) -> None:
    there = received(send(town)) + "/tilbud"
    wrong = town.shops[0].post(there, data=OFFER | {"price_1": "billigt"})
    assert wrong.status_code == 422
    assert 'href="#field-price_1"' in wrong.text
    lines = {f"{name}_2": "" for name in ("title", "quantity", "price")}
    more = town.shops[0].post(there, data=OFFER | lines | {"do": "more"})
    assert more.status_code == 200
    assert 'name="price_3"' in more.text
    assert "Vi har egne redskaber." in more.text


def test_questions_go_to_all_and_a_no_gives_its_reason(town: Town, database: Database) -> None:
    address = send(town)
    asked = received(address)
    town.shops[0].post(asked + "/spoergsmaal", data={"question": "Er der vand?"})
    assert "Er der vand?" not in town.shops[1].get(asked).text
    assert town.buyer.post("/tilbud/spoergsmaal/1", data={"answer": ""}).status_code == 303
    town.buyer.post("/tilbud/spoergsmaal/1", data={"answer": "Ja, ved gavlen."})
    for shop in town.shops[:2]:
        assert "Ja, ved gavlen." in shop.get(asked).text
    assert town.shops[1].post(asked + "/nej", data={"reason": ""}).status_code == 422
    town.shops[1].post(asked + "/nej", data={"reason": "Vi har travlt til maj"})
    assert "Vi har travlt til maj" in town.buyer.get(address).text
    town.buyer.post(
        address + "/frist", data={"deadline_on": (quoting.DEADLINE + timedelta(7)).isoformat()}
    )
    town.buyer.post(address + "/spoerg-flere", data={"enterprises": [str(town.ids[2])]})
    town.buyer.post(address + "/luk", data={"reason": "Vi gør det selv"})
    assert "Vi gør det selv" in town.shops[2].get(asked).text
    assert town.shops[2].post(asked + "/tilbud", data=OFFER).status_code == 409
    with database.reading() as session:
        told = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        facts = str(session.scalars(select(AuditEvent.facts)).all())
    assert told == [
        "quote.asked", "quote.questioned", "quote.question_answered", "quote.declined",
        "quote.extended", "quote.widened", "quote.closed",
    ]  # fmt: skip
    assert "gavlen" not in facts


def test_staff_are_shown_how_to_close_what_a_buyer_who_has_left_asked(
    town: Town, database: Database
) -> None:
    address = send(town)
    assert "/luk" not in town.staff.get(address).text
    assert town.staff.post(f"{address}/luk", data={"reason": "Holdt op"}).status_code == 404
    with database.transaction() as session:
        session.get_one(Person, town.people["buyer"].id).disabled_at = cast.NOW
    assert "Indkøberen er holdt op" in text(town.staff.get(address))
    assert town.staff.post(f"{address}/luk", data={"reason": ""}).status_code == 422
    assert town.staff.post(f"{address}/luk", data={"reason": "Holdt op"}).status_code == 303
    assert "Holdt op" in text(town.shops[0].get(received(address)))


def test_no_page_shows_an_enterprise_a_competitor_or_the_buyer(town: Town) -> None:
    address = send(town, (0, 1, 2))
    town.shops[0].post(received(address) + "/tilbud", data=OFFER | {"text": "Hemmelig pris"})
    page = town.shops[1].get(received(address)).text
    for secret in ("Hemmelig", "450,00", "Haveholdet", "Riven", town.people["buyer"].name):
        assert secret not in page
    assert town.shops[1].get(address).status_code == 403
    assert town.neighbour.get(address).status_code == 404
    assert town.staff.get(address).status_code == 200
    assert "Luk tilbudsforespørgslen" not in town.staff.get(address).text


def test_a_category_under_a_mandatory_agreement_is_not_offered(
    town: Town, database: Database
) -> None:
    assert quoting.CODE in town.buyer.get("/tilbud/ny").text
    with database.transaction() as session:
        home = session.scalars(select(Municipality).where(Municipality.code == "0330")).one()
        cast.mandatory(session, home, categories=["77300000"])
    assert quoting.CODE not in town.buyer.get("/tilbud/ny").text
    answer = text(town.buyer.get(f"/tilbud/ny?kategori={quoting.CODE}"))
    assert "Ingen kan spørges i denne kategori" in answer
