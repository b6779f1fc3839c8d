"""The tour of a role, shown until it is closed; and whom to ask, wherever something is refused."""

from __future__ import annotations

from dataclasses import replace

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.accounts import contacts, tour_pages, tours
from catalogue.accounts.contacts import Contact
from catalogue.core.db import Database
from catalogue.core.errors import NotAllowed
from catalogue.core.who import Role


@on_sqlite
def test_tour_is_shown_on_the_first_page_until_it_is_closed(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        staff = cast.staff(session)
    cast.sign_in_as(client, staff)
    assert "Indtast jeres aftaler" in client.get("/daekning").text
    assert "Indtast jeres aftaler" not in client.get("/aftaler").text
    assert client.post("/rundvisning").status_code == 303
    assert "Indtast jeres aftaler" not in client.get("/daekning").text
    assert "Indtast jeres aftaler" in client.get("/rundvisning").text


def test_every_role_has_a_tour_whose_pages_it_may_enter(app: Flask) -> None:
    assert set(tours.TOURS) == set(tour_pages.FIRST) == set(Role)
    for role, steps in tours.TOURS.items():
        assert 1 <= len(steps) <= 5
        for step in steps:
            access = app.view_functions[f"catalogue.{step.endpoint}"].__dict__["access"]
            assert role in access or access & {"everyone", "signed_in"}, (role, step.endpoint)


@on_sqlite
def test_refusal_names_whom_to_ask(client: CatalogueClient, database: Database) -> None:
    with database.transaction() as session:
        home = cast.municipality(session)
        buyer = cast.buyer(session, home)
        cast.staff(session, home, email="jens@slagelse.example")
    cast.sign_in_as(client, buyer)
    page = client.get("/daekning")
    assert page.status_code == 403
    assert "mailto:jens@slagelse.example" in page.text


@pytest.mark.parametrize("named", [True, False])
def test_contact_is_who_is_named_else_one_of_the_staff(session: Session, named: bool) -> None:
    home = cast.municipality(session)
    shop = cast.enterprise(session, municipality=home)
    assert contacts.find_contact(session, cast.who(session, cast.buyer(session, home))) is None
    staff = cast.staff(session, home, name="Jens Kruse", email="jens@slagelse.example")
    expected = Contact("Jens Kruse", "jens@slagelse.example", home.name)
    if named:
        who = cast.who(session, staff)
        contacts.name_contact(session, who, "Indkøb", "indkoeb@slagelse.example", cast.NOW)
        expected = Contact("Indkøb", "indkoeb@slagelse.example", home.name)
    worker = cast.who(session, cast.worker(session, shop))
    assert contacts.find_contact(session, worker) == expected
    with pytest.raises(NotAllowed):
        contacts.name_contact(session, replace(worker), "X", None, cast.NOW)
