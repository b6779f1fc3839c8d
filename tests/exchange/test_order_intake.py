"""A municipality's own system orders by documents, is answered by them, and is taken once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from exchange import peppol_kit
from exchange.test_document_carriers import send
from flask import Flask
from ordering.test_pages import browser
from ordering.world import World, make
from sqlalchemy import select

from catalogue.core.http import State
from catalogue.exchange import document_receiving, documents, order_intake
from catalogue.exchange.document_carriers import Carrier
from catalogue.exchange.order_document import (
    Actor,
    Address,
    AnsweredLine,
    AskedLine,
    AskedOrder,
    Cancelled,
    Contact,
    Delivered,
    LineAnswer,
    LineStatus,
)
from catalogue.exchange.peppol_document import GLN_SCHEME, Identifier, Period, Quantity, by_cvr
from catalogue.exchange.peppol_shapes import ADVANCED, ORDERING
from catalogue.exchange.route_models import TakenOrder
from catalogue.ordering.models import Order

OURS = "0330-2026-00001"


@dataclass
class Erp:
    """The municipality's own system, with its folder, and the enterprise's beside it."""

    app: Flask
    world: World

    @property
    def state(self) -> State:
        """Return what stands behind the pages."""
        found: State = self.app.extensions["catalogue"]
        return found

    def folder(self, cvr: str) -> Path:
        """Return the folder of whoever has that CVR number."""
        return self.state.settings.documents_folder / cvr

    def give(self, name: str, content: bytes, cvr: str | None = None) -> dict[str, Any]:
        """Leave a document, let it be collected, and return how it is acknowledged."""
        folder = self.folder(cvr or self.world.home.cvr)
        (folder / "in").mkdir(parents=True, exist_ok=True)
        (folder / "in" / f"{name}.xml").write_bytes(content)
        state = self.state
        document_receiving.collect(state.database, state.settings, state.clock)
        found: dict[str, Any] = json.loads((folder / "ack" / f"{name}.xml.json").read_text())
        return found

    def got(self, cvr: str | None = None) -> dict[str, bytes]:
        """Send what is due, and return what lies for whoever has that CVR number, by its kind."""
        while send(self.app, self.state):
            pass
        out = self.folder(cvr or self.world.home.cvr) / "out"
        found = {each.name: each.read_bytes() for each in sorted(out.glob("*.xml"))}
        return {".".join(name.split(".")[1:3]): content for name, content in found.items()}

    def order(self) -> Order | None:
        """Return the order as it stands."""
        with self.state.database.reading() as session:
            return session.scalars(select(Order)).first()

    def asked(self, **facts: Any) -> AskedOrder:
        """Return an order of two and a half play houses as the system sends it."""
        buyer = Actor(
            endpoint=Identifier(cast.GLN, GLN_SCHEME), name="Børnehuset Regnbuen",
            legal_name="Slagelse Kommune", company=by_cvr(self.world.home.cvr),
            contact=Contact("Bo Berg", "", "bo@slagelse.example"),
        )  # fmt: skip
        seller = Actor(
            endpoint=by_cvr(self.world.enterprise.cvr), legal_name="Legehytten",
            address=Address(country="DK"),
        )  # fmt: skip
        line = AskedLine(
            "10", "Legehus", Quantity(Decimal("2.5"), "EA"), Decimal("31250.00"),
            price=Decimal("12500.00"), seller_number=self.world.product.item_number,
        )  # fmt: skip
        there = Address("Skovvej 3", "", "Slagelse", "4200", "", "DK")
        usual = AskedOrder(
            number="PO-77", issued_on=cast.TODAY, currency="DKK", buyer=buyer, seller=seller,
            lines=(line,), profile=ORDERING, reference="MEHO", account="1234-56",
            delivery=Delivered(address=there, wanted=Period(None, date(2026, 12, 8))),
        )  # fmt: skip
        return replace(usual, **facts)


@pytest.fixture
def erp(app: Flask) -> Erp:
    """The system of Slagelse, and an enterprise, both by folder; both know advanced ordering."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        staff = cast.staff(session, world.home)
    form = {"carrier": Carrier.FOLDER, "advanced": "1", "contact_email": "erp@slagelse.example"}
    for person in (staff, world.worker):
        assert browser(app, person).post("/dokumenter", data=form).status_code == 303
    assert "erp@slagelse.example" in browser(app, staff).get("/dokumenter").text
    return Erp(app, world)


def written(asked: AskedOrder) -> bytes:
    """Return an order as XML."""
    return documents.write(asked, documents.ORDER)


def test_order_of_the_system_is_placed_once_and_answered_by_its_own_numbers(erp: Erp) -> None:
    assert erp.give("1", written(erp.asked())) == {"file": "1.xml", "taken": True, "order": OURS}
    assert erp.give("2", written(erp.asked()).replace(b"\n", b" "))["order"] == OURS
    other = erp.give("3", written(erp.asked(note="Mere")))
    assert "PO-77" in other["problems"][0]["text"]
    order = erp.order()
    assert order is not None
    assert (order.net_ore, order.reference, order.gln) == (3_125_000, "MEHO", cast.GLN)
    assert order.note is not None
    assert "8. dec. 2026" in order.note

    arrived = erp.got()
    assert list(arrived) == ["T116.AB"]  # it has the order itself
    sent = erp.got(erp.world.enterprise.cvr)
    asked = documents.read(sent[f"T01.{erp.world.enterprise.cvr}"], documents.ORDER)
    assert (asked.number, asked.profile) == (OURS, ADVANCED)

    browser(erp.app, erp.world.worker).post(f"/indkomne-ordrer/{OURS}/bekraeft")
    (key,) = erp.got().keys() - arrived.keys()
    answer = documents.read(erp.got()[key], documents.ADVANCED_ANSWER)
    assert (answer.answer, answer.order, answer.seller_order) == ("AP", "PO-77", OURS)


def propose(erp: Erp, quantity: str = "1") -> None:
    """Let the enterprise's program propose fewer play houses, by the document that it got."""
    own = erp.world.enterprise.cvr
    asked = documents.read(erp.got(own)[f"T01.{own}"], documents.ORDER)
    page = browser(erp.app, erp.world.worker)
    told = documents.read(page.get(f"/indkomne-ordrer/{OURS}/svar.xml").data, documents.ANSWER)
    less = replace(
        told, profile=ADVANCED, answer="CA", note="Træ mangler",
        lines=(line_of(asked, quantity),),
    )  # fmt: skip
    said = erp.give("svar", documents.write(less, documents.ADVANCED_ANSWER), own)
    assert said["taken"], said


def line_of(asked: AskedOrder, quantity: str) -> Any:
    """Return a line of an answer that tells of another quantity."""
    return AnsweredLine(
        "1", LineAnswer.CHANGED, "1", asked.lines[0].name,
        quantity=Quantity(Decimal(quantity), "H87"),
    )  # fmt: skip


def changed(erp: Erp, quantity: str) -> bytes:
    """Return the order as the system wants it now."""
    line = replace(
        erp.asked().lines[0], status=LineStatus.CHANGED, net=12_500 * Decimal(quantity),
        quantity=Quantity(Decimal(quantity), "EA"),
    )  # fmt: skip
    change = erp.asked(number="C-1", order="PO-77", sequence="1", profile=ADVANCED, lines=(line,))
    return documents.write(change, documents.CHANGE)


def test_proposal_is_accepted_by_a_change_and_the_enterprise_gets_the_order_anew(erp: Erp) -> None:
    erp.give("1", written(erp.asked()))
    propose(erp)
    told = [each for each in erp.got() if each != "T116.AB"]
    answer = documents.read(erp.got()[told[0]], documents.ADVANCED_ANSWER)
    assert [(each.line, str(each.answer)) for each in answer.lines] == [("10", "3")]
    assert "T115" in erp.give("2", changed(erp, "2"))["problems"][0]["text"]  # neither nor
    assert erp.give("3", changed(erp, "1"))["taken"]
    own = erp.world.enterprise.cvr
    content = erp.got(own)["T114.1"]
    change = documents.read(content, documents.CHANGE)
    assert (change.order, change.sequence, change.lines[0].status) == (OURS, "1", "3")
    assert change.lines[0].quantity == Quantity(Decimal(1), "H87")
    assert not any(each.startswith("T114") for each in erp.got())  # that was its own word
    if peppol_kit.IS_THERE:
        assert peppol_kit.fatal(content, "T114") == []
    took = replace(answer, order=OURS, answer="AP", change=change.number, lines=(), seller_order="")
    assert erp.give("ja", documents.write(took, documents.ADVANCED_ANSWER), own)["taken"]
    for wrong in (replace(took, answer="RE"), replace(took, change="C-9")):
        assert not erp.give("nej", documents.write(wrong, documents.ADVANCED_ANSWER), own)["taken"]


def test_change_that_answers_no_proposal_is_refused_with_what_to_do(erp: Erp) -> None:
    erp.give("1", written(erp.asked()))
    said = erp.give("2", changed(erp, "1"))
    assert not said["taken"]
    assert "T115" in said["problems"][0]["text"]
    order = erp.order()
    assert order is not None
    assert (order.state, order.net_ore) == ("placed", 3_125_000)
    assert erp.give("3", changed(erp, "2.5"))["taken"]  # it says nothing new


def test_order_as_it_was_refuses_what_is_proposed_and_a_cancellation_ends_it(erp: Erp) -> None:
    erp.give("1", written(erp.asked()))
    propose(erp)
    assert erp.give("2", changed(erp, "2.5"))["taken"]
    order = erp.order()
    assert order is not None
    assert order.state == "placed"
    asked = erp.asked()
    ended = Cancelled("X-1", cast.TODAY, "Fejl", "PO-77", asked.buyer, asked.seller)
    content = documents.write(ended, documents.CANCELLATION)
    assert erp.give("3", content)["order"] == OURS
    assert erp.give("4", content)["order"] == OURS  # it is over already
    assert "T115" in "".join(erp.got(erp.world.enterprise.cvr))
    assert "T115" not in "".join(erp.got())
    assert not erp.give("5", content.replace(b"PO-77", b"PO-78"))["taken"]


def _spoil(asked: AskedOrder, **facts: Any) -> AskedOrder:
    return replace(asked, lines=(replace(asked.lines[0], **facts),))


SPOILT: list[tuple[Callable[[AskedOrder], AskedOrder], str]] = [
    (lambda each: replace(each, currency="EUR"), "DKK"),
    (lambda each: _spoil(each, seller_number="?"), "Linje 10"),
    (lambda each: _spoil(each, quantity=Quantity(Decimal("2.5"), "KGM")), "Linje 10"),
    (lambda each: _spoil(each, price=Decimal("1.00"), net=Decimal("2.50")), "Linje 10"),
    (lambda each: replace(each, lines=(*each.lines, replace(each.lines[0], number="20"))),
     "Linje 20"),
    (lambda each: replace(each, seller=replace(each.seller, endpoint=by_cvr("12345674"))), "CVR"),
    (lambda each: replace(each, buyer=replace(each.buyer, company=by_cvr("12345674"))),
     "12345674"),
]  # fmt: skip


@on_sqlite
def test_order_that_cannot_be_taken_says_why_and_orders_nothing(erp: Erp) -> None:
    for place, (spoil, said) in enumerate(SPOILT):
        told = erp.give(str(place), written(spoil(erp.asked())))
        assert said in " ".join(each["text"] for each in told["problems"])
    assert erp.order() is None


@on_sqlite
def test_order_of_a_system_that_staff_did_not_name_is_refused(erp: Erp) -> None:
    with erp.state.database.transaction() as session:
        staff = cast.staff(session, erp.world.home, name="Siri Dam")
    browser(erp.app, staff).post("/dokumenter", data={"carrier": "folder"})
    assert "mailadresse" in erp.give("1", written(erp.asked()))["problems"][0]["text"]
    with erp.state.database.reading() as session:
        assert session.scalars(select(TakenOrder)).first() is None


@pytest.mark.parametrize(
    ("price", "base", "ours", "ore"),
    [("12.50", None, 1, 1250), ("1.23", "1", 100, 12350), ("123.45", "100", 100, 12345),
     ("0.1234", "1", 1, 12), ("0.0333", "1", 100, 334), ("0.03", "1", 100, 350)],
)  # fmt: skip
def test_price_is_the_highest_that_what_was_sent_may_stand_for(
    price: str, base: str | None, ours: int, ore: int
) -> None:
    given = Quantity(Decimal(base), "EA") if base else None
    line = AskedLine("1", "Kasse", price=Decimal(price), base=given)
    assert order_intake.price_ore(line, ours) == ore
