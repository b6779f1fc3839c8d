"""Who did what to which object and when; written in the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, BigId, UtcDateTime


class AuditEvent(Base):
    """One deed. Facts hold ids and values of the business, never secrets."""

    __tablename__ = "catalogue_audit"
    __table_args__ = (Index("ix_catalogue_audit_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int] = mapped_column(BigId)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    session: Session,
    action: str,
    subject: tuple[str, int],
    *,
    person_id: int | None,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write that `person_id` (None: the system) did `action` to `subject` = (type, id) at `now`."""
    session.add(
        AuditEvent(
            at=now,
            person_id=person_id,
            action=action,
            object_type=subject[0],
            object_id=subject[1],
            facts=facts or {},
        )
    )
