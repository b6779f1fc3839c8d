"""The columns of a price list that we hand out: headings, widths, and what cells may be chosen.

Every fact of a product has one, and every heading is one that `price_list` reads.
"""

from __future__ import annotations

from typing import NamedTuple

from catalogue.core.text import current_locale

from . import details, rules
from .models import ProductKind


class Column(NamedTuple):
    """A column: the field of `price_list`, its heading in both languages, width in characters."""

    name: str
    da: str
    en: str
    width: int = 14

    @property
    def heading(self) -> str:
        """Return the heading in the reader's language."""
        return self.da if current_locale() == "da" else self.en


COLUMNS = (
    Column("item_number", "Varenummer", "Item number"),
    Column("title", "Titel", "Title", 32),
    Column("variant_of", "Variant af", "Variant of"),
    Column("size", "Størrelse", "Size", 12),
    Column("colour", "Farve", "Colour", 12),
    Column("trait", "Anden forskel", "Another difference", 18),
    Column("summary", "Kort beskrivelse", "Summary", 40),
    Column("description", "Beskrivelse", "Description", 60),
    Column("kind", "Type", "Kind", 10),
    Column("category", "Kategori", "Category", 40),
    Column("unit", "Enhed", "Unit", 10),
    Column("price", "Pris ekskl. moms", "Price excl. VAT", 16),
    Column("price_base_quantity", "Prisenhed", "Price for", 10),
    Column("vat_rate", "Moms", "VAT", 8),
    Column("vat_exempt_reason", "Årsag til momsfritagelse", "VAT exempt reason", 24),
    Column("on_request", "Pris efter tilbud", "Price on request"),
    Column("tiers", "Mængderabat", "Quantity discount", 18),
    Column("minimum_quantity", "Mindste antal", "Minimum quantity"),
    Column("delivery_days", "Leveringstid (dage)", "Delivery days", 18),
    Column("area", "Leveringsområde", "Delivery area", 30),
    Column("images", "Billeder", "Pictures", 30),
    Column("alts", "Billedtekster", "Image texts", 40),
    Column("gtin", "GTIN", "GTIN", 16),
    Column("unspsc", "UNSPSC", "UNSPSC", 12),
    Column("pack_size", "Antal i pakning", "Pack size"),
    Column("made_to_order", "Lager", "Stock"),
    Column("materials", "Materialer", "Materials", 30),
    Column("dimensions", "Mål", "Dimensions", 24),
    Column("season_from", "Sæson fra", "Season from", 14),
    Column("season_to", "Sæson til", "Season to", 14),
    Column("season", "Om sæsonen", "About the season", 20),
    Column("allergens", "Allergener", "Allergens", 20),
    Column("included", "Inkluderet", "Included", 30),
    Column("place", "Udføres hos", "Done at", 18),
    Column("duration", "Varighed", "Duration"),
    Column("hours", "Tidspunkter", "Hours", 18),
    Column("extent", "Omfang", "Scale", 18),
    Column("notice_days", "Varsel (dage)", "Notice (days)"),
    Column("capacity_per_week", "Kapacitet pr. uge", "Capacity per week", 18),
    Column("origin", "Oprindelse", "Origin", 18),
    Column("labels", "Mærker", "Labels", 30),
    Column("paused_until", "Fuldt booket til", "Fully booked until", 16),
    Column("pause_reason", "Årsag til pause", "Reason of pause", 24),
    Column("social_story", "Social historie", "Social story", 60),
)
# What a variant tells of its own, besides its number and picture; all else its product does.
OF_VARIANTS = (
    "size", "colour", "trait", "price", "gtin", "made_to_order", "paused_until", "pause_reason",
)  # fmt: skip
# What a fact's problem or change is told at, where the column is called otherwise.
OF_FACTS = {
    "price_ore": "price",
    "category_code": "category",
    "municipalities": "area",
    "municipality_ids": "area",
    "delivers_everywhere": "area",
}
STATE = Column("state", "Tilstand (kun til oplysning)", "State (for information)", 18)
YES_NO = {"da": ("ja", "nej"), "en": ("yes", "no")}
STOCK = {"da": ("på bestilling", "på lager"), "en": ("made to order", "in stock")}
VAT_RATES = (25, 0)


def yes_no(told: bool) -> str:
    """Return yes or no in the reader's language."""
    return YES_NO[current_locale()][0 if told else 1]


def stock(made_to_order: bool) -> str:
    """Return the word for what is made to order, or on stock."""
    return STOCK[current_locale()][0 if made_to_order else 1]


def choices() -> dict[str, list[str] | list[int]]:
    """Return what is chosen from a short list, in the reader's language."""
    return {
        "kind": [str(rules.KIND_NAMES[each]) for each in ProductKind],
        "unit": [str(name) for name in rules.UNIT_NAMES.values()],
        "vat_rate": list(VAT_RATES),
        "on_request": list(YES_NO[current_locale()]),
        "made_to_order": list(STOCK[current_locale()]),
        "place": [str(name) for name in details.PLACES.values()],
    }
