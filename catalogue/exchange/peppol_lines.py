"""A product under an agreement as a line of a Peppol catalogue; `peppol_rows` is the way in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from catalogue.core.text import reading_in
from catalogue.products import seasons
from catalogue.products.details import LABEL_NAMES
from catalogue.products.prices import BuyerPrice
from catalogue.products.rules import UNIT_CODES, ProductFacts, is_paused

from . import peppol_prices
from .peppol_document import (
    CPV_LIST,
    GTIN_SCHEME,
    PRODUCT_IMAGE,
    SERVICE,
    TIERS,
    UNSPSC_LIST,
    Attached,
    Certificate,
    Classification,
    Identifier,
    Line,
    Quantity,
    Tax,
)

UNSPSC_VERSION = "19.0501"  # of the Danish translation (DOMAIN.md 2)
# Headings of a price list, so that a catalogue of ours is read back as it was written.
PROPERTY_NAMES = {
    "summary": "Kort beskrivelse",
    "size": "Størrelse",
    "colour": "Farve",
    "trait": "Anden forskel",
    "vat_exempt_reason": "Årsag til momsfritagelse",
    "materials": "Materialer",
    "dimensions": "Mål",
    "season_from": "Sæson fra",
    "season_to": "Sæson til",
    "season": "Om sæsonen",
    "allergens": "Allergener",
    "included": "Inkluderet",
    "duration": "Varighed",
    "hours": "Tidspunkter",
    "extent": "Omfang",
    "origin": "Oprindelse",
    "capacity_per_week": "Kapacitet pr. uge",
    "notice_days": "Varsel",
    "tiers": TIERS,
}


@dataclass(frozen=True)
class Shown:
    """A JPEG, its alternative text, and the hash of the image it was drawn from."""

    content: bytes
    alt: str
    sha256: str


@dataclass(frozen=True)
class Offer:
    """What a product says, what it costs under the agreement from `day` on, and its picture."""

    facts: ProductFacts
    price: BuyerPrice
    day: date
    category: str
    picture: Shown | None = None


def line_of(place: int, offer: Offer) -> Line:
    """Return the line of an offer; `place` counts from 1."""
    facts, price = offer.facts, offer.price.price
    unit = UNIT_CODES[price.unit if price else facts.unit]
    days = facts.delivery_days
    return Line(
        number=str(place),
        name=facts.title,
        action="Add",
        is_orderable=price is not None and not is_paused(facts.paused_until, offer.day),
        orderable_unit=unit,
        minimum=Quantity(Decimal(facts.minimum_quantity), unit),
        description=facts.description,
        pack_size=None if facts.pack_size is None else Decimal(facts.pack_size),
        seller_number=facts.item_number,
        standard=Identifier(facts.gtin, GTIN_SCHEME) if facts.gtin else None,
        # A lead time stands beside a price: without one the rules leave no place for it.
        lead_time=Quantity(Decimal(days), "DAY") if price and days is not None else None,
        prices=peppol_prices.write(price, offer.price.tiers) if price else (),
        attached=_attached(facts, offer.picture),
        classifications=_classifications(facts, offer.category),
        tax=Tax("S", Decimal(25)) if facts.vat_rate else Tax("E", Decimal(0)),
        properties=_properties(facts),
        certificates=tuple(
            Certificate(each.proof, LABEL_NAMES[each.code].message) for each in facts.labels
        ),
    )


def _attached(facts: ProductFacts, picture: Shown | None) -> tuple[Attached, ...]:
    if picture is None:
        return ()
    return (
        Attached(
            number=facts.item_number,
            kind=PRODUCT_IMAGE,
            description=picture.alt,
            filename=f"{picture.sha256}.jpg",  # by which it is known again when it comes back
            mime_type="image/jpeg",
            content=picture.content,
        ),
    )


def _classifications(facts: ProductFacts, category: str) -> tuple[Classification, ...]:
    found = []
    if facts.category_code:
        found.append(Classification(CPV_LIST, facts.category_code, name=category))
    if facts.unspsc:
        found.append(Classification(UNSPSC_LIST, facts.unspsc, UNSPSC_VERSION))
    return tuple(found)


def _properties(facts: ProductFacts) -> tuple[tuple[str, str], ...]:
    given = asdict(facts) | {"tiers": peppol_prices.tiers_text(facts.tiers)}
    with reading_in("da"):  # as the headings are
        given |= {name: seasons.shown(name, given[name]) for name in seasons.FIELDS}
    told = [(name, given[key]) for key, name in PROPERTY_NAMES.items()]
    service = ((SERVICE, "true" if facts.kind == "service" else "false"),)
    return service + tuple((name, str(value)) for name, value in told if value not in (None, ""))
