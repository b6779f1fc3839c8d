"""What orders hold of the stock that enterprises count."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base

from .models import QUANTITY


class StockHold(Base):
    """How many of a product an order has taken from what was left; no row: it was not counted."""

    __tablename__ = "catalogue_stock_holds"

    order_id: Mapped[int] = mapped_column(ForeignKey("catalogue_orders.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
