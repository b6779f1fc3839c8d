"""The audit: one chain whoever writes, and nothing in it that did not happen."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import cast
import pytest
from alembic.script import ScriptDirectory
from core.audit_chain import note, numbers, prove, write
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.core import audit, migrations, proof, revisions
from catalogue.core.audit import AuditEvent
from catalogue.core.chain import START
from catalogue.core.db import Database


def test_events_are_numbered_without_gaps_and_hold(database: Database) -> None:
    write(database, 3)
    with database.transaction() as session:
        note(session, 4)
        note(session, 5)
    assert numbers(database) == [1, 2, 3, 4, 5]
    assert prove(database).fault is None
    assert prove(database).reached.number == 5


def test_empty_chain_holds(database: Database) -> None:
    assert prove(database) == proof.Proof(START)


def test_transaction_that_fails_leaves_no_event_and_no_gap(database: Database) -> None:
    write(database, 1)
    with pytest.raises(RuntimeError), database.transaction() as session:
        note(session)
        raise RuntimeError("something broke")
    write(database, 1)
    assert numbers(database) == [1, 2]
    assert prove(database).fault is None


def test_event_of_a_savepoint_goes_with_it_and_others_stay(database: Database) -> None:
    with database.transaction() as session:
        note(session, 1)
        with suppress(RuntimeError), session.begin_nested():
            note(session, 2)
            with session.begin_nested():
                note(session, 3)
            raise RuntimeError("something broke")
        with session.begin_nested():
            note(session, 4)
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.object_id).order_by(AuditEvent.id)).all() == [1, 4]
    assert prove(database).fault is None


def test_failed_flush_in_a_savepoint_keeps_what_was_noted_before_it(database: Database) -> None:
    with database.transaction() as session:
        known = cast.buyer(session)
        note(session, 1)
        with suppress(IntegrityError), session.begin_nested():
            note(session, 2)
            cast.person(session, email=known.email)
        note(session, 3)
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.object_id).order_by(AuditEvent.id)).all() == [1, 3]


def test_transaction_reads_its_own_events(session: Session) -> None:
    note(session, 1)
    assert session.scalars(select(AuditEvent.object_id)).all() == [1]
    note(session, 2)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 2


def test_facts_are_kept_as_they_were_when_noted(database: Database) -> None:
    facts: dict[str, Any] = {"after": {"codes": ("1", "2")}}
    with database.transaction() as session:
        audit.record(session, "x", ("x", 1), person_id=None, now=cast.NOW, facts=facts)
        facts["after"]["codes"] = ()
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.facts)).one() == {"after": {"codes": ["1", "2"]}}
    assert prove(database).fault is None


def test_changes_tell_the_fields_that_differ_and_no_other() -> None:
    assert audit.changes({"a": 1, "b": 2, "gone": None}, {"a": 1, "b": 3, "new": False}) == {
        "before": {"b": 2, "gone": None},
        "after": {"b": 3, "new": False},
    }


def test_eight_writers_make_one_chain(database: Database) -> None:
    faults: list[Exception] = []

    def work() -> None:
        try:
            for number in range(20):
                with suppress(RuntimeError), database.transaction() as session:
                    note(session, number)
                    note(session, number)
                    if number % 5 == 0:
                        raise RuntimeError("something broke")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert numbers(database) == list(range(1, 8 * 16 * 2 + 1))
    assert prove(database).fault is None


def test_migration_seals_what_was_written_before_it_and_goes_back(tmp_path: Path) -> None:
    _migrate_there_and_back(Database(f"sqlite:///{tmp_path}/x.sqlite"))


def test_migration_does_so_on_postgresql_too(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("the test above is about SQLite")
    _migrate_there_and_back(database)


def _migrate_there_and_back(database: Database) -> None:
    ours = ScriptDirectory(str(revisions.folder())).get_revision("0004")
    assert ours is not None and isinstance(ours.down_revision, str)
    migrations.upgrade(database)
    migrations.downgrade(database, ours.down_revision)
    old = (
        "INSERT INTO catalogue_audit (id, at, action, object_type, object_id, facts) VALUES "
        """(:id, '2026-01-02 03:04:05.678901', 'word.created', 'word', 1, '{"æ": [1, "ø"]}')"""
    )
    with database.transaction() as session:
        session.execute(text(old), [{"id": 3}, {"id": 4}, {"id": 9}])
    migrations.upgrade(database)
    assert numbers(database) == [1, 2, 3]
    assert prove(database).fault is None
    write(database, 1)
    assert prove(database) == proof.Proof(prove(database).reached)
    assert prove(database).reached.number == 4
    migrations.downgrade(database, ours.down_revision)
    with database.transaction() as session:
        session.execute(text(old.replace("(id, ", "(").replace("(:id, ", "(")))
        assert session.scalar(text("SELECT max(id) FROM catalogue_audit")) == 5
    migrations.upgrade(database)
    if database.is_sqlite:
        database.dispose()
