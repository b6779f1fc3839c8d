"""Addresses that are told what happens, and each delivery to them.

Of a secret only a key is kept: it is made of that and of our own secret (`signing`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.text import Text
from catalogue.core.who import Role, Who


class PauseCause(StrEnum):
    """Why nothing is sent to an address for now."""

    PERSON = "person"
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing went through for days


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"  # to be sent, for the first time or again
    DELIVERED = "delivered"
    FAILED = "failed"  # was tried as often as it is
    HELD = "held"  # the address is paused


class Webhook(Base):
    """An address of a municipality or an enterprise, and what it is told of."""

    __tablename__ = "catalogue_webhooks"
    __table_args__ = (
        CheckConstraint("(municipality_id IS NULL) <> (enterprise_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), index=True
    )
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), index=True
    )
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    types: Mapped[list[str]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(32))
    old_key: Mapped[str | None] = mapped_column(String(32))
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the old secret signs too
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_cause: Mapped[PauseCause | None] = mapped_column(String(10))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its owners, of a pause of ours
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it last did not answer

    @property
    def owner(self) -> Role:
        """Return the role of those it belongs to."""
        return Role.STAFF if self.municipality_id is not None else Role.ENTERPRISE

    @classmethod
    def belongs_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the webhooks of the place that `who` acts for."""
        if who.role == Role.STAFF:
            return cls.municipality_id == who.municipality_id
        if who.role == Role.ENTERPRISE:
            return cls.enterprise_id == who.enterprise_id
        return false()


class Delivery(Base):
    """An event as one address is told of it: the same words each time it is sent."""

    __tablename__ = "catalogue_webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        Index("ix_catalogue_webhook_deliveries_newest", "webhook_id", "id"),
        Index("ix_catalogue_webhook_deliveries_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("catalogue_webhooks.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(60))  # the number that people know the thing by
    body: Mapped[str] = mapped_column(LongText)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[DeliveryState] = mapped_column(String(10))
    # Counts what was put to be sent; work of an earlier turn is done with.
    turn: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)  # since it was last put by hand
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None]  # of the last answer; None: there was none
    problem: Mapped[str | None] = mapped_column(String(200))  # why there was none, as a message

    @property
    def reason(self) -> Text | None:
        """Return why there was no answer, in the reader's language."""
        return Text(self.problem) if self.problem else None
