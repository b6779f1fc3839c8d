"""Catalogues for tests: one of our own hand, and as many as Hypothesis can think of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import cast
from hypothesis import strategies as st
from stdnum import ean

from catalogue.exchange import peppol_lines
from catalogue.exchange.peppol_document import (
    CVR_SCHEME,
    GLN_SCHEME,
    Catalogue,
    Classification,
    Identifier,
    Line,
    LinePrice,
    Party,
    Period,
    Quantity,
    Tax,
)
from catalogue.exchange.peppol_lines import Offer, Shown
from catalogue.products.details import LABEL_NAMES, Label
from catalogue.products.models import Unit
from catalogue.products.price_rules import Price, Tier
from catalogue.products.prices import BuyerPrice
from catalogue.products.rules import ProductFacts

CVR = "13748136"  # the example of Erhvervsstyrelsen
JPEG = b"\xff\xd8\xff\xe0 not looked at here"


def line(**changes: Any) -> Line:
    """Return the line of a play house for 12.500 kr."""
    given: dict[str, Any] = {
        "number": "1",
        "name": "Legehus i lærk",
        "action": "Add",
        "orderable_unit": "H87",
        "minimum": Quantity(Decimal(1), "H87"),
        "description": "Bygget af lærk.",
        "seller_number": "V-1",
        "lead_time": Quantity(Decimal(3), "WEE"),
        "prices": (LinePrice(Decimal("12500.00"), "DKK", Quantity(Decimal(1), "H87")),),
        "classifications": (
            Classification("STI", cast.PLAY_HOUSES, name="Legepladsudstyr"),
            Classification("TST", "60141000", "19.0501"),
        ),
        "tax": Tax("S", Decimal(25)),
        "properties": (("Kort beskrivelse", "Et legehus."), ("ServiceIndicator", "false")),
    }
    return Line(**(given | changes))


def catalogue(*lines: Line, **changes: Any) -> Catalogue:
    """Return a catalogue of Legehytten for a municipality, with a play house or those lines."""
    given: dict[str, Any] = {
        "number": "KAT-1",
        "issued_on": cast.TODAY,
        "provider": Party(Identifier(f"DK{CVR}", CVR_SCHEME), "Legehytten", country="DK"),
        "receiver": Party(Identifier(cast.GLN, GLN_SCHEME), "Slagelse Kommune"),
        "lines": lines or (line(),),
        "validity": Period(date(2026, 1, 1), date(2027, 12, 31)),
        "contract": "A-2026-1",
        "name": "Legehuse",
        "action": "Add",
    }
    return Catalogue(**(given | changes))


# Letters, signs that XML must escape, and blanks within; the schema of products trims the ends.
_WORDS = st.text(st.sampled_from("abcæøåÆØÅé 1290&<>\"'%;:,.–…€😀\n"), min_size=1, max_size=30)
text = _WORDS.map(str.strip).filter(bool)
one_line = text.map(lambda each: " ".join(each.split())).filter(bool)
gtin = st.integers(0, 10**12 - 1).map(
    lambda each: f"{each:012d}{ean.calc_check_digit(f'{each:012d}')}"
)


def _rising(found: list[tuple[int, int]]) -> tuple[Tier, ...]:
    """Put tiers in order, each with more off than the one before."""
    quantities = sorted(each for each, _off in found)
    offs = sorted({off for _each, off in found})
    return tuple(Tier(*pair) for pair in zip(quantities, offs, strict=False))


tiers = st.lists(
    st.tuples(st.integers(2, 999), st.integers(1, 900)), max_size=5, unique_by=(lambda t: t[0])
).map(_rising)


@st.composite
def facts(draw: st.DrawFn) -> ProductFacts:
    """Draw what a product may say, of what a catalogue tells."""
    kind = draw(st.sampled_from(["goods", "service"]))
    exempt = draw(st.booleans())
    labels = draw(st.lists(st.sampled_from(list(LABEL_NAMES)), max_size=2, unique=True))
    season_from, season_to = draw(st.sampled_from([(None, None), ("11-01", "02-29")]))
    return ProductFacts(
        item_number=draw(one_line),
        title=draw(one_line),
        kind=kind,
        unit=draw(st.sampled_from(list(Unit))).value,
        summary=draw(st.just("") | one_line),
        description=draw(st.just("") | text),
        category_code=draw(st.sampled_from([None, cast.PLAY_HOUSES, cast.GIFTS])),
        price_ore=draw(st.none() | st.integers(0, 10**10)),
        price_base_quantity=draw(st.sampled_from([1, 10, 100, 7])),
        vat_rate=0 if exempt else 25,
        vat_exempt_reason=draw(one_line) if exempt else None,
        minimum_quantity=draw(st.integers(1, 1000)),
        delivery_days=draw(st.none() | st.integers(0, 730)),
        gtin=draw(st.none() | gtin),
        unspsc=draw(st.none() | st.integers(0, 10**8 - 1).map(lambda each: f"{each:08d}")),
        tiers=draw(tiers),
        pack_size=draw(st.none() | st.integers(1, 10_000)),
        materials=draw(st.just("") | one_line),
        season_from=season_from,
        season_to=season_to,
        origin=draw(st.just("") | one_line),
        labels=tuple(Label(each, "FSC-C012345") for each in LABEL_NAMES if each in labels),
    )


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """Draw a product under an agreement, with its price and perhaps a picture."""
    said = draw(facts())
    price = None
    if said.price_ore is not None:
        price = Price(said.price_ore, said.price_base_quantity, said.unit)
    picture = draw(st.none() | st.builds(Shown, st.just(JPEG), text, st.just("a" * 64)))
    category = "" if said.category_code is None else "Legepladsudstyr"
    return Offer(said, BuyerPrice(price, tiers=said.tiers), cast.TODAY, category, picture)


def drawn(found: list[Offer]) -> Catalogue:
    """Return the catalogue of offers."""
    lines = (peppol_lines.line_of(place, each) for place, each in enumerate(found, 1))
    return catalogue(*lines)
