"""Who signs in at her municipality, and leaves it or is to act elsewhere too."""

from __future__ import annotations

from datetime import UTC, datetime

import cast
from accounts.oidc_town import Town, op, town
from sqlalchemy import select

from catalogue.accounts import directory, invitations, password_links, service
from catalogue.accounts.directory_rules import Entry
from catalogue.accounts.factor_models import PasswordLink
from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.accounts.outside_models import OutsideIdentity
from catalogue.core.who import Role, Who

__all__ = ["op", "town"]


def test_leaver_who_acts_elsewhere_too_is_not_let_in_again(town: Town) -> None:
    assert town.sign_in().status_code == 303
    (identity,) = town.rows(OutsideIdentity)
    with town.app.extensions["catalogue"].database.transaction() as session:
        home = session.scalars(select(Municipality).where(Municipality.code == "0330")).one()
        kolding = cast.municipality(session, "Kolding")
        service.grant(
            session, identity.person_id, Role.BUYER, municipality_id=kolding.id, now=cast.NOW
        )
        by = Who(identity.person_id, "Directory", role=Role.STAFF, municipality_id=home.id)
        directory.close(session, by, identity.person_id, cast.NOW)
    refused = town.sign_in()
    assert refused.status_code == 403
    (person,) = town.rows(Person, Person.id == identity.person_id)
    assert person.disabled_at is None  # her log-in in Kolding is hers still
    assert town.roles() == ["buyer"]


def test_whom_another_directory_took_on_keeps_her_log_in(town: Town) -> None:
    assert town.sign_in().status_code == 303
    (identity,) = town.rows(OutsideIdentity)
    with town.app.extensions["catalogue"].database.transaction() as session:
        home = session.scalars(select(Municipality).where(Municipality.code == "0330")).one()
        kolding = cast.municipality(session, "Kolding")
        person = session.get_one(Person, identity.person_id)
        entry = Entry(person.email, person.email, person.name, frozenset(), active=True)
        there = Who(person.id, "Directory", role=Role.STAFF, municipality_id=kolding.id)
        directory.join(session, there, entry, cast.NOW)  # its groups come later
        here = Who(person.id, "Directory", role=Role.STAFF, municipality_id=home.id)
        directory.close(session, here, person.id, cast.NOW)
    (person,) = town.rows(Person, Person.id == identity.person_id)
    assert person.disabled_at is None
    assert town.roles() == []


def test_whom_her_municipality_alone_signs_in_gets_a_password_before_she_acts_elsewhere(
    town: Town,
) -> None:
    assert town.sign_in().status_code == 303
    (person,) = town.rows(Person)
    database, now = town.app.extensions["catalogue"].database, datetime.now(UTC)
    with database.transaction() as session:
        shop = cast.enterprise(session)
        owner = cast.who(session, cast.worker(session, shop))
        staff = cast.who(session, cast.staff(session, cast.municipality(session)))
        made = invitations.invite(session, owner, person.email, Role.FACILITATOR, now)
        issued = invitations.issue(session, made.id, now)
    assert issued is not None
    page = f"/invitation/{issued[1]}"
    refused = town.client.post(page)
    assert refused.status_code == 403
    assert "maile dig et link til at vælge en" in refused.text
    assert town.roles() == ["buyer"]  # so that her staff may mail it still
    with database.transaction() as session:
        password_links.put(session, staff, person.id, now)
        link = password_links.issue(session, session.scalars(select(PasswordLink.id)).one(), now)
    assert link is not None
    town.client.post(f"/kodeord/{link.token}", data={"password": "en grøn cykel i regnvejr"})
    town.client.post("/log-ind", data={
        "email": person.email, "password": "en grøn cykel i regnvejr",
    })  # fmt: skip
    assert town.client.post(page).status_code == 303
    (role,) = town.rows(PersonRole, PersonRole.role == Role.FACILITATOR,
                        PersonRole.person_id == person.id)  # fmt: skip
    town.client.post("/roller", data={"role_id": role.id})
    assert town.client.get("/varer-hos-os").status_code == 200
