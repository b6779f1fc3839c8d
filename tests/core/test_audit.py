"""The audit: one chain whoever writes, nothing in it that did not happen, and no change unseen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import cast
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from catalogue.core import audit, chain, migrations, proof, revisions
from catalogue.core.audit import AuditEvent, AuditHead
from catalogue.core.chain import START, Point
from catalogue.core.db import Database

GUARDED = ("catalogue_audit", "catalogue_audit_head")
Tampering = Callable[[Session], Any]


def note(session: Session, number: int = 1, **facts: Any) -> None:
    """Record one event about the product of that number."""
    audit.record(
        session, "product.changed", ("product", number), person_id=1, now=cast.NOW, facts=facts
    )


def write(database: Database, count: int) -> None:
    """Write `count` events, each in a transaction of its own."""
    for number in range(1, count + 1):
        with database.transaction() as session:
            note(session, number, after={"title": "Æble “1½”", "price_ore": number})


def prove(database: Database, kept: Point | None = None) -> proof.Proof:
    """Prove the chain as `catalogue check` does."""
    with database.reading() as session:
        return proof.prove(session, kept)


def numbers(database: Database) -> list[int]:
    """List the numbers of all events, in order."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def tamper(database: Database, *deeds: Tampering) -> None:
    """Do what the triggers refuse, as one can who owns the tables or the file."""
    with database.transaction() as session:
        if database.is_sqlite:
            for name in session.scalars(
                text("SELECT name FROM sqlite_master WHERE type='trigger'")
            ):
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in GUARDED:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for deed in deeds:
            deed(session)
        if not database.is_sqlite:
            for table in GUARDED:
                session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def change(number: int, **values: Any) -> Tampering:
    """Change an event."""
    statement = update(AuditEvent).where(AuditEvent.id == number).values(**values)
    return lambda session: session.execute(
        statement, execution_options={"synchronize_session": False}
    )


def take_out(number: int) -> Tampering:
    """Delete an event."""
    return lambda session: session.execute(delete(AuditEvent).where(AuditEvent.id == number))


def slip_in(number: int) -> Tampering:
    """Insert an event that nobody recorded, well sealed behind the one before."""

    def deed(session: Session) -> None:
        before = session.scalar(select(AuditEvent.digest).where(AuditEvent.id == number - 1))
        values = {
            "id": number, "at": cast.NOW, "person_id": 1, "municipality_id": None, "action": "x",
            "object_type": "x", "object_id": 1, "facts": {}, "previous": before or START.digest,
        }  # fmt: skip
        digest = chain.digest_of(values["previous"], values)
        session.execute(insert(AuditEvent).values(**values, digest=digest))

    return deed


def set_head(**values: Any) -> Tampering:
    """Change the head of the chain."""
    return lambda session: session.execute(
        update(AuditHead).values(**values), execution_options={"synchronize_session": False}
    )


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


CHANGED = "event 2 was changed after it was written"


@pytest.mark.parametrize(
    ("deeds", "fault"),
    [
        ([change(2, facts={"after": {"price_ore": 1}})], CHANGED),
        ([change(2, person_id=7)], CHANGED),
        ([change(2, at=cast.NOW.replace(year=2025))], CHANGED),
        ([change(2, digest="0" * 64)], CHANGED),
        ([change(2, previous="0" * 64)], "event 2 does not follow event 1"),
        ([take_out(1)], "event 1 is missing"),
        ([take_out(3)], "event 3 is missing"),
        ([take_out(5)], "event 5 is missing; the head tells of 5"),
        ([take_out(5), take_out(4)], "event 4 is missing; the head tells of 5"),
        ([slip_in(6)], "event 6 stands behind the head of the chain"),
        ([slip_in(0)], "event 0 is not of the chain, which begins with event 1"),
        ([take_out(3), slip_in(3)], "event 4 does not follow event 3"),
        ([change(2, id=9), change(3, id=2), change(9, id=3)], "event 2 does not follow event 1"),
        ([set_head(digest="0" * 64)], "the head of the chain does not fit its last event"),
        ([set_head(last=9)], "event 6 is missing; the head tells of 9"),
        ([lambda session: session.execute(delete(AuditHead))], "the head of the chain is missing"),
    ],
)  # fmt: skip
def test_tampering_is_found_and_the_first_fault_told(
    database: Database, monkeypatch: pytest.MonkeyPatch, deeds: list[Tampering], fault: str
) -> None:
    monkeypatch.setattr(proof, "CHUNK", 2)
    write(database, 5)
    tamper(database, *deeds)
    assert prove(database).fault == fault


def test_facts_that_are_no_json_any_more_are_a_fault(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL takes nothing but JSON there")
    write(database, 2)
    tamper(database, lambda session: session.execute(text("UPDATE catalogue_audit SET facts='{'")))
    assert prove(database).fault == "event 1 was changed after it was written"


def test_chain_made_anew_is_found_by_a_head_kept_elsewhere(database: Database) -> None:
    write(database, 5)
    kept = prove(database).reached
    tamper(database, take_out(5), slip_in(5))
    with database.reading() as session:
        digest = session.scalar(select(AuditEvent.digest).where(AuditEvent.id == 5))
    tamper(database, set_head(digest=digest))
    assert prove(database).fault is None
    assert prove(database, kept).fault == "event 5 has another digest than the one kept"


def test_chain_cut_with_its_head_is_found_by_a_head_kept_elsewhere(database: Database) -> None:
    write(database, 5)
    kept = prove(database).reached
    with database.reading() as session:
        digest = session.scalar(select(AuditEvent.digest).where(AuditEvent.id == 4))
    tamper(database, take_out(5), set_head(last=4, digest=digest))
    assert prove(database).fault is None
    assert prove(database, kept).fault == "event 5 is missing; 5 were kept"


def test_kept_head_still_holds_when_the_chain_has_grown(database: Database) -> None:
    write(database, 2)
    kept = prove(database).reached
    write(database, 2)
    assert prove(database, kept).fault is None
    assert chain.read_point(f" {kept} ") == kept
    assert chain.read_point("5:abc") is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_audit SET person_id = 2",
        "DELETE FROM catalogue_audit",
        "TRUNCATE catalogue_audit",
        "INSERT OR REPLACE INTO catalogue_audit SELECT * FROM catalogue_audit",
        "DELETE FROM catalogue_audit_head",
        "TRUNCATE catalogue_audit_head",
        "UPDATE catalogue_audit_head SET last = 0",
    ],
)
def test_database_refuses_to_change_what_is_written(database: Database, statement: str) -> None:
    if database.is_sqlite == statement.startswith("TRUNCATE"):
        pytest.skip("not a statement of both databases")
    if not database.is_sqlite and "REPLACE" in statement:
        pytest.skip("a statement of SQLite alone")
    write(database, 2)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(statement))
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
