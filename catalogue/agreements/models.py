"""Categories (CPV), purchasing agreements of municipalities, and limits of purchases."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.text import fold

from .options import latest_last_day

AgreementId = NewType("AgreementId", int)


class AgreementKind(StrEnum):
    """Voluntary (frivillig) or mandatory (fast) purchasing agreement."""

    VOLUNTARY = "voluntary"
    MANDATORY = "mandatory"


class LimitKind(StrEnum):
    """What a number bounds; the first four are amounts, then one of percent and one of years."""

    DIRECT_PURCHASE = "direct_purchase"  # the municipality's own policy
    BELOW_THRESHOLD = "below_threshold"  # from here the law's rules below the threshold apply
    EU_GOODS_SERVICES = "eu_goods_services"
    EU_LIGHT = "eu_light"  # social and other specific services
    RESERVED_PERCENT = "reserved_percent"  # of the employees, for a reserved contract
    RESERVED_YEARS = "reserved_years"  # longest term of a reserved social contract


def _folded_labels(context: Any) -> str:  # SQLAlchemy types the context of a default loosely
    given = context.get_current_parameters()
    return folded_labels(given["label_da"], given["label_en"])


def folded_labels(label_da: str, label_en: str) -> str:
    """Return both labels as `find_categories` looks through them."""
    return f"{fold(label_da)} / {fold(label_en)}"


class Category(Base):
    """A code of the CPV 2008 main vocabulary; `prefix` is the code without its trailing zeros.

    `level` is 0 for a division and grows by one with each digit; a few codes skip a level, so a
    parent is the nearest category above that exists.
    """

    __tablename__ = "catalogue_categories"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    parent_code: Mapped[str | None] = mapped_column(
        ForeignKey("catalogue_categories.code"), index=True
    )
    level: Mapped[int]
    label_da: Mapped[str] = mapped_column(String(300))
    label_en: Mapped[str] = mapped_column(String(300))
    # Both labels folded, so that words are found without regard to case, æ/ae and accents.
    folded: Mapped[str] = mapped_column(Text, default=_folded_labels)

    def label(self, locale: str) -> str:
        """Return the name in the reader's language."""
        return self.label_en if locale == "en" else self.label_da


class Agreement(Base):
    """An agreement of one municipality for some categories in a period, both days included.

    The row holds the newest terms; those it had before stand in `FormerTerms`. A draft binds
    nobody.
    """

    __tablename__ = "catalogue_agreements"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_catalogue_agreements_period", "municipality_id", "starts_on", "ends_on"),
        # The few agreements of a municipality with an enterprise. Without it SQLite, which keeps no
        # statistics, looks through the whole period for every row of the ledger.
        Index("ix_catalogue_agreements_party", "enterprise_id", "municipality_id", "starts_on"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint(
            "(kind = 'voluntary' AND enterprise_id IS NOT NULL)"
            " OR (kind = 'mandatory' AND supplier_name IS NOT NULL)",
            name="party",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    kind: Mapped[AgreementKind] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    supplier_name: Mapped[str | None] = mapped_column(String(200))
    supplier_cvr: Mapped[str | None] = mapped_column(String(8))  # eight digits, see DOMAIN.md 1.12
    where_to_buy: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(String(200))
    options: Mapped[str | None] = mapped_column(String(500))  # of prolongation, as it was written
    ceiling_ore: Mapped[int | None] = mapped_column(BigId)
    ceiling_months: Mapped[int | None]  # of the last so many months; None: of the whole period
    # Days before the last one by which the municipality must give notice, when it must.
    notice_days: Mapped[int | None]
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    ended_reason: Mapped[str | None] = mapped_column(Text)  # set when ended before its time
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    categories: Mapped[list[AgreementCategory]] = relationship(
        cascade="all, delete-orphan",
        order_by="AgreementCategory.category_code, AgreementCategory.from_on",
        lazy="raise",
    )
    former: Mapped[list[FormerTerms]] = relationship(
        cascade="all, delete-orphan", order_by="FormerTerms.from_on", lazy="raise"
    )

    @property
    def latest_last_day(self) -> date | None:
        """Return the last day when all options are used; None: none, unreadable, or ended."""
        return None if self.ended_reason else latest_last_day(self.ends_on, self.options or "")


class AgreementCategory(Base):
    """One category, with all below it, that an agreement covers.

    Without days of its own it does so through the whole period; an amendment gives them.
    """

    __tablename__ = "catalogue_agreement_categories"
    __table_args__ = (
        UniqueConstraint(
            "agreement_id", "category_code", "from_on",
            name="uq_catalogue_agreement_categories_span",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE"), index=True
    )
    category_code: Mapped[str] = mapped_column(ForeignKey("catalogue_categories.code"))
    prefix: Mapped[str] = mapped_column(String(8))  # of the category, for the set-based rule
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]


class InForceVersion(Base):
    """A number that changes whenever a row changes by which something applies or no longer does.

    The database raises it itself (migration 0048), so that no way of writing forgets it.
    """

    __tablename__ = "catalogue_in_force_version"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    raised_by: Mapped[int | None] = mapped_column(BigInteger)  # the transaction, on PostgreSQL


class FormerTerms(Base):
    """What an agreement said from one day until another, and why that was changed then."""

    __tablename__ = "catalogue_former_terms"
    __table_args__ = (UniqueConstraint("agreement_id", "from_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE")
    )
    from_on: Mapped[date]
    until_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(200))
    ends_on: Mapped[date]  # as it was agreed then
    supplier_name: Mapped[str | None] = mapped_column(String(200))
    where_to_buy: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(String(200))
    ceiling_ore: Mapped[int | None] = mapped_column(BigId)
    ceiling_months: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)  # of the amendment that took its place
    amended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amended_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class CarveOut(Base):
    """What a mandatory agreement lets be bought elsewhere: a category, an enterprise, or both.

    `lot` names the lot of the agreement that is reserved for social enterprises
    (udbudsloven § 54), when that is what is carved out.
    """

    __tablename__ = "catalogue_carve_outs"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE"), index=True
    )
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    prefix: Mapped[str] = mapped_column(String(8))  # of the category; "" for all of the agreement
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    lot: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))


class Reminder(Base):
    """A reminder that was put for a deadline of an agreement; unique, so never put twice.

    `days` is the one of the days before the deadline that it is for; recipient and time of sending
    are those of the mail, None while it has not gone out.
    """

    __tablename__ = "catalogue_reminders"
    __table_args__ = (UniqueConstraint("agreement_id", "deadline_on", "days"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE")
    )
    deadline_on: Mapped[date]
    days: Mapped[int]
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str | None] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Limit(Base):
    """A number of law or policy in a period, both days included, with its source.

    Without municipality it came with the catalogue and holds for all that have none of their own.
    `value` is in whole øre excluding VAT, percent or years, as its kind says.
    """

    __tablename__ = "catalogue_limits"
    __table_args__ = (
        Index("ix_catalogue_limits_kind", "municipality_id", "kind", "valid_from"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="period"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    kind: Mapped[LimitKind] = mapped_column(String(20))
    value: Mapped[int] = mapped_column(BigId)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(300))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CategoryWord(Base):
    """What staff of a municipality answered when a list named a category in its own words.

    No codes: the text names no category, so what stands under it alone is not imported.
    """

    __tablename__ = "catalogue_category_words"
    __table_args__ = (UniqueConstraint("municipality_id", "text_folded"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    text: Mapped[str] = mapped_column(String(200))
    text_folded: Mapped[str] = mapped_column(String(400))
    codes: Mapped[list[str]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
