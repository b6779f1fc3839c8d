"""A shelf on a web site: framed by the listed sites alone, without cookie and without script."""

from __future__ import annotations

import re
from typing import Any

import cast
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from ordering import world

from catalogue.enterprises.models import Enterprise, EnterpriseState

SITES = "https://www.slagelse.example\nhandel.slagelse.example"


@on_sqlite
def test_staff_let_sites_show_a_shelf_and_take_it_off(app: Flask, client: CatalogueClient) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        made = world.make(session)
        staff = cast.staff(session, made.home)
        elsewhere = cast.staff(session, cast.municipality(session, "Kolding"))
    cast.sign_in_as(client, staff)
    wrong = client.post("/indlejringer", data={"enterprise_id": "1", "origins": "*"})
    assert wrong.status_code == 422
    assert "Det er ikke en vært: *" in wrong.text
    posted = client.post("/indlejringer", data={"enterprise_id": "1", "origins": SITES})
    here = posted.headers["Location"]
    found = re.search(r"&lt;iframe src=\"[^\"]*(/indlejr/1\?ramme=1)\"", client.get(here).text)
    assert found
    shelf = app.test_client().get(found[1])
    policy = shelf.headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.slagelse.example https://handel.slagelse.example" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in shelf.headers
    assert "Set-Cookie" not in shelf.headers
    assert "Cookie" not in shelf.headers.get("Vary", "")
    assert "<script" not in shelf.text
    assert "Legehus i lærk" in shelf.text
    assert "12.500" not in shelf.text  # prices of a closed shelf are for buyers
    again = app.test_client().get(found[1], headers={"If-None-Match": shelf.headers["ETag"]})
    assert again.status_code == 304
    assert "frame-ancestors https://www" in again.headers["Content-Security-Policy"]
    stranger: Any = app.test_client()
    cast.sign_in_as(stranger, elsewhere)
    assert stranger.get(here).status_code == 404
    client.post(here, data={"origins": "https://ny.example"})
    assert "https://ny.example" in client.get("/indlejringer").text
    client.post(f"{here}/slet")
    assert app.test_client().get(found[1]).status_code == 404


@on_sqlite
def test_enterprise_opens_its_shelf_and_shows_it_on_its_own_site(
    app: Flask, client: CatalogueClient
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        made = world.make(session)
        cast.enterprise(session, "En anden")
    cast.sign_in_as(client, made.worker)
    client.post("/indlejringer", data={"enterprise_id": "2", "origins": "legehytten.example"})
    client.post("/indlejringer", data={"origins": "www.legehytten.example"})
    page = client.get("/indlejringer").text
    assert "https://legehytten.example, https://www.legehytten.example" in page
    client.post("/virksomhed/aaben-hylde")
    assert "Luk hylden for besøgende" in client.get("/indlejringer").text
    visitor = app.test_client()
    shelf = visitor.get("/indlejr/1?sprog=en&antal=3")
    assert "12,500.00" in shelf.text
    assert shelf.headers["X-Frame-Options"] == "DENY"  # without a list of sites: nobody
    assert "frame-ancestors 'none'" in shelf.headers["Content-Security-Policy"]
    assert visitor.get("/virksomheder/1/legehytten/varer").status_code == 200
    client.post("/virksomhed/luk-hylde")
    assert visitor.get("/virksomheder/1/legehytten/varer").status_code == 404
    assert visitor.get("/indlejr/2?ramme=1").status_code == 404  # another's list


@on_sqlite
def test_an_open_shelf_of_an_enterprise_that_is_not_verified_is_said_to_be_seen_by_nobody(
    app: Flask, client: CatalogueClient
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        made = world.make(session)
    cast.sign_in_as(client, made.worker)
    client.post("/virksomhed/aaben-hylde")
    assert "Alle ser jeres offentliggjorte varer" in client.get("/indlejringer").text
    with database.transaction() as session:
        session.get_one(Enterprise, made.enterprise.id).state = EnterpriseState.SUSPENDED
    page = client.get("/indlejringer").text
    assert "Ingen ser jeres varer lige nu" in page
    assert "Alle ser jeres offentliggjorte varer" not in page
    assert "Se den, som besøgende ser den" not in page
