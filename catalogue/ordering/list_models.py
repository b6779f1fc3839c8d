"""Lists of products that buyers keep: favourites, and what is ordered again and again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime
from catalogue.core.who import Who

from .models import QUANTITY


class ProductList(Base):
    """A buyer's list; `shared`: her colleagues in the municipality may read and order it too."""

    __tablename__ = "catalogue_product_lists"
    __table_args__ = (
        UniqueConstraint("person_id", "municipality_id", "name"),
        Index("ix_catalogue_product_lists_shared", "municipality_id", "shared"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    name: Mapped[str] = mapped_column(String(80))
    shared: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def owned_by(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the lists that `who` may change."""
        return and_(cls.person_id == who.person_id, cls.municipality_id == who.municipality_id)

    @classmethod
    def visible_to(cls, who: Who) -> ColumnElement[bool]:
        """Return the condition of the lists that `who` may read and order: own and shared."""
        return and_(
            cls.municipality_id == who.municipality_id,
            or_(cls.person_id == who.person_id, cls.shared),
        )


class ProductListLine(Base):
    """A product of a list, with how many of the unit it was sold in when it was put there."""

    __tablename__ = "catalogue_product_list_lines"
    __table_args__ = (UniqueConstraint("list_id", "product_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_product_lists.id", ondelete="CASCADE")
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"))
    title: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
