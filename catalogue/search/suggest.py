"""What is offered while a buyer types: products, categories and enterprises that fit so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.agreements.rules import InForce
from catalogue.core.text import current_locale, fold
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product, ProductState

from . import service
from .index import IndexUnavailable
from .query import Query

SHORTEST = 3
PRODUCTS, CATEGORIES, ENTERPRISES = 5, 2, 2


@dataclass(frozen=True)
class Suggestions:
    """Ids or codes with names: products best first, categories and enterprises by name."""

    products: tuple[tuple[int, str], ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    enterprises: tuple[tuple[int, str], ...] = ()


def suggest(session: Session, parts: dict[str, Any], text: str, in_force: InForce) -> Suggestions:
    """Return what fits `text` and may be ordered; nothing below three letters. Three queries."""
    typed = text.strip()
    if sum(sign.isalnum() for sign in typed) < SHORTEST:
        return Suggestions()
    return Suggestions(
        _products(session, parts, typed, in_force),
        _categories(session, typed),
        _enterprises(session, typed),
    )


def _products(
    session: Session, parts: dict[str, Any], typed: str, in_force: InForce
) -> tuple[tuple[int, str], ...]:
    looked = service.looked(parts, Query(typed, page_size=PRODUCTS), in_force)
    try:
        ids = service.engine(parts).find(session, looked).selection.ids
    except IndexUnavailable:  # the page itself says so; a suggestion can be done without
        return ()
    named = dict(
        session.execute(
            select(Product.id, Product.title).where(
                Product.id.in_(ids), Product.state == ProductState.PUBLISHED
            )
        ).all()
    )
    return tuple((each, named[each]) for each in ids if each in named)


def _categories(session: Session, typed: str) -> tuple[tuple[str, str], ...]:
    """Return categories with a word that begins so and in which products are offered."""
    label = Category.label_da if current_locale() == "da" else Category.label_en
    offered = exists().where(
        Product.category_code == Category.code, Product.state == ProductState.PUBLISHED
    )
    rows = session.execute(
        select(Category.code, label)
        .where(_begins(label, typed), offered)
        .order_by(label, Category.code)
        .limit(CATEGORIES)
    )
    return tuple((code, name) for code, name in rows)


def _enterprises(session: Session, typed: str) -> tuple[tuple[int, str], ...]:
    offered = exists().where(
        Product.enterprise_id == Enterprise.id, Product.state == ProductState.PUBLISHED
    )
    rows = session.execute(
        select(Enterprise.id, Enterprise.name)
        .where(_begins(Enterprise.name_folded, fold(typed)), offered)
        .order_by(Enterprise.name_folded, Enterprise.id)
        .limit(ENTERPRISES)
    )
    return tuple((id_, name) for id_, name in rows)


def _begins(column: Any, typed: str) -> Any:
    """Return the condition that a word of the column begins so, the first one in any case.

    SQLite folds the case of ASCII only, so a capital Æ, Ø or Å is asked for by itself.
    """
    return or_(
        column.istartswith(typed, autoescape=True),
        column.startswith(typed.capitalize(), autoescape=True),
        column.icontains(f" {typed}", autoescape=True),
    )
