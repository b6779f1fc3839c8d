"""One's own password: changed by the old one, and never one that guessing finds first."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cast
import pytest
from accounts.codes import gate
from accounts.test_password_links import issue
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts import (
    invitations,
    new_passwords,
    own_password,
    passwords,
    queries,
    sessions,
)
from catalogue.accounts.factor_models import FactorNews
from catalogue.accounts.models import Person
from catalogue.accounts.own_password import Change
from catalogue.accounts.second_factor import Tried
from catalogue.core.db import Database
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.who import Role

NEW = "fire blå heste spiser"
OWN = ("Mette Skovgaard", "mette@slagelse.example", "Legehytten ApS")


def test_new_password_ends_other_sessions_and_is_told_by_mail(session: Session) -> None:
    person = cast.buyer(session)
    here, there = (sessions.begin(session, person.id, cast.NOW, 12) for _ in range(2))
    who = cast.who(session, person)
    wanted = Change(cast.PASSWORD, NEW, here)
    assert own_password.change(session, who, wanted, gate()) == Tried.RIGHT
    assert passwords.matches(person, NEW)
    assert not passwords.matches(person, cast.PASSWORD)
    assert queries.find_who(session, here, cast.NOW) is not None
    assert queries.find_who(session, there, cast.NOW) is None
    assert session.scalars(select(FactorNews.news)).all() == ["password"]


def test_old_password_is_asked_for_and_guessing_it_is_throttled(session: Session) -> None:
    person = cast.buyer(session)
    who = cast.who(session, person)
    for _ in range(3):
        wrong = Change("en helt anden", NEW, "")
        assert own_password.change(session, who, wrong, gate()) == Tried.WRONG
        session.flush()
    right = Change(cast.PASSWORD, NEW, "")
    assert own_password.change(session, who, right, gate()) == Tried.TOO_MANY
    assert passwords.matches(person, cast.PASSWORD)


def test_one_address_cannot_try_the_old_passwords_of_many_persons(session: Session) -> None:
    *others, person = (cast.buyer(session, email=f"{n}@b.example") for n in range(3))
    for each in others:
        wrong, few = Change("en helt anden", NEW, ""), gate(per_address=2)
        assert own_password.change(session, cast.who(session, each), wrong, few) == Tried.WRONG
        session.flush()
    who, right = cast.who(session, person), Change(cast.PASSWORD, NEW, "")
    assert own_password.change(session, who, right, gate(per_address=2)) == Tried.TOO_MANY
    elsewhere = gate(per_address=2, address="127.0.0.2")
    assert own_password.change(session, who, right, elsewhere) == Tried.RIGHT


def test_whoever_has_no_password_here_changes_none(session: Session) -> None:
    who = cast.who(session, cast.buyer(session, password_hash="-"))
    with pytest.raises(Conflict):
        own_password.change(session, who, Change("-", NEW, ""), gate())


@on_sqlite
def test_page_says_which_password_is_wrong_and_changes_it(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    for old, new, status, told in (
        ("en helt anden", NEW, 422, "Det er ikke den adgangskode, du har"),
        (cast.PASSWORD, "kort", 422, "Ny adgangskode"),
        (cast.PASSWORD, cast.PASSWORD, 422, "Vælg en anden"),
        (cast.PASSWORD, NEW, 303, ""),
    ):
        answer = client.post("/adgangskode", data={"old_password": old, "password": new})
        assert (answer.status_code, told in answer.text) == (status, True)
    with database.reading() as session:
        assert passwords.matches(session.get_one(Person, person.id), NEW)


@pytest.mark.parametrize(
    "password",
    ["1234567890", "qwertyuiop", "password123", "Passw0rd!!", "aaaaaaaaaaaa", "zaq12wsxcde3",
     "Indkøb-2026", "indkoeb2026", "Slagelse123", "kommune2026!", "velkommen123", "adgangskode1",
     "Sommer2026!", "Mette Skovgaard 1", "skovgaard1970", "legehytten!!", "01-02-1970x"],
)  # fmt: skip
def test_password_that_is_soon_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        new_passwords.check(password, OWN)


@pytest.mark.parametrize(
    "password", [NEW, "et langt kodeord", "gulerodskage med ost", "x7!kQ2p#Lm", NEW * 9]
)  # fmt: skip
def test_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    new_passwords.check(password, OWN)


def test_leaked_password_is_refused_by_the_list_that_is_handed_over(tmp_path: Path) -> None:
    listed = [f"et langt kodeord nummer {n}" for n in range(200)]
    marks = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in listed)
    path = tmp_path / "leaked.txt"
    path.write_text("".join(f"{mark}:{3 ** (n % 9)}\r\n" for n, mark in enumerate(marks)))
    for each in listed:
        with pytest.raises(Invalid, match="password"):
            new_passwords.check(each, (), str(path))
    for n in range(200, 400):
        new_passwords.check(f"et langt kodeord nummer {n}", (), str(path))
    with pytest.raises(new_passwords.NoList):
        new_passwords.check(listed[0], (), str(tmp_path / "none.txt"))


@on_sqlite
@pytest.mark.parametrize("form", ["link", "invitation", "persons", "change"])
def test_every_form_refuses_a_password_that_is_soon_guessed(
    app: Flask, client: CatalogueClient, database: Database, form: str
) -> None:
    with database.transaction() as session:
        boss = cast.administrator(session)
        path = {"persons": "/personer", "change": "/adgangskode"}.get(form, "")
        if form == "link":
            path = f"/kodeord/{issue(session, cast.buyer(session))}"
        elif form == "invitation":
            path = f"/invitation/{invite(session)}"
    if form in ("persons", "change"):
        cast.sign_in_as(client, boss)
    typed = {"name": "Ny Person", "email": "ny@slagelse.example", "password": "Slagelse123"}
    typed |= {"old_password": cast.PASSWORD, "role": "administrator"}
    answer = client.post(path, data=typed)
    assert answer.status_code == 422
    assert "hurtig at gætte" in answer.text


def invite(session: Session) -> str:
    """Invite somebody to an enterprise; return the secret of the link."""
    owner = cast.who(session, cast.worker(session, cast.enterprise(session)))
    made = invitations.invite(session, owner, "bo@slagelse.example", Role.ENTERPRISE, cast.NOW)
    issued = invitations.issue(session, made.id, cast.NOW)
    assert issued is not None
    return issued[1]
