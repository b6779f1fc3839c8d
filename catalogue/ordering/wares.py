"""What is ordered without being a product of the shelf: a line of a quote, or one in free text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalogue.agreements.rules import Judgement
from catalogue.products.models import Product, ProductState
from catalogue.products.prices import BuyerPrice

from .items import Item
from .models import BasketLine
from .rules import Price


@dataclass(frozen=True)
class Ware:
    """What a product would say of the thing, and how many are wanted."""

    item_number: str
    title: str
    kind: str
    category_code: str
    unit: str
    quantity: Decimal
    price_ore: int
    vat_rate: int


def item_of(ware: Ware, enterprise_id: int, judgement: Judgement) -> Item:
    """Return a ware as an item of the basket. Its two rows are never stored."""
    product = Product(
        enterprise_id=enterprise_id,
        version=0,
        item_number=ware.item_number,
        title=ware.title,
        kind=ware.kind,
        category_code=ware.category_code,
        unit=ware.unit,
        price_ore=ware.price_ore,
        price_base_quantity=1,
        vat_rate=ware.vat_rate,
        minimum_quantity=0,
        state=ProductState.PUBLISHED,
    )
    price = Price(ware.price_ore, 1, ware.unit)
    line = BasketLine(
        quantity=ware.quantity,
        accepted_price_ore=price.ore,
        accepted_base_quantity=price.base_quantity,
        accepted_unit=price.unit,
    )
    return Item(line, product, "", judgement, BuyerPrice(price))
