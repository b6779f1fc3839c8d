"""Categories (CPV) and purchasing agreements of municipalities."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.text import fold

from .options import latest_last_day

AgreementId = NewType("AgreementId", int)


class AgreementKind(StrEnum):
    """Voluntary (frivillig) or mandatory (fast) purchasing agreement."""

    VOLUNTARY = "voluntary"
    MANDATORY = "mandatory"


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
    """An agreement of one municipality for some categories in a period, both days included."""

    __tablename__ = "catalogue_agreements"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_catalogue_agreements_period", "municipality_id", "starts_on", "ends_on"),
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
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), index=True
    )
    supplier_name: Mapped[str | None] = mapped_column(String(200))
    supplier_cvr: Mapped[str | None] = mapped_column(String(8))  # eight digits, see DOMAIN.md 1.12
    where_to_buy: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(String(200))
    options: Mapped[str | None] = mapped_column(String(500))  # of prolongation, as it was written
    ceiling_ore: Mapped[int | None] = mapped_column(BigId)
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    ended_reason: Mapped[str | None] = mapped_column(Text)  # set when ended before its time
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    categories: Mapped[list[AgreementCategory]] = relationship(
        cascade="all, delete-orphan", order_by="AgreementCategory.category_code", lazy="raise"
    )

    @property
    def latest_last_day(self) -> date | None:
        """Return the last day when all options are used; None: none, unreadable, or ended."""
        return None if self.ended_reason else latest_last_day(self.ends_on, self.options or "")


class AgreementCategory(Base):
    """One category, with all below it, that an agreement covers."""

    __tablename__ = "catalogue_agreement_categories"

    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE"), primary_key=True
    )
    category_code: Mapped[str] = mapped_column(
        ForeignKey("catalogue_categories.code"), primary_key=True
    )
    prefix: Mapped[str] = mapped_column(String(8))  # of the category, for the set-based rule


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
