"""Catalogue files of municipalities: their columns, said once, and the times they were written."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

from .rules import Encoding, FileKind

FileId = NewType("FileId", int)


class CatalogueFile(Base):
    """A file that a webshop of the municipality reads: which products, in which columns, how.

    `columns`: one after the other, as `rules.Column` tells itself.
    """

    __tablename__ = "catalogue_feed_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), index=True
    )
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[FileKind] = mapped_column(String(4))
    delimiter: Mapped[str] = mapped_column(String(1))
    encoding: Mapped[Encoding] = mapped_column(String(12))
    decimal_mark: Mapped[str] = mapped_column(String(1))
    has_heads: Mapped[bool]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # Empty: all that may be ordered.
    agreement_ids: Mapped[list[int]] = mapped_column(JSON)
    enterprise_ids: Mapped[list[int]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FileRun(Base):
    """A time that a file was to be written: how many products, or what was in the way.

    `tries` counts how often the same work was begun; a later try that succeeds clears `error`.
    """

    __tablename__ = "catalogue_feed_runs"
    __table_args__ = (Index("ix_catalogue_feed_runs_file", "file_id", "planned_at", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("catalogue_feed_files.id", ondelete="CASCADE"))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int]
    rows: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigId)
    sha256: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(Text)
