"""Price lists that an enterprise has sent: what they would do, and how far they have come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

SentListId = NewType("SentListId", int)


class ListState(StrEnum):
    """How far a sent list has come; FAILED: it cannot be read, STOPPED: given up on the way."""

    CHECKING = "checking"
    CHECKED = "checked"
    TAKING = "taking"
    TAKEN = "taken"
    STOPPED = "stopped"
    FAILED = "failed"


class SentList(Base):
    """A price list: who sent it, what the check found, and how many of its rows are written.

    `facts` holds counts and lines to show (list_report.py), in the language of who sent it.
    """

    __tablename__ = "catalogue_price_lists"
    __table_args__ = (Index("ix_catalogue_price_lists_own", "enterprise_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(String(32))  # finds the stored files
    locale: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ListState] = mapped_column(String(20))
    touched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # last sign of life of a check
    done_percent: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)  # written, or passed over
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
