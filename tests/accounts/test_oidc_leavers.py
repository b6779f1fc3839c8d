"""Whoever has left by her municipality's directory does not come back by its own sign-in."""

from __future__ import annotations

import cast
from accounts.oidc_town import Town, op, town
from sqlalchemy import select

from catalogue.accounts import directory, service
from catalogue.accounts.directory_rules import Entry
from catalogue.accounts.models import Municipality, Person
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
