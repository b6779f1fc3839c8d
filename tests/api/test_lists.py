"""Lists by the API: made, filled, shared with colleagues, told with what may be ordered today."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from api.callers import Caller, caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import DELIVERY

pytestmark = on_sqlite


@pytest.fixture
def colleague(town: Town) -> Caller:
    """The program of another buyer of the municipality."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        other = cast.buyer(session, cast.municipality(session), email="ida@slagelse.example")
    return caller(town.app, other)


def make(town: Town, **body: Any) -> dict[str, Any]:
    made = town.buyer.post("/lists", {"name": "Værksted"} | body)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.get_json()
    return told


def test_list_is_filled_read_and_ordered_by_its_lines(town: Town) -> None:
    here = f"/lists/{make(town)['id']}"
    put = town.buyer.send("PUT", f"{here}/products/{town.product_id}", {"quantity": 2})
    assert put.status_code == 200, put.text
    fine = town.buyer.send("PUT", f"{here}/products/{town.product_id}", {"quantity": 1.2345})
    assert fine.get_json()["errors"][0]["pointer"] == "#/quantity"
    told = town.buyer.get(here).get_json()
    (line,) = told["lines"]
    assert (line["fate"], line["order_quantity"], line["net_ore"]) == ("ready", 2.0, 2_500_000)
    assert line["price"] == {"ore": 1_250_000, "base_quantity": 1}
    assert told["net_ore"] == 2_500_000
    delivery = {name: value for name, value in vars(DELIVERY).items() if value is not None}
    lines = [
        {"product_id": each["product_id"], "quantity": each["order_quantity"],
         "price_ore": each["price"]["ore"]}
        for each in told["lines"]
    ]  # fmt: skip
    body = {"lines": lines, "delivery": delivery}
    placed = town.buyer.post("/orders", body, Idempotency_Key="list-order-000001")
    number = placed.get_json()["orders"][0]["number"]
    again = make(town, name="Igen", order_number=number)
    assert [each["quantity"] for each in again["lines"]] == [2.0]
    gone = f"{here}/products/{town.product_id}"
    assert town.buyer.send("DELETE", gone).status_code == 204
    assert problem_of(town.buyer.send("DELETE", gone)) == "missing"
    assert town.buyer.send("DELETE", here).status_code == 204
    assert problem_of(town.buyer.get(here)) == "missing"


def test_line_of_what_may_not_be_ordered_says_why(town: Town) -> None:
    here = f"/lists/{make(town)['id']}"
    town.buyer.send("PUT", f"{here}/products/{town.product_id}", {})
    binding = {
        "kind": "mandatory", "number": "F-2", "title": "Lege", "starts_on": "2026-01-01",
        "ends_on": "2028-12-31", "categories": [cast.PLAY_HOUSES], "supplier_name": "Stor A/S",
        "where_to_buy": "Bestil i indkøbssystemet.",
    }  # fmt: skip
    assert town.staff.post("/agreements", binding).status_code == 201
    (line,) = town.buyer.get(here).get_json()["lines"]
    assert (line["fate"], line["refusal"]["where_to_buy"]) == (
        "refused", "Bestil i indkøbssystemet.",
    )  # fmt: skip


def test_shared_list_is_read_by_colleagues_and_changed_by_its_owner(
    town: Town, colleague: Caller
) -> None:
    made = make(town)
    here = f"/lists/{made['id']}"
    assert problem_of(colleague.get(here)) == "missing"
    tag = {"If-Match": town.buyer.get(here).headers["ETag"]}
    named = {"name": "Fælles", "shared": True}
    assert town.buyer.send("PUT", here, named, headers=tag).get_json()["shared"] is True
    assert problem_of(town.buyer.send("PUT", here, named, headers=tag)) == "changed"
    assert colleague.get(here).get_json()["own"] is False
    (listed,) = colleague.get("/lists").get_json()["items"]
    assert (listed["name"], listed["own"]) == ("Fælles", False)
    put = colleague.send("PUT", f"{here}/products/{town.product_id}", {"quantity": 1})
    assert problem_of(put) == "missing"
    assert problem_of(colleague.send("DELETE", here)) == "missing"


def test_favourites_are_one_list_under_the_same_key_and_without(town: Town) -> None:
    body = {"product_id": town.product_id}
    first, again = (
        town.buyer.post("/favourites", body, Idempotency_Key="favourite-000001")
        for _each in range(2)
    )
    assert first.get_json() == again.get_json()
    assert town.buyer.post("/favourites", body | {"quantity": 3}).status_code == 200
    (listed,) = town.buyer.get("/lists").get_json()["items"]
    assert (listed["name"], listed["lines"]) == ("Favoritter", 1)
    assert problem_of(town.buyer.post("/favourites", {"product_id": 999})) == "missing"


def test_name_is_taken_once_and_pages_go_on(town: Town) -> None:
    for name in ("A", "B", "C"):
        make(town, name=name)
    refused = town.buyer.post("/lists", {"name": "A"})
    assert refused.get_json()["errors"][0]["pointer"] == "#/name"
    first = town.buyer.get("/lists?limit=2").get_json()
    rest = town.buyer.get(f"/lists?limit=2&cursor={first['next']}").get_json()
    assert [each["name"] for each in first["items"] + rest["items"]] == ["A", "B", "C"]
    assert problem_of(town.staff.get("/lists")) == "not-allowed"
