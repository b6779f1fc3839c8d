"""The lines of a basket as they go back to a purchasing system, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.agreements.rules import Judgement
from catalogue.core.money import line_net_ore
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import items as judging
from catalogue.ordering.items import Item
from catalogue.ordering.rules import Price
from catalogue.products import shelf, stock
from catalogue.products.models import Product
from catalogue.products.stock_models import ProductStock


@dataclass(frozen=True)
class Line:
    """A product in a quantity, at the price of today for that quantity, under its agreement."""

    product_id: int
    item_number: str
    name: str
    text: str
    quantity: Decimal
    price: Price  # its unit is one of `products.models.Unit`
    vat_rate: int
    is_service: bool
    delivery_days: int | None
    enterprise_name: str
    enterprise_cvr: str
    agreement_number: str
    category_code: str
    category_name: str
    unspsc: str | None
    gtin: str | None = None

    @property
    def net_ore(self) -> int:
        """Return the amount of the line."""
        return line_net_ore(self.price.ore, self.quantity, self.price.base_quantity)


def of_items(session: Session, items: Sequence[Item]) -> list[Line]:
    """Return basket lines that may be ordered as they go back. Two queries."""
    products = [each.product for each in items]
    names = _Names.read(session, products)
    return [
        _line(names, each.product, each.judgement, each.charged, each.line.quantity)
        for each in items
    ]


def of_products(
    session: Session, who: Who, product_ids: Sequence[int], today: date,
    quantity: Decimal | None = None,
) -> list[Line]:  # fmt: skip
    """Return those of the products that may be ordered in that quantity, in order.

    Without a quantity each stands in the smallest that is sold. Of what its enterprise counts
    there must be as many: the basket would not go back with more.
    """
    rows = session.execute(
        select(Product, ProductStock.left)
        .outerjoin(ProductStock, ProductStock.product_id == Product.id)
        .where(Product.id.in_(product_ids))
    )
    by_id = {product.id: (product, left) for product, left in rows}
    counted = [by_id[each] for each in product_ids if each in by_id]
    products = [product for product, _left in counted]
    applies = judging.in_force(session, who, today)
    priced = judging.price_products(session, applies, products)
    names = _Names.read(session, products)
    lines = []
    for product, left in counted:
        judged = judging.judge_product(applies, product)
        smallest = Decimal(product.minimum_quantity)
        wanted = smallest if quantity is None else quantity
        price = priced[product.id].at(wanted)
        bounded = wanted < smallest or stock.beyond(wanted, left)
        if not judged.orderable or bounded or judging.pause_of(product, today):
            continue
        if price is not None:
            lines.append(_line(names, product, judged, price, wanted))
    return lines


@dataclass(frozen=True)
class _Names:
    """What stands behind the numbers in products."""

    enterprises: dict[int, tuple[str, str]]
    categories: dict[str, str]

    @classmethod
    def read(cls, session: Session, products: Sequence[Product]) -> _Names:
        """Read the names that the products need."""
        shops = session.execute(
            select(Enterprise.id, Enterprise.name, Enterprise.cvr).where(
                Enterprise.id.in_({each.enterprise_id for each in products})
            )
        )
        labels = session.execute(
            select(Category.code, Category.label_da).where(
                Category.code.in_({each.category_code for each in products})
            )
        )
        return cls(
            {key: (name, cvr) for key, name, cvr in shops},
            {code: label for code, label in labels},
        )


def _line(
    names: _Names, product: Product, judged: Judgement, price: Price, quantity: Decimal
) -> Line:
    facts = shelf.facts_but_area(product)
    shop, cvr = names.enterprises[product.enterprise_id]
    code = product.category_code or ""
    return Line(
        product_id=product.id,
        item_number=product.item_number,
        name=product.name,
        text=product.description or product.summary,
        quantity=quantity,
        price=price,
        vat_rate=product.vat_rate,
        is_service=facts.kind == "service",
        delivery_days=product.delivery_days,
        enterprise_name=shop,
        enterprise_cvr=cvr,
        agreement_number=judged.voluntary.number if judged.voluntary else "",
        category_code=code,
        category_name=names.categories.get(code, ""),
        unspsc=facts.unspsc,
        gtin=product.gtin,
    )
