"""Agreements, orderability, search and coverage by the API."""

from __future__ import annotations

from typing import Any

import cast
from api.callers import problem_of
from api.conftest import Town
from conftest import on_sqlite

BODY: dict[str, Any] = {
    "kind": "mandatory",
    "number": "F-1",
    "title": "Legepladser",
    "starts_on": "2027-01-01",
    "ends_on": "2028-12-31",
    "categories": [cast.PLAY_HOUSES],
    "supplier_name": "Storleverandøren A/S",
    "where_to_buy": "Bestil i indkøbssystemet.",
    "draft": True,
}


def test_agreement_is_drafted_put_in_force_amended_and_ended(town: Town) -> None:
    made = town.staff.post("/agreements", BODY)
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert (told["state"], told["categories"]) == ("draft", [cast.PLAY_HOUSES])
    here = f"/agreements/{told['id']}"
    in_force = town.staff.post(f"{here}/put-in-force")
    assert in_force.get_json()["state"] == "coming"
    assert problem_of(town.staff.post(f"{here}/put-in-force")) == "conflict"
    terms = {name: BODY[name] for name in BODY.keys() - {"kind", "draft"}}
    match = {"If-Match": in_force.headers["ETag"]}
    amended = town.staff.send("PUT", here, terms | {"title": "Lege"}, headers=match)
    assert amended.get_json()["title"] == "Lege", amended.text
    assert problem_of(town.staff.send("PUT", here, terms, headers=match)) == "changed"
    own = f"/agreements/{town.agreement_id}"
    ending = {"last_day": "2026-11-24", "reason": "Ophør."}
    ended = town.staff.post(f"{own}/end", ending)
    assert (ended.get_json()["ends_on"], ended.get_json()["ended_reason"]) == (
        "2026-11-24", "Ophør.",
    )  # fmt: skip


@on_sqlite
def test_versions_tell_what_an_agreement_said_when_and_why_it_was_amended(town: Town) -> None:
    here = f"/agreements/{town.agreement_id}"
    seen = town.staff.get(here)
    told = seen.get_json()
    (only,) = town.staff.get(f"{here}/versions").get_json()["items"]
    assert (only["from_on"], only["amended_because"]) == (told["starts_on"], None)
    names = ("number", "title", "starts_on", "ends_on", "categories")
    terms = {name: told[name] for name in names} | {
        "ceiling_ore": 90_000_00, "effective_on": "2026-12-01", "reason": "Loftet blev aftalt.",
    }  # fmt: skip
    amended = town.staff.send("PUT", here, terms, headers={"If-Match": seen.headers["ETag"]})
    assert amended.status_code == 200, amended.text
    first = town.staff.get(f"{here}/versions?limit=1").get_json()
    (old,) = first["items"]
    assert (old["until_on"], old["amended_because"], old["ceiling_ore"]) == (
        "2026-11-30", "Loftet blev aftalt.", None,
    )  # fmt: skip
    rest = town.staff.get(f"{here}/versions?cursor={first['next']}").get_json()
    (new,) = rest["items"]
    assert (new["from_on"], new["ceiling_ore"], rest["next"]) == ("2026-12-01", 90_000_00, None)
    assert town.staff.get(f"{here}?day=2026-11-30").get_json()["ceiling_ore"] is None


@on_sqlite
def test_something_is_carved_out_of_a_mandatory_agreement_and_taken_back(town: Town) -> None:
    made = town.staff.post("/agreements", BODY | {"draft": False, "starts_on": "2026-12-01"})
    here = f"/agreements/{made.get_json()['id']}/carve-outs"
    terms = {"category_code": cast.PLAY_HOUSES, "starts_on": "2026-12-01",
             "ends_on": "2027-11-30", "reason": "Lokale værksteder."}  # fmt: skip
    carved = town.staff.post(here, terms)
    assert carved.status_code == 201, carved.text
    orderable = f"/orderability/{town.product_id}?day=2027-02-01"
    assert town.buyer.get(orderable).get_json()["orderable"] is True
    assert town.staff.get(here).get_json()["items"] == [carved.get_json()]
    late = town.staff.post(here, terms | {"ends_on": "2030-01-01"})
    assert late.get_json()["errors"][0]["pointer"] == "#/ends_on"
    own = f"/agreements/{town.agreement_id}/carve-outs"
    assert problem_of(town.staff.post(own, terms)) == "conflict"
    id_ = carved.get_json()["id"]
    assert problem_of(town.staff.send("DELETE", f"{own}/{id_}")) == "missing"
    assert town.staff.send("DELETE", f"{here}/{id_}").status_code == 204
    assert town.buyer.get(orderable).get_json()["orderable"] is False


def test_orderability_depends_on_the_day(town: Town) -> None:
    town.staff.post("/agreements", BODY | {"draft": False})
    here = f"/orderability/{town.product_id}"
    today = town.buyer.get(here).get_json()
    assert today["orderable"] is True
    assert today["reason"] is None
    later = town.staff.get(f"{here}?day=2027-02-01").get_json()
    assert later["orderable"] is False
    assert later["reason"]["code"] == "mandatory"
    assert later["reason"]["where_to_buy"] == "Bestil i indkøbssystemet."
    assert problem_of(town.staff.get(f"{here}?day=1999-01-01")) == "invalid"


def test_faults_are_pointed_at_by_the_names_of_the_contract(town: Town) -> None:
    wrong = BODY | {"categories": ["99999998"], "ends_on": "2026-01-01"}
    refused = town.staff.post("/agreements", wrong).get_json()["errors"]
    assert {each["pointer"] for each in refused} >= {"#/categories"}
    assert problem_of(town.staff.get("/agreements?state=lost")) == "unreadable"
    assert problem_of(town.staff.get("/agreements?status=expired")) == "unreadable"


def test_agreements_are_listed_as_of_a_day(town: Town) -> None:
    listed = town.staff.get("/agreements?kind=voluntary").get_json()["items"]
    assert [(each["id"], each["state"]) for each in listed] == [(town.agreement_id, "in_force")]
    assert town.staff.get("/agreements?state=draft").get_json()["items"] == []


def test_search_tells_what_may_be_ordered_and_why_not(town: Town) -> None:
    found = town.buyer.get("/search?q=legehus&limit=1").get_json()
    (hit,) = found["items"]
    assert (hit["id"], hit["orderable"]) == (town.product_id, True)
    assert hit["price"] == {"ore": 1_250_000, "base_quantity": 1, "unit": "piece"}
    assert [each["value"] for each in found["facets"]["kinds"]] == ["goods", "service"]
    sheet = town.buyer.get(f"/search/products/{town.product_id}").get_json()
    assert sheet["delivers_here"] is True
    none = town.buyer.get("/search?price_from_ore=2000000").get_json()
    assert (none["items"], none["next"]) == ([], None)
    for place in ("category=99999999", "enterprise_id=999"):  # else all there is would answer it
        refused = town.buyer.get(f"/search?{place}&q=legehus")
        assert refused.status_code == 422
        assert refused.get_json()["errors"][0]["pointer"] == f"#/{place.split('=')[0]}"


def test_coverage_is_that_of_the_page(town: Town) -> None:
    told = town.staff.get("/coverage?within=37000000").get_json()
    assert told["as_of"] == "2026-11-24"
    assert told["total"]["orderable_products"] == 1
    assert told["categories"][0]["code"] == "37000000"
