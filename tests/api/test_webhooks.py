"""Systems make webhooks, get the secret once, read what became of deliveries, and send again."""

from __future__ import annotations

from datetime import timedelta

import cast
from api.callers import caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from sqlalchemy import select

from catalogue.exchange.webhooks.models import Delivery, DeliveryState, Webhook

BODY = {"name": "ERP", "url": "https://erp.example/hook", "types": ["order.placed"]}


@on_sqlite
def test_system_makes_a_webhook_tries_it_renews_its_secret_and_deletes_it(town: Town) -> None:
    made = town.shop.post("/webhooks", BODY, Idempotency_Key="a-key-of-one-request")
    assert made.status_code == 201
    here = made.headers["Location"].removeprefix("/api/v1")
    assert made.get_json()["secret"].startswith("whsec_")
    assert "secret" not in town.shop.get(here).get_json()
    newer = town.shop.post(f"{here}/secret").get_json()
    assert newer["secret"] != made.get_json()["secret"]
    assert newer["old_until"] is not None
    sent = town.shop.post(f"{here}/test")
    assert (sent.status_code, sent.get_json()["state"]) == (202, "waiting")
    again = town.shop.post(f"{here}/deliveries/{sent.get_json()['id']}/resend")
    assert again.status_code == 202
    (listed,) = town.shop.get(f"{here}/deliveries").get_json()["items"]
    assert (listed["type"], listed["attempts"], listed["status"]) == ("webhook.test", 0, None)
    assert problem_of(town.staff.get(here)) == "missing"
    assert town.staff.get("/webhooks").get_json() == {"items": [], "next": None}
    assert town.shop.send("DELETE", here).status_code == 204
    assert problem_of(town.shop.get(here)) == "missing"


@on_sqlite
def test_system_changes_pauses_resumes_and_has_all_sent_again_that_was_held_back(
    town: Town,
) -> None:
    made = town.staff.post("/webhooks", BODY | {"types": ["product.published"]})
    here = made.headers["Location"].removeprefix("/api/v1")
    match = {"If-Match": town.staff.get(here).headers["ETag"]}
    moved = town.staff.send("PUT", here, BODY | {"name": "Nyt ERP"}, headers=match)
    assert (moved.get_json()["name"], moved.get_json()["types"]) == ("Nyt ERP", BODY["types"])
    assert problem_of(town.staff.send("PUT", here, BODY, headers=match)) == "changed"
    with town.app.extensions["catalogue"].database.transaction() as session:
        facts = {"type": "order.placed", "about": "", "body": "{}", "created_at": cast.NOW}
        session.add_all(
            Delivery(
                webhook_id=made.get_json()["id"], message_id=f"msg_{hours}", turn=1,
                state=DeliveryState.HELD, happened_at=cast.NOW - timedelta(hours=hours), **facts,
            )
            for hours in (1, 3)
        )  # fmt: skip
    paused = town.staff.post(f"{here}/pause").get_json()
    assert (paused["paused_at"], paused["pause_cause"]) == (cast.NOW.isoformat(), "person")
    since = {"since": "2026-11-24T08:30:00+01:00"}
    assert problem_of(town.staff.post(f"{here}/replay", since)) == "conflict"
    assert town.staff.post(f"{here}/resume").get_json()["paused_at"] is None
    for never in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        refused = town.staff.post(f"{here}/replay", {"since": never})
        assert problem_of(refused) == "invalid"
    sent = town.staff.post(f"{here}/replay", since)
    assert (sent.status_code, sent.get_json()) == (202, {"sent": 1})
    states = [each["state"] for each in town.staff.get(f"{here}/deliveries").get_json()["items"]]
    assert states == ["held", "waiting"]


@on_sqlite
def test_types_of_the_other_side_private_addresses_and_other_scopes_are_refused(
    town: Town,
) -> None:
    wrong = town.shop.post(
        "/webhooks", BODY | {"types": ["quote.answered"], "url": "https://[::1]/"}
    )
    assert wrong.status_code == 422
    assert {each["pointer"] for each in wrong.get_json()["errors"]} == {"#/types", "#/url"}
    reader = caller(town.app, town.people["staff"], ["webhooks:read"])
    assert problem_of(reader.post("/webhooks", BODY)) == "insufficient-scope"
    assert problem_of(town.buyer.get("/webhooks")) == "not-allowed"
    with town.app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(Webhook)).all() == []
