"""A form sent when its session has ended: held, shown to its person alone, and sent again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import cast
import pytest
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from sqlalchemy import select

import catalogue
from catalogue.accounts import held_rules
from catalogue.accounts.models import HeldForm, Person, SignIn
from catalogue.core.db import Database
from catalogue.core.who import Role

WAITS = "/log-ind?next=/log-ind/formular"
TEMPLATES = Path(catalogue.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("path", "pairs", "kept"),
    [
        ("/kurv", [("text", "Hej"), ("account_coding", "1"), ("codes_3", "4")], True),
        ("/totrin", [("code", "123456")], False),
        ("/x", [("text", "a"), ("client_secret", "b")], False),
        ("/x", [("text", "a"), ("note", "Til Ida, 211062-5629")], False),
        ("/x", [("contact_phone", "211062 5629")], False),
        ("/x?note=211062+5629", [("text", "a")], False),
        ("/x", [("contact_phone", "58 57 36 00"), ("gln", "5790001330552")], True),
        ("/x", [("text", "a" * (held_rules.MOST_SIGNS + 1))], False),
        ("/" + "x" * held_rules.LONGEST_PATH, [], False),
    ],
)
def test_form_without_secrets_and_of_some_size_is_held(
    path: str, pairs: Sequence[tuple[str, str]], kept: bool
) -> None:
    assert held_rules.may_be_held(path, pairs) is kept


def test_every_field_for_a_password_is_known_as_a_secret() -> None:
    field = re.compile(r'ui\.field\("(\w+)"[^}]*type="password"')
    names = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in field.findall(path.read_text(encoding="utf-8"))
    }
    assert len(names) >= 3
    assert all(map(held_rules.is_secret, names))


def signed_out(client: CatalogueClient, database: Database, **of: Any) -> Person:
    """Sign a person with two roles in, and let her session end by itself."""
    with database.transaction() as session:
        home = cast.municipality(session)
        person = cast.buyer(session, home)
        role = cast.role(session, person, Role.STAFF, municipality=home)
    cast.sign_in_as(client, person, role)
    client.get("/roller")  # as she does before the form is drawn: the browser has its token
    with database.transaction() as session:
        for each in session.scalars(select(SignIn)):
            each.used_at = cast.NOW - timedelta(hours=2)
    return person


def sign_in(client: CatalogueClient, person: Person) -> Any:
    form = {"email": person.email, "password": cast.PASSWORD, "next": "/log-ind/formular"}
    return client.post("/log-ind", data=form)


@on_sqlite
def test_form_waits_until_she_has_signed_in_and_goes_where_it_was_sent(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    person = signed_out(client, database)
    form = {"contact_name": "Karen Vang", "contact_email": "karen@slagelse.example"}
    answer = client.post("/medarbejdere/kontakt", data=form)
    assert answer.headers["Location"] == WAITS
    assert sign_in(client, person).headers["Location"] == "/log-ind/formular"
    page = client.get("/log-ind/formular").text
    assert "Karen Vang" in page
    assert "Indkøbskonsulent" in page
    sent = client.post("/log-ind/formular", data=form)
    assert (sent.status_code, sent.headers["Location"]) == (307, "/medarbejdere/kontakt")
    assert client.post(sent.headers["Location"], data=form).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(HeldForm)).all() == []


@on_sqlite
@pytest.mark.parametrize("how", ["ended", "script", "forged", "secret", "cpr", "unknown"])
def test_form_that_is_not_hers_or_not_to_be_kept_is_not_held(
    app: Flask, client: CatalogueClient, database: Database, how: str
) -> None:
    signed_out(client, database)
    form, headers = {"contact_name": "Karen"}, {}
    if how == "ended":
        with database.transaction() as session:
            session.query(SignIn).delete()
    elif how == "script":
        headers["Sec-Fetch-Mode"] = "cors"
    elif how == "forged":
        headers["X-CSRF-Token"] = "of another site"
    elif how == "secret":
        form["password"] = "hemmelig"
    elif how == "cpr":
        form["note"] = "Til Ida, 211062-5629"
    else:
        with client.session_transaction() as cookie:
            del cookie["catalogue_token"]
    answer = client.post("/medarbejdere/kontakt", data=form, headers=headers)
    assert answer.headers["Location"] == "/log-ind"
    with database.reading() as session:
        assert session.scalars(select(HeldForm)).all() == []


@on_sqlite
def test_another_person_is_shown_nothing_of_it_and_hers_is_thrown_away(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    person = signed_out(client, database)
    client.post("/medarbejdere/kontakt", data={"contact_name": "Karen Vang"})
    with database.transaction() as session:
        other = cast.staff(session)
    cast.sign_in_as(client, other)
    assert client.get("/log-ind/formular").headers["Location"] == "/"
    assert client.post("/log-ind/formular").status_code == 404
    sign_in(client, person)
    assert client.post("/log-ind/formular/smid-vaek").status_code == 303
    assert client.get("/log-ind/formular").headers["Location"] == "/"
