"""No change to the audit stays unseen, whoever makes it and in whichever way."""

from __future__ import annotations

import cast
import pytest
from core.audit_chain import Tampering, change, prove, set_head, slip_in, take_out, tamper, write
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from catalogue.core import chain, proof
from catalogue.core.audit import AuditEvent, AuditHead
from catalogue.core.db import Database

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
