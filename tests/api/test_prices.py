"""New prices by the API: drafted, sent, accepted or refused, and taken back."""

from __future__ import annotations

from typing import Any

import cast
from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite

from catalogue.agreements.models import Agreement

pytestmark = on_sqlite


def draft(town: Town, **more: Any) -> dict[str, Any]:
    """Draft a higher price of the town's product from February on."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Agreement, town.agreement_id).ends_on = cast.TODAY.replace(year=2028)
    new = {"from_on": "2027-02-01", "text": "Træ er dyrere.",
           "prices": [{"product_id": town.product_id, "price_ore": 1_310_000}]}  # fmt: skip
    made = town.shop.post("/price-proposals", new | more)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.get_json()
    return told


def test_new_prices_are_drafted_sent_refused_accepted_and_taken_back(town: Town) -> None:
    made = draft(town)
    (price,) = made["prices"]
    assert (price["before_ore"], price["after_ore"]) == (1_250_000, 1_310_000)
    here, incoming = f"/price-proposals/{made['id']}", f"/incoming-price-proposals/{made['id']}"
    assert problem_of(town.staff.get(incoming)) == "missing"  # a draft is nobody's but its own
    sent = town.shop.post(f"{here}/send").get_json()
    assert (sent["stage"], [each["answer"] for each in sent["answers"]]) == ("sent", ["waiting"])
    (listed,) = town.staff.get("/incoming-price-proposals?answer=waiting").get_json()["items"]
    assert (listed["id"], listed["enterprise"]) == (made["id"], "Legehytten")
    refused = town.staff.post(f"{incoming}/reject", {"reason": "For meget."}).get_json()
    assert (refused["answer"], refused["reason"]) == ("refused", "For meget.")
    accepted = town.staff.post(f"{incoming}/accept").get_json()
    assert (accepted["answer"], accepted["in_force_from"]) == ("accepted", "2027-02-01")
    assert accepted["reason"] is None  # that of the refusal counts no more
    assert problem_of(town.staff.post(f"{incoming}/reject", {"reason": "Nej."})) == "conflict"
    assert town.shop.post(f"{here}/withdraw").get_json()["stage"] == "withdrawn"
    assert problem_of(town.staff.get(incoming)) == "missing"
    assert [each["stage"] for each in town.shop.get("/price-proposals").get_json()["items"]] == [
        "withdrawn"
    ]


def test_draft_is_thrown_away_and_products_that_need_no_proposal_are_pointed_at(
    town: Town,
) -> None:
    made = draft(town)
    here = f"/price-proposals/{made['id']}"
    assert town.shop.send("DELETE", here).status_code == 204
    assert problem_of(town.shop.get(here)) == "missing"
    free = town.shop.post("/products", {"title": "Kladde", "price_ore": 1}).get_json()["id"]
    prices = [{"product_id": each, "price_ore": 2_000_000} for each in (town.product_id, free)]
    refused = town.shop.post("/price-proposals", {"from_on": "2027-02-01", "prices": prices})
    assert [each["pointer"] for each in refused.get_json()["errors"]] == ["#/prices/1/product_id"]
    assert town.shop.get("/price-proposals").get_json()["items"] == []
