"""Requests for quotes, whom they went to, and the quotes that came.

A request belongs to one buyer of one municipality. Everything an enterprise says hangs on its own
`QuoteRecipient`, so that what one sees of the others is a matter of not joining them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType

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

from .models import QUANTITY

QuoteRequestId = NewType("QuoteRequestId", int)
QuoteId = NewType("QuoteId", int)


class LetterEvent(StrEnum):
    """What a letter about a request for quotes tells; `quote_rules` says to whom."""

    ASKED = "asked"
    EXTENDED = "extended"
    ANSWERED = "answered"
    CLOSED = "closed"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not_chosen"
    FRAMED = "framed"
    QUOTED = "quoted"
    DECLINED = "declined"
    QUESTION = "question"
    DEADLINE = "deadline"
    REMINDED = "reminded"


class QuoteRequest(Base):
    """What a buyer wants quotes for; `details` holds the fields of the form of its category.

    Quotes are taken in until the end of `deadline_on` in Copenhagen.
    """

    __tablename__ = "catalogue_quote_requests"
    __table_args__ = (
        Index("ix_catalogue_quote_requests_municipality", "municipality_id", "created_at"),
        Index("ix_catalogue_quote_requests_buyer", "buyer_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    # The product the request began at, if any.
    product_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"))
    category_code: Mapped[str] = mapped_column(ForeignKey("catalogue_categories.code"))
    kind: Mapped[str] = mapped_column(String(10))  # goods or service
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    deadline_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(Text)
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    choice_reason: Mapped[str | None] = mapped_column(Text)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_orders.id"))

    recipients: Mapped[list[QuoteRecipient]] = relationship(
        order_by="QuoteRecipient.id", lazy="raise", back_populates="request"
    )

    @classmethod
    def visible_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the requests `who` may see whole, with all their quotes.

        Buyers see their own, staff their municipality's; enterprises see none whole.
        """
        own = cls.municipality_id == who.municipality_id
        if who.role == Role.BUYER:
            return and_(own, cls.buyer_id == who.person_id)
        return own if who.role == Role.STAFF else false()


class QuoteRecipient(Base):
    """An enterprise that was asked, and its no, if it said no."""

    __tablename__ = "catalogue_quote_recipients"
    __table_args__ = (UniqueConstraint("request_id", "enterprise_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_requests.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decline_reason: Mapped[str | None] = mapped_column(Text)

    request: Mapped[QuoteRequest] = relationship(lazy="raise", back_populates="recipients")
    quote: Mapped[Quote | None] = relationship(lazy="raise", back_populates="recipient")


class Quote(Base):
    """The quote of an enterprise; sent again it replaces itself and counts its revision up."""

    __tablename__ = "catalogue_quotes"
    __table_args__ = (UniqueConstraint("recipient_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_recipients.id"))
    revision: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    delivery_days: Mapped[int | None]
    valid_until: Mapped[date]
    net_ore: Mapped[int] = mapped_column(BigId)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    chosen: Mapped[bool] = mapped_column(default=False)

    recipient: Mapped[QuoteRecipient] = relationship(lazy="raise", back_populates="quote")
    lines: Mapped[list[QuoteLine]] = relationship(
        cascade="all, delete-orphan", order_by="QuoteLine.position", lazy="raise"
    )


class QuoteLine(Base):
    """A line of a quote: price in øre excluding VAT for one unit."""

    __tablename__ = "catalogue_quote_lines"
    __table_args__ = (UniqueConstraint("quote_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quotes.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit: Mapped[str] = mapped_column(String(10))
    price_ore: Mapped[int] = mapped_column(BigId)
    vat_rate: Mapped[int]
    net_ore: Mapped[int] = mapped_column(BigId)


class QuoteQuestion(Base):
    """A question of one of those asked; it and its answer are read by all, its asker by none."""

    __tablename__ = "catalogue_quote_questions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_requests.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_recipients.id"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QuoteFile(Base):
    """A file of the buyer for all asked (no recipient), or of one enterprise for the buyer."""

    __tablename__ = "catalogue_quote_files"
    __table_args__ = (UniqueConstraint("request_id", "recipient_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("catalogue_quote_requests.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_quote_recipients.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    file_type: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuoteLetter(Base):
    """A mail that is owed to a recipient, or to the buyer about one; sent once."""

    __tablename__ = "catalogue_quote_letters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_quote_recipients.id"), index=True
    )
    event: Mapped[LetterEvent] = mapped_column(String(12))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
