"""Links by which people choose a password: theirs alone, once, and for whom staff answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import cast
import pytest
from conftest import CatalogueClient
from exchange.box import text_of
from exchange.punchouts import terms
from flask import Flask
from sqlalchemy.orm import Session

from catalogue.accounts import colleagues, directory, password_links, queries, sessions
from catalogue.accounts.directory_rules import Entry
from catalogue.accounts.factor_rules import Required
from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.errors import Conflict, Missing, NotAllowed
from catalogue.core.listing import Sought
from catalogue.core.who import Role
from catalogue.exchange import punchout_connections
from catalogue.lanes import lanes

NEW = "et helt nyt kodeord"


def issue(session: Session, person: Person) -> str:
    """Put and issue a link for a person of Slagelse; return its secret."""
    staff = cast.who(session, cast.staff(session))
    password_links.put(session, staff, person.id, cast.NOW)
    session.flush()
    links = session.query(password_links.PasswordLink).order_by(password_links.PasswordLink.id)
    issued = password_links.issue(session, links.all()[-1].id, cast.NOW)
    assert issued is not None
    session.flush()
    return issued.token


@pytest.mark.parametrize("how", ["used", "old", "replaced", "guessed", "closed"])
def test_link_that_does_not_count_changes_no_password(session: Session, how: str) -> None:
    person, now = cast.buyer(session), cast.NOW
    token = issue(session, person)
    if how == "used":
        password_links.choose(session, token, NEW, now)
    elif how == "old":
        now += timedelta(days=password_links.DAYS)
    elif how == "replaced":
        issue(session, person)
    elif how == "guessed":
        token = "x" * len(token)
    else:
        person.disabled_at = now
    session.flush()
    before = person.password_hash
    with pytest.raises((Missing, Conflict)):
        password_links.choose(session, token, "noget helt andet", now)
    assert person.password_hash == before


def test_password_that_is_chosen_by_a_link_ends_every_session(session: Session) -> None:
    person = cast.buyer(session)
    held = sessions.begin(session, person.id, cast.NOW, 12)
    password_links.choose(session, issue(session, person), NEW, cast.NOW)
    assert queries.find_who(session, held, cast.NOW) is None


def test_link_in_a_mail_to_an_address_that_her_directory_mends_opens_nothing(
    session: Session,
) -> None:
    person = cast.buyer(session)
    directory_ = cast.who(session, cast.staff(session, cast.municipality(session)))
    entry = Entry(person.email, person.email, person.name, frozenset({Role.BUYER}), active=True)
    renamed = replace(entry, name="Mette Lund")
    mended = replace(entry, email="mette.lund@slagelse.example")
    token = issue(session, person)
    link_id = session.query(password_links.PasswordLink).one().id
    password_links.mark_sent(session, link_id, cast.NOW)
    directory.amend(session, directory_, person.id, renamed, cast.NOW)
    assert password_links.open_(session, token, cast.NOW) == person
    directory.amend(session, directory_, person.id, mended, cast.NOW)
    with pytest.raises(Conflict):
        password_links.choose(session, token, NEW, cast.NOW)


def test_what_a_purchasing_system_acts_as_gets_no_link_and_is_nobody(session: Session) -> None:
    staff = cast.who(session, cast.staff(session))
    connection_id, _secret = punchout_connections.create(session, staff, terms(), cast.NOW)
    acting = punchout_connections.get_own(session, staff, connection_id).person_id
    with pytest.raises(Missing):
        password_links.put(session, staff, acting, cast.NOW)
    found = colleagues.list_people(session, staff, Sought(), Required.NONE, slice(0, 50))
    assert acting not in [each.person_id for each in found]


def test_staff_mail_it_to_their_own_people_alone(session: Session) -> None:
    staff = cast.who(session, cast.staff(session))
    stranger = cast.buyer(session, cast.municipality(session, "Kolding"))
    with pytest.raises(Missing):
        password_links.put(session, staff, stranger.id, cast.NOW)
    cast.role(session, stranger, Role.BUYER, municipality=cast.municipality(session))
    with pytest.raises(NotAllowed):
        password_links.put(session, staff, stranger.id, cast.NOW)


def test_person_without_password_gets_a_link_and_signs_in(
    app: Flask, client: CatalogueClient
) -> None:
    state: Any = app.extensions["catalogue"]
    with state.database.transaction() as session:
        staff = cast.staff(session)
        person = cast.buyer(session, email="ida@slagelse.example", password_hash="-")
    cast.sign_in_as(client, staff)
    assert "har ingen adgangskode her" in client.get("/medarbejdere").text
    assert client.post(f"/medarbejdere/{person.id}/kodeord").status_code == 303
    (mail,) = [lane for lane in lanes(state) if lane.name == "mail"]
    while jobs.run_once(state.database, mail.handlers, clock=state.clock):
        pass
    (path,) = state.settings.mail_folder.glob("*.eml")
    text = text_of(message_from_bytes(path.read_bytes(), policy=policy.default))  # type: ignore[arg-type]
    found = re.search(r"/kodeord/[\w-]+", text)
    assert found is not None
    visitor = app.test_client()
    assert "ida@slagelse.example" in visitor.get(found[0]).text
    assert visitor.post(found[0], data={"password": "kort"}).status_code == 422
    assert visitor.post(found[0], data={"password": NEW}).headers["Location"].endswith("/log-ind")
    form = {"email": "ida@slagelse.example", "password": NEW}
    assert visitor.post("/log-ind", data=form).status_code == 303
    assert visitor.get("/roller").status_code == 200
