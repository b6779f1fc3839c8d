"""Variants by the API: all read and saved at once, ordered by the id of their own."""

from __future__ import annotations

import io
from typing import Any

import pytest
from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import DELIVERY
from products.world import encoded

pytestmark = on_sqlite
LARGE: dict[str, Any] = {"size": "L", "colour": "blå", "item_number": "T-L", "price_ore": 12_000,
                         "gtin": "5701234567899"}  # fmt: skip
NO_PICTURE = {"image_sha256": "0" * 64}
EXTRA: dict[str, Any] = {"size": "XL", "colour": "blå", "price_ore": 14_000}
SHIRTS: dict[str, Any] = {"size": "M", "colour": "blå", "variants": [LARGE, EXTRA]}


def here(town: Town) -> str:
    return f"/products/{town.product_id}/variants"


def put(town: Town, body: dict[str, Any], tag: str = "*") -> Any:
    return town.shop.send("PUT", here(town), body, headers={"If-Match": tag})


def test_variants_are_saved_read_changed_and_taken_off(town: Town) -> None:
    before = town.shop.get(here(town))
    assert before.get_json()["variants"] == []
    saved = put(town, SHIRTS, before.headers["ETag"])
    assert saved.status_code == 200, saved.text
    large, extra = saved.get_json()["variants"]
    assert {name: large[name] for name in LARGE} == LARGE
    assert extra["item_number"]  # given
    assert problem_of(put(town, SHIRTS, before.headers["ETag"])) == "changed"
    kept = {name: extra[name] for name in (*EXTRA, "key", "item_number")}
    changed = put(town, SHIRTS | {"variants": [kept | {"paused_until": "2027-02-01"}]})
    (left,) = changed.get_json()["variants"]
    assert (left["key"], left["paused_until"]) == (extra["key"], "2027-02-01")
    assert left["product_id"] == extra["product_id"]
    assert town.shop.get(here(town)).get_json() == changed.get_json()


def test_a_variant_is_shown_by_a_picture_of_the_product(town: Town) -> None:
    picture = {"image": (io.BytesIO(encoded("blue")), "l.jpg"), "alt": "Str. L"}
    one = f"/products/{town.product_id}"
    images = town.shop.send("POST", f"{one}/images", data=picture).get_json()["images"]
    chosen = {"image_sha256": images[-1]["sha256"]}
    saved = put(town, SHIRTS | {"variants": [LARGE | chosen, EXTRA]}).get_json()
    assert [each["image_sha256"] for each in saved["variants"]] == [chosen["image_sha256"], None]


def test_a_variant_is_ordered_by_its_own_id_where_the_agreement_lets_it(town: Town) -> None:
    large = put(town, SHIRTS).get_json()["variants"][0]
    asked = town.buyer.get(f"/orderability/{large['product_id']}")
    assert asked.get_json()["orderable"] is True, asked.text
    delivery = {
        name: value for name, value in vars(DELIVERY).items() if value is not None
    }  # as others order
    body = {"lines": [{"product_id": large["product_id"], "quantity": 2}], "delivery": delivery}
    placed = town.buyer.post("/orders", body, Idempotency_Key="variant-order-0001")
    assert placed.status_code == 201, placed.text
    number = placed.get_json()["orders"][0]["number"]
    (line,) = town.buyer.get(f"/orders/{number}").get_json()["lines"]
    assert (line["price_ore"], line["product_id"]) == (12_000, large["product_id"])


@pytest.mark.parametrize(
    ("change", "name", "pointer"),
    [
        ({"variants": [LARGE | {"key": 77}]}, "invalid", "#/variants/0/key"),
        ({"variants": [EXTRA, LARGE | {"gtin": "5701234567898"}]}, "invalid", "#/variants/1/gtin"),
        ({"variants": [LARGE | NO_PICTURE]}, "invalid", "#/variants/0/image_sha256"),
        ({"variants": [LARGE | {"price_ore": -1}]}, "unreadable", "#/variants/0/price_ore"),
        ({"variants": [LARGE, LARGE]}, "invalid", "#/variants"),
        ({"size": "Til 010203-1234"}, "invalid", "#/size"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_pointed_at(
    town: Town, change: dict[str, Any], name: str, pointer: str
) -> None:
    refused = put(town, SHIRTS | change)
    assert problem_of(refused) == name, refused.text
    assert pointer in [each["pointer"] for each in refused.get_json()["errors"]]


def test_variants_are_their_own_enterprises_alone(town: Town) -> None:
    assert problem_of(town.shop.get("/products/999/variants")) == "missing"
    assert problem_of(town.buyer.get(here(town))) == "not-allowed"
