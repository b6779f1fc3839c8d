"""Baskets and orders. An order belongs to one municipality and one enterprise; lines are copies."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    exists,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Role, Who

from .shipment_models import Shipment
from .step_names import NOTES

BasketId = NewType("BasketId", int)
OrderId = NewType("OrderId", int)
QUANTITY = Numeric(12, 3)


class OrderState(StrEnum):
    """Where an order stands; which way leads where stands in `rules.MOVES` and docs/orders.md."""

    AWAITING = "awaiting"
    RETURNED = "returned"
    DECLINED = "declined"
    PLACED = "placed"
    PROPOSED = "proposed"
    PARTLY = "partly"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SENDING = "sending"
    DISPATCHED = "dispatched"
    DONE = "done"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class Basket(Base):
    """A buyer's basket in one municipality; kept until ordered.

    `key` names one apart from her own: of a PunchOut session, or of an order sent in.
    """

    __tablename__ = "catalogue_baskets"
    __table_args__ = (UniqueConstraint("person_id", "municipality_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    key: Mapped[str] = mapped_column(String(30), default="", server_default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    lines: Mapped[list[BasketLine]] = relationship(
        cascade="all, delete-orphan", order_by="BasketLine.id", lazy="raise"
    )

    @classmethod
    def belongs(cls) -> ColumnElement[bool]:
        """Return the condition of somebody's basket where she acts; `of` tells whose."""
        own = and_(
            cls.person_id == bindparam("person_id"),
            cls.municipality_id == bindparam("municipality_id"),
        )
        return and_(own, cls.key == bindparam("basket_key"))

    @staticmethod
    def of(who: Who) -> dict[str, Any]:
        """Return whose basket is asked for, by the parameters of `belongs`."""
        return {
            "person_id": who.person_id, "municipality_id": who.municipality_id,
            "basket_key": who.basket_key,
        }  # fmt: skip


class BasketLine(Base):
    """A product in a basket with the price the buyer has seen and accepted.

    The price is kept with what it was for: 100 kr. per 10 pieces and 100 kr. per piece differ.
    """

    __tablename__ = "catalogue_basket_lines"
    __table_args__ = (UniqueConstraint("basket_id", "product_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    basket_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_baskets.id", ondelete="CASCADE"), index=True
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    accepted_price_ore: Mapped[int] = mapped_column(BigId)
    accepted_base_quantity: Mapped[int] = mapped_column(default=1)
    accepted_unit: Mapped[str] = mapped_column(String(10))


class OrderCounter(Base):
    """The last order number given in a municipality and year; locked when the next is taken."""

    __tablename__ = "catalogue_order_counters"

    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Order(Base):
    """An order as it was placed; amounts in øre excluding VAT beside the VAT itself."""

    __tablename__ = "catalogue_orders"
    __table_args__ = (
        UniqueConstraint("municipality_id", "year", "sequence"),
        UniqueConstraint("buyer_id", "placing_key", "enterprise_id"),
        Index("ix_catalogue_orders_enterprise", "enterprise_id", "placed_at"),
        Index("ix_catalogue_orders_gln", "municipality_id", "gln", "placed_at"),  # budgets
        # All that coverage reads of orders, so that it need not fetch the rows.
        Index(
            "ix_catalogue_orders_standing",
            "municipality_id", "placed_at", "state", "enterprise_id", "id",
        ),
        # All that words are sought in.
        Index(
            "ix_catalogue_orders_words",
            "municipality_id", "number", "institution", "reference", "enterprise_id", "state", "id",
        ),
        # What is under way, and how many stand where, without what a side ever ordered.
        Index("ix_catalogue_orders_state", "state", "municipality_id", "buyer_id"),
        Index("ix_catalogue_orders_buyer", "buyer_id", "municipality_id", "placed_at", "state"),
        Index("ix_catalogue_orders_shop", "enterprise_id", "state", "withheld"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    year: Mapped[int]
    sequence: Mapped[int]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    placing_key: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[OrderState] = mapped_column(String(12))
    gln: Mapped[str] = mapped_column(String(13))
    institution: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(4))
    city: Mapped[str] = mapped_column(String(60))
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(30))
    account_coding: Mapped[str | None] = mapped_column(String(80))
    reference: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(String(3), default="DKK")
    net_ore: Mapped[int] = mapped_column(BigId)
    vat_ore: Mapped[int] = mapped_column(BigId)
    # True until the enterprise is told: it never sees what was not approved.
    withheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    delivery_on: Mapped[date | None]  # as the enterprise has promised and the buyer not refused
    # When the enterprise first opened it signed in, said so by its mail, or took a step with it.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[str | None] = mapped_column(String(120))

    lines: Mapped[list[OrderLine]] = relationship(
        cascade="all, delete-orphan", order_by="OrderLine.position", lazy="raise"
    )
    events: Mapped[list[OrderEvent]] = relationship(
        cascade="all, delete-orphan", order_by="OrderEvent.id", lazy="raise"
    )
    shipments: Mapped[list[Shipment]] = relationship(
        cascade="all, delete-orphan", order_by="Shipment.number", lazy="raise"
    )

    @property
    def turns(self) -> list[OrderEvent]:
        """List the events that are steps, without the notes that stand beside them."""
        return [each for each in self.events if each.step not in NOTES]

    @classmethod
    def visible_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the orders `who` may see in her present role.

        Buyers see their own, staff their municipality's, approvers those of it that had or have to
        be approved (each may become a deputy), an enterprise those placed with it.
        """
        if who.role == Role.BUYER:
            own = cls.municipality_id == who.municipality_id
            return and_(own, cls.buyer_id == who.person_id)
        if who.role == Role.STAFF:
            return cls.municipality_id == who.municipality_id
        if who.role == Role.ENTERPRISE:
            return and_(cls.enterprise_id == who.enterprise_id, cls.withheld.is_(False))
        if who.role == Role.APPROVER:
            asked = exists().where(ApprovalStep.order_id == cls.id)
            return and_(cls.municipality_id == who.municipality_id, asked)
        return false()


class OrderLine(Base):
    """A line: everything copied from product and agreement on the day of the order."""

    __tablename__ = "catalogue_order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        # Sums by category and by agreement are read from these alone.
        Index(
            "ix_catalogue_order_lines_spent", "order_id", "category_code", "agreement_id", "net_ore"
        ),
        Index("ix_catalogue_order_lines_agreement", "agreement_id", "order_id", "net_ore"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    position: Mapped[int]
    # None on a line of a quote or in free text: it is no product of the shelf.
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"), index=True)
    product_version: Mapped[int]
    item_number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10), default="goods", server_default="goods")
    category_code: Mapped[str] = mapped_column(ForeignKey("catalogue_categories.code"))
    unit: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    price_ore: Mapped[int] = mapped_column(BigId)
    price_base_quantity: Mapped[int] = mapped_column(default=1)
    vat_rate: Mapped[int]
    net_ore: Mapped[int] = mapped_column(BigId)
    # True on a line in the buyer's own words, at a price she agreed on with the enterprise.
    free_text: Mapped[bool] = mapped_column(default=False, server_default=false())
    agreement_id: Mapped[int] = mapped_column(ForeignKey("catalogue_agreements.id"))
    agreement_number: Mapped[str] = mapped_column(String(40))
    # What came, or was done, when it was not what was ordered; both empty: all as it should be.
    received_quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    deviation: Mapped[str | None] = mapped_column(String(300))


class OrderEvent(Base):
    """A step of an order: who took it, when, the state it led to, and why when a reason is owed."""

    __tablename__ = "catalogue_order_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    state: Mapped[OrderState] = mapped_column(String(12))
    step: Mapped[str | None] = mapped_column(String(12))  # None: of the time before it was noted
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)


class ApprovalStep(Base):
    """A step of the chain an order was given when it was placed; later rules do not change it."""

    __tablename__ = "catalogue_approval_steps"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"))
    position: Mapped[int]
    rule_name: Mapped[str] = mapped_column(String(120))
    approver_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    escalate_days: Mapped[int]
    escalate_to_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    due_on: Mapped[date | None]  # None: others are to approve first
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Approval(Base):
    """That a person approved an order, and what she approved: it counts for that and no other."""

    __tablename__ = "catalogue_approvals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("catalogue_approval_steps.id"))
    digest: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
