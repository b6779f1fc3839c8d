"""A shopping cart of Peppol BIS 3 (T77): what goes back to the buyer's system after a punch-out.

A cart is of one enterprise, as the document has one provider; a basket of several makes several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalogue.accounts.models import Municipality
from catalogue.core.money import DKK
from catalogue.core.text import COPENHAGEN
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.items import Item
from catalogue.products.rules import UNIT_CODES

from . import order_drawing
from .order_document import Actor, Property
from .peppol_document import (
    CPV_LIST,
    GTIN_SCHEME,
    SERVICE,
    Classification,
    Identifier,
    Quantity,
    Tax,
    by_cvr,
)
from .peppol_shapes import ITEM_NUMBERS, NAMED, PROPERTY, TAX, within
from .ubl_shapes import CODE, DAY, QUANTITY, Attributed, Row, Shape, decimal

PUNCH_OUT = "urn:fdc:peppol.eu:poacc:trns:punch_out:3"
PROFILE = "urn:fdc:peppol.eu:poacc:bis:punch_out:3"


@dataclass(frozen=True)
class Amount:
    """An amount and its currency: a cart names no currency for all of it."""

    number: Decimal
    currency: str


@dataclass(frozen=True)
class CartLine:
    """So much of an item, at a price for `base` units of it."""

    number: str
    name: str
    quantity: Quantity
    price: Amount
    tax: Tax
    base: Quantity | None = None
    lead_time: Quantity | None = None
    description: str = ""
    buyer_number: str = ""
    seller_number: str = ""
    standard: Identifier | None = None
    classifications: tuple[Classification, ...] = ()
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True)
class Cart:
    """A cart; `reference` is how the buyer's system knows what it asked for."""

    number: str
    issued_on: date
    issued_at: str
    provider: Actor
    receiver: Actor
    lines: tuple[CartLine, ...]
    valid_until: date | None = None
    contract: str = ""
    reference: str = ""


_AMOUNT = Attributed(
    lambda number, currency: Amount(Decimal(number), currency),
    lambda each: (decimal(each.number), {"currencyID": each.currency}),
    {"currencyID": "currency"},
)
_WHERE = (
    Row("cbc:LeadTimeMeasure", "lead_time", QUANTITY),
    Row("cac:Price/cbc:PriceAmount", "price", _AMOUNT),
    Row("cac:Price/cbc:BaseQuantity", "base", QUANTITY),
    Row("cac:DeliveryUnit/cbc:BatchQuantity", "quantity", QUANTITY),
)
_ITEM = (
    Row("cbc:Description", "description"),
    Row("cbc:Name", "name"),
    *ITEM_NUMBERS,
    Row("cac:CommodityClassification/cbc:ItemClassificationCode", "classifications", CODE, True),
    Row("cac:ClassifiedTaxCategory", "tax", TAX),
    Row("cac:AdditionalItemProperty", "properties", PROPERTY, True),
)
_LINE = Shape(
    CartLine,
    (
        Row("cbc:ID", "number"),
        *within("cac:RequiredItemLocationQuantity", _WHERE),
        *within("cac:Item", _ITEM),
    ),
)
CART = Shape(
    Cart,
    (
        Row("cbc:CustomizationID", constant=PUNCH_OUT),
        Row("cbc:ProfileID", constant=PROFILE),
        Row("cbc:ID", "number"),
        Row("cbc:IssueDate", "issued_on", DAY),
        Row("cbc:IssueTime", "issued_at"),
        Row("cac:ValidityPeriod/cbc:EndDate", "valid_until", DAY),
        Row("cac:ReferencedContract/cbc:ID", "contract"),
        Row("cac:ProviderParty", "provider", NAMED),
        Row("cac:ReceiverParty", "receiver", NAMED),
        Row("cac:ReceiverParty/cac:Contact/cbc:ID", "reference"),
        Row("cac:CatalogueLine", "lines", _LINE, True),
    ),
)


def draw(
    items: Sequence[Item], enterprise: Enterprise, municipality: Municipality, number: str,
    now: datetime,
) -> Cart:  # fmt: skip
    """Return the lines of a basket that are of one enterprise as its cart, at today's prices."""
    at = now.astimezone(COPENHAGEN)
    agreed = {each.judgement.voluntary.number for each in items if each.judgement.voluntary}
    return Cart(
        number=number,
        issued_on=at.date(),
        issued_at=f"{at:%H:%M:%S}",
        valid_until=at.date(),  # prices are judged anew each day
        contract=agreed.pop() if len(agreed) == 1 else "",
        provider=_actor(enterprise.cvr, enterprise.name),
        receiver=_actor(municipality.cvr, f"{municipality.name} Kommune"),
        lines=tuple(_line(place, each) for place, each in enumerate(items, 1)),
    )


def _actor(cvr: str, name: str) -> Actor:
    identifier = by_cvr(cvr)
    return Actor(endpoint=identifier, number=identifier, legal_name=name)


def _line(place: int, item: Item) -> CartLine:
    product, price = item.product, item.charged
    unit = UNIT_CODES[price.unit]
    days = product.delivery_days
    return CartLine(
        number=str(place),
        name=product.name,
        quantity=Quantity(order_drawing.plain(item.line.quantity), unit),
        price=Amount(order_drawing.kroner(price.ore), DKK),
        base=Quantity(Decimal(price.base_quantity), unit),
        tax=order_drawing.tax(product.vat_rate),
        lead_time=None if days is None else Quantity(Decimal(days), "DAY"),
        seller_number=product.item_number,
        standard=Identifier(product.gtin, GTIN_SCHEME) if product.gtin else None,
        classifications=_classifications(product.category_code),
        properties=(Property(SERVICE, "true" if product.kind == "service" else "false"),),
    )


def _classifications(cpv: str | None) -> tuple[Classification, ...]:
    return (Classification(CPV_LIST, cpv),) if cpv else ()
