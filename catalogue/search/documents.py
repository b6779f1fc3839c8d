"""What the index stores of each product, read from the database in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductMunicipality, ProductState

from .columns import Facts, pack
from .index import Document

PORTION = 500


def iterate_documents(session: Session, product_ids: Sequence[int]) -> Iterator[Document]:
    """Yield the documents of the products, read in portions."""
    for start in range(0, len(product_ids), PORTION):
        yield from list_documents(session, product_ids[start : start + PORTION])


def list_documents(session: Session, product_ids: Sequence[int]) -> list[Document]:
    """Return what the index stores of those of the products that are published, in two queries."""
    rows = session.execute(
        select(Product, Enterprise.name, Category)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .where(Product.id.in_(product_ids), Product.state == ProductState.PUBLISHED)
    ).all()
    areas: dict[int, list[str]] = {}
    for product_id, municipality_id in session.execute(
        select(ProductMunicipality.product_id, ProductMunicipality.municipality_id).where(
            ProductMunicipality.product_id.in_(product_ids)
        )
    ):
        areas.setdefault(product_id, []).append(str(municipality_id))
    return [_document(*row, areas.get(row[0].id, [])) for row in rows]


def list_published_ids(session: Session, after: int, limit: int) -> list[int]:
    """Return ids of published products above `after`, ascending."""
    return list(
        session.scalars(
            select(Product.id)
            .where(Product.id > after, Product.state == ProductState.PUBLISHED)
            .order_by(Product.id)
            .limit(limit)
        )
    )


def list_ids_of_enterprises(session: Session, enterprise_ids: Sequence[int]) -> list[int]:
    """Return ids of all products of the enterprises, ascending."""
    of_them = select(Product.id).where(Product.enterprise_id.in_(enterprise_ids))
    return list(session.scalars(of_them.order_by(Product.id)))


def count_published(session: Session) -> int:
    """Return how many products are published."""
    count = select(func.count()).where(Product.state == ProductState.PUBLISHED)
    return session.scalar(count) or 0


def _document(
    product: Product, enterprise_name: str, category: Category | None, area: list[str]
) -> Document:
    category_da = category.label_da if category else ""
    return {
        "product_id": str(product.id),
        "title": product.title,
        "item_number": product.item_number,
        "summary": product.summary,
        "description": product.description,
        "enterprise": enterprise_name,
        "category": category_da,
        "category_en": category.label_en if category else "",
        "tails": f"{product.title}\n{product.summary}\n{category_da}",
        "delivers": " ".join(area),
        "facts": pack(
            Facts(
                product_id=product.id,
                enterprise_id=product.enterprise_id,
                category_code=product.category_code,
                kind=product.kind,
                price_ore=product.price_ore,
                published_at=product.published_at,
                everywhere=product.delivers_everywhere,
            )
        ),
    }
