"""What pages of search read from the database: cards, one product, and what visitors see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.agreements import queries as agreements
from catalogue.agreements import refusals
from catalogue.agreements.models import Category
from catalogue.agreements.refusals import Refusal
from catalogue.agreements.rules import InForce, Judgement, judge
from catalogue.core.among import among
from catalogue.core.db import ask
from catalogue.enterprises.models import Enterprise
from catalogue.media.models import Image
from catalogue.products import prices
from catalogue.products.models import Product, ProductImage, ProductMunicipality, ProductState
from catalogue.products.prices import Asked, BuyerPrice
from catalogue.products.queries import first_image_id, leading_where
from catalogue.products.stock_models import ProductStock


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
    left: Decimal | None  # of what the enterprise counts
    family: tuple[Card, ...] = ()  # all its variants, itself among them; none without any

    @property
    def refusal(self) -> Refusal | None:
        """Return why it may not be ordered and where to buy instead, if so."""
        return None if self.judgement.orderable else refusals.explain(self.judgement)


@dataclass(frozen=True)
class Sheet:
    """All that the page of one product shows."""

    card: Card
    images: tuple[Picture, ...]
    delivers_to: tuple[str, ...]  # names of municipalities; empty for the whole country
    delivers_here: bool


@dataclass(frozen=True)
class Showpiece:
    """A product with its enterprise and first picture, as visitors see it."""

    product: Product
    enterprise: Enterprise
    image: Picture


def list_cards(session: Session, product_ids: Sequence[int], in_force: InForce) -> list[Card]:
    """Return the cards of those products in that order, unpublished ones left out. Two queries.

    With each comes the family that it leads: a third query where there is one.
    """
    rows = _on_shelf(session, _named_cards(), product_ids=list(product_ids))
    leading = [row[0].id for row in rows if row[0].variant_key is not None]
    if leading:
        kin = _card_rows().where(Product.variant_of_id.in_(leading))
        rows = [*rows, *_on_shelf(session, kin)]
    cards = {card.product.id: card for card in _cards(session, rows, in_force)}
    found = {id_: cards[id_] for id_ in product_ids if id_ in cards}
    if not leading:
        return list(found.values())
    return [replace(each, family=_family(each, cards.values())) for each in found.values()]


def find_sheet(
    session: Session, product_id: int, *, municipality_id: int, day: date
) -> Sheet | None:
    """Return the page of a product that was published at some time, or None.

    Five queries at most, and one for the variants of a family.
    """
    row = session.execute(_seen_once(), {"product_id": product_id}).first()
    if row is None:
        return None
    images = ask(session, _images(), {"product_id": product_id}).all()
    everywhere = row[0].delivers_everywhere
    area = [] if everywhere else ask(session, _area(), {"product_id": product_id}).all()
    among = [row[0].enterprise_id]
    applies = agreements.in_force(session, municipality_id, day, among=among)
    cards = {each.product.id: each for each in _cards(session, _with_family(session, row), applies)}
    card = cards[product_id]
    return Sheet(
        card=replace(card, family=_family(card, cards.values())),
        images=tuple(Picture(*each) for each in images),
        delivers_to=tuple(name for _id, name in area),
        delivers_here=everywhere or municipality_id in {id_ for id_, _name in area},
    )


def list_offered(session: Session, enterprise_id: int, limit: int) -> tuple[Showpiece, ...]:
    """List the newest pictured products of an enterprise; one query."""
    rows = session.execute(
        _showpieces()
        .where(Product.enterprise_id == enterprise_id, leading_where())
        .order_by(Product.published_at.desc(), Product.id)
        .limit(limit)
    )
    return tuple(_showpiece(*row) for row in rows)


def _with_family(session: Session, row: Any) -> list[Any]:
    """Return the row of a product, with those of its whole family if it has one."""
    product = row[0]
    if product.variant_key is None:
        return [row]
    kin = or_(Product.id == product.leader_id, Product.variant_of_id == product.leader_id)
    rows = _on_shelf(session, _card_rows().where(kin))
    return [row, *(each for each in rows if each[0].id != product.id)]


def _on_shelf(session: Session, query: Any, **asked: Any) -> list[Any]:
    """Return those rows of cards that are published.

    The state is looked at here: asked for it too, SQLite reads all that is published.
    """
    rows = session.execute(query, asked)
    return [each for each in rows if each[0].state == ProductState.PUBLISHED]


def _family(card: Card, cards: Iterable[Card]) -> tuple[Card, ...]:
    """Return the variants among the cards that belong with one, the leading product first."""
    leader_id = card.product.leader_id
    kin = [each for each in cards if each.product.leader_id == leader_id]
    kin.sort(key=lambda each: each.product.variant_key or 0)
    return tuple(kin) if len(kin) > 1 else ()


def _showpieces() -> Any:
    return (
        select(Product, Enterprise, Image, ProductImage.alt)
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .join(ProductImage, ProductImage.id == first_image_id())
        .join(Image, Image.id == ProductImage.image_id)
    )


# Asked by every page of hits and of a product: to write these takes longer than to answer them.
@cache
def _named_cards() -> Any:
    return _card_rows().where(among(Product.id, "product_ids"))


@cache
def _seen_once() -> Any:
    states = (ProductState.PUBLISHED, ProductState.WITHDRAWN)
    return _card_rows().where(
        Product.id == bindparam("product_id"), Product.state.in_(states), Product.version > 0
    )


@cache
def _images() -> Any:
    return (
        select(*_picture())
        .join(ProductImage, ProductImage.image_id == Image.id)
        .where(ProductImage.product_id == bindparam("product_id"))
        .order_by(ProductImage.position, ProductImage.id)
    )


@cache
def _area() -> Any:
    return (
        select(Municipality.id, Municipality.name)
        .join(ProductMunicipality, ProductMunicipality.municipality_id == Municipality.id)
        .where(ProductMunicipality.product_id == bindparam("product_id"))
        .order_by(Municipality.name)
    )


def _card_rows() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of these rows differently
    return (
        select(Product, Enterprise, Category, ProductStock.left, *_picture())
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .outerjoin(Category, Category.code == Product.category_code)
        .outerjoin(ProductImage, ProductImage.id == first_image_id())
        .outerjoin(Image, Image.id == ProductImage.image_id)
    )


def _picture() -> tuple[Any, ...]:
    """Return what is asked of a picture, in the order of the fields of `Picture`."""
    return (Image.id, Image.sha256, Image.width, Image.height, Image.colour, ProductImage.alt)


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
    product, enterprise, category, left, *image = row
    picture = Picture(*image) if image[0] is not None else None
    return Card(product, enterprise, category, picture, judgement, priced, left)


def _showpiece(product: Product, enterprise: Enterprise, image: Image, alt: str) -> Showpiece:
    return Showpiece(product, enterprise, picture_of(image, alt))


def picture_of(image: Image, alt: str) -> Picture:
    """Return an image in its place on a product."""
    return Picture(image.id, image.sha256, image.width, image.height, image.colour, alt)
