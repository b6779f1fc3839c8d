"""Staff connect a purchasing system, see its key once, renew it and close it."""

from __future__ import annotations

import re

import cast
from exchange.punchouts import call, connected
from flask import Flask
from flask.testing import FlaskClient

FORM = {
    "name": "Prisme", "kind": "oci", "identity": "slagelse",
    "return_hosts": "https://ERP.slagelse.example/\nerp2.slagelse.example:8443",
    "frame_origins": "portal.slagelse.example", "contact_email": "indkoeb@slagelse.example",
}  # fmt: skip


def test_staff_connect_renew_and_close(app: Flask, client: FlaskClient) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
        elsewhere = cast.staff(session, cast.municipality(session, "Kolding"))
    cast.sign_in_as(client, staff)
    wrong = client.post("/indkoebssystemer/ny", data=FORM | {"return_hosts": "a b/c"})
    assert wrong.status_code == 422
    assert "Det er ikke en vært: b/c" in wrong.text
    here = client.post("/indkoebssystemer/ny", data=FORM).headers["Location"]
    page = client.get(here).text
    key = re.search(r"<code>([\w-]{32})</code>", page)
    assert key
    assert "erp.slagelse.example, erp2.slagelse.example:8443" in page
    assert key[1] not in client.get(here).text  # shown once
    client.post(f"{here}/ret", data=FORM | {"name": "Opus"})
    assert "Opus" in client.get("/indkoebssystemer").text
    client.post(f"{here}/ny-noegle")
    assert client.get(here).text.count("<tr>") > 2
    client.post(f"{here}/gamle-noegler")
    other = app.test_client()
    cast.sign_in_as(other, elsewhere)
    assert other.get(here).status_code == 404
    client.post(f"{here}/luk")
    assert "Lukket" in client.get("/indkoebssystemer").text
    assert client.post(f"{here}/ny-noegle").status_code == 409


def test_session_that_ended_with_its_connection_is_not_shown_as_open(
    app: Flask, client: FlaskClient
) -> None:
    to = connected(app)
    assert call(app.test_client(), to).status_code == 303
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session, to.world.home)
    cast.sign_in_as(client, staff)
    here = f"/indkoebssystemer/{to.connection_id}"
    assert "Ikke afsluttet" not in client.get(here).text
    client.post(f"{here}/luk")
    assert "Ikke afsluttet" in client.get(here).text
