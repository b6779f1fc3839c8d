"""Who did what to which object and when; written in the transaction of the deed itself.

Events are only ever added. They are numbered without gaps and form a chain (chain.py), so that
`catalogue check` finds what was changed, taken out or slipped in (proof.py); triggers of the
database refuse changes besides.

An event is noted where the deed is done and sealed as the last thing before the commit: only for
that moment does a transaction hold the head of the chain, which all writers need.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    String,
    bindparam,
    event,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, SessionTransaction, mapped_column

from . import chain
from .db import Base, BigId, UtcDateTime, ask

_NOTED, _SEALED = "catalogue_noted", "catalogue_sealed"
_NOTHING = object()


class AuditEvent(Base):
    """One deed. Facts hold ids and values of the business, never personal data or secrets.

    `facts["before"]` and `facts["after"]` hold the fields that changed, and only those.
    """

    __tablename__ = "catalogue_audit"
    __table_args__ = (
        Index("ix_catalogue_audit_object", "object_type", "object_id"),
        Index("ix_catalogue_audit_municipality", "municipality_id", "id"),
        Index("ix_catalogue_audit_person", "person_id", "id"),
        Index("ix_catalogue_audit_at", "at"),
    )

    # The number in the chain: 1, 2, 3, … without gaps.
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # No foreign keys: what happened stays told when a person or a municipality is gone.
    person_id: Mapped[int | None] = mapped_column(BigId)
    municipality_id: Mapped[int | None] = mapped_column(BigId)  # whose staff may read it
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int] = mapped_column(BigId)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain, in one row: writers take their turn here, and a cut shows by it."""

    __tablename__ = "catalogue_audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class _Noted:
    """An event that is not sealed yet, and the savepoints it would be rolled back with."""

    values: dict[str, Any]
    savepoints: tuple[SessionTransaction, ...]


@dataclass(frozen=True)
class Last:
    """The number of the last event that may concern all, and of the last one of a municipality.

    Events are numbered in the order of their commits, so what was read after an equal number is
    read of the same state.
    """

    anywhere: int
    here: int
    newest: int = field(default=0, compare=False)  # of all there were, whomever they concern

    @property
    def latest(self) -> int:
        """Return the later one of both."""
        return max(self.anywhere, self.here)


NEVER = Last(0, 0)


def record(
    session: Session,
    action: str,
    subject: tuple[str, int],
    *,
    person_id: int | None,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    municipality_id: int | None = None,
) -> None:
    """Write that `person_id` (None: the system) did `action` to `subject` = (type, id) at `now`.

    `facts` are best made by `changes`. Staff of `municipality_id` may read the event; without one
    only administrators may.
    """
    values = {
        "at": now,
        "person_id": person_id,
        "municipality_id": municipality_id,
        "action": action,
        "object_type": subject[0],
        "object_id": subject[1],
        # As they will be read again: what is sealed must not differ by a tuple or an enumeration.
        "facts": json.loads(json.dumps(facts or {}, allow_nan=False)),
    }
    _noted(session).append(_Noted(values, _savepoints(session)))


def recorded_here(session: Session) -> list[Mapping[str, Any]]:
    """List the events that this transaction has recorded, by the names of `AuditEvent`."""
    return [*sealed(session), *(each.values for each in session.info.get(_NOTED, ()))]


def last(
    session: Session,
    municipality_id: int,
    private: Collection[str] = (),
    seen: Last = NEVER,
) -> Last:
    """Return the numbers of the last events, 0 without one. One query.

    Events about objects of the types `private` concern their own municipality alone. Of those that
    were there when `seen` was returned, for whichever municipality, none is looked at again.
    """
    asked = {"municipality_id": municipality_id, "known": seen.anywhere, "newest": seen.newest}
    found = Last(*ask(session, _last(frozenset(private)), asked).one())
    # A database put back has fewer than were seen.
    return found if found.newest >= seen.newest else last(session, municipality_id, private)


# Asked by each look at coverage: to write these takes longer than to answer them.
@cache
def _last(private: frozenset[str]) -> Any:
    of_here = AuditEvent.municipality_id == bindparam("municipality_id")
    here = select(func.max(AuditEvent.id)).where(of_here)
    # From the end backwards: most of what happens is private, and on a day with nothing but orders
    # something else is far.
    shared = select(AuditEvent.id).where(
        AuditEvent.object_type.not_in(private), AuditEvent.id > bindparam("newest")
    )
    shared = shared.order_by(AuditEvent.id.desc()).limit(1)
    known = bindparam("known", type_=BigId)
    found = ((shared, known), (here, 0), (select(func.max(AuditEvent.id)), 0))
    return select(*(func.coalesce(each.scalar_subquery(), without) for each, without in found))


def list_changed(
    session: Session, municipality_id: int, private: Collection[str], after: int, most: int
) -> set[tuple[str, int]] | None:
    """List the objects (type, id) of events after a number that `last` tells of. One query.

    None: there are more than `most` such events.
    """
    asked = {"municipality_id": municipality_id, "after": after, "limit": most + 1}
    rows = ask(session, _changed(frozenset(private)), asked).all()
    return None if len(rows) > most else {(kind, id_) for kind, id_ in rows}


@cache
def _changed(private: frozenset[str]) -> Any:
    concerns = or_(
        AuditEvent.municipality_id == bindparam("municipality_id"),
        AuditEvent.object_type.not_in(private),
    )
    query = select(AuditEvent.object_type, AuditEvent.object_id)
    return query.where(AuditEvent.id > bindparam("after"), concerns).limit(bindparam("limit"))


def sealed(session: Session) -> Sequence[Mapping[str, Any]]:
    """Return the events that the transaction of `session` has sealed, as columns, in order."""
    found: Sequence[Mapping[str, Any]] = session.info.get(_SEALED, ())
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a change: the fields that differ, as they were and as they are.

    What is new has an empty `before`, what is gone an empty `after`.
    """
    changed = [
        name
        for name in {**before, **after}
        if before.get(name, _NOTHING) != after.get(name, _NOTHING)
    ]
    return {
        "before": {name: before[name] for name in changed if name in before},
        "after": {name: after[name] for name in changed if name in after},
    }


def _noted(session: Session) -> list[_Noted]:
    if _NOTED not in session.info:
        session.info[_NOTED] = []
        event.listen(session, "before_commit", _seal)
        event.listen(session, "after_soft_rollback", _forget)
        event.listen(session, "do_orm_execute", _seal_before_reading)
    noted: list[_Noted] = session.info[_NOTED]
    return noted


def _savepoints(session: Session) -> tuple[SessionTransaction, ...]:
    found: list[SessionTransaction] = []
    each = session.get_nested_transaction()
    while each is not None:
        if each.nested:
            found.append(each)
        each = each.parent
    return tuple(found)


def _seal(session: Session) -> None:
    """Number and seal what is noted, and write it; the head stays locked until the commit."""
    noted: list[_Noted] = session.info[_NOTED]
    if not noted or session.in_nested_transaction():
        return
    lock, write, move = _sealing()
    head = chain.Point(*ask(session, lock).one())
    linked = chain.link(head, [each.values for each in noted])
    ask(session, write, linked)
    ask(session, move, {"last": linked[-1]["id"], "digest": linked[-1]["digest"]})
    session.info.setdefault(_SEALED, []).extend(linked)
    noted.clear()


@cache
def _sealing() -> tuple[Any, Any, Any]:
    """Return what locks and reads the head of the chain, writes events, and moves the head.

    By tables: mapping objects would take their time while others wait.
    """
    events, head = (Base.metadata.tables[each.__tablename__] for each in (AuditEvent, AuditHead))
    return select(AuditHead.last, AuditHead.digest).with_for_update(), insert(events), update(head)


def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    """Let go of what was noted in a savepoint, or in all of a transaction, that is undone."""
    undone = rolled_back
    while not undone.nested and undone.parent is not None:
        undone = undone.parent  # a failed flush undoes the savepoint around it
    noted: list[_Noted] = session.info[_NOTED]
    noted[:] = [each for each in noted if undone.nested and undone not in each.savepoints]
    if not undone.nested:
        session.info.pop(_SEALED, None)


def _seal_before_reading(state: ORMExecuteState) -> None:
    """Let a transaction that reads the audit find its own events in it."""
    mapper = state.bind_mapper
    if state.is_select and mapper is not None and mapper.class_ is AuditEvent:
        _seal(state.session)
