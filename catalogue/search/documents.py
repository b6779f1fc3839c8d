"""What is indexed of each product, read from the database in portions.

Variants are indexed with the product that leads them: all their words and numbers, and the lowest
price. So a family is one hit, and counts, facets and pages are exact.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.agreements.rules import ancestors
from catalogue.enterprises.models import Enterprise
from catalogue.products import variant_rules
from catalogue.products.models import Product, ProductImage, ProductMunicipality
from catalogue.products.prices import variants_of
from catalogue.products.queries import leading_where

from .analysis import Chain
from .engine.columns import Facts
from .port import Differences
from .rules import completeness

PORTION = 500


@dataclass(frozen=True)
class Document:
    """A product as it is indexed: its texts by field name, facts, and where it is delivered."""

    texts: Mapping[str, str]
    facts: Facts
    municipality_ids: tuple[int, ...]


def iterate_documents(session: Session, product_ids: Sequence[int]) -> Iterator[Document]:
    """Yield the documents of the products, read in portions."""
    for start in range(0, len(product_ids), PORTION):
        yield from list_documents(session, product_ids[start : start + PORTION])


def list_documents(session: Session, product_ids: Sequence[int]) -> list[Document]:
    """Return what is indexed of those of the products that are published, in four queries.

    In ascending order, and so is each one's area: what is built of the same is the same.
    """
    rows = session.execute(
        select(Product, Enterprise.name)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(Product.id.in_(product_ids), leading_where())
        .order_by(Product.id)
    ).all()
    areas: dict[int, list[int]] = {}
    for product_id, municipality_id in session.execute(
        select(ProductMunicipality.product_id, ProductMunicipality.municipality_id)
        .where(ProductMunicipality.product_id.in_(product_ids))
        .order_by(ProductMunicipality.product_id, ProductMunicipality.municipality_id)
    ):
        areas.setdefault(product_id, []).append(municipality_id)
    pictures = dict(
        session.execute(
            select(ProductImage.product_id, func.count())
            .where(ProductImage.product_id.in_(product_ids))
            .group_by(ProductImage.product_id)
        ).all()
    )
    names = _category_names(session, {row[0].category_code for row in rows} - {None})
    return [
        _document(
            product, enterprise_name, names, pictures.get(product.id, 0), areas.get(product.id, [])
        )
        for product, enterprise_name in rows
    ]


def list_published_ids(session: Session, after: int, limit: int) -> list[int]:
    """Return ids of published products above `after`, ascending."""
    return list(
        session.scalars(
            select(Product.id)
            .where(Product.id > after, leading_where())
            .order_by(Product.id)
            .limit(limit)
        )
    )


def list_ids_of_enterprises(session: Session, enterprise_ids: Sequence[int]) -> list[int]:
    """Return ids of all products of the enterprises, ascending."""
    of_them = select(Product.id).where(
        Product.enterprise_id.in_(enterprise_ids), Product.variant_of_id.is_(None)
    )
    return list(session.scalars(of_them.order_by(Product.id)))


def count_published(session: Session) -> int:
    """Return how many products are published."""
    count = select(func.count()).select_from(Product).where(leading_where())
    return session.scalar(count) or 0


def compare(
    session: Session,
    indexed: Iterable[int],
    differing: Callable[[Sequence[Document]], Iterable[int]],
    doubled: Iterable[int] = (),
) -> Differences:
    """Compare an index, by the ids of the products that it has, with the database.

    `differing` tells the ids of those of some products of which the index says something else,
    `doubled` are those that it has more than once.
    """
    known, published, stale, after = set(indexed), set[int](), set(doubled), 0
    while portion := list_published_ids(session, after, PORTION):
        after = portion[-1]
        found = list_documents(session, portion)
        published.update(each.facts.product_id for each in found)
        stale.update(differing([each for each in found if each.facts.product_id in known]))
    missing, surplus = published - known, known - published
    return Differences(*(tuple(sorted(each)) for each in (missing, surplus, stale)))


def list_own_words(session: Session, chain: Chain) -> set[str]:
    """Return the catalogue's own words, by the titles of its published products."""
    titles = select(Product.title).where(leading_where())
    return own_words(chain, session.scalars(titles))


def own_words(chain: Chain, titles: Iterable[str]) -> set[str]:
    """Return the words of at least two titles that are not compounds themselves.

    They make compounds in this catalogue (`kombucha`: kombuchaflaske) though no word list has them.
    """
    seen: dict[str, int] = {}
    for title in titles:
        for word in {each.written: each for each in chain.words(title)}.values():
            if len(word.written) > 3 and word.written.isalpha() and not word.compound:
                seen[word.written] = seen.get(word.written, 0) + 1
    return {word for word, times in seen.items() if times > 1}


def variant_texts(product: Product) -> list[str]:
    """Return what tells the variants of a product apart, its own first; none without any."""
    variants = variants_of(product)
    if not variants:
        return []
    return [product.words, *(each.words for each in variants)]


def _category_names(session: Session, codes: set[str | None]) -> dict[str, Category]:
    wanted = {code for code in codes if code} | {
        above for code in codes if code for above in ancestors(code)
    }
    found = session.scalars(select(Category).where(Category.code.in_(wanted)))
    return {category.code: category for category in found}


def _document(
    product: Product,
    enterprise_name: str,
    names: Mapping[str, Category],
    pictures: int,
    municipality_ids: Sequence[int],
) -> Document:
    code = product.category_code
    above = [names[each] for each in ancestors(code) if each in names] if code else []
    own = names.get(code) if code else None
    variants = variants_of(product)
    numbers = [(product.item_number, product.gtin), *((v.item_number, v.gtin) for v in variants)]
    texts = {
        "title": product.title,
        # Both are found whole: by the number of the enterprise and by that below the bar code.
        "item_number": " ".join(each for pair in numbers for each in pair if each),
        "summary": product.summary,
        "description": "\n".join([product.description, *variant_texts(product)]),
        "enterprise": enterprise_name,
        "category": own.label_da if own else "",
        "above": " / ".join([*(each.label_da for each in above), *([own.label_en] if own else [])]),
    }
    facts = Facts(
        product_id=product.id,
        enterprise_id=product.enterprise_id,
        category_code=code,
        kind=product.kind,
        price_ore=variant_rules.lowest(product.price_ore, variants),
        published_at=product.published_at,
        everywhere=product.delivers_everywhere,
        completeness=completeness(product, pictures),
    )
    delivered = tuple(sorted(municipality_ids))
    fingerprint = zlib.crc32(repr((texts, facts, delivered)).encode())
    return Document(texts, replace(facts, fingerprint=fingerprint), delivered)
