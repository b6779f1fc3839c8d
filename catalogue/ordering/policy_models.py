"""What stands beside orders: approval rules, absences, changes proposed, notices, reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime


class ApprovalRule(Base):
    """Which orders of a municipality somebody must approve: all conditions given must hold."""

    __tablename__ = "catalogue_approval_rules"
    __table_args__ = (Index("ix_catalogue_approval_rules_place", "municipality_id", "ended_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    name: Mapped[str] = mapped_column(String(120))
    from_ore: Mapped[int] = mapped_column(BigId)  # of an order without VAT; 0: any amount
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    institution: Mapped[str | None] = mapped_column(String(120))
    gln: Mapped[str | None] = mapped_column(String(13))  # of the institution; decides
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    escalate_days: Mapped[int] = mapped_column(default=3)
    escalate_to_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    steps: Mapped[list[ApprovalRuleStep]] = relationship(
        cascade="all, delete-orphan", order_by="ApprovalRuleStep.position", lazy="raise"
    )


class ApprovalRuleStep(Base):
    """One who must approve, in her turn."""

    __tablename__ = "catalogue_approval_rule_steps"
    __table_args__ = (UniqueConstraint("rule_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("catalogue_approval_rules.id"))
    position: Mapped[int]
    approver_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))


class Absence(Base):
    """Days on which a deputy may approve for an approver, the first and the last included."""

    __tablename__ = "catalogue_absences"
    __table_args__ = (Index("ix_catalogue_absences_place", "municipality_id", "until_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]


class OrderChange(Base):
    """A change that an enterprise proposed; `lines`: what is new by position, as JSON carries it.

    `answer` is empty while the buyer has not answered.
    """

    __tablename__ = "catalogue_order_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_state: Mapped[str] = mapped_column(String(12))
    delivery_on: Mapped[date | None]
    lines: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(String(12))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CeilingNotice(Base):
    """That so much of a ceiling was used that somebody is told, once per agreement and period."""

    __tablename__ = "catalogue_ceiling_notices"
    __table_args__ = (UniqueConstraint("agreement_id", "ceiling_ore", "noticed_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("catalogue_agreements.id"))
    ceiling_ore: Mapped[int] = mapped_column(BigId)
    noticed_on: Mapped[date]
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
