"""Products by the API: described, shown, changed by who has read them, published, counted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite
from products.world import encoded

BODY: dict[str, Any] = {
    "title": "Æblekasse",
    "summary": "En kasse til æbler.",
    "description": "Samlet på eget værksted af dansk gran.",
    "category_code": "37535200",
    "price_ore": 12_550,
    "delivery_days": 7,
    "delivers_to": ["0330"],
    "tiers": [{"from_quantity": 10, "off_permille": 75}],
    "labels": [{"code": "fsc", "proof": "FSC-C012345"}],
    "season_from": "08-01",
    "season_to": "11-30",
    "made_to_order": True,
    "paused_until": None,
}


def test_product_is_described_pictured_published_and_withdrawn(town: Town) -> None:
    made = town.shop.post("/products", BODY)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert {name: told[name] for name in BODY} == BODY
    assert [each["pointer"] for each in told["lacking"]] == ["#/images"]
    here = f"/products/{told['id']}"
    assert made.headers["Location"] == f"/api/v1{here}"
    assert problem_of(town.shop.post(f"{here}/publish")) == "invalid"
    picture = {"image": (io.BytesIO(encoded("blue")), "kasse.jpg"), "alt": "En kasse"}
    sent = town.shop.send("POST", f"{here}/images", data=picture)
    assert sent.status_code == 201, sent.text
    (image,) = sent.get_json()["images"]
    assert (image["alt"], image["position"]) == ("En kasse", 1)
    anew = {"images": [{"id": image["id"], "alt": "En kasse af gran", "position": 1}]}
    assert town.shop.send("PATCH", f"{here}/images", anew).get_json()["images"][0]["alt"]
    assert town.shop.post(f"{here}/publish").get_json()["state"] == "published"
    last = town.shop.send("DELETE", f"{here}/images/{image['id']}")
    assert problem_of(last) == "invalid"  # buyers see it: one picture stays
    assert town.shop.post(f"{here}/withdraw").get_json()["state"] == "withdrawn"


@on_sqlite
def test_document_is_put_on_a_product_said_anew_and_taken_off(town: Town) -> None:
    here = f"/products/{town.product_id}/attachments"

    def send(**said: str) -> Any:
        file = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "datablad.pdf")
        return town.shop.send("POST", here, data={"attachment": file} | said)

    sent = send(kind="data_sheet")
    assert sent.status_code == 201, sent.text
    (document,) = sent.get_json()["attachments"]
    assert (document["kind"], document["title"]) == ("data_sheet", "datablad")
    (anew,) = send(kind="certificate", title="FSC").get_json()["attachments"]
    assert (anew["sha256"], anew["kind"], anew["title"]) == (
        document["sha256"],
        "certificate",
        "FSC",
    )
    wrong = send(kind="other", title="Til 010203-1234")
    assert wrong.get_json()["errors"][0]["pointer"] == "#/title"
    gone = town.shop.send("DELETE", f"{here}/{document['sha256']}")
    assert gone.get_json()["attachments"] == []


def test_change_needs_the_tag_of_what_is_there(town: Town) -> None:
    here = f"/products/{town.product_id}"
    seen = town.shop.get(here)
    unchanged = town.shop.get(here, If_None_Match=seen.headers["ETag"])
    assert (unchanged.status_code, unchanged.text) == (304, "")
    change = {"title": "Legehus i eg", "delivery_days": None, "summary": "Nyt."}
    assert problem_of(town.shop.send("PATCH", here, change)) == "match-missing"
    match = {"If-Match": seen.headers["ETag"]}
    refused = town.shop.send("PATCH", here, change, headers=match)
    assert problem_of(refused) == "invalid"
    assert refused.get_json()["errors"][0]["pointer"] == "#/delivery_days"
    done = town.shop.send("PATCH", here, {"title": "Legehus i eg"}, headers=match)
    assert done.get_json()["title"] == "Legehus i eg"
    assert done.headers["ETag"] == town.shop.get(here).headers["ETag"]
    late = town.shop.send("PATCH", here, {"title": "Legehus"}, headers=match)
    assert problem_of(late) == "changed"


@pytest.mark.parametrize(
    ("packed", "status"),
    [("W/{}", 200), ("{}-gzip", 200), ("W/{}-br", 200), ("{}-gzipped", 412), ("W/W/{}", 400)],
)
def test_tag_that_a_proxy_has_marked_counts_as_it_is(town: Town, packed: str, status: int) -> None:
    here = f"/products/{town.product_id}"
    tag = town.shop.get(here).headers["ETag"]
    before, told = packed.split("{}")
    match = {"If-Match": f'{before}{tag[:-1]}{told}"'}
    answer = town.shop.send("PATCH", here, {"title": "Legehus i eg"}, headers=match)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"price_ore": "12,50"}, ["#/price_ore"]),
        ({"price_ore": -1}, ["#/price_ore"]),
        ({"colour_of_hope": 1, "sound": 2}, ["#/colour_of_hope", "#/sound"]),
        ({"tiers": [{"from_quantity": 10}]}, ["#/tiers/0/off_permille"]),
        ({"tiers": [{"a/b": 1}]},
         ["#/tiers/0/a~1b", "#/tiers/0/from_quantity", "#/tiers/0/off_permille"]),
        ({"title": " "}, ["#/title"]),
        ({"category_code": "37535200\n"}, ["#/category_code"]),
    ],
)  # fmt: skip
def test_what_breaks_the_contract_is_pointed_at(
    town: Town, change: dict[str, Any], pointers: list[str]
) -> None:
    refused = town.shop.post("/products", BODY | change)
    assert problem_of(refused) == "unreadable"
    assert sorted(each["pointer"] for each in refused.get_json()["errors"]) == pointers


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"delivers_to": ["9999"]}, "#/delivers_to"),
        ({"category_code": "99999999"}, "#/category_code"),
        ({"on_request": True, "kind": "service"}, "#/price_ore"),
        ({"description": "Ring til 010190-1234"}, "#/description"),
    ],
)
def test_rules_refuse_as_in_the_form_by_the_names_of_the_contract(
    town: Town, change: dict[str, Any], pointer: str
) -> None:
    refused = town.shop.post("/products", BODY | change)
    assert problem_of(refused) == "invalid"
    assert pointer in [each["pointer"] for each in refused.get_json()["errors"]]


def test_list_goes_on_by_cursor_until_its_end(town: Town) -> None:
    for _each in range(2):
        town.shop.post("/products", {"title": "Kladde"})
    first = town.shop.get("/products?limit=2")
    told = first.get_json()
    assert len(told["items"]) == 2
    assert f"cursor={told['next']}" in first.headers["Link"]
    rest = town.shop.get(f"/products?limit=2&cursor={told['next']}").get_json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    drafts = town.shop.get("/products?state=draft").get_json()["items"]
    assert {each["title"] for each in drafts} == {"Kladde"}


def test_stock_is_counted_and_not_counted_any_more(town: Town) -> None:
    here = f"/products/{town.product_id}/stock"
    assert town.shop.send("PUT", here, {"left": 12.5}).get_json() == {"left": 12.5}
    assert town.shop.get(here).get_json() == {"left": 12.5}
    assert town.shop.send("PUT", here, {"left": None}).get_json() == {"left": None}
    assert problem_of(town.shop.get("/products/999/stock")) == "missing"
