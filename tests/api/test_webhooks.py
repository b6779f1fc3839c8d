"""Systems make webhooks, get the secret once, read what became of deliveries, and send again."""

from __future__ import annotations

from api.callers import caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from sqlalchemy import select

from catalogue.exchange.webhooks.models import Webhook

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
