"""Products: their pictures, delivery area, published versions, and how their prices change."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.core.db import Base, BigId, UtcDateTime

from . import variant_rules

ProductId = NewType("ProductId", int)
ProposalId = NewType("ProposalId", int)


class ProductKind(StrEnum):
    """Goods (vare) or service (ydelse)."""

    GOODS = "goods"
    SERVICE = "service"


class ProductState(StrEnum):
    """Draft, submitted (somebody reads it before buyers do), published or withdrawn."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Unit(StrEnum):
    """What a price is for; `exchange` knows the UN/ECE codes."""

    PIECE = "piece"
    SET = "set"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    PERSON = "person"
    PORTION = "portion"
    KG = "kg"
    LITRE = "litre"
    METRE = "metre"
    M2 = "m2"
    VISIT = "visit"
    BOX = "box"


class Product(Base):
    """A product of an enterprise. Price in øre excluding VAT per `price_base_quantity` units."""

    __tablename__ = "catalogue_products"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "item_number"),
        Index("ix_catalogue_products_variant", "variant_of_id", "variant_key", unique=True),
        Index("ix_catalogue_products_category", "category_code", "state"),
        # What coverage counts, so that the long texts of the rows stay unread.
        Index(
            "ix_catalogue_products_shelf",
            "state",
            "enterprise_id",
            "category_code",
            "price_ore",
            "delivers_everywhere",
            "variant_of_id",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    item_number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[ProductKind] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    # None while a draft has no category yet.
    category_code: Mapped[str | None] = mapped_column(ForeignKey("catalogue_categories.code"))
    unit: Mapped[Unit] = mapped_column(String(10))
    price_ore: Mapped[int | None] = mapped_column(BigId)
    price_base_quantity: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str] = mapped_column(String(3), default="DKK")
    vat_rate: Mapped[int] = mapped_column(default=25)
    vat_exempt_reason: Mapped[str | None] = mapped_column(String(200))
    minimum_quantity: Mapped[int] = mapped_column(default=1)
    delivery_days: Mapped[int | None]
    delivers_everywhere: Mapped[bool] = mapped_column(default=True)
    gtin: Mapped[str | None] = mapped_column(String(14))
    # The first day on which it can be ordered again; until then it is found, but not sold.
    paused_until: Mapped[date | None]
    # Read with the row wherever a price is, and never searched for: so no table of their own.
    tiers: Mapped[list[Any] | None] = mapped_column(JSON)
    # What pages show and nothing else asks for; see `details.py`.
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    attachments: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # attached.py
    # The leading product of a variant; None for a product that leads others or stands alone.
    variant_of_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_products.id"))
    # Which variant it is, 0 the leading product; None where there never were any.
    variant_key: Mapped[int | None]
    state: Mapped[ProductState] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=0)  # counts published versions
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # first time
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    images: Mapped[list[ProductImage]] = relationship(
        cascade="all, delete-orphan", order_by="ProductImage.position", lazy="raise"
    )
    delivery_area: Mapped[list[ProductMunicipality]] = relationship(
        cascade="all, delete-orphan", lazy="raise"
    )

    @property
    def name(self) -> str:
        """Return the title with what tells a variant from the others, as orders name it."""
        return variant_rules.full_name(self.title, self.details)

    @property
    def words(self) -> str:
        """Return what tells a variant from the others, without the title."""
        return variant_rules.words_of(self.details)

    @property
    def leader_id(self) -> int:
        """Return the id of the product that leads the variants, or its own."""
        return self.variant_of_id or self.id


class ProductImage(Base):
    """A picture of a product: its place in the row and its alternative text."""

    __tablename__ = "catalogue_product_images"
    __table_args__ = (UniqueConstraint("product_id", "image_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_products.id", ondelete="CASCADE"), index=True
    )
    image_id: Mapped[int] = mapped_column(ForeignKey("catalogue_images.id"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300), default="")


class ProductMunicipality(Base):
    """A municipality a product is delivered to, when it is not delivered everywhere."""

    __tablename__ = "catalogue_product_municipalities"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_products.id", ondelete="CASCADE"), primary_key=True
    )
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True
    )


class ProductVersion(Base):
    """What stood on the shelf from `at` on: the published facts, copied."""

    __tablename__ = "catalogue_product_versions"
    __table_args__ = (UniqueConstraint("product_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class TypedDraft(Base):
    """What a person has typed into a form and not sent yet; gone when it is saved."""

    __tablename__ = "catalogue_typed_drafts"
    __table_args__ = (UniqueConstraint("person_id", "enterprise_id", "place"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"))
    place: Mapped[str] = mapped_column(String(40))
    typed: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalState(StrEnum):
    """What the enterprise has done with a proposal; where it stands, `price_rules.stage` tells."""

    DRAFT = "draft"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a municipality says to a proposal."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"  # a newer proposal came before an acceptance


class PriceProposal(Base):
    """New prices of an enterprise from a day on, which each municipality accepts or refuses."""

    __tablename__ = "catalogue_price_proposals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("catalogue_enterprises.id"), index=True)
    from_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ProposalState] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # became the list prices

    lines: Mapped[list[PriceLine]] = relationship(
        cascade="all, delete-orphan", order_by="PriceLine.id", lazy="raise"
    )
    decisions: Mapped[list[PriceDecision]] = relationship(
        cascade="all, delete-orphan", order_by="PriceDecision.municipality_id", lazy="raise"
    )


class PriceLine(Base):
    """The old and the new price of one product, in øre per `price_base_quantity` of `unit`."""

    __tablename__ = "catalogue_price_lines"
    __table_args__ = (UniqueConstraint("proposal_id", "product_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_price_proposals.id", ondelete="CASCADE")
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"), index=True)
    old_price_ore: Mapped[int] = mapped_column(BigId)
    new_price_ore: Mapped[int] = mapped_column(BigId)
    price_base_quantity: Mapped[int]
    unit: Mapped[Unit] = mapped_column(String(10))


class PriceDecision(Base):
    """The answer of a municipality that would pay more: who gave it, when, and why it refused."""

    __tablename__ = "catalogue_price_decisions"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_price_proposals.id", ondelete="CASCADE"), primary_key=True
    )
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), primary_key=True, index=True
    )
    answer: Mapped[Answer] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_persons.id"))
    in_force_from: Mapped[date | None]  # of accepted prices


class AgreedPrice(Base):
    """What a product costs under one agreement from a day on, until a later row of the two.

    It ends with its agreement: another one is made at the prices of its own time. `proposal_id` is
    None for a fallen price that was passed on.
    """

    __tablename__ = "catalogue_agreed_prices"
    __table_args__ = (
        Index("ix_catalogue_agreed_prices_product", "product_id", "agreement_id", "from_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("catalogue_agreements.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_products.id"))
    from_on: Mapped[date]
    price_ore: Mapped[int] = mapped_column(BigId)
    price_base_quantity: Mapped[int]
    unit: Mapped[Unit] = mapped_column(String(10))
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_price_proposals.id"), index=True
    )
