"""Shipments: what an enterprise sends of an order at a time, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime

QUANTITY = Numeric(12, 3)


class Shipment(Base):
    """Goods of an order that went on their way together; numbered within the order from 1."""

    __tablename__ = "catalogue_shipments"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    number: Mapped[int]
    dispatched_on: Mapped[date]
    carrier: Mapped[str | None] = mapped_column(String(60))
    tracking: Mapped[str | None] = mapped_column(String(60))  # the number the carrier knows it by
    note: Mapped[str | None] = mapped_column(String(300))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_by: Mapped[str | None] = mapped_column(String(120))
    # Of the mail that tells the buyer of it.
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list[ShipmentLine]] = relationship(
        cascade="all, delete-orphan", order_by="ShipmentLine.position", lazy="raise"
    )

    @property
    def quantities(self) -> dict[int, Decimal]:
        """Return how many are in it, by position of the order's line."""
        return {line.position: line.quantity for line in self.lines}

    @property
    def deviates(self) -> bool:
        """Tell whether something in it did not come as it was sent."""
        return any(line.deviation for line in self.lines)


class ShipmentLine(Base):
    """How many of a line of the order are in a shipment; `position` is that of the order's line."""

    __tablename__ = "catalogue_shipment_lines"
    __table_args__ = (UniqueConstraint("shipment_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_shipments.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    # What came, when it was not what was sent; both empty: all as it should be.
    received_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    deviation: Mapped[str | None] = mapped_column(String(300))
