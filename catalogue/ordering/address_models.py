"""Where a buyer has things delivered: addresses of institutions, known by their GLN."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime


class DeliveryAddress(Base):
    """An address of an institution, shared by all buyers who order for it."""

    __tablename__ = "catalogue_delivery_addresses"
    __table_args__ = (Index("ix_catalogue_delivery_addresses_gln", "municipality_id", "gln"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    gln: Mapped[str] = mapped_column(String(13))
    institution: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(4))
    city: Mapped[str] = mapped_column(String(60))
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(30))
    account_coding: Mapped[str | None] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BuyerInstitution(Base):
    """An institution, by its GLN, that a buyer orders for; with her usual address, if any.

    At most one of a buyer's rows in a municipality has a usual address.
    """

    __tablename__ = "catalogue_buyer_institutions"
    __table_args__ = (UniqueConstraint("person_id", "municipality_id", "gln"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("catalogue_municipalities.id"))
    gln: Mapped[str] = mapped_column(String(13))
    usual_address_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_delivery_addresses.id", ondelete="SET NULL")
    )
