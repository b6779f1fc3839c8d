"""What pages of search read from the database: names of facets, cards and one product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements.models import Category
from catalogue.agreements.rules import InForce, Judgement, judge, prefix
from catalogue.core.text import current_locale
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.media.models import Image
from catalogue.products import prices
from catalogue.products.models import Product, ProductImage, ProductMunicipality, ProductState
from catalogue.products.prices import Asked, BuyerPrice

from .query import Choice


@dataclass(frozen=True)
class Picture:
    """A kept image in its place on a product: what pages need to show it."""

    id: int
    sha256: str
    width: int
    height: int
    colour: str | None
    alt: str


@dataclass(frozen=True)
class Card:
    """A product as a page shows it: as the database has it, judged now."""

    product: Product
    enterprise: Enterprise
    category: Category | None
    image: Picture | None
    judgement: Judgement
    priced: BuyerPrice


@dataclass(frozen=True)
class Sheet:
    """All that the page of one product shows."""

    card: Card
    images: tuple[Picture, ...]
    delivers_to: tuple[str, ...]  # names of municipalities; empty for the whole country
    delivers_here: bool


@dataclass(frozen=True)
class Shelf:
    """A place in the category tree: the chosen category with those above, and those below."""

    path: tuple[Category, ...]
    below: tuple[Category, ...]


@dataclass(frozen=True)
class Showpiece:
    """A product with its enterprise and first picture, as visitors see it."""

    product: Product
    enterprise: Enterprise
    image: Picture


@dataclass(frozen=True)
class Welcome:
    """What visitors are shown: some newest products of verified enterprises, and counts."""

    cards: tuple[Showpiece, ...]
    products: int
    enterprises: int
    municipalities: int


def list_unknown(
    session: Session, category: str | None, enterprise_id: int | None
) -> tuple[str, ...]:
    """Return which of `category` and `enterprise_id` do not exist, by name. One query."""
    there = session.execute(
        select(
            exists().where(Category.code == category),
            exists().where(Enterprise.id == enterprise_id),
        )
    ).one()
    given = {"category": category, "enterprise_id": enterprise_id}
    named = zip(given.items(), there, strict=True)
    return tuple(name for (name, value), known in named if value is not None and not known)


def get_shelf(session: Session, category: str | None) -> Shelf:
    """Return the place of a category in the tree; an unknown one has an empty path. One query."""
    if category is None:
        below = session.scalars(select(Category).where(Category.parent_code.is_(None)))
        return Shelf((), tuple(sorted(below, key=lambda each: each.code)))
    digits = prefix(category)
    above = [digits[:length] for length in range(2, len(digits) + 1)]
    found = session.scalars(
        select(Category).where(or_(Category.prefix.in_(above), Category.parent_code == category))
    )
    ordered = sorted(found, key=lambda each: each.code)
    path = [each for each in ordered if digits.startswith(each.prefix)]
    if not path or path[-1].code != category:
        return Shelf((), ())
    return Shelf(tuple(path), tuple(each for each in ordered if each not in path))


def list_category_choices(
    below: Sequence[Category], counts: Mapping[str | None, int]
) -> tuple[Choice, ...]:
    """Sum counts by category into the categories of one level; those without hits are left out."""
    sums: dict[str, int] = {}
    homes = {each.prefix: each for each in below}
    for code, count in counts.items():
        home = _home(homes, code)
        if home is not None:
            sums[home.code] = sums.get(home.code, 0) + count
    named = {each.code: each.label(current_locale()) for each in below}
    return tuple(Choice(code, named[code], sums[code]) for code in sorted(sums))


def list_enterprise_choices(
    session: Session, counts: Mapping[int, int], chosen: int | None, limit: int
) -> tuple[Choice, ...]:
    """Name the `limit` enterprises with most hits, and the chosen one; by count, then name."""
    ids = sorted(counts, key=lambda each: (-counts[each], each))[:limit]
    wanted = {*ids, chosen} - {None}
    named = session.execute(
        select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(wanted))
    ).all()
    choices = [
        Choice(str(id_), name, counts.get(id_, 0), chosen=id_ == chosen) for id_, name in named
    ]
    return tuple(sorted(choices, key=lambda each: (-each.count, each.label.casefold())))


def list_cards(session: Session, product_ids: Sequence[int], in_force: InForce) -> list[Card]:
    """Return the cards of those products in that order, unpublished ones left out. Two queries."""
    rows = session.execute(
        _card_rows().where(Product.id.in_(product_ids), Product.state == ProductState.PUBLISHED)
    ).all()
    found = {card.product.id: card for card in _cards(session, rows, in_force)}
    return [found[product_id] for product_id in product_ids if product_id in found]


def find_sheet(session: Session, product_id: int, in_force: InForce) -> Sheet | None:
    """Return the page of a product that was published at some time, or None. Four queries."""
    seen = (ProductState.PUBLISHED, ProductState.WITHDRAWN)
    row = session.execute(
        _card_rows().where(Product.id == product_id, Product.state.in_(seen), Product.version > 0)
    ).first()
    if row is None:
        return None
    images = session.execute(
        select(Image, ProductImage.alt)
        .join(ProductImage, ProductImage.image_id == Image.id)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    ).all()
    area = session.execute(
        select(Municipality.id, Municipality.name)
        .join(ProductMunicipality, ProductMunicipality.municipality_id == Municipality.id)
        .where(ProductMunicipality.product_id == product_id)
        .order_by(Municipality.name)
    ).all()
    everywhere = row[0].delivers_everywhere
    return Sheet(
        card=_cards(session, [row], in_force)[0],
        images=tuple(_picture(image, alt) for image, alt in images),
        delivers_to=() if everywhere else tuple(name for _id, name in area),
        delivers_here=everywhere or in_force.municipality_id in {id_ for id_, _name in area},
    )


def list_offered(session: Session, enterprise_id: int, limit: int) -> tuple[Showpiece, ...]:
    """List the newest pictured products of an enterprise; one query."""
    rows = session.execute(
        _showpieces()
        .where(Product.enterprise_id == enterprise_id, Product.state == ProductState.PUBLISHED)
        .order_by(Product.published_at.desc(), Product.id)
        .limit(limit)
    )
    return tuple(_showpiece(*row) for row in rows)


def get_welcome(session: Session, limit: int, today: date) -> Welcome:
    """Return what visitors are shown: newest pictured products of `limit` enterprises."""
    shown = (Product.state == ProductState.PUBLISHED, reviewed_where(today))
    newest = (
        select(func.max(Product.id))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(*shown, _first_image_id().is_not(None))
        .group_by(Product.enterprise_id)
    )
    cards = session.execute(
        _showpieces()
        .where(Product.id.in_(newest))
        .order_by(Product.published_at.desc(), Product.id)
        .limit(limit)
    ).all()
    products, enterprises = session.execute(
        select(func.count(Product.id), func.count(Product.enterprise_id.distinct()))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .where(*shown)
    ).one()
    members = session.scalar(select(func.count()).where(Municipality.is_member)) or 0
    pieces = tuple(_showpiece(*row) for row in cards)
    return Welcome(pieces, products, enterprises, members)


def _showpieces() -> Any:
    return (
        select(Product, Enterprise, Image, ProductImage.alt)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .join(ProductImage, ProductImage.id == _first_image_id())
        .join(Image, Image.id == ProductImage.image_id)
    )


def _first_image_id() -> ScalarSelect[Any]:
    return (
        select(ProductImage.id)
        .where(ProductImage.product_id == Product.id)
        .order_by(ProductImage.position, ProductImage.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )


def _card_rows() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of these rows differently
    return (
        select(Product, Enterprise, Category, Image, ProductImage.alt)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(Category, Category.code == Product.category_code)
        .outerjoin(ProductImage, ProductImage.id == _first_image_id())
        .outerjoin(Image, Image.id == ProductImage.image_id)
    )


def _cards(session: Session, rows: Sequence[Any], in_force: InForce) -> list[Card]:
    """Judge the rows, and price them under the agreements that they may be ordered on. A query."""
    judged = [(row, _judge(row[0], in_force)) for row in rows]
    asked = [
        Asked(row[0], found.voluntary.agreement_id if found.voluntary else None)
        for row, found in judged
    ]
    priced = prices.list_prices(session, asked, in_force.day)
    return [_card(row, found, priced[row[0].id]) for row, found in judged]


def _judge(product: Product, in_force: InForce) -> Judgement:
    return judge(
        in_force,
        published=product.state == ProductState.PUBLISHED,
        enterprise_id=product.enterprise_id,
        category_code=product.category_code,
    )


def _card(row: Any, judgement: Judgement, priced: BuyerPrice) -> Card:
    product, enterprise, category, image, alt = row
    picture = _picture(image, alt) if image else None
    return Card(product, enterprise, category, picture, judgement, priced)


def _showpiece(product: Product, enterprise: Enterprise, image: Image, alt: str) -> Showpiece:
    return Showpiece(product, enterprise, _picture(image, alt))


def _picture(image: Image, alt: str) -> Picture:
    return Picture(image.id, image.sha256, image.width, image.height, image.colour, alt)


def _home(homes: Mapping[str, Category], code: str | None) -> Category | None:
    """Return the category of the level that stands above `code` or is it."""
    digits = code or ""
    return next((homes[digits[:n]] for n in range(8, 1, -1) if digits[:n] in homes), None)
