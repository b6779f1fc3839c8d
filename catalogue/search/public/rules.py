"""What machines are told of enterprises and products: JSON-LD in the words of schema.org. Pure.

Prices are told without VAT and say so (`valueAddedTaxIncluded`), as every page does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from catalogue.core.text import gettext
from catalogue.products.price_rules import Price
from catalogue.products.rules import UNIT_CODES

Data = dict[str, Any]
CONTEXT = "https://schema.org"
NEXT = {"next": {"@id": "http://www.w3.org/ns/hydra/core#next", "@type": "@id"}}
_OUTSIDE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028",
            "\u2029": "\\u2029"}  # fmt: skip


@dataclass(frozen=True)
class Organization:
    """What visitors read of an enterprise; `url` is its public page."""

    url: str
    name: str
    purpose: str
    cvr: str
    street: str
    postcode: str
    city: str
    email: str
    phone: str | None = None
    logo: str | None = None


@dataclass(frozen=True)
class Ware:
    """What visitors read of a product on an open shelf; `url` is its public page."""

    url: str
    kind: str
    title: str
    summary: str
    item_number: str
    category: str
    images: Sequence[str]
    price: Price | None
    vat_rate: int
    minimum_quantity: int
    delivery_days: int | None
    gtin: str | None = None
    paused_until: date | None = None
    made_to_order: bool | None = None
    left: Decimal | None = None


def organization(told: Organization) -> Data:
    """Return an enterprise as an Organization."""
    return _filled({
        "@type": "Organization",
        "@id": f"{told.url}#virksomhed",
        "url": told.url,
        "name": told.name,
        "description": told.purpose,
        "logo": told.logo,
        "email": told.email,
        "telephone": told.phone,
        "vatID": f"DK{told.cvr}",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": told.street,
            "postalCode": told.postcode,
            "addressLocality": told.city,
            "addressCountry": "DK",
        },
    })  # fmt: skip


def ware(told: Ware, maker_url: str, maker_name: str, day: date) -> Data:
    """Return a product as a Product or a Service, with its offer on a day if it has a price."""
    maker = {"@type": "Organization", "@id": f"{maker_url}#virksomhed", "name": maker_name,
             "url": maker_url}  # fmt: skip
    is_service = told.kind == "service"
    own = {"provider": maker} if is_service else {
        "manufacturer": maker, "sku": told.item_number, "gtin": told.gtin,
    }  # fmt: skip
    return _filled({
        "@type": "Service" if is_service else "Product",
        "@id": f"{told.url}#vare",
        "url": told.url,
        "name": told.title,
        "description": told.summary,
        "category": told.category,
        "image": list(told.images),
        **own,
        "offers": None if told.price is None else _offer(told, told.price, day),
    })  # fmt: skip


def document(data: Data) -> str:
    """Return data as a JSON-LD document that stays whole inside an HTML page.

    Signs that could end the element around it, or begin another, are written as JSON escapes.
    """
    text = json.dumps({"@context": CONTEXT} | data, ensure_ascii=False, sort_keys=False)
    for sign, escaped in _OUTSIDE.items():
        text = text.replace(sign, escaped)
    return text


def feed(url: str, items: Sequence[tuple[Data, datetime]], next_url: str | None) -> Data:
    """Return a page of the feed of products, each with when it was changed."""
    return _filled({
        "@context": [CONTEXT, NEXT],
        "@type": "DataFeed",
        "@id": url,
        "next": next_url,
        "dataFeedElement": [
            {"@type": "DataFeedItem", "dateModified": at.isoformat(), "item": item}
            for item, at in items
        ],
    })  # fmt: skip


def _offer(told: Ware, price: Price, day: date) -> Data:
    return _filled({
        "@type": "Offer",
        "url": told.url,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": f"{Decimal(price.ore).scaleb(-2):.2f}",
            "priceCurrency": "DKK",
            "valueAddedTaxIncluded": False,
            "description": gettext("Without VAT, which is %(rate)s %%", rate=told.vat_rate)
            if told.vat_rate else gettext("There is no VAT on it"),
            "referenceQuantity": {
                "@type": "QuantitativeValue",
                "value": price.base_quantity,
                "unitCode": UNIT_CODES[price.unit],
            },
        },
        "availability": _availability(told, day),
        "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": told.minimum_quantity}
        if told.minimum_quantity > 1 else None,
        "deliveryLeadTime": {"@type": "QuantitativeValue", "value": told.delivery_days,
                             "unitCode": "DAY"}
        if told.delivery_days is not None else None,
    })  # fmt: skip


def _availability(told: Ware, day: date) -> str | None:
    """Return whether it can be had; None where the enterprise has not said."""
    if told.left == 0 or (told.paused_until is not None and told.paused_until > day):
        return f"{CONTEXT}/OutOfStock"
    if told.left is not None or told.made_to_order is False:
        return f"{CONTEXT}/InStock"
    return f"{CONTEXT}/MadeToOrder" if told.made_to_order else None


def _filled(data: Mapping[str, Any]) -> Data:
    """Return what is told, blanks left out: empty members say nothing to anybody."""
    return {name: value for name, value in data.items() if value not in (None, "", [])}
