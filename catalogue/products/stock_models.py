"""How many of a product are left to be ordered, where the enterprise counts them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, UtcDateTime


class ProductStock(Base):
    """What is left of a product, in its unit, without what orders hold; no row: not counted.

    A table of its own: orders change it many times a day, and it is no version of the product.
    """

    __tablename__ = "catalogue_product_stock"
    __table_args__ = (CheckConstraint('"left" >= 0', name="not_below_zero"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"), primary_key=True)
    left: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)  # by a person of the enterprise
