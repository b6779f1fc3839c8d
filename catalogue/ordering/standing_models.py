"""Standing orders: what is ordered anew by a rhythm, and what came of each of its dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Role, Who

from .frame_models import QuoteFrame
from .models import QUANTITY
from .standing_rules import Plan, Rhythm


class StandingOrder(Base):
    """What a buyer has ordered from one enterprise by a rhythm, until its last date.

    `next_on` is the date by the rhythm that comes next, `due_on` the morning it is ordered; both
    None when none is left. They are worked out anew whenever a date is done or the plan changes.
    """

    __tablename__ = "catalogue_standing_orders"
    __table_args__ = (
        UniqueConstraint("buyer_id", "making_key", "enterprise_id"),
        Index("ix_catalogue_standing_orders_due", "due_on"),
        Index("ix_catalogue_standing_orders_municipality", "municipality_id", "buyer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    # The frame that each order calls a part off; None: products of the shelf.
    quote_id: Mapped[int | None] = mapped_column(ForeignKey(QuoteFrame.quote_id))
    making_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    rhythm: Mapped[str] = mapped_column(String(12))
    weekday: Mapped[int]  # 0 is Monday
    week: Mapped[int]  # of the month, where the rhythm is monthly; 5 is the last
    days_ahead: Mapped[int]  # working days from the order to the delivery
    first_on: Mapped[date]
    last_on: Mapped[date]
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    rise_percent: Mapped[int]  # how much a price may rise above that of its line
    delivery: Mapped[dict[str, Any]] = mapped_column(JSON)
    next_on: Mapped[date | None]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the buyer last changed it, and when the enterprise was told of the newest change.
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list[StandingLine]] = relationship(
        cascade="all, delete-orphan", order_by="StandingLine.position", lazy="raise"
    )

    @property
    def plan(self) -> Plan:
        """Return when it is delivered, as a value."""
        return Plan(
            Rhythm(self.rhythm), self.weekday, self.week, self.days_ahead, self.first_on,
            self.last_on, self.paused_from, self.paused_until,
        )  # fmt: skip

    @classmethod
    def visible_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of those `who` may see: buyers their own, staff all of theirs."""
        own = cls.municipality_id == who.municipality_id
        if who.role == Role.BUYER:
            return and_(own, cls.buyer_id == who.person_id)
        return own if who.role == Role.STAFF else false()


class StandingLine(Base):
    """How many of a product are ordered each time, and the price that the buyer accepted for it.

    Without a product it is a line of the quote of a frame, known by its position there.
    """

    __tablename__ = "catalogue_standing_lines"
    __table_args__ = (UniqueConstraint("standing_order_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    standing_order_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_standing_orders.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    price_ore: Mapped[int] = mapped_column(BigId)
    price_base_quantity: Mapped[int] = mapped_column(default=1)


class StandingRun(Base):
    """What came of one date: the order, or why there is none and whom that was told."""

    __tablename__ = "catalogue_standing_runs"
    __table_args__ = (UniqueConstraint("standing_order_id", "planned_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    standing_order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_standing_orders.id"))
    planned_on: Mapped[date]
    delivery_on: Mapped[date]
    ran_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    problem: Mapped[str | None] = mapped_column(Text)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
