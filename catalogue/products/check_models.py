"""What is kept about checking: what a municipality checks, changes that wait, and each check."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

from .check_rules import Checked


class CheckedBy(Base):
    """What a municipality checks of the enterprises it reviews; without a row, nothing."""

    __tablename__ = "catalogue_checked_by"

    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True
    )
    which: Mapped[Checked] = mapped_column(String(10))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class Revision(Base):
    """A draft that is to change a published product; `base`: what it told when it was begun."""

    __tablename__ = "catalogue_product_revisions"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_products.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"), unique=True)
    base: Mapped[dict[str, Any]] = mapped_column(JSON)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckState(StrEnum):
    """Where a check stands."""

    WAITING = "waiting"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    APPROVED = "approved"


class Reader(StrEnum):
    """Who decides: the enterprise about what its facilitator made, or the municipality."""

    ENTERPRISE = "enterprise"
    MUNICIPALITY = "municipality"


class ProductCheck(Base):
    """A product, or a change to one, that somebody was asked to decide about."""

    __tablename__ = "catalogue_product_checks"
    __table_args__ = (
        CheckConstraint("state <> 'returned' OR reason IS NOT NULL", name="says_why"),
        Index("ix_catalogue_product_checks_waiting", "municipality_id", "state"),
        Index("ix_catalogue_product_checks_draft", "draft_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"), index=True)
    # What is read: the product itself, or the draft of a change, which is gone once it is decided.
    draft_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_products.id", ondelete="SET NULL")
    )
    reader: Mapped[Reader] = mapped_column(String(20))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    state: Mapped[CheckState] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    mailed: Mapped[CheckState | None] = mapped_column(String(20))  # the state last told of
