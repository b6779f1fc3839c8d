"""Shipments on the pages of both sides: marked as sent, followed, received, stopped, printed."""

from __future__ import annotations

import io

import cast
import pytest
from cast import NOW
from flask import Flask
from flask.testing import FlaskClient
from ordering.world import DELIVERY, KEY, World, make, put
from pypdf import PdfReader

from catalogue.ordering import service
from catalogue.ordering.rules import Step

NUMBER = "0330-2026-00001"
ORDER, INCOMING = f"/ordrer/{NUMBER}", f"/indkomne-ordrer/{NUMBER}"


@pytest.fixture
def world(app: Flask) -> World:
    """Five play houses, confirmed."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = make(session)
        put(session, made, "5")
        (order,) = service.place(session, made.who, DELIVERY, KEY, NOW)
        service.take_step(session, made.worker_who, order.number, Step.CONFIRM, now=NOW)
        return made


def browser(app: Flask, person: object) -> FlaskClient:
    """Return a browser of somebody signed in."""
    client = app.test_client()
    cast.sign_in_as(client, person)  # type: ignore[arg-type]
    return client


def test_two_shipments_from_the_bench_to_the_buyer(app: Flask, world: World) -> None:
    shop, buyer = browser(app, world.worker), browser(app, world.buyer)
    first = {"shipment": "1", "sent_1": "2", "carrier": "GLS", "tracking": "3700 12",
             "note": "Kommer på palle"}  # fmt: skip
    wrong = shop.post(f"{INCOMING}/forsendelser", data=first | {"sent_1": "6"})
    assert wrong.status_code == 422
    assert "Højst det, der mangler at blive sendt: 5" in wrong.text
    assert shop.post(f"{INCOMING}/forsendelser", data=first).status_code == 303
    page = buyer.get(ORDER).text
    for said in ("Afsendt delvist", "Forsendelse 1", "GLS", "3700 12", "Undervejs",
                 "Mangler at blive sendt:", '3 × <span lang="da">Legehus i lærk'):  # fmt: skip
        assert said in page, said
    assert "Bekræft, at forsendelsen er kommet" in buyer.get(f"{ORDER}/forsendelser/1").text
    paper = shop.get(f"{INCOMING}/forsendelser/1/foelgeseddel.pdf").data
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper)).pages)
    for said in ("Forsendelse 1", "GLS, 3700 12", "en del af ordren"):
        assert said in text, said
    short = {"received_1": "1", "deviation_1": ""}
    assert buyer.post(f"{ORDER}/forsendelser/1/modtag", data=short).status_code == 422
    short["deviation_1"] = "Én var knækket"
    assert buyer.post(f"{ORDER}/forsendelser/1/modtag", data=short).status_code == 303
    shop.post(f"{INCOMING}/afsend")
    buyer.post(f"{ORDER}/modtag")
    page = buyer.get(ORDER).text
    assert "Modtaget: 4. Én var knækket" in page
    assert "En forsendelse modtaget" in page


def test_rest_that_never_comes_is_off_the_order(app: Flask, world: World) -> None:
    shop, buyer = browser(app, world.worker), browser(app, world.buyer)
    shop.post(f"{INCOMING}/forsendelser", data={"shipment": "1", "sent_1": "2"})
    assert shop.post(f"{INCOMING}/resten-kommer-ikke", data={}).status_code == 422
    shop.post(f"{INCOMING}/resten-kommer-ikke", data={"reason": "Ingen lærk"})
    page = buyer.get(ORDER).text
    for said in ("Resten kommer ikke", "Ingen lærk", "25.000,00", "Bekræft modtagelse"):
        assert said in page, said
    late = shop.post(f"{INCOMING}/forsendelser", data={"shipment": "2", "sent_1": "1"})
    assert late.status_code == 409


def test_shipments_of_others_are_not_there(app: Flask, world: World) -> None:
    browser(app, world.worker).post(f"{INCOMING}/afsend")
    with app.extensions["catalogue"].database.transaction() as session:
        stranger = cast.worker(session, cast.enterprise(session, "Grennessminde"))
        other = cast.buyer(session, world.home)
    assert browser(app, other).get(f"{ORDER}/forsendelser/1").status_code == 404
    assert browser(app, other).post(f"{ORDER}/forsendelser/1/modtag").status_code == 404
    paper = f"{INCOMING}/forsendelser/1/foelgeseddel.pdf"
    assert browser(app, stranger).get(paper).status_code == 404
    assert (
        browser(app, world.worker).get(f"{INCOMING}/forsendelser/2/foelgeseddel.pdf").status_code
        == 404
    )
