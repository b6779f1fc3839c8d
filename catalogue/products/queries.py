"""Reads of products: an enterprise's own list, and rows for others."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality
from catalogue.agreements import category_words
from catalogue.agreements import queries as agreements
from catalogue.agreements.models import Category
from catalogue.core.db import ask, kept
from catalogue.core.listing import has
from catalogue.core.text import Text, fold
from catalogue.media.models import Image
from catalogue.media.rules import Cut, Looks

from .models import Product, ProductImage, ProductMunicipality, ProductState
from .shelf import problems_of

CATEGORIES_IN_USE, IN_USE_SECONDS = 100, 60.0
_IN_USE = "categories in use"
CANDIDATES = 12
SUGGESTED = 6
SHORTEST_WORD = 4  # shorter ones are of, and, in
MOST_WORDS = 20
CATEGORY_CODE = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class Picture:
    """A picture of a product with all that drawing and describing it needs."""

    id: int
    sha256: str
    width: int
    height: int
    colour: str | None
    alt: str
    position: int
    image_id: int
    looks: Looks
    cut: Cut


@dataclass(frozen=True)
class OwnRow:
    """A product in the enterprise's own list: its first picture, and what it lacks."""

    product: Product
    picture: Picture | None
    lacking: tuple[Text, ...]


class InUse(NamedTuple):
    """A category in which something is sold."""

    code: str
    label_da: str
    label_en: str

    def label(self, locale: str) -> str:
        """Return the name in the reader's language."""
        return self.label_en if locale == "en" else self.label_da


@dataclass(frozen=True)
class LookedUp:
    """The category a text means, or those among which to choose; neither: nothing fits."""

    category: Category | None
    candidates: tuple[Category, ...]


@dataclass(frozen=True)
class Portion:
    """Which part of a list is asked for; state None: all states."""

    state: ProductState | None = None
    offset: int = 0
    limit: int = 50
    words: str = ""  # in title or item number
    order: tuple[Any, ...] = ()  # before what was changed last


def leading_where() -> ColumnElement[bool]:
    """Return the condition of what buyers find: published, and each family by its leading product.

    To be found and counted once is all it decides; what may be ordered is `agreements`' to say.
    """
    return and_(Product.state == ProductState.PUBLISHED, Product.variant_of_id.is_(None))


def delivered_where(municipality_id: int) -> ColumnElement[bool]:
    """Return the condition of a Product that is delivered in a municipality."""
    here = exists().where(
        ProductMunicipality.product_id == Product.id,
        ProductMunicipality.municipality_id == municipality_id,
    )
    return or_(Product.delivers_everywhere, here.correlate(Product))


def first_image_id() -> ScalarSelect[Any]:
    """Return which of its pictures a Product shows first, for a join."""
    return (
        select(ProductImage.id)
        .where(ProductImage.product_id == Product.id)
        .order_by(ProductImage.position, ProductImage.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


def count_own(session: Session, enterprise_id: int | None, words: str = "") -> dict[str, int]:
    """Count the products of the enterprise that have the words, by state."""
    query = (
        select(Product.state, func.count())
        .where(Product.enterprise_id == enterprise_id, Product.variant_of_id.is_(None))
        .where(_own_has(words))
        .group_by(Product.state)
    )
    found = {str(state): count for state, count in session.execute(query)}
    return {str(state): found.get(state, 0) for state in ProductState}


def list_own(session: Session, enterprise_id: int | None, portion: Portion) -> list[OwnRow]:
    """List products of the enterprise in the portion's order. Four queries."""
    query = (
        select(Product)
        .where(Product.enterprise_id == enterprise_id, Product.variant_of_id.is_(None))
        .options(selectinload(Product.images), selectinload(Product.delivery_area))
        .order_by(*portion.order, Product.updated_at.desc(), Product.id.desc())
        .offset(portion.offset)
        .limit(portion.limit)
    )
    query = query.where(_own_has(portion.words))
    if portion.state is not None:
        query = query.where(Product.state == portion.state)
    products = list(session.scalars(query))
    pictures = _first_pictures(session, products)
    return [
        OwnRow(each, pictures.get(each.id), tuple(text for _field, text in problems_of(each)))
        for each in products
    ]


def _own_has(words: str) -> ColumnElement[bool]:
    return has(words, Product.title, Product.item_number)


def list_pictures(session: Session, product_id: int) -> list[Picture]:
    """List the pictures of a product in their order; `id` is that of the product's picture."""
    query = (
        select(ProductImage, Image)
        .join(Image, Image.id == ProductImage.image_id)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    )
    return [_picture(own, image) for own, image in session.execute(query)]


def list_categories_in_use(session: Session) -> Sequence[InUse]:
    """List the categories of published products, the most used first.

    To count all products takes longer than the rest of a form: sessions that read do so once in a
    while, for what is offered first may well be that of a minute ago.
    """
    memory, moment = kept(session), monotonic()
    known = memory.get(_IN_USE) if memory is not None else None
    if known is not None and moment - known[0] < IN_USE_SECONDS:
        kept_: Sequence[InUse] = known[1]
        return kept_
    found = [InUse(*row) for row in ask(session, _in_use())]
    if memory is not None:
        memory[_IN_USE] = moment, found
    return found


@cache
def _in_use() -> Any:
    # The state is counted and not asked for: by that, SQLite reads another index, and sorts it.
    published = func.count(case((Product.state == ProductState.PUBLISHED, 1)))
    used = (
        select(Product.category_code, published.label("times"))
        .group_by(Product.category_code)
        .having(published > 0)
        .subquery()
    )
    return (
        select(Category.code, Category.label_da, Category.label_en)
        .join(used, used.c.category_code == Category.code)
        .order_by(used.c.times.desc(), Category.code)
        .limit(CATEGORIES_IN_USE)
    )


def look_up_category(session: Session, text: str, locale: str) -> LookedUp:
    """Find the category a text means: by its code, or by its whole name; else the candidates."""
    if not text:
        return LookedUp(None, ())
    if CATEGORY_CODE.fullmatch(text):
        return LookedUp(session.get(Category, text), ())
    found = agreements.find_categories(session, text, locale, CANDIDATES)
    same = [each for each in found if fold(text) in (fold(each.label_da), fold(each.label_en))]
    chosen = same if len(same) == 1 else found
    return LookedUp(chosen[0], ()) if len(chosen) == 1 else LookedUp(None, tuple(found))


def suggest_categories(session: Session, text: str, locale: str) -> tuple[Category, ...]:
    """Suggest categories for what a product is called: those of products called alike go first.

    What colleagues chose knows the words of buyers, and the official names do not.
    """
    words = [word for word in fold(text).split() if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    alike = [Product.title.icontains(each, autoescape=True) for each in _spelt(text)]
    used = (
        select(Product.category_code)
        .where(Product.state == ProductState.PUBLISHED, Product.category_code.is_not(None))
        .where(or_(false(), *alike))
        .group_by(Product.category_code)
        .order_by(func.count().desc(), Product.category_code)
        .limit(SUGGESTED // 2)
    )
    codes = [code for code in session.scalars(used) if code]
    labels = category_words.list_labels(session).values()
    codes += [each.code for each in category_words.suggest(" ".join(words), labels, locale)]
    wanted = list(dict.fromkeys(codes))[:SUGGESTED]
    found = find_categories_by_code(session, wanted)
    return tuple(found[code] for code in wanted if code in found)


def find_categories_by_code(session: Session, codes: Collection[str]) -> dict[str, Category]:
    """Return those of the codes that are categories."""
    asked = [code for code in codes if CATEGORY_CODE.fullmatch(code)]
    found = session.scalars(select(Category).where(Category.code.in_(asked)))
    return {each.code: each for each in found}


def find_category(session: Session, code: str | None) -> Category | None:
    """Return the category of that code, or None for no code."""
    return None if code is None else session.get(Category, code)


def list_delivery_names(session: Session, product_id: int) -> list[str]:
    """List the names of the municipalities a product is delivered to."""
    query = (
        select(Municipality.name)
        .join(ProductMunicipality, ProductMunicipality.municipality_id == Municipality.id)
        .where(ProductMunicipality.product_id == product_id)
        .order_by(Municipality.name)
    )
    return list(session.scalars(query))


def _spelt(text: str) -> list[str]:
    """Return the telling words of a text as titles may have them.

    SQLite folds the case of ASCII only: a word that begins with another letter is sought in both.
    """
    words = [word.strip('.,;:()!?"').lower() for word in text.split()]
    telling = [word for word in words if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    return [form for word in telling for form in (word, word.capitalize())]


def _first_pictures(session: Session, products: list[Product]) -> dict[int, Picture]:
    firsts = {each.images[0].image_id: each for each in products if each.images}
    found = {
        image.id: image for image in session.scalars(select(Image).where(Image.id.in_(firsts)))
    }
    return {
        each.id: _picture(each.images[0], found[each.images[0].image_id])
        for each in products
        if each.images
    }


def _picture(own: ProductImage, image: Image) -> Picture:
    return Picture(
        own.id, image.sha256, image.width, image.height, image.colour, own.alt, own.position,
        image.id, image.looks, image.shown,
    )  # fmt: skip
