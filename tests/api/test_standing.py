"""Standing orders by the API: made of an earlier order, paused, and ended."""

from __future__ import annotations

from typing import Any

from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import FORM

PLAN: dict[str, Any] = {
    "name": "Legehuse", "rhythm": "weekly", "weekday": 3, "days_ahead": 3,
    "first_on": "2026-12-01", "last_on": "2027-03-31", "delivery": FORM,
}  # fmt: skip


@on_sqlite
def test_standing_order_is_made_of_an_order_once_paused_and_ended(town: Town) -> None:
    wanted = [{"product_id": town.product_id, "quantity": 2}]
    placed = town.buyer.post(
        "/orders", {"lines": wanted, "delivery": FORM}, Idempotency_Key="a-key-of-an-order"
    )
    plan = PLAN | {"order_number": placed.get_json()["orders"][0]["number"], "lines": wanted}
    key = {"Idempotency_Key": "a-key-of-a-standing-order"}
    wrong = town.buyer.post("/standing-orders", plan | {"last_on": "2026-11-01"}, **key)
    assert problem_of(wrong) == "invalid"
    for _twice in range(2):
        made = town.buyer.post("/standing-orders", plan, **key)
        assert made.status_code == 201, made.text
    (listed,) = town.staff.get("/standing-orders").get_json()["items"]
    assert listed == made.get_json()["standing_orders"][0]
    here = f"/standing-orders/{listed['id']}"
    shown = town.buyer.get(here).get_json()
    assert (shown["state"], shown["lines"][0]["quantity"], shown["runs"]) == ("runs", 2, [])
    moved = next(each for each in shown["ahead"] if each["planned_on"] == "2026-12-24")
    assert moved["delivery_on"] == "2026-12-28"  # Christmas
    days = {"paused_from": "2026-11-24", "paused_until": "2026-12-20"}
    assert town.buyer.post(f"{here}/pause", days).get_json()["state"] == "paused"
    assert town.buyer.post(f"{here}/resume").get_json()["paused_from"] is None
    assert problem_of(town.staff.post(f"{here}/pause", days)) == "not-allowed"
    assert town.staff.post(f"{here}/end").get_json()["state"] == "ended"
    assert problem_of(town.buyer.post(f"{here}/resume")) == "conflict"
