"""What both sides of an order were called, and where they were, on the day it was placed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId


class OrderSides(Base):
    """Enterprise, municipality and buyer as an order's papers name them, whoever moves later.

    CVR numbers are not among them: they do not change.
    """

    __tablename__ = "catalogue_order_sides"

    order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("catalogue_orders.id"), primary_key=True, autoincrement=False
    )
    enterprise_name: Mapped[str] = mapped_column(String(120))
    enterprise_street: Mapped[str] = mapped_column(String(120))
    enterprise_postcode: Mapped[str] = mapped_column(String(4))
    enterprise_city: Mapped[str] = mapped_column(String(60))
    enterprise_email: Mapped[str] = mapped_column(String(254))
    enterprise_phone: Mapped[str | None] = mapped_column(String(30))
    municipality_name: Mapped[str] = mapped_column(String(60))
    buyer_name: Mapped[str] = mapped_column(String(120))
    buyer_email: Mapped[str] = mapped_column(String(254))
