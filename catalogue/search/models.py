"""What is kept about searching: words that staff explain, what was asked, what buyers lack."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NewType

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.text import fold

from .rules import InquiryAnswer, Outcome
from .said import Relation

DemandId = NewType("DemandId", int)
# Letter by letter, so that an index finds what begins so; SQLite compares in no other way.
BY_LETTERS = String(400).with_variant(String(400, collation="C"), "postgresql")


def _folded_word(context: Any) -> str:  # SQLAlchemy types the context of a default loosely
    return fold(context.get_current_parameters()["word"])


def _folded_text(context: Any) -> str:
    return fold(context.get_current_parameters()["text"])


class KeptSynonym(Base):
    """What a word means in one municipality, instead of what is shipped for it."""

    __tablename__ = "catalogue_synonyms"
    __table_args__ = (UniqueConstraint("municipality_id", "word_folded"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    word: Mapped[str] = mapped_column(String(80))
    word_folded: Mapped[str] = mapped_column(String(160), default=_folded_word)
    relation: Mapped[Relation] = mapped_column(String(10))
    means: Mapped[list[str]] = mapped_column(JSON)  # words and phrases
    categories: Mapped[list[str]] = mapped_column(JSON)  # codes that the word stands for
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Asked(Base):
    """A text that was searched for in a municipality, however often; never by whom."""

    __tablename__ = "catalogue_asked"
    __table_args__ = (UniqueConstraint("municipality_id", "text_folded"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    text: Mapped[str] = mapped_column(String(200))
    text_folded: Mapped[str] = mapped_column(BY_LETTERS, default=_folded_text)
    times: Mapped[int] = mapped_column(default=1)
    found: Mapped[int]  # products that could be ordered, the last time
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the day, never the moment


class AskedMonth(Base):
    """How often a text was searched for in vain in one month, and why it was in vain."""

    __tablename__ = "catalogue_asked_months"
    __table_args__ = (UniqueConstraint("asked_id", "month", "outcome"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("catalogue_asked.id", ondelete="CASCADE"))
    month: Mapped[date]  # its first day
    outcome: Mapped[Outcome] = mapped_column(String(20))
    times: Mapped[int] = mapped_column(default=1)
    # Where most of the products lay that may not be ordered, the last time.
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))


class Demand(Base):
    """Something a buyer looked for in vain, told to the enterprises, or to one of them."""

    __tablename__ = "catalogue_demands"
    __table_args__ = (
        Index("ix_catalogue_demands_municipality", "municipality_id", "created_at"),
        Index("ix_catalogue_demands_open", "closed_at", "created_at"),
        CheckConstraint("(closed_at IS NULL) = (closed_reason IS NULL)", name="closed"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), index=True
    )  # the only one that is asked; None: all of them
    text: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text, default="")
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    needed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_reason: Mapped[str | None] = mapped_column(String(500))

    answers: Mapped[list[DemandAnswer]] = relationship(
        cascade="all, delete-orphan", order_by="DemandAnswer.id", lazy="raise"
    )


class DemandAnswer(Base):
    """What an enterprise answers to a demand: words, a price perhaps, and a product of its own."""

    __tablename__ = "catalogue_demand_answers"
    __table_args__ = (UniqueConstraint("demand_id", "enterprise_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("catalogue_demands.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"))
    text: Mapped[str] = mapped_column(Text)
    price_ore: Mapped[int | None] = mapped_column(BigId)  # excluding VAT
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Inquiry(Base):
    """What staff ask chosen enterprises: can you make this?"""

    __tablename__ = "catalogue_inquiries"
    __table_args__ = (
        Index("ix_catalogue_inquiries_municipality", "municipality_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    words: Mapped[str] = mapped_column(String(200))  # what was looked for
    text: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    recipients: Mapped[list[InquiryRecipient]] = relationship(
        cascade="all, delete-orphan", order_by="InquiryRecipient.id", lazy="raise"
    )


class InquiryRecipient(Base):
    """An enterprise that is asked, and its answer: no, or yes with a draft of its own."""

    __tablename__ = "catalogue_inquiry_recipients"
    __table_args__ = (
        UniqueConstraint("inquiry_id", "enterprise_id"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_inquiries.id", ondelete="CASCADE")
    )
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    answer: Mapped[InquiryAnswer | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), default="")  # why not, when it says
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
