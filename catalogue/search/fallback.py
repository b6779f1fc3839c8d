"""Finding without an index: the database answers while the index is being built anew.

It knows words as they are written and no more: no compounds, no misspellings, every word must be in
a text of the product, phrases and numbers whole; a CPV code is its category and what is below it.
Slower and poorer, but right and never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.agreements.models import Category
from catalogue.agreements.rules import judge, prefix
from catalogue.core.db import kept
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductMunicipality, ProductState
from catalogue.products.queries import leading_where

from . import asking
from .analysis import Chain, Language
from .asking import Phrase, Typed
from .engine import columns, facets
from .engine.columns import RECORD, Columns, Facts, Pairs, pack
from .engine.facets import Sight
from .engine.postings import Found
from .planning import Need, Plan
from .port import Answer, Looked
from .terms import code_written

TEXTS = (
    Product.title, Product.item_number, func.coalesce(Product.gtin, ""), Product.summary,
    Product.description, Enterprise.name, func.coalesce(Category.label_da, ""),
)  # fmt: skip
_READ = "catalogue_read_without_index"
FEW = 2  # words; statements of more are hardly asked twice, and take much memory while kept


def find(session: Session, looked: Looked, language: Language) -> Answer:
    """Answer a query from the rows of products, newest first; three queries at most.

    None for words that a session which reads has looked for already: whoever finds nothing is told
    what other filters would find, and each reading takes as long as there are products.
    """
    chain = Chain(language)
    typed = asking.read_typed(chain, looked.query.text)
    here = looked.in_force.municipality_id
    read: dict[Any, tuple[Columns, list[int]]] = {}
    if kept(session) is not None:  # in one that writes, products may have changed since
        read = session.info.setdefault(_READ, read)
    if (typed, here) not in read:
        read[typed, here] = _read(session, typed, here)
    facts, local = read[typed, here]
    orderable = [
        judge(looked.in_force, published=True, enterprise_id=enterprise_id, category_code=code)
        for enterprise_id, code in facts.pairs
    ]
    sight = Sight(
        columns=facts,
        orderable=np.array([each.orderable for each in orderable], bool),
        to_us=facts.everywhere | np.isin(facts.product_id, local),
    )
    numbers = np.arange(len(facts.product_id), dtype=np.int32)
    found = Found(numbers, np.zeros(len(numbers), np.float32))
    sought = [*typed.words, *map(" ".join, typed.whole)]
    plan = Plan(needs=tuple(Need(each, ()) for each in sought))
    return Answer(facets.select(sight, found, looked.query), plan, chain, degraded=True)


def _read(session: Session, typed: Typed, here: int) -> tuple[Columns, list[int]]:
    """Return the products that have what was typed, and the ids of those delivered here alone."""
    local = select(ProductMunicipality.product_id).where(
        ProductMunicipality.municipality_id == here
    )
    rows = _list_rows(session, typed)
    return _columns([Facts(*row) for row in rows]), list(session.scalars(local))


def _list_rows(session: Session, typed: Typed) -> list[Any]:
    """Return the rows of the products that have what was typed, and nothing that is not wanted."""
    has_all = [*map(_has, typed.words), *(_has(word) for each in typed.whole for word in each)]
    query = _among_published(_facts()).where(*has_all)
    rows = session.execute(query, execution_options=_kept_if_usual(typed)).all()
    if not typed.whole and not typed.unwanted:
        return list(rows)
    left_out = _list_left_out(session, typed, has_all)
    return [row for row in rows if row[0] not in left_out]


def _list_left_out(
    session: Session, typed: Typed, has_all: Sequence[ColumnElement[bool]]
) -> set[int]:
    """Return which of the products have what is wanted whole in pieces only, or what is not wanted.

    Their texts are read here: where a word ends no LIKE can tell, and SQLite folds no é.
    """
    asked = [*typed.whole, *typed.unwanted]
    known = (or_(_of_variant(_is(text)), *_within(text)) for text in map(" ".join, asked))
    query = _among_published(select(Product.id, *TEXTS, *known).select_from(Product))
    query = query.where(*has_all)
    if not typed.whole:
        query = query.where(or_(*(and_(*map(_has, phrase)) for phrase in typed.unwanted)))
    patterns = list(map(_pattern, asked))
    left_out = set()
    for row in session.execute(query, execution_options=_kept_if_usual(typed)):
        product_id, texts, flags = row[0], row[1 : 1 + len(TEXTS)], row[1 + len(TEXTS) :]
        stands = [
            bool(flag) or any(map(pattern.search, texts))
            for pattern, flag in zip(patterns, flags, strict=True)
        ]
        if not all(stands[: len(typed.whole)]) or any(stands[len(typed.whole) :]):
            left_out.add(product_id)
    return left_out


def _kept_if_usual(typed: Typed) -> dict[str, Any]:
    """Return how a statement is executed: compiled for all who ask for as many words, or once."""
    words = len(typed.words) + sum(map(len, (*typed.whole, *typed.unwanted)))
    return {} if words <= FEW else {"compiled_cache": None}


def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """Return what finds the words of a phrase one after another, none of them inside another."""
    words = r"\W+".join(map(re.escape, phrase))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _among_published(query: Any) -> Any:
    return (
        query.join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .where(leading_where())
    )


def _facts() -> Any:
    """Return what selects of each product what `Facts` wants."""
    variant = aliased(Product)
    of_variants = (
        select(variant.variant_of_id, func.min(variant.price_ore).label("price_ore"))
        .where(variant.variant_of_id.is_not(None), variant.state == ProductState.PUBLISHED)
        .group_by(variant.variant_of_id)
        .subquery()
    )
    own, other = Product.price_ore, of_variants.c.price_ore
    lowest = case((or_(own.is_(None), other < own), func.coalesce(other, own)), else_=own)
    return select(
        Product.id, Product.enterprise_id, Product.category_code, Product.kind,
        lowest, Product.published_at, Product.delivers_everywhere,
    ).outerjoin(of_variants, of_variants.c.variant_of_id == Product.id)  # fmt: skip


def _has(word: str) -> ColumnElement[bool]:
    """Return the condition that a product has a word in one of its texts, in any case.

    SQLite folds the case of ASCII only: a word with other letters is sought in each usual one.
    """
    found = (text.icontains(each, autoescape=True) for each in _cases(word) for text in TEXTS)
    variant = _of_variant(lambda number: number.icontains(word, autoescape=True))
    return or_(*found, variant, *_within(word))


def _within(word: str) -> list[ColumnElement[bool]]:
    """Return the condition that a product stands in the category whose CPV code a word is."""
    code = code_written(word)
    return [func.coalesce(Product.category_code, "").startswith(prefix(code))] if code else []


def _is(written: str) -> Callable[[ColumnElement[str]], ColumnElement[bool]]:
    return lambda number: func.lower(number) == written.lower()


def _of_variant(
    fits: Callable[[ColumnElement[str]], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Return the condition that a number of one of a product's variants fits."""
    variant = aliased(Product)
    numbers: tuple[Any, ...] = (variant.item_number, func.coalesce(variant.gtin, ""))
    return exists().where(
        variant.variant_of_id == Product.id,
        # As an expression: by the column SQLite would read all that is published, for each row.
        func.coalesce(variant.state, "") == ProductState.PUBLISHED,
        or_(*map(fits, numbers)),
    )


def _cases(word: str) -> set[str]:
    if word.isascii():
        return {word}
    return {word, word.lower(), word.upper(), word.lower().capitalize()}


def _columns(facts: list[Facts]) -> Columns:
    records = columns.unpack(b"".join(map(pack, facts))) if facts else np.zeros(0, RECORD)
    return columns.assemble([(records, Pairs(records))], np.ones(len(facts), bool))
