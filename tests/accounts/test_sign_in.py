"""Sign-in: who gets in, what guessing costs, and that a session is the server's own."""

from __future__ import annotations

from datetime import timedelta

import cast
import pytest
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.accounts import queries, service, throttling
from catalogue.accounts.service import Credentials, Limits, Newcomer, Outcome
from catalogue.core.db import Database
from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.who import Role

LIMITS = Limits(per_email=3, per_address=5, session_hours=12)


def _typed(email: str, password: str = cast.PASSWORD, address: str = "127.0.0.1") -> Credentials:
    return Credentials(email, password, address)


def test_right_password_signs_in_whatever_the_case_of_the_address(session: Session) -> None:
    person = cast.buyer(session, email="Mette@Slagelse.example")
    outcome, token = service.sign_in(session, _typed("mette@slagelse.EXAMPLE"), cast.NOW, LIMITS)
    assert outcome == Outcome.SIGNED_IN
    session.flush()
    found = queries.find_who(session, token, cast.NOW)
    assert found is not None
    assert (found.person_id, found.role, found.municipality_name) == (
        person.id, Role.BUYER, "Slagelse",
    )  # fmt: skip


def test_session_ends_after_its_hours(session: Session) -> None:
    cast.buyer(session, email="a@b.example")
    _, token = service.sign_in(session, _typed("a@b.example"), cast.NOW, LIMITS)
    session.flush()
    assert queries.find_who(session, token, cast.NOW + timedelta(hours=12)) is None


@pytest.mark.parametrize("email", ["a@b.example", "nobody@b.example"])
def test_wrong_password_and_unknown_address_look_alike(session: Session, email: str) -> None:
    cast.buyer(session, email="a@b.example")
    assert service.sign_in(session, _typed(email, "wrong"), cast.NOW, LIMITS) == (
        Outcome.WRONG, "",
    )  # fmt: skip


def test_guessing_is_throttled_for_a_quarter_of_an_hour(session: Session) -> None:
    cast.buyer(session, email="a@b.example")
    for _ in range(3):
        service.sign_in(session, _typed("a@b.example", "wrong"), cast.NOW, LIMITS)
        session.flush()
    right = _typed("a@b.example")
    assert service.sign_in(session, right, cast.NOW, LIMITS)[0] == Outcome.TOO_MANY
    later = cast.NOW + timedelta(minutes=16)
    assert service.sign_in(session, right, later, LIMITS)[0] == Outcome.SIGNED_IN


def test_one_address_cannot_try_many_persons(session: Session) -> None:
    cast.buyer(session, email="a@b.example")
    for n in range(5):
        service.sign_in(session, _typed(f"x{n}@b.example", "wrong"), cast.NOW, LIMITS)
        session.flush()
    assert service.sign_in(session, _typed("a@b.example"), cast.NOW, LIMITS)[0] == Outcome.TOO_MANY
    elsewhere = _typed("a@b.example", address="127.0.0.2")
    assert service.sign_in(session, elsewhere, cast.NOW, LIMITS)[0] == Outcome.SIGNED_IN


def test_addresses_of_one_line_are_one(session: Session) -> None:
    cast.buyer(session, email="a@b.example")
    for n in range(5):
        typed = _typed(f"x{n}@b.example", "wrong", address=f"2001:db8:1:2::{n:x}")
        service.sign_in(session, typed, cast.NOW, LIMITS)
        session.flush()
    for address, outcome in (
        ("2001:db8:1:2:ffff::1", Outcome.TOO_MANY),
        ("2001:db8:1:3::1", Outcome.SIGNED_IN),
    ):
        typed = _typed("a@b.example", address=address)
        assert service.sign_in(session, typed, cast.NOW, LIMITS)[0] == outcome
    assert throttling.subject("address", "::ffff:192.0.2.1") == throttling.subject(
        "address", "192.0.2.1"
    )


def test_disabled_person_is_out_at_once(session: Session) -> None:
    person = cast.buyer(session, email="a@b.example")
    _, token = service.sign_in(session, _typed("a@b.example"), cast.NOW, LIMITS)
    person.disabled_at = cast.NOW
    session.flush()
    assert queries.find_who(session, token, cast.NOW) is None


def test_known_address_cannot_register_again(session: Session) -> None:
    cast.buyer(session, email="a@b.example")
    with pytest.raises(Invalid, match="email"):
        service.register_person(session, Newcomer("N", "A@b.example", "x" * 12), cast.NOW)


def test_role_goes_with_its_place_and_is_given_once(session: Session) -> None:
    person = cast.person(session)
    home = cast.municipality(session)
    with pytest.raises(Invalid, match="municipality_id"):
        service.grant(session, person.id, Role.BUYER, now=cast.NOW)
    service.grant(session, person.id, Role.BUYER, municipality_id=home.id, now=cast.NOW)
    with pytest.raises(Conflict):
        service.grant(session, person.id, Role.BUYER, municipality_id=home.id, now=cast.NOW)


def test_role_of_another_person_cannot_be_chosen(session: Session) -> None:
    person = cast.buyer(session, email="a@b.example")
    boss = cast.administrator(session)
    other = queries.list_roles(session, boss.id)[0]
    _, token = service.sign_in(session, _typed("a@b.example"), cast.NOW, LIMITS)
    session.flush()
    with pytest.raises(Missing):
        service.choose_role(session, token, person.id, other.id)


def test_signing_in_gives_a_new_session_and_leads_to_the_role_s_page(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    with client.session_transaction() as cookie:
        cookie["catalogue_csrf"] = cookie["catalogue_planted"] = "by somebody else"
        cookie["theme"] = "of a host"
    answer = client.post("/log-ind", data={"email": person.email, "password": cast.PASSWORD})
    assert answer.status_code == 303
    with client.session_transaction() as cookie:
        assert "by somebody else" not in cookie.values()
        assert cookie["theme"] == "of a host"
    assert "Hvad har du brug for i dag?" in client.get("/").text


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    with client.session_transaction() as cookie:
        token = cookie["catalogue_token"]
    client.post("/log-ud")
    with client.session_transaction() as cookie:
        cookie["catalogue_token"] = token
    assert client.get("/roller").status_code == 303


def test_person_with_two_roles_switches(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
        staff = cast.role(session, person, Role.STAFF, municipality=cast.municipality(session))
    cast.sign_in_as(client, person)
    assert client.get("/daekning").status_code == 403
    client.post("/roller", data={"role_id": staff.id})
    assert client.get("/daekning").status_code == 200


def test_language_is_kept_with_the_person(
    app: Flask, client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        person = cast.buyer(session)
    cast.sign_in_as(client, person)
    client.post("/sprog", data={"locale": "en", "next": "/roller"})
    assert "Your roles" in client.get("/roller").text


def test_finding_who_asks_takes_one_query(database: Database) -> None:
    with database.transaction() as session:
        cast.buyer(session, email="a@b.example")
        _, token = service.sign_in(session, _typed("a@b.example"), cast.NOW, LIMITS)
    with database.reading() as session, cast.counted_queries(database) as seen:
        queries.find_who(session, token, cast.NOW)
    assert len(seen) == 1
