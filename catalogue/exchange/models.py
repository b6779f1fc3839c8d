"""The log of mail that was sent, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class SentMail(Base):
    """One message to one address; unique by order, state and recipient, so never sent twice."""

    __tablename__ = "catalogue_sent_mails"
    __table_args__ = (UniqueConstraint("order_id", "state", "recipient"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    state: Mapped[str] = mapped_column(String(12))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    message_id: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentPriceMail(Base):
    """One message about new prices to one address; unique, so never sent twice."""

    __tablename__ = "catalogue_sent_price_mails"
    __table_args__ = (UniqueConstraint("proposal_id", "municipality_id", "event", "recipient"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("catalogue_price_proposals.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    event: Mapped[str] = mapped_column(String(12))
    recipient: Mapped[str] = mapped_column(String(254))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
