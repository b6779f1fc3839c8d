"""What an institution books its purchases on: kept codings, parts of lines, and budgets."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class AccountCoding(Base):
    """An account coding that an institution, known by its GLN, keeps for those who order for it.

    At most one of an institution is the default.
    """

    __tablename__ = "catalogue_account_codings"
    __table_args__ = (UniqueConstraint("municipality_id", "gln", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    gln: Mapped[str] = mapped_column(String(13))
    code: Mapped[str] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(120))
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinePart(Base):
    """A coding that bears part of an order line; a line without parts is booked on its order's.

    Only the weight is kept. The amounts are reckoned from the line's own by
    `coding_rules.apportion`, so that they cannot come to differ when a line changes on its way.
    """

    __tablename__ = "catalogue_line_parts"
    __table_args__ = (UniqueConstraint("line_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("catalogue_order_lines.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(80))
    weight: Mapped[int] = mapped_column(BigId)


class Budget(Base):
    """What an institution may order for in a period; a category and a coding narrow it.

    `begins_at` and `ends_before` are its days as moments in Copenhagen, so that one query sums up
    many budgets, each over its own period.
    """

    __tablename__ = "catalogue_budgets"
    __table_args__ = (
        Index("ix_catalogue_budgets_place", "municipality_id", "gln", "starts_on"),
        CheckConstraint("starts_on <= ends_on", name="period"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    gln: Mapped[str] = mapped_column(String(13))
    institution: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_before: Mapped[datetime] = mapped_column(UtcDateTime)
    amount_ore: Mapped[int] = mapped_column(BigId)  # excluding VAT, as all amounts of orders
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    prefix: Mapped[str] = mapped_column(String(8))  # of the category; "": all categories
    account_coding: Mapped[str | None] = mapped_column(String(80))
    blocks: Mapped[bool] = mapped_column(default=False, server_default=false())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FreeTextPermit(Base):
    """That buyers may order what is not listed on a voluntary agreement, up to an amount."""

    __tablename__ = "catalogue_free_text_permits"

    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_agreements.id", ondelete="CASCADE"), primary_key=True
    )
    most_ore: Mapped[int] = mapped_column(BigId)  # of one order excluding VAT
    allowed_at: Mapped[datetime] = mapped_column(UtcDateTime)
