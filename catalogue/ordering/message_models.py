"""Messages on an order between the two sides, their files, and how far each person has read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime


class Writer(StrEnum):
    """Which of the two sides of an order wrote a message."""

    MUNICIPALITY = "municipality"
    ENTERPRISE = "enterprise"


class OrderMessage(Base):
    """What one side wrote to the other about an order; never changed, for the other has read it."""

    __tablename__ = "catalogue_order_messages"
    __table_args__ = (Index("ix_catalogue_order_messages_order", "order_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    writer: Mapped[Writer] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    files: Mapped[list[MessageFile]] = relationship(order_by="MessageFile.id", lazy="raise")


class MessageFile(Base):
    """A file that goes with a message; it has no public address."""

    __tablename__ = "catalogue_message_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("catalogue_order_messages.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    file_type: Mapped[str] = mapped_column(String(4))
    size_bytes: Mapped[int] = mapped_column(BigId)


class MessageRead(Base):
    """Up to which message of an order a person has read."""

    __tablename__ = "catalogue_message_reads"

    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), primary_key=True)
    last_id: Mapped[int] = mapped_column(BigId)
