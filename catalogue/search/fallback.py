"""Finding without an index: the database answers while the index is being built anew.

It knows words as they are written and no more: no compounds, no misspellings, every word must be in
a text of the product. Slower and poorer, but right and never an error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.agreements.models import Category
from catalogue.agreements.rules import judge
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductMunicipality, ProductState
from catalogue.products.queries import leading_where

from . import asking
from .analysis import Chain, Language, Word
from .engine import columns, facets
from .engine.columns import RECORD, Columns, Facts, Pairs, pack
from .engine.facets import Sight
from .engine.postings import Found
from .planning import Need, Plan
from .port import Answer, Looked

TEXTS = (
    Product.title, Product.item_number, func.coalesce(Product.gtin, ""), Product.summary,
    Product.description,
)  # fmt: skip


def find(session: Session, looked: Looked, language: Language) -> Answer:
    """Answer a query from the rows of products, newest first; two queries."""
    chain = Chain(language)
    asked = asking.read(chain, looked.query.text)
    wanted = [*asked.words, *(word for phrase in asked.phrases for word in phrase)]
    conditions = [
        *map(_has, wanted), *(~and_(*map(_has, phrase)) for phrase in asked.unwanted)
    ]  # fmt: skip
    rows = session.execute(_rows().where(*conditions)).all()
    here = looked.in_force.municipality_id
    local = set(
        session.scalars(
            select(ProductMunicipality.product_id).where(
                ProductMunicipality.municipality_id == here
            )
        )
    )
    facts = _columns([Facts(*row) for row in rows])
    orderable = [
        judge(looked.in_force, published=True, enterprise_id=enterprise_id, category_code=code)
        for enterprise_id, code in facts.pairs
    ]
    sight = Sight(
        columns=facts,
        orderable=np.array([each.orderable for each in orderable], bool),
        to_us=facts.everywhere | np.isin(facts.product_id, list(local)),
    )
    numbers = np.arange(len(rows), dtype=np.int32)
    found = Found(numbers, np.zeros(len(rows), np.float32))
    plan = Plan(needs=tuple(Need(word.written, ()) for word in wanted))
    return Answer(facets.select(sight, found, looked.query), plan, chain, degraded=True)


def _rows() -> Any:
    variant = aliased(Product)
    of_variants = (
        select(variant.variant_of_id, func.min(variant.price_ore).label("price_ore"))
        .where(variant.variant_of_id.is_not(None), variant.state == ProductState.PUBLISHED)
        .group_by(variant.variant_of_id)
        .subquery()
    )
    own, other = Product.price_ore, of_variants.c.price_ore
    lowest = case((or_(own.is_(None), other < own), func.coalesce(other, own)), else_=own)
    return (
        select(
            Product.id, Product.enterprise_id, Product.category_code, Product.kind,
            lowest, Product.published_at, Product.delivers_everywhere,
        )
        .outerjoin(of_variants, of_variants.c.variant_of_id == Product.id)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .where(leading_where())
    )  # fmt: skip


def _has(word: Word) -> ColumnElement[bool]:
    """Return the condition that a product has a word in one of its texts, in any case.

    SQLite folds the case of ASCII only: a word that begins with another letter is sought in both.
    """
    written = {word.written, word.written.capitalize()}
    texts = (*TEXTS, Enterprise.name, Category.label_da)
    variant = aliased(Product)
    numbers = (variant.item_number, func.coalesce(variant.gtin, ""))
    of_variant = exists().where(
        variant.variant_of_id == Product.id,
        # As an expression: by the column SQLite would read all that is published, for each row.
        func.coalesce(variant.state, "") == ProductState.PUBLISHED,
        or_(*(text.icontains(word.written, autoescape=True) for text in numbers)),
    )
    found = (text.icontains(each, autoescape=True) for each in written for text in texts)
    return or_(*found, of_variant)


def _columns(facts: list[Facts]) -> Columns:
    records = columns.unpack(b"".join(map(pack, facts))) if facts else np.zeros(0, RECORD)
    return columns.assemble([(records, Pairs(records))], np.ones(len(facts), bool))
