"""Owners of a webhook make it, see its secret once, try it, send again, pause and delete it."""

from __future__ import annotations

import re
from dataclasses import replace

import cast
from exchange.webhook_box import receiving, work
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from standardwebhooks import Webhook as Judge

from catalogue.exchange.webhooks.models import Delivery, DeliveryState

FORM = {
    "name": "Prisme", "url": "https://erp.slagelse.example/hook?key=1", "types": ["order.placed"],
}  # fmt: skip


def test_staff_make_try_change_pause_and_delete_a_webhook(app: Flask, client: FlaskClient) -> None:
    state = app.extensions["catalogue"]
    state.settings = replace(state.settings, webhook_allowed_hosts="127.0.0.1")
    with state.database.transaction() as session:
        staff = cast.staff(session)
        elsewhere = cast.staff(session, cast.municipality(session, "Kolding"))
    cast.sign_in_as(client, staff)
    wrong = client.post("/webhooks/ny", data={"name": "x", "url": "https://10.0.0.1/"})
    assert wrong.status_code == 422
    assert "Adressen er ikke på det åbne internet" in wrong.text
    assert "Vælg mindst én hændelse" in wrong.text
    here = client.post("/webhooks/ny", data=FORM).headers["Location"]
    secrets = re.findall(r"whsec_[\w+/]{43}=", client.get(here).text)
    assert len(secrets) == 1
    assert "whsec_" not in client.get(here).text  # shown once
    with receiving() as receiver:
        client.post(f"{here}/ret", data=FORM | {"url": receiver.address})
        client.post(f"{here}/afproev")
        client.post(f"{here}/ny-hemmelighed")
        newer = re.findall(r"whsec_[\w+/]{43}=", client.get(here).text)
        work(state.database, state.settings)
        (_path, headers, body) = receiver.came[0]
    assert '"webhook.test"' in body.decode()
    signed = [f"v1,{each.split(',')[1]}" for each in headers["webhook-signature"].split(" ")]
    made = [
        Judge(each).sign(headers["webhook-id"], cast.NOW, body.decode())
        for each in (*newer, *secrets)
    ]
    assert signed == made  # by the new secret and the old
    page = client.get(here).text
    assert "En prøve" in page
    assert "Kode 204" in page
    with state.database.transaction() as session:
        session.execute(update(Delivery).values(type="order.placed", state=DeliveryState.FAILED))
        delivery_id = session.scalars(select(Delivery.id)).one()
    assert client.post(f"{here}/send-igen", data={"since": "i går"}).status_code == 422
    client.post(f"{here}/send-igen", data={"since": "2026-11-24T10:30"})
    assert "Hændelser, der sendes igen: 1." in client.get(here).text
    client.post(f"{here}/leveringer/{delivery_id}")
    client.post(f"{here}/pause")
    assert "En af jer har sat den på pause." in client.get(here).text
    assert client.post(f"{here}/leveringer/{delivery_id}").status_code == 409
    client.post(f"{here}/genoptag")
    assert "I drift" in client.get("/webhooks").text
    other = app.test_client()
    cast.sign_in_as(other, elsewhere)
    assert other.get(here).status_code == 404
    client.post(f"{here}/slet")
    assert "Ingen webhook endnu" in client.get("/webhooks").text
