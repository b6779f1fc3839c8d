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
from catalogue.products.rules import UNIT_CODES

from . import order_drawing
from .order_document import AGREEMENT, Actor, Property
from .peppol_document import (
    CPV_LIST,
    GTIN_SCHEME,
    SERVICE,
    UNSPSC_LIST,
    Classification,
    Identifier,
    Quantity,
    Tax,
    by_cvr,
)
from .peppol_shapes import ITEM_NUMBERS, NAMED, PROPERTY, TAX, within
from .punchout_lines import Line
from .ubl import clean
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
    lines: Sequence[Line], receiver: Municipality, numbered: tuple[str, str], now: datetime
) -> list[Cart]:
    """Return lines as a cart for each enterprise, by its CVR number, at today's prices.

    `numbered`: what the first part of their numbers is, and how the buyer's system knows them.
    """
    found: dict[str, list[Line]] = {}
    for each in lines:
        found.setdefault(each.enterprise_cvr, []).append(each)
    number, reference = numbered
    at = now.astimezone(COPENHAGEN)
    return [
        Cart(
            number=f"{number}-{place}",
            issued_on=at.date(),
            issued_at=f"{at:%H:%M:%S}",
            valid_until=at.date(),  # prices are judged anew each day
            contract=_contract(found[cvr]),
            provider=_actor(cvr, found[cvr][0].enterprise_name),
            receiver=_actor(receiver.cvr, f"{receiver.name} Kommune"),
            reference=clean(reference),
            lines=tuple(_line(position, each) for position, each in enumerate(found[cvr], 1)),
        )
        for place, cvr in enumerate(sorted(found), 1)
    ]


def _contract(lines: Sequence[Line]) -> str:
    """Return the one agreement of all lines; of several, each line names its own."""
    agreed = {each.agreement_number for each in lines}
    return agreed.pop() if len(agreed) == 1 else ""


def _actor(cvr: str, name: str) -> Actor:
    identifier = by_cvr(cvr)
    return Actor(endpoint=identifier, number=identifier, legal_name=name)


def _line(place: int, line: Line) -> CartLine:
    unit = UNIT_CODES[line.price.unit]
    days = line.delivery_days
    agreed = (Property(AGREEMENT, line.agreement_number),) if line.agreement_number else ()
    return CartLine(
        number=str(place),
        name=line.name,
        description=clean(line.text),
        quantity=Quantity(order_drawing.plain(line.quantity), unit),
        price=Amount(order_drawing.kroner(line.price.ore), DKK),
        base=Quantity(Decimal(line.price.base_quantity), unit),
        tax=order_drawing.tax(line.vat_rate),
        lead_time=None if days is None else Quantity(Decimal(days), "DAY"),
        seller_number=line.item_number,
        standard=Identifier(line.gtin, GTIN_SCHEME) if line.gtin else None,
        classifications=_classifications(line),
        properties=(Property(SERVICE, "true" if line.is_service else "false"), *agreed),
    )


def _classifications(line: Line) -> tuple[Classification, ...]:
    named = ((CPV_LIST, line.category_code), (UNSPSC_LIST, line.unspsc))
    return tuple(Classification(kind, code) for kind, code in named if code)
