"""Which way documents go to an enterprise or a municipality, what was sent, and what came in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class DocumentRoute(Base):
    """By which carrier an enterprise or a municipality gets documents, `none` for by no one.

    A municipality whose own system sends orders has `person_id`, nobody who can sign in: they act
    as that buyer, and news of them go to `contact_email`.
    """

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
    # Its program knows advanced ordering (BIS 65): T114 for changes, T116 in place of T76.
    advanced: Mapped[bool] = mapped_column(default=False, server_default=false())
    contact_email: Mapped[str | None] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TakenOrder(Base):
    """An order that the municipality's own system sent by a document; one for each of its numbers.

    `lines` tells which line of the document each position of our order is.
    """

    __tablename__ = "catalogue_taken_orders"
    __table_args__ = (UniqueConstraint("municipality_id", "number"),)

    order_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_orders.id"), primary_key=True, autoincrement=False
    )
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    number: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))  # of what it says, however it was written
    lines: Mapped[dict[str, str]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
