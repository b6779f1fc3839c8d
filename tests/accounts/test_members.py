"""A municipality is a member once it has staff here, and then enterprises may apply to it."""

from __future__ import annotations

import cast
from conftest import CatalogueClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.accounts import service
from catalogue.accounts.models import Municipality
from catalogue.core.db import Database
from catalogue.core.who import Role

APPLY = "/virksomheder/ansoeg"


def newcomer(session: Session, role: Role, place: Municipality) -> None:
    """Register somebody and give a role in the municipality, as an administrator does."""
    given = service.Newcomer("Nina", f"{role}@ny.example", cast.PASSWORD)
    made = service.register_person(session, given, cast.NOW)
    service.grant(session, made.id, role, municipality_id=place.id, now=cast.NOW)


def test_municipality_can_be_applied_to_once_it_has_staff(
    client: CatalogueClient, database: Database
) -> None:
    with database.transaction() as session:
        service.import_municipalities(session)
    assert "Ingen behandler ansøgninger endnu" in client.get(APPLY).text
    with database.transaction() as session:
        place = cast.municipality(session, "Slagelse")
        newcomer(session, Role.BUYER, place)
        assert not place.is_member
        newcomer(session, Role.STAFF, place)
        session.refresh(place)
        assert place.is_member
        number = place.id
    choice = client.get(APPLY).text.partition('name="reviewer_id"')[2].partition("</select>")[0]
    assert f'<option value="{number}">Slagelse</option>' in choice
    assert choice.count("<option") == 2


def test_migrate_makes_municipalities_with_staff_members(session: Session) -> None:
    staffed, other = cast.municipality(session), cast.municipality(session, "Kolding")
    for role, place in ((Role.STAFF, staffed), (Role.BUYER, other)):
        newcomer(session, role, place)
    session.execute(update(Municipality).values(is_member=False))
    service.import_municipalities(session)
    session.refresh(staffed)
    session.refresh(other)
    assert staffed.is_member
    assert not other.is_member
