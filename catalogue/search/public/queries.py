"""What visitors may see of open shelves: leading published products of verified enterprises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core.db import Day
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.media.models import Image
from catalogue.products.models import Product, ProductImage
from catalogue.products.queries import first_image_id, leading_where
from catalogue.products.stock_models import ProductStock

from ..queries import Picture, picture_of
from .models import OpenShelf

# Ids in one part of the map of the site. Each gives at most four addresses: a page and its list in
# two languages; a part holds at most 50,000 (sitemaps.org).
PART_IDS = 12_000


@dataclass(frozen=True)
class Shown:
    """A product on an open shelf, with its enterprise and first picture."""

    product: Product
    enterprise: Enterprise
    category: Category | None
    image: Picture | None
    left: Decimal | None


@dataclass(frozen=True)
class Part:
    """A part of the map of the site: its number, how many pages, and when the newest changed."""

    number: int
    count: int
    changed_at: datetime


def is_open(session: Session, enterprise_id: int) -> bool:
    """Tell whether an enterprise shows its shelf to everybody."""
    return session.get(OpenShelf, enterprise_id) is not None


def find_shown(session: Session, product_id: int, today: date) -> Shown | None:
    """Return a product that everybody may see, or None. One query."""
    row = session.execute(_shown().where(shown_where(today), Product.id == product_id)).first()
    return None if row is None else _read(row)


def list_shown_pictures(session: Session, product_id: int) -> tuple[Picture, ...]:
    """List the pictures of a product in their order. One query."""
    rows = session.execute(
        select(Image, ProductImage.alt)
        .join(ProductImage, ProductImage.image_id == Image.id)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    )
    return tuple(picture_of(image, alt) for image, alt in rows)


def count_shelf(session: Session, enterprise_id: int, today: date) -> int:
    """Count what an enterprise shows to everybody."""
    query = (
        select(func.count(Product.id))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(shown_where(today), Product.enterprise_id == enterprise_id)
    )
    return session.scalar(query) or 0


def list_shelf(
    session: Session, enterprise_id: int, today: date, *, offset: int, limit: int
) -> list[Shown]:
    """List what an enterprise shows to everybody, newest first. One query."""
    query = _shown().where(shown_where(today), Product.enterprise_id == enterprise_id)
    newest = query.order_by(Product.published_at.desc(), Product.id.desc())
    return [_read(row) for row in session.execute(newest.offset(offset).limit(limit))]


def list_shown(session: Session, product_ids: Sequence[int], today: date) -> list[Shown]:
    """List which of these products everybody may see, in no order. One query at most."""
    if not product_ids:
        return []  # to look for none reads all, where an index could find none
    # As a value, for else SQLite takes the index of what is published, and reads all of that.
    shown = case((shown_where(today), 1), else_=0) == 1
    query = _shown().where(shown, Product.id.in_(product_ids))
    return [_read(row) for row in session.execute(query)]


def list_after(session: Session, product_id: int, today: date, limit: int) -> list[Shown]:
    """List what everybody may see by id, after one of them. One query."""
    query = _shown().where(shown_where(today), Product.id > product_id).order_by(Product.id)
    return [_read(row) for row in session.execute(query.limit(limit))]


def list_product_parts(session: Session, today: date) -> list[Part]:
    """List the parts of the map that hold public pages of products. One query."""
    number = Product.id // PART_IDS
    rows = session.execute(
        select(number, func.count(), func.max(Product.updated_at), func.max(Enterprise.updated_at))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(shown_where(today))
        .group_by(number)
        .order_by(number)
    )
    return [Part(number, count, max(changed)) for number, count, *changed in rows]


def list_enterprise_parts(session: Session, today: date) -> list[Part]:
    """List the parts of the map that hold profiles. One query."""
    number = Enterprise.id // PART_IDS
    rows = session.execute(
        select(
            number, func.count() + func.count(OpenShelf.enterprise_id),
            func.max(Enterprise.updated_at),
        )
        .outerjoin(OpenShelf, OpenShelf.enterprise_id == Enterprise.id)
        .where(reviewed_where(today))
        .group_by(number)
        .order_by(number)
    )  # fmt: skip
    return [Part(*row) for row in rows]


def stream_products(session: Session, part: int, today: date) -> Iterator[Any]:
    """Yield (id, title, enterprise id, enterprise name, changed at) of a part. One query."""
    query = (
        select(Product.id, Product.title, Enterprise.id, Enterprise.name, Product.updated_at)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(shown_where(today), _within(Product.id, part))
        .order_by(Product.id)
    )
    yield from session.execute(query, execution_options={"yield_per": 1000})


def stream_enterprises(session: Session, part: int, today: date) -> Iterator[Any]:
    """Yield (id, name, whether its shelf is open, changed at) of a part. One query."""
    query = (
        select(Enterprise.id, Enterprise.name, OpenShelf.enterprise_id.is_not(None),
               Enterprise.updated_at)
        .outerjoin(OpenShelf, OpenShelf.enterprise_id == Enterprise.id)
        .where(reviewed_where(today), _within(Enterprise.id, part))
        .order_by(Enterprise.id)
    )  # fmt: skip
    yield from session.execute(query, execution_options={"yield_per": 1000})


def shown_where(today: Day) -> ColumnElement[bool]:
    """Return the condition of a Product, its Enterprise joined, that everybody may see."""
    is_open_ = exists().where(OpenShelf.enterprise_id == Product.enterprise_id)
    return leading_where() & reviewed_where(today) & is_open_


def _shown() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of these rows differently
    return (
        select(Product, Enterprise, Category, Image, ProductImage.alt, ProductStock.left)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .outerjoin(ProductImage, ProductImage.id == first_image_id())
        .outerjoin(Image, Image.id == ProductImage.image_id)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
    )


def _within(column: Any, part: int) -> ColumnElement[bool]:
    within: ColumnElement[bool] = column.between(part * PART_IDS, (part + 1) * PART_IDS - 1)
    return within


def _read(row: Sequence[Any]) -> Shown:
    product, enterprise, category, image, alt, left = row
    return Shown(product, enterprise, category, picture_of(image, alt) if image else None, left)
