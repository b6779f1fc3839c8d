"""Orders by the API: placed once for each key, refused with reasons, taken from step to step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cast
import pytest
from api.callers import problem_of
from api.conftest import Town
from ordering.world import FORM
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from catalogue.agreements.models import Agreement
from catalogue.ordering.models import Order
from catalogue.products import stock
from catalogue.products.models import Product

KEY = "a-key-of-our-own-choice"


def body(town: Town, quantity: float = 2, **line: Any) -> dict[str, Any]:
    """Return what a system sends to order the town's product."""
    lines = [{"product_id": town.product_id, "quantity": quantity} | line]
    return {"lines": lines, "delivery": FORM}


def count(town: Town) -> int:
    """Count all orders."""
    with town.app.extensions["catalogue"].database.reading() as session:
        return session.scalar(select(func.count()).select_from(Order)) or 0


def place(town: Town) -> str:
    """Order the town's product; return the number."""
    placed = town.buyer.post("/orders", body(town), Idempotency_Key=KEY)
    assert placed.status_code == 201, placed.text
    return str(placed.get_json()["orders"][0]["number"])


def test_same_key_orders_once_and_gets_the_first_answer(town: Town) -> None:
    first = town.buyer.post("/orders", body(town), Idempotency_Key=KEY)
    again = town.buyer.post("/orders", body(town), Idempotency_Key=KEY)
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert count(town) == 1
    other = town.buyer.post("/orders", body(town, 3), Idempotency_Key=KEY)
    assert problem_of(other) == "key-reused"
    assert problem_of(town.buyer.post("/orders", body(town))) == "key-missing"
    assert count(town) == 1


def test_same_key_sent_at_the_same_time_orders_once(town: Town) -> None:
    def send(_turn: int) -> TestResponse:
        return town.buyer.post("/orders", body(town), Idempotency_Key=KEY)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.text for each in answers}) == 1
    assert sorted("Idempotency-Replayed" in each.headers for each in answers) == [
        False, True, True, True,
    ]  # fmt: skip
    assert count(town) == 1


def test_three_decimals_of_a_program_are_no_thousands(town: Town) -> None:
    placed = town.buyer.post("/orders", body(town, 1.125), Idempotency_Key=KEY).get_json()
    told = town.buyer.get(f"/orders/{placed['orders'][0]['number']}").get_json()
    assert told["lines"][0]["quantity"] == 1.125


def test_refused_placing_leaves_the_key_free(town: Town) -> None:
    refused = town.buyer.post("/orders", body(town, price_ore=1), Idempotency_Key=KEY)
    assert problem_of(refused) == "cannot-be-placed"
    placed = town.buyer.post("/orders", body(town), Idempotency_Key=KEY)
    assert placed.status_code == 201


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("price_risen", {"price_ore": 1_249_999}),
        ("beyond_stock", {"quantity": 6}),
        ("missing", {"product_id": 999}),
        ("no_agreement", {}),
        ("on_request", {}),  # it is for sale: only its price is told
    ],
)
def test_lines_that_cannot_be_ordered_are_told_with_their_reason(
    town: Town, reason: str, line: dict[str, Any]
) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        who = cast.who(session, town.people["shop"])
        stock.count(session, who, {town.product_id: 5}, cast.NOW)
        if reason == "no_agreement":
            session.get_one(Agreement, town.agreement_id).ends_on = cast.TODAY.replace(day=1)
        if reason == "on_request":
            session.get_one(Product, town.product_id).price_ore = None
    refused = town.buyer.post("/orders", body(town, **line), Idempotency_Key=KEY)
    assert problem_of(refused) == "cannot-be-placed"
    assert [each["reason"] for each in refused.get_json()["lines"]] == [reason]
    assert count(town) == 0


def test_faults_in_delivery_and_lines_are_pointed_at(town: Town) -> None:
    sent = body(town)
    sent["delivery"] = FORM | {"gln": "5798009811579"}
    wrong = town.buyer.post("/orders", sent, Idempotency_Key=KEY)
    assert wrong.get_json()["errors"][0]["pointer"] == "#/delivery/gln"
    twice = body(town)
    twice["lines"] *= 2
    doubled = town.buyer.post("/orders", twice, Idempotency_Key=KEY)
    assert doubled.get_json()["errors"][1]["pointer"] == "#/lines/1/product_id"


def test_order_goes_its_way_and_tells_what_is_possible(town: Town) -> None:
    here = f"/orders/{place(town)}"
    early = town.buyer.post(f"{here}/steps", {"step": "receive"})
    assert problem_of(early) == "out-of-turn"
    assert early.get_json()["state"] == "placed"
    assert early.get_json()["possible"] == ["cancel"]
    confirm = {"step": "confirm", "delivery_on": "2026-12-01"}
    confirmed = town.shop.post(f"{here}/steps", confirm).get_json()
    assert (confirmed["state"], confirmed["delivery_on"]) == ("confirmed", "2026-12-01")
    less = {"step": "propose", "reason": "Kun én.", "lines": [{"position": 1, "quantity": 1.125}]}
    assert town.shop.post(f"{here}/steps", less).get_json()["state"] == "proposed"
    seen = town.buyer.get(here).get_json()
    assert seen["change"]["lines"] == [{"position": 1, "quantity": 1.125, "price_ore": None}]
    assert "accept" in seen["possible"]
    for program, step in ((town.buyer, "accept"), (town.shop, "dispatch")):
        assert program.post(f"{here}/steps", {"step": step}).status_code == 200
    lines = [{"position": 1, "received": 0, "deviation": "Kom ikke."}]
    came = town.buyer.post(f"{here}/steps", {"step": "receive", "lines": lines}).get_json()
    assert (came["state"], came["lines"][0]["deviation"]) == ("received", "Kom ikke.")


def test_an_order_goes_in_shipments_that_programs_send_and_receive(town: Town) -> None:
    here = f"/orders/{place(town)}/steps"
    town.shop.post(here, {"step": "confirm"})
    first = {"step": "dispatch", "shipment": 1, "carrier": "GLS", "tracking": "3700",
             "lines": [{"position": 1, "sent": 1}]}  # fmt: skip
    for _twice in range(2):
        sent = town.shop.post(here, first).get_json()
    (shown,) = sent["shipments"]
    assert (sent["state"], shown["carrier"], shown["received_at"]) == ("sending", "GLS", None)
    assert sent["possible"] == ["dispatch", "stop"]
    early = town.buyer.post(here, {"step": "receive"})
    assert (early.status_code, early.get_json()["possible"]) == (409, ["receive_part"])
    line = {"position": 1, "received": 0, "deviation": "Knust."}
    part = {"step": "receive_part", "shipment": 1, "lines": [line]}
    assert town.buyer.post(here, part).get_json()["state"] == "sending"
    stopped = town.shop.post(here, {"step": "stop", "reason": "Ikke flere."}).get_json()
    assert (stopped["state"], stopped["lines"][0]["quantity"]) == ("dispatched", 1)
    came = town.buyer.post(here, {"step": "receive"}).get_json()
    assert (came["state"], came["lines"][0]["deviation"]) == ("received", "Knust.")


def test_both_sides_write_to_each_other_about_an_order_with_files(town: Town) -> None:
    here = f"/orders/{place(town)}/messages"
    file = {"name": "billede.pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
    asked = town.staff.post(here, {"text": "Kan I komme før kl. 10?", "files": [file]})
    assert asked.status_code == 201, asked.text
    with town.shop.get(f"/message-files/{asked.get_json()['files'][0]['id']}") as sent:
        assert sent.data.startswith(b"%PDF-")
    town.shop.post(here, {"text": "Ja."})
    first = town.buyer.get(f"{here}?limit=1").get_json()
    rest = town.buyer.get(f"{here}?cursor={first['next']}").get_json()
    told = [(each["writer"], each["text"]) for each in first["items"] + rest["items"]]
    assert told == [("municipality", "Kan I komme før kl. 10?"), ("enterprise", "Ja.")]
    empty = town.shop.post(here, {"text": " "})
    assert empty.get_json()["errors"][0]["pointer"] == "#/text"


def test_rejecting_owes_a_reason(town: Town) -> None:
    here = f"/orders/{place(town)}"
    bare = town.shop.post(f"{here}/steps", {"step": "reject"})
    assert problem_of(bare) == "invalid"
    assert bare.get_json()["errors"][0]["pointer"] == "#/reason"
    said = town.shop.post(f"{here}/steps", {"step": "reject", "reason": "Udsolgt."})
    assert said.get_json()["state"] == "rejected"


def test_each_role_lists_its_own_orders(town: Town) -> None:
    number = place(town)
    for program in (town.buyer, town.staff, town.shop):
        assert [each["number"] for each in program.get("/orders").get_json()["items"]] == [number]
    assert town.shop.get("/orders?state=closed").get_json()["items"] == []
    assert problem_of(town.shop.get("/orders/0330-2026-00099")) == "missing"
