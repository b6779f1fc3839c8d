"""People whom a host has signed in become persons here, as far as the host says."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import cast
import pytest
from cast import NOW
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts import queries, service
from catalogue.accounts.hosted import HostPerson, HostRole, UnknownPlace, admit
from catalogue.accounts.models import Person
from catalogue.core.db import Database
from catalogue.core.who import Role

LISE = HostPerson("Lise@Slagelse.example", "Lise Lærer", "da_DK")
BUYER = (HostRole("buyer", municipality="0330"),)


def _held(session: Session, told: HostPerson) -> list[tuple[Role, str]]:
    token = admit(session, told, NOW, 12)
    assert token
    session.flush()
    found = queries.find_who(session, token, NOW)
    assert found is not None
    held = queries.list_roles(session, found.person_id or 0)
    assert found.role == (held[0].role if held else None)
    return [(each.role, each.place) for each in held]


def test_a_person_has_the_roles_that_the_host_says_or_those_given_here(session: Session) -> None:
    cast.municipality(session, "Slagelse")
    shop = cast.enterprise(session, "Legehytten")
    assert _held(session, LISE) == []
    both = replace(LISE, roles=(*BUYER, HostRole(Role.FACILITATOR, enterprise=shop.cvr)))
    assert _held(session, both) == [(Role.BUYER, "Slagelse"), (Role.FACILITATOR, "Legehytten")]
    assert _held(session, replace(LISE, roles=BUYER)) == [(Role.BUYER, "Slagelse")]
    assert _held(session, LISE) == [(Role.BUYER, "Slagelse")]  # nothing said: as it was
    boss = replace(LISE, email="lise@slagelse.EXAMPLE", roles=(HostRole("administrator"),))
    assert _held(session, boss) == [(Role.ADMINISTRATOR, "")]
    made = session.scalars(select(Person)).one()
    assert (made.locale, made.name) == ("da", "Lise Lærer")


def test_no_password_opens_the_door_of_such_a_person(session: Session) -> None:
    admit(session, LISE, NOW, 12)
    for password in ("!", ""):
        typed = service.Credentials(LISE.email, password, "127.0.0.1")
        outcome, _token = service.sign_in(session, typed, NOW, service.Limits(9, 9, 12))
        assert outcome == service.Outcome.WRONG


def test_who_is_shut_out_here_stays_so(session: Session) -> None:
    cast.person(session, email="lise@slagelse.example", disabled_at=NOW)
    assert admit(session, LISE, NOW, 12) is None


def test_a_place_or_a_person_that_cannot_be_is_refused(session: Session) -> None:
    for strange in (HostRole("buyer", municipality="9999"), HostRole("enterprise", enterprise="1")):
        with pytest.raises(UnknownPlace, match="names a place unknown"):
            admit(session, replace(LISE, roles=(strange,)), NOW, 12)
    with pytest.raises(ValueError, match="is not a valid Role"):
        admit(session, replace(LISE, roles=(HostRole("king"),)), NOW, 12)
    with pytest.raises(ValueError, match="without an e-mail address"):
        HostPerson("lise", "Lise Lærer")


def test_first_requests_at_once_make_one_person(database: Database) -> None:
    start, tokens = Barrier(4), []

    def enter() -> None:
        start.wait()
        with database.transaction() as session:
            tokens.append(admit(session, LISE, NOW, 12))

    threads = [Thread(target=enter) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(tokens)) == 4
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
