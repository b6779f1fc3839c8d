"""Notices in the application, beside the mail, and who has read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class Notice(Base):
    """News for an audience: one person in a role, or all who act for a municipality or enterprise.

    The text is kept as message and values, to be read in the reader's own language.
    """

    __tablename__ = "catalogue_notices"
    __table_args__ = (
        UniqueConstraint("news", "audience"),
        # All that nearly every page counts, so that it need not fetch the rows.
        Index("ix_catalogue_notices_audience", "audience", "id", "path"),
        Index("ix_catalogue_notices_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    audience: Mapped[str] = mapped_column(String(80))
    news: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    path: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeRead(Base):
    """That a person has read a notice."""

    __tablename__ = "catalogue_notice_reads"

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_notices.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), primary_key=True)
