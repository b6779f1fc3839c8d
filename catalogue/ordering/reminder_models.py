"""Reminders that were put for orders that their enterprise has not answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class OrderReminder(Base):
    """A reminder of one time that an order waited for its enterprise; put once, sent once.

    `asked_at` is when the order came into its state, `days` after how many working days it is for;
    recipient and time of sending are those of the mail, None while it has not gone out.
    """

    __tablename__ = "catalogue_order_reminders"
    __table_args__ = (UniqueConstraint("order_id", "asked_at", "days"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    days: Mapped[int]
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
