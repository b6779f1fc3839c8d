"""After a roll-back what was read still tells what it told, and what failed does not look saved."""

from __future__ import annotations

from collections.abc import Callable

import cast
import pytest
from cast import NOW
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import DetachedInstanceError

from catalogue.accounts.models import Municipality, Person
from catalogue.core import jobs
from catalogue.core.db import Database


class Refused(Exception):
    """What a rule raises in the middle of a piece of work."""


def nowhere() -> Municipality:
    """Return a municipality that is not in the database."""
    return Municipality(code="0999", name="Nowhere", region="None", cvr="10101010")


def read_and_be_refused(
    database: Database, work: Callable[[Session, Person], object] = lambda _session, _person: None
) -> Person:
    """Read a person, do some work, be refused, and return her as she was read."""
    with database.transaction() as session:
        identity = cast.person(session).id
    with pytest.raises(Refused), database.transaction() as session:
        person = session.get_one(Person, identity)
        work(session, person)
        raise Refused
    return person


def change(session: Session, person: Person) -> None:
    person.name = "Never saved"


def change_and_flush(session: Session, person: Person) -> None:
    change(session, person)
    session.flush()


def change_by_statement(session: Session, person: Person) -> None:
    session.execute(update(Person).where(Person.id == person.id).values(name="Never saved"))


def change_within_savepoint(session: Session, person: Person) -> None:
    with session.begin_nested():
        change_and_flush(session, person)


def delete(session: Session, person: Person) -> None:
    session.delete(person)


def delete_and_flush(session: Session, person: Person) -> None:
    delete(session, person)
    session.flush()


def test_what_was_read_can_be_shown_after_a_roll_back(database: Database) -> None:
    person = read_and_be_refused(database)

    assert (person.name, person.created_at) == ("Mette Holm", NOW)


def test_what_was_read_beside_something_new_can_be_shown_too(database: Database) -> None:
    def add(session: Session, person: Person) -> None:
        jobs.put(session, "test.topic", {}, now=NOW)
        session.flush()
        jobs.put(session, "test.topic", {}, now=NOW)

    person = read_and_be_refused(database, add)

    assert person.name == "Mette Holm"
    with database.reading() as session:
        assert jobs.waiting(session) == 0


@pytest.mark.parametrize(
    "work",
    [
        change,
        change_and_flush,
        change_by_statement,
        change_within_savepoint,
        delete,
        delete_and_flush,
    ],
)
def test_what_was_changed_in_vain_is_not_shown_as_if_it_were_saved(
    database: Database, work: Callable[[Session, Person], object]
) -> None:
    person = read_and_be_refused(database, work)

    with pytest.raises(DetachedInstanceError):
        _ = person.name


@pytest.mark.parametrize("flushed", [False, True])
def test_what_was_added_in_vain_is_unsaved_again(database: Database, flushed: bool) -> None:
    made: list[Municipality] = []

    def add(session: Session, _person: Person) -> None:
        made.append(nowhere())
        session.add(made[0])
        if flushed:
            session.flush()

    read_and_be_refused(database, add)

    assert inspect(made[0]).transient
    with database.transaction() as session:
        session.add(made[0])
    with database.reading() as session:
        assert session.scalar(select(Municipality.name).where(Municipality.code == "0999"))


def test_savepoint_that_failed_takes_back_its_own_change_alone(database: Database) -> None:
    def fail_within_savepoint(session: Session, person: Person) -> None:
        with pytest.raises(Refused), session.begin_nested():
            change_and_flush(session, person)
            raise Refused
        assert person.name == "Mette Holm"  # read anew
        assert person in session

    assert read_and_be_refused(database, fail_within_savepoint).name == "Mette Holm"


def test_fault_of_the_database_itself_is_told_as_what_it_is(database: Database) -> None:
    with database.transaction() as session:
        cast.person(session)
        session.add(nowhere())
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(nowhere())
