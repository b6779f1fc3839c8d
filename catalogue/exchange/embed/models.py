"""Frames: which web sites may show an enterprise's shelf, as a municipality or it itself lists."""

from __future__ import annotations

from datetime import datetime
from typing import NewType

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

FrameId = NewType("FrameId", int)


class ShelfFrame(Base):
    """The sites that may frame the shelf of one enterprise; without municipality its own list."""

    __tablename__ = "catalogue_shelf_frames"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "municipality_id"),
        Index("ix_catalogue_shelf_frames_municipality_id", "municipality_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    origins: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
