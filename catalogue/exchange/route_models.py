"""Which way documents go to an enterprise or a municipality, what was sent, and what came in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class DocumentRoute(Base):
    """By which carrier an enterprise or a municipality gets documents; without one it gets none."""

    __tablename__ = "catalogue_document_routes"
    __table_args__ = (
        CheckConstraint("(enterprise_id IS NULL) <> (municipality_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), unique=True
    )
    municipality_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), unique=True
    )
    carrier: Mapped[str] = mapped_column(String(12))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentDocument(Base):
    """A document that a carrier took; its key is that of order, document, receiver and carrier."""

    __tablename__ = "catalogue_sent_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    carrier: Mapped[str] = mapped_column(String(12))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReceivedDocument(Base):
    """A document of an enterprise that was taken: once for a content."""

    __tablename__ = "catalogue_received_documents"
    __table_args__ = (UniqueConstraint("enterprise_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    order_number: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
