"""Demands by the API: what buyers lack, who answers, and staff who ask who could make it."""

from __future__ import annotations

from typing import Any

import cast
import pytest
from api.callers import Caller, caller, problem_of
from api.conftest import Town
from conftest import on_sqlite

pytestmark = on_sqlite
WANTED = {"text": "Genbrugte cykler", "details": "30 styk.", "category_code": cast.PLAY_HOUSES,
          "needed_on": "2027-03-01"}  # fmt: skip


@pytest.fixture
def stranger(town: Town) -> Caller:
    """The program of another verified enterprise."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        shop = cast.enterprise(session, "Cykelhjulet", municipality=cast.municipality(session))
        worker = cast.worker(session, shop)
    return caller(town.app, worker)


def ask(town: Town, **more: Any) -> dict[str, Any]:
    made = town.buyer.post("/demands", WANTED | more)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.get_json()
    return told


def test_buyer_asks_enterprise_answers_and_staff_close(town: Town) -> None:
    made = ask(town)
    assert {name: made[name] for name in WANTED} == WANTED
    (incoming,) = town.shop.get("/incoming-demands").get_json()["items"]
    assert (incoming["id"], incoming["answer"]) == (made["id"], None)
    assert "buyer_name" not in incoming
    here = f"/incoming-demands/{made['id']}"
    given = {"text": "Det kan vi.", "price_ore": 95_000, "product_id": town.product_id}
    answered = town.shop.send("PUT", f"{here}/answer", given)
    assert answered.status_code == 200, answered.text
    anew = town.shop.send("PUT", f"{here}/answer", given | {"price_ore": 90_000}).get_json()
    assert town.shop.get(here).get_json()["answer"] == anew["answer"]
    (answer,) = town.buyer.get(f"/demands/{made['id']}").get_json()["answers"]
    assert (answer["price_ore"], answer["enterprise_name"]) == (90_000, "Legehytten")
    closed = town.staff.post(f"/demands/{made['id']}/close", {"reason": "Fundet."}).get_json()
    assert closed["closed_reason"] == "Fundet."
    again = town.buyer.post(f"/demands/{made['id']}/close", {"reason": "Fundet."})
    assert problem_of(again) == "conflict"
    assert problem_of(town.shop.get(here)) == "missing"
    (listed,) = town.staff.get("/demands").get_json()["items"]
    assert (listed["answers"], listed["enterprise_name"]) == (1, None)


def test_demand_to_one_enterprise_is_no_others(town: Town, stranger: Caller) -> None:
    (card,) = town.staff.get("/coverage/enterprises").get_json()["items"]
    made = ask(town, enterprise_id=card["id"])
    assert town.shop.get(f"/incoming-demands/{made['id']}").get_json()["for_us_alone"] is True
    assert stranger.get("/incoming-demands").get_json()["items"] == []
    answer = stranger.send("PUT", f"/incoming-demands/{made['id']}/answer", {"text": "Ja."})
    assert problem_of(answer) == "missing"


def test_staff_ask_from_the_desk_and_a_yes_is_a_draft(town: Town, stranger: Caller) -> None:
    ask(town)
    (line,) = town.staff.get("/demand-desk?requested=true").get_json()["items"]
    assert (line["words"], line["requests"], line["asked"]) == ("Genbrugte cykler", 1, 0)
    here = f"/demand-desk/{line['name']}"
    near = town.staff.get(here).get_json()["candidates"]
    assert [each["closeness"] for each in near] == ["in", "anywhere"]
    ids = [each["enterprise_id"] for each in near]
    body = {"text": "Kan I lave det?", "enterprise_ids": ids}
    asked, replayed = (
        town.staff.post(f"{here}/inquiries", body, Idempotency_Key="inquiry-00000001")
        for _each in range(2)
    )
    assert asked.status_code == 201, asked.text
    assert replayed.get_json() == asked.get_json()
    again = town.staff.post(f"{here}/inquiries", body)
    assert [each["pointer"] for each in again.get_json()["errors"]] == ["#/enterprise_ids"]
    assert len(asked.get_json()["sent"]) == 2
    (one,) = town.shop.get("/inquiries").get_json()["items"]
    yes = town.shop.post(f"/inquiries/{one['id']}/accept", {"title": "Genbrugt cykel"})
    draft = town.shop.get(f"/products/{yes.get_json()['product_id']}").get_json()
    assert (draft["title"], draft["state"]) == ("Genbrugt cykel", "draft")
    twice = town.shop.post(f"/inquiries/{one['id']}/accept", {"title": "Igen"})
    assert problem_of(twice) == "conflict"
    no = stranger.post(f"/inquiries/{one['id']}/decline", {"reason": "Kun træ."}).get_json()
    assert (no["answer"], no["reason"]) == ("no", "Kun træ.")
    told = town.staff.get(here).get_json()["sent"]
    assert {each["answer"] for each in told} == {"yes", "no"}
    assert town.staff.get(f"/inquiries/{one['id']}").status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"needed_on": "2020-01-01"}, "#/needed_on"),
        ({"category_code": "99999999"}, "#/category_code"),
        ({"enterprise_id": 999}, "#/enterprise_id"),
        ({"text": "Ring til 010190-1234"}, "#/text"),
    ],
)
def test_what_is_wrong_is_pointed_at(town: Town, change: dict[str, Any], pointer: str) -> None:
    refused = town.buyer.post("/demands", WANTED | change)
    assert problem_of(refused) == "invalid"
    assert [each["pointer"] for each in refused.get_json()["errors"]] == [pointer]


def test_desk_points_at_enterprises_that_cannot_be_asked(town: Town) -> None:
    ask(town)
    here = "/demand-desk/genbrugte-cykler/inquiries"
    refused = town.staff.post(here, {"text": "Kan I?", "enterprise_ids": [999]})
    assert refused.get_json()["errors"][0]["pointer"] == "#/enterprise_ids"
    assert problem_of(town.staff.get("/demand-desk/findes-ikke")) == "missing"
    assert problem_of(town.staff.get("/demand-desk?months=7")) == "unreadable"
