"""Documents of orders by the API: taken of either side, and handed out; an order changed."""

from __future__ import annotations

import base64
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import cast
from api.callers import caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from exchange.test_order_intake import Erp, written
from ordering.test_pages import browser
from ordering.world import FORM

from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import documents
from catalogue.exchange.document_carriers import Carrier
from catalogue.ordering import policy
from catalogue.ordering.policy import RuleTerms
from catalogue.products.models import Product

OURS = "0330-2026-00001"


def packed(content: bytes, name: str = "PO-77.xml") -> dict[str, str]:
    """Return a body with a document."""
    return {"name": name, "content": base64.b64encode(content).decode()}


def _world(town: Town) -> Any:
    """Return as much of the world as an order of the system tells."""
    with town.app.extensions["catalogue"].database.reading() as session:
        product = session.get_one(Product, town.product_id)
        return SimpleNamespace(
            product=product, enterprise=session.get_one(Enterprise, product.enterprise_id),
            home=cast.municipality(session),
        )  # fmt: skip


@on_sqlite
def test_order_comes_as_a_document_and_its_answer_too(town: Town) -> None:
    sent = packed(written(Erp(town.app, _world(town)).asked()))
    assert problem_of(town.staff.post("/documents", sent)) == "conflict"  # not said by staff yet
    form = {"carrier": Carrier.FOLDER, "contact_email": "erp@slagelse.example"}
    browser(town.app, town.people["staff"]).post("/dokumenter", data=form)
    for _twice in range(2):
        assert town.staff.post("/documents", sent).get_json() == {"order_number": OURS}
    told = town.shop.get(f"/orders/{OURS}/documents/order")
    assert told.mimetype == "application/xml"
    assert documents.read(told.data, documents.ORDER).number == OURS
    own = documents.read(town.shop.get(f"/orders/{OURS}/documents/answer").data, documents.ANSWER)
    yes = documents.write(replace(own, answer="AP"), documents.ANSWER)
    assert problem_of(town.staff.post("/documents", packed(yes))) == "invalid"  # not its to say
    assert town.shop.post("/documents", packed(yes)).status_code == 200
    assert town.shop.get(f"/orders/{OURS}").get_json()["state"] == "confirmed"
    wrong = town.shop.post("/documents", packed(yes.replace(b">AP<", b">XX<")))
    (error,) = wrong.get_json()["errors"]
    assert (error["pointer"], "PEPPOL-T76-B00801" in error["detail"]) == ("#/content", True)
    assert problem_of(town.shop.get(f"/orders/{OURS}/documents/change")) == "missing"


@on_sqlite
def test_order_that_came_back_from_approval_is_changed_and_sent_again(town: Town) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        approver = cast.person(session, "Anne Bak")
        cast.role(session, approver, Role.APPROVER, municipality=cast.municipality(session))
        staff = cast.who(session, town.people["staff"])
        terms = RuleTerms("Alle", 0, None, None, None, (approver.id,), 3, None)
        policy.create_rule(session, staff, terms, cast.NOW)
    lines = [{"product_id": town.product_id, "quantity": 2}]
    placed = town.buyer.post(
        "/orders", {"lines": lines, "delivery": FORM}, Idempotency_Key="a-key-of-an-order"
    )
    number = placed.get_json()["orders"][0]["number"]
    body: dict[str, Any] = {"delivery": FORM, "lines": [{"position": 1, "quantity": 3}]}
    assert problem_of(town.buyer.send("PUT", f"/orders/{number}", body)) == "out-of-turn"
    judge = caller(town.app, approver)
    assert judge.post(f"/approvals/{number}/send-back", {"reason": "Flere"}).status_code == 200
    nothing = body | {"lines": [{"position": 1, "quantity": 0}]}
    refused = town.buyer.send("PUT", f"/orders/{number}", nothing)
    assert refused.get_json()["errors"][0]["pointer"] == "#/lines"
    changed = town.buyer.send("PUT", f"/orders/{number}", body).get_json()
    assert changed["lines"][0]["quantity"] == 3
    again = {"step": "resubmit", "reason": "Nu tre"}
    assert town.buyer.post(f"/orders/{number}/steps", again).get_json()["state"] == "awaiting"
