"""Enterprises, their five declared criteria, and the facts and decisions about them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime

EnterpriseId = NewType("EnterpriseId", int)


class EnterpriseState(StrEnum):
    """Where an enterprise stands with the municipality that reviews it."""

    APPLIED = "applied"
    RETURNED = "returned"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class Criterion(StrEnum):
    """The five points of the government's definition (report, section 1)."""

    SOCIAL_PURPOSE = "social_purpose"
    SALES = "sales"
    REINVESTS = "reinvests"
    INDEPENDENT = "independent"
    CVR = "cvr"


class RegisterStatus(StrEnum):
    """What the register of registered social enterprises (RSV) says."""

    NOT_CHECKED = "not_checked"
    REGISTERED = "registered"
    NOT_REGISTERED = "not_registered"


class Recognition(StrEnum):
    """What one municipality decided about an enterprise for itself."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


class Enterprise(Base):
    """A social enterprise; the CVR number is its key across municipalities."""

    __tablename__ = "catalogue_enterprises"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cvr: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(160), index=True)
    legal_form: Mapped[str] = mapped_column(String(60))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(4))
    city: Mapped[str] = mapped_column(String(60))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    # The municipality whose staff review the application.
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(30))
    website: Mapped[str | None] = mapped_column(String(300))
    social_purpose: Mapped[str] = mapped_column(Text)
    story: Mapped[str] = mapped_column(Text, default="")
    says_registered: Mapped[bool] = mapped_column(default=False)  # the enterprise's own word
    # The enterprise's own statement, read by procurement staff only.
    turnover_ore: Mapped[int | None] = mapped_column(BigId)  # of the accounting year below
    turnover_year: Mapped[int | None]
    capacity: Mapped[str | None] = mapped_column(Text)
    logo_image_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_images.id", use_alter=True)
    )
    state: Mapped[EnterpriseState] = mapped_column(String(20))
    # The last day the verification counts; kept through a suspension, which does not prolong it.
    verified_until: Mapped[date | None] = mapped_column(index=True)
    # When a suspension is expected to end. It ends by a person's decision, never by itself.
    suspended_until: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    decision_reason: Mapped[str | None] = mapped_column(Text)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    criteria: Mapped[list[EnterpriseCriterion]] = relationship(
        cascade="all, delete-orphan", order_by="EnterpriseCriterion.id", lazy="raise"
    )

    def is_verified_on(self, day: date) -> bool:
        """Tell whether the reviewing municipality's verification holds on `day`."""
        until = self.verified_until
        return self.state == EnterpriseState.VERIFIED and until is not None and until >= day


class EnterpriseCriterion(Base):
    """The enterprise's explanation of how it meets one criterion."""

    __tablename__ = "catalogue_enterprise_criteria"
    __table_args__ = (UniqueConstraint("enterprise_id", "criterion"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    criterion: Mapped[Criterion] = mapped_column(String(20))
    explanation: Mapped[str] = mapped_column(Text)


class RegisterFact(Base):
    """What the RSV register said on a day; entered by a person with evidence, newest counts."""

    __tablename__ = "catalogue_register_facts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    status: Mapped[RegisterStatus] = mapped_column(String(20))
    checked_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class MunicipalDecision(Base):
    """What one municipality decided for itself; the newest row of a pair counts."""

    __tablename__ = "catalogue_municipal_decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), index=True
    )
    recognition: Mapped[Recognition] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    is_current: Mapped[bool] = mapped_column(default=True)


class ReverificationState(StrEnum):
    """Where an enterprise's yearly confirmation of its five points stands."""

    SENT = "sent"
    RETURNED = "returned"
    RENEWED = "renewed"


class Reverification(Base):
    """The confirmation by which a verification that ends on `due_on` is renewed; one per day."""

    __tablename__ = "catalogue_reverifications"
    __table_args__ = (UniqueConstraint("enterprise_id", "due_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    due_on: Mapped[date]
    state: Mapped[ReverificationState] = mapped_column(String(20))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    reason: Mapped[str | None] = mapped_column(Text)  # why it was sent back
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class ReminderReader(StrEnum):
    """Whom a reminder of a verification is for."""

    ENTERPRISE = "enterprise"
    REVIEWER = "reviewer"


class VerificationReminder(Base):
    """A reminder of the last day of a verification; put once, sent once. `days` 0: it lapsed."""

    __tablename__ = "catalogue_verification_reminders"
    __table_args__ = (UniqueConstraint("enterprise_id", "due_on", "days", "reader"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    reader: Mapped[ReminderReader] = mapped_column(String(20))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnterpriseNews(Base):
    """News of a step of verification (`news.Event`), for the one who did not take it; sent once."""

    __tablename__ = "catalogue_enterprise_news"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    event: Mapped[str] = mapped_column(String(20))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Evidence(Base):
    """A file that shows how an enterprise meets its points; `sha256` names it in the store."""

    __tablename__ = "catalogue_evidence"
    __table_args__ = (UniqueConstraint("enterprise_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    file_type: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
