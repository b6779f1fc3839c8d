"""Chains of events for tests: written, proved, and tampered with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cast
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from catalogue.core import audit, chain, proof
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
