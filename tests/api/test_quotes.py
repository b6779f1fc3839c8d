"""Quotes by the API: asked, questioned, sent, declined, chosen, closed, and called off in parts."""

from __future__ import annotations

import base64
from typing import Any

import cast
import pytest
from api.callers import Caller, caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import FORM
from sqlalchemy import select

from catalogue.ordering.quote_models import QuoteRequest
from catalogue.products.models import Product

pytestmark = on_sqlite
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
REASON = "Laveste pris, som opfylder alle krav."
OFFER: dict[str, Any] = {
    "valid_until": "2027-01-31",
    "lines": [
        {"title": "Legehus", "quantity": 2.5, "unit": "piece", "price_ore": 1_150_001,
         "vat_rate": 25},
        {"title": "Kørsel", "quantity": 1, "unit": "visit", "price_ore": 20_000, "vat_rate": 0},
    ],
    "files": [{"name": "vilkår.pdf", "content": PDF}],
}  # fmt: skip


def wanted(town: Town, **more: Any) -> dict[str, Any]:
    """Return a request for a quote about the town's product, from its enterprise."""
    with town.app.extensions["catalogue"].database.reading() as session:
        enterprise_id = session.get_one(Product, town.product_id).enterprise_id
    return {
        "product_id": town.product_id, "title": "Legehuse", "description": "Til to børnehuse.",
        "deadline_on": "2026-12-04", "enterprise_ids": [enterprise_id],
        "details": {"quantity": 1.125, "wanted_on": "2027-02-01"},
    } | more  # fmt: skip


def ask(town: Town, **more: Any) -> dict[str, Any]:
    """Have the buyer ask; return the request."""
    made = town.buyer.post("/quote-requests", wanted(town, **more))
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.get_json()
    return told


def send(town: Town, request_id: int, **more: Any) -> dict[str, Any]:
    """Have the enterprise read the request and send a quote; return what it is told."""
    here = f"/incoming-quote-requests/{request_id}"
    match = {"If-Match": town.shop.get(here).headers["ETag"]}
    sent = town.shop.send("PUT", f"{here}/quote", OFFER | more, headers=match)
    assert sent.status_code == 200, sent.text
    told: dict[str, Any] = sent.get_json()
    return told


def choice(told: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the choice of the quote that an enterprise was told it sent."""
    quote = told["quote"]
    return {"quote_id": quote["id"], "revision": quote["revision"], "reason": REASON} | more


def test_quote_is_asked_for_questioned_sent_chosen_and_ordered(town: Town) -> None:
    whom = town.buyer.get(f"/askable-enterprises?product_id={town.product_id}").get_json()
    assert whom["details"] == ["quantity", "wanted_on", "place"]
    asked = ask(
        town, enterprise_ids=[each["enterprise_id"] for each in whom["enterprises"]],
        files=[{"name": "tegning.pdf", "content": PDF}],
    )  # fmt: skip
    assert (asked["phase"], asked["details"]["quantity"]) == ("open", "1.125")
    here, incoming = f"/quote-requests/{asked['id']}", f"/incoming-quote-requests/{asked['id']}"
    (listed,) = town.shop.get("/incoming-quote-requests").get_json()["items"]
    assert (listed["id"], listed["open"], listed["quoted_ore"]) == (asked["id"], True, None)
    with town.shop.get(f"/quote-files/{asked['files'][0]['id']}") as file:
        assert (file.mimetype, file.data) == ("application/pdf", base64.b64decode(PDF))
    (question,) = town.shop.post(
        f"{incoming}/questions", {"question": "Er jorden jævn?"}
    ).get_json()["questions"]
    answered = town.buyer.post(
        f"{here}/questions/{question['id']}/answer", {"answer": "Ja."}
    ).get_json()
    assert answered["questions"][0]["answer"] == "Ja."
    sent = send(town, asked["id"])
    assert sent["quote"]["net_ore"] == 2_875_003 + 20_000
    seen = town.staff.get(here).get_json()
    assert (seen["phase"], seen["answers"][0]["quote"]) == ("decide", sent["quote"])
    placed = town.buyer.post(f"{here}/choice", choice(sent, delivery=FORM))
    assert placed.status_code == 201, placed.text
    number = placed.get_json()["order_number"]
    assert town.shop.get(incoming).get_json()["order_number"] == number
    order = town.buyer.get(f"/orders/{number}").get_json()
    assert [each["price_ore"] for each in order["lines"]] == [1_150_001, 20_000]
    again = town.buyer.post(f"{here}/choice", choice(sent, delivery=FORM))
    assert again.get_json()["order_number"] == number


def test_quote_is_declined_and_the_request_closed_with_reasons(town: Town) -> None:
    asked = ask(town)
    here, incoming = f"/quote-requests/{asked['id']}", f"/incoming-quote-requests/{asked['id']}"
    said = town.shop.post(f"{incoming}/decline", {"reason": "Ingen ledige hænder."})
    assert said.get_json()["decline_reason"] == "Ingen ledige hænder."
    read = town.buyer.get(here)
    assert (read.get_json()["phase"], read.get_json()["answers"][0]["quote"]) == (
        "unanswered", None,
    )  # fmt: skip
    later = {"deadline_on": "2026-12-18"}
    match = {"If-Match": read.headers["ETag"]}
    moved = town.buyer.send("PUT", f"{here}/deadline", later, headers=match)
    assert moved.get_json()["deadline_on"] == "2026-12-18"
    stale = town.buyer.send("PUT", f"{here}/deadline", later, headers=match)
    assert problem_of(stale) == "changed"
    closed = town.buyer.post(f"{here}/close", {"reason": "Vi køber ikke i år."}).get_json()
    assert (closed["phase"], closed["close_reason"]) == ("closed", "Vi køber ikke i år.")
    late = town.shop.post(f"{incoming}/questions", {"question": "Hvorfor?"})
    assert problem_of(late) == "conflict"


def test_others_are_asked_later_and_none_reads_what_the_other_says(town: Town) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        other = cast.enterprise(session, "Grennessminde")
        cast.voluntary(session, cast.municipality(session), other)
        worker, other_id = cast.worker(session, other), other.id
    asked = ask(town)
    widened = town.buyer.post(
        f"/quote-requests/{asked['id']}/enterprises", {"enterprise_ids": [other_id]}
    )
    assert widened.get_json()["asked"] == 2, widened.text
    sent = send(town, asked["id"])
    rival: Caller = caller(town.app, worker)
    told = rival.get(f"/incoming-quote-requests/{asked['id']}").get_json()
    assert (told["quote"], told["files"]) == (None, [])
    assert problem_of(rival.get(f"/quote-files/{sent['quote']['files'][0]['id']}")) == "missing"
    for program, place in ((town.buyer, "/quote-requests"), (rival, "/incoming-quote-requests")):
        with cast.counted_queries(town.app.extensions["catalogue"].database) as seen:
            assert program.get(place).status_code == 200
        assert len(seen) == 3  # who holds the token, its request counted, and the rows
    early = town.buyer.post(f"/quote-requests/{asked['id']}/choice", choice(sent, delivery=FORM))
    assert problem_of(early) == "conflict"


def test_frame_is_chosen_called_off_once_for_each_key_and_ended(town: Town) -> None:
    asked = ask(town)
    sent = send(town, asked["id"])
    terms = {"kind": "quantity", "valid_until": "2027-06-30"}
    chosen = town.buyer.post(f"/quote-requests/{asked['id']}/frame", choice(sent, **terms))
    assert chosen.status_code == 201, chosen.text
    (listed,) = town.shop.get("/frames").get_json()["items"]
    here = f"/frames/{listed['quote_id']}"
    part = {"lines": [{"position": 1, "quantity": 1.125}], "delivery": FORM}
    for _twice in range(2):
        placed = town.buyer.post(f"{here}/orders", part, Idempotency_Key="call-off-number-1")
        assert placed.get_json()["lines"][0]["quantity"] == 1.125, placed.text
    left = town.staff.get(here).get_json()
    assert (left["lines"][0]["used_quantity"], left["orders"]) == (
        1.125, [placed.get_json()["number"]],
    )  # fmt: skip
    for line in ((1, 2), (1, 1.0005), (9, 1)):  # too many, too fine, and no line of the frame
        much = {"lines": [dict(zip(("position", "quantity"), line, strict=True))], "delivery": FORM}
        refused = town.buyer.post(f"{here}/orders", much, Idempotency_Key="call-off-number-2")
        assert refused.get_json()["errors"][0]["pointer"] == "#/lines/0/quantity", refused.text
    assert town.buyer.post(f"{here}/end").get_json()["closed"] is not None


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"details": {"hours": 5}}, "#/details/hours"),
        ({"details": {"quantity": 1.0001}}, "#/details/quantity"),
        ({"enterprise_ids": [999]}, "#/enterprise_ids"),
        ({"deadline_on": "2026-11-24"}, "#/deadline_on"),
        ({"files": [{"name": "a.pdf", "content": "?"}]}, "#/files/0/content"),
        ({"files": [{"name": "a.pdf", "content": "aGVq"}]}, "#/files"),
        ({"product_id": 999}, "#/product_id"),
    ],
)
def test_faults_of_a_request_are_pointed_at(town: Town, more: dict[str, Any], pointer: str) -> None:
    refused = town.buyer.post("/quote-requests", wanted(town, **more))
    assert problem_of(refused) == "invalid"
    assert [each["pointer"] for each in refused.get_json()["errors"]] == [pointer]
    with town.app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(QuoteRequest)).all() == []


def test_faults_of_a_quote_are_pointed_at(town: Town) -> None:
    here = f"/incoming-quote-requests/{ask(town)['id']}"
    lines = [OFFER["lines"][0] | {"quantity": 0.0011, "title": "Hus til 010203-1234"}]
    wrong = OFFER | {"valid_until": "2026-12-01", "lines": lines}
    match = {"If-Match": town.shop.get(here).headers["ETag"]}
    refused = town.shop.send("PUT", f"{here}/quote", wrong, headers=match)
    assert {each["pointer"] for each in refused.get_json()["errors"]} == {
        "#/lines/0/quantity", "#/lines/0/title",
    }  # fmt: skip
    early = OFFER | {"valid_until": "2026-12-01"}
    refused = town.shop.send("PUT", f"{here}/quote", early, headers=match)
    assert [each["pointer"] for each in refused.get_json()["errors"]] == ["#/valid_until"]
