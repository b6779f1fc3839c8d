"""The basket as its page and that of check-out draw it, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from catalogue.core.among import among
from catalogue.core.db import ask
from catalogue.core.text import Text, slug, typed_number
from catalogue.core.who import Who
from catalogue.media.models import Image
from catalogue.products.models import Product, ProductImage, ProductMunicipality

from . import items as judging
from . import rules, takes
from .approval_hints import Hint, list_hints
from .approval_rules import Wanted
from .items import Item
from .rules import Totals
from .takes import Take


@dataclass(frozen=True)
class Picture:
    """The first picture of a product."""

    image: Any  # a row of what an `<img>` needs of it, by the names of `Image`
    alt: str


@dataclass(frozen=True)
class Row:
    """A line of the basket as it is drawn."""

    item: Item
    picture: Picture | None
    delivers_here: bool

    @property
    def slug(self) -> str:
        """Return the title as the address of the product page carries it."""
        return slug(self.item.product.title)

    @property
    def quantity(self) -> str:
        """Return the quantity as a field is filled in."""
        return typed_number(self.item.line.quantity)


@dataclass(frozen=True)
class Share:
    """What lies in the basket from one enterprise: it becomes one order."""

    enterprise_id: int
    enterprise_name: str
    rows: list[Row]
    totals: Totals


@dataclass(frozen=True)
class BasketPage:
    """The whole basket, and what stands in the way of ordering it."""

    shares: list[Share]
    takes: list[Take]  # the ceilings of the agreements, by number
    hints: dict[int, list[Hint]]  # by enterprise: whose approval its order will need

    @property
    def ceiling_problems(self) -> list[Text]:
        """List the ceilings that the basket would exceed."""
        return takes.problems(self.takes)

    @property
    def count(self) -> int:
        """Return how many lines lie in it."""
        return sum(len(share.rows) for share in self.shares)

    @property
    def items(self) -> list[Item]:
        """Return the lines that lie in it."""
        return [row.item for share in self.shares for row in share.rows]

    @property
    def seen(self) -> str:
        """Return what check-out shows, as its form carries it."""
        return judging.contents(self.items)

    @property
    def ready(self) -> bool:
        """Tell whether the basket may be ordered as it stands."""
        items = self.items
        return bool(items) and not self.ceiling_problems and all(each.ready for each in items)


def basket(session: Session, who: Who, today: date) -> BasketPage:
    """Return the buyer's basket by enterprise, judged by today's rules."""
    items = judging.check(session, who, today)
    shown = _shown(session, who, [item.product for item in items])
    shares = []
    for _id, share in groupby(items, lambda item: item.product.enterprise_id):
        rows = [Row(each, *shown[each.product.id]) for each in share]
        shares.append(_share(rows))
    hints = list_hints(session, who, [_wanted(share) for share in shares])
    return BasketPage(shares, takes.list_takes(session, items, today), hints)


def _share(rows: list[Row]) -> Share:
    first = rows[0].item
    sums = rules.totals((row.item.net_ore, row.item.product.vat_rate) for row in rows)
    return Share(first.product.enterprise_id, first.enterprise_name, rows, sums)


def _wanted(share: Share) -> Wanted:
    codes = {row.item.product.category_code or "" for row in share.rows}
    return Wanted(share.totals.net_ore, frozenset(codes), None, share.enterprise_id)


def _shown(
    session: Session, who: Who, products: Sequence[Product]
) -> dict[int, tuple[Picture | None, bool]]:
    """Return by product its first picture, and whether it is delivered in the municipality."""
    asked = {"municipality_id": who.municipality_id, "products": [each.id for each in products]}
    everywhere = {product.id for product in products if product.delivers_everywhere}
    # The last one written per product is the one of lowest position.
    return {
        row.product_id: (
            Picture(row, row.alt) if row.sha256 else None,
            row.named is not None or row.product_id in everywhere,
        )
        for row in ask(session, _pictures(), asked)
    }


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _pictures() -> Any:
    here = and_(
        ProductMunicipality.product_id == Product.id,
        ProductMunicipality.municipality_id == bindparam("municipality_id"),
    )
    return (
        select(Product.id.label("product_id"), ProductImage.alt, Image.sha256, Image.width,
               Image.height, Image.colour, ProductMunicipality.product_id.label("named"))
        .outerjoin(ProductImage, ProductImage.product_id == Product.id)
        .outerjoin(Image, Image.id == ProductImage.image_id)
        .outerjoin(ProductMunicipality, here)
        .where(among(Product.id, "products"))
        .order_by(Product.id, ProductImage.position.desc())
    )  # fmt: skip
