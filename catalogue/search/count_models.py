"""How often products are seen, and by which words: counted by day and month, never by whom."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base


class Seen(StrEnum):
    """How far a buyer came with a product; what is ordered, the orders tell."""

    SHOWN = "shown"  # among the hits on a page
    OPENED = "opened"
    BASKET = "basket"


class ProductCount(Base):
    """How often a product was seen on a day."""

    __tablename__ = "catalogue_product_counts"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_products.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    seen: Mapped[Seen] = mapped_column(String(10), primary_key=True)
    times: Mapped[int] = mapped_column(default=1)


class FoundBy(Base):
    """How often a text showed products of an enterprise in a month, wherever it was asked."""

    __tablename__ = "catalogue_found_by"

    enterprise_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_enterprises.id"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    text_folded: Mapped[str] = mapped_column(String(400), primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    times: Mapped[int] = mapped_column(default=1)
