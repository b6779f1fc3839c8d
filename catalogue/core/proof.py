"""The proof of the audit: every digest reckoned anew, in one snapshot and little memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import RowMapping, Text, cast, select
from sqlalchemy.orm import Session

from .audit import AuditEvent, AuditHead
from .chain import SEALED, START, Point, digest_of
from .db import see_one_moment

CHUNK = 5_000  # events in memory at a time
_COLUMNS = [getattr(AuditEvent, name) for name in (*SEALED[:-1], "previous", "digest")]


@dataclass(frozen=True)
class Proof:
    """How far the chain holds, and the first fault; None: it holds to its head."""

    reached: Point
    fault: str | None = None


def prove(session: Session, kept: Point | None = None) -> Proof:
    """Reckon the whole chain; with `kept`, a head noted earlier, it must still be part of it.

    `session` must not have read anything yet: the snapshot begins here.
    """
    see_one_moment(session)
    head = session.execute(select(AuditHead.last, AuditHead.digest)).one_or_none()
    reached = START
    for event in _read(session):
        fault = _fault(reached, event)
        if fault is not None:
            return Proof(reached, fault)
        reached = Point(event["id"], event["digest"])
        if kept is not None and kept.number == reached.number and kept != reached:
            return Proof(reached, f"event {kept.number} has another digest than the one kept")
    if kept is not None and kept.number > reached.number:
        return Proof(reached, f"event {reached.number + 1} is missing; {kept.number} were kept")
    return Proof(reached, _head_fault(reached, Point(*head) if head else None))


def _read(session: Session) -> Iterator[RowMapping]:
    # Facts as text: what is no JSON any more must be a fault told, not a fault of ours.
    query = select(*_COLUMNS, cast(AuditEvent.facts, Text).label("facts"))
    query = query.order_by(AuditEvent.id).limit(CHUNK)
    rows = session.execute(query).mappings().all()
    while rows:
        yield from rows
        rows = session.execute(query.where(AuditEvent.id > rows[-1]["id"])).mappings().all()


def _fault(reached: Point, event: RowMapping) -> str | None:
    wanted = reached.number + 1
    if event["id"] > wanted:
        return f"event {wanted} is missing"
    if event["id"] < wanted:
        return f"event {event['id']} is not of the chain, which begins with event 1"
    if event["previous"] != reached.digest:
        return f"event {wanted} does not follow event {reached.number}"
    if _digest(event) != event["digest"]:
        return f"event {wanted} was changed after it was written"
    return None


def _digest(event: RowMapping) -> str | None:
    try:
        return digest_of(event["previous"], {**event, "facts": json.loads(event["facts"])})
    except (TypeError, ValueError):
        return None


def _head_fault(reached: Point, head: Point | None) -> str | None:
    if head is None:
        return "the head of the chain is missing"
    if head.number > reached.number:
        return f"event {reached.number + 1} is missing; the head tells of {head.number}"
    if head.number < reached.number:
        return f"event {head.number + 1} stands behind the head of the chain"
    if head.digest != reached.digest:
        return "the head of the chain does not fit its last event"
    return None
