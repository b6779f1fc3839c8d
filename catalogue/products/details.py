"""What more an enterprise may tell of a product: the questions, and to which products they belong.

A question is a field of `ProductFacts` (rules.py) and of the schema; what stands in `STORED` is
kept as JSON with the row, for pages show it and nothing else asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import variant_rules


class Label(NamedTuple):
    """A label that a product carries, and what proves it: a licence number or an address."""

    code: str
    proof: str


STORED = (
    "pack_size", "made_to_order", "materials", "dimensions", "season", "allergens", "on_request",
    "included", "place", "duration", "hours", "extent", "notice_days", "capacity_per_week",
    "pause_reason", "origin", "labels", "social_story", "unspsc", "season_from", "season_to",
)  # fmt: skip
NAMES: dict[str, Text] = {
    "gtin": _("GTIN (bar code)"),
    "tiers": _("Cheaper at larger quantities"),
    "paused_until": _("Fully booked until"),
    "pause_reason": _("Why it cannot be ordered until then"),
    "pack_size": _("Pieces in a pack"),
    "made_to_order": _("Stock"),
    "materials": _("Materials"),
    "dimensions": _("Measurements and weight"),
    "season_from": _("Season from"),
    "season_to": _("Season to"),
    "season": _("About the season"),
    "allergens": _("Allergens"),
    "on_request": _("Price on request"),
    "included": _("What is included"),
    "place": _("Where is it done?"),
    "duration": _("How long it takes"),
    "hours": _("At what hours"),
    "extent": _("How large an area or task"),
    "notice_days": _("Notice in days"),
    "capacity_per_week": _("Most units a week"),
    "origin": _("Where it is made"),
    "labels": _("Labels"),
    "social_story": _("Who makes it, and what it means"),
    "unspsc": _("UNSPSC code"),
}
PLACES: dict[str, Text] = {
    "buyer": _("At the buyer's"),
    "enterprise": _("At the enterprise's"),
    "either": _("At the buyer's or at the enterprise's"),
    "online": _("Online"),
}
STOCK_NAMES: dict[str, Text] = {"0": _("In stock"), "1": _("Made to order")}
LABEL_NAMES: dict[str, Text] = {
    "nordic_swan": _("Nordic Swan Ecolabel"),
    "eu_ecolabel": _("EU Ecolabel"),
    "fsc": _("FSC"),
    "pefc": _("PEFC"),
    "organic": _("Organic (the red Ø)"),
    "organic_cuisine": _("Organic Cuisine Label"),
    "fairtrade": _("Fairtrade"),
    "gots": _("GOTS"),
    "oeko_tex": _("OEKO-TEX Standard 100"),
}
ALWAYS: dict[str, tuple[str, ...]] = {
    "goods": ("pack_size", "made_to_order", "gtin", "unspsc"),
    "service": ("included", "place", "duration", "notice_days", "unspsc"),
}
# By the first digits of the CPV code; all that fit are asked.
BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "03": ("season",),
    "0322": ("allergens",),
    "15": ("allergens", "season"),
    "18": ("materials", "dimensions"),
    "19": ("materials", "dimensions"),
    "22": ("materials", "dimensions"),
    "30": ("dimensions",),
    "33": ("materials", "dimensions"),
    "34": ("materials", "dimensions"),
    "37": ("materials", "dimensions"),
    "39": ("materials", "dimensions"),
    "44": ("materials", "dimensions"),
    "45": ("extent",),
    "50": ("hours",),
    "55": ("allergens", "hours"),
    "77": ("extent", "hours", "season"),
    "79": ("hours",),
    "80": ("hours",),
    "90": ("extent", "hours"),
    "92": ("hours",),
    "98": ("hours",),
}
# What each is asked for, beside its field.
HINTS: dict[str, Text] = {
    "pack_size": _("How many there are in the unit you sell, such as 12 bottles in a box."),
    "gtin": _("The number below the bar code, 8 to 14 digits. Buyers can search for it."),
    "unspsc": _(
        "Eight digits that public e-catalogues sort by. Leave it empty if you do not know."
    ),
    "materials": _("Such as: Danish larch, untreated; screws of stainless steel."),
    "dimensions": _("Such as: 200 × 200 cm, 215 cm high, 380 kg."),
    "season": _("Optional, such as: New harvest from October."),
    "allergens": _("As the food rules name them, such as: wheat, milk, nuts. Write “none” if so."),
    "included": _("Materials, driving, setting up, clearing away: what the price covers."),
    "duration": _("Such as: two hours a visit, or a week from start to end."),
    "hours": _("Such as: weekdays 7-15, evenings by agreement."),
    "extent": _("Such as: up to 600 m² a day, or 40 windows."),
    "notice_days": _("How many days before must it be ordered?"),
}


def questions(kind: str, category_code: str | None) -> tuple[str, ...]:
    """Return the fields that are asked of a product of that kind and category, in their order."""
    code = category_code or ""
    asked = set(ALWAYS.get(kind, ()))
    for digits, names in BY_CATEGORY.items():
        if code.startswith(digits):
            asked.update(names)
    return tuple(name for name in (*STORED, "gtin") if name in asked)


def stored(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what of the facts is kept as JSON, blanks left out; None when nothing is told."""
    given = {name: facts[name] for name in STORED if facts[name] not in (None, "", (), False)}
    if facts["made_to_order"] is False:
        given["made_to_order"] = False  # “in stock” is an answer
    plain = {name: _plain(value) for name, value in given.items()}
    return plain | variant_rules.stored(facts) or None


def read(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the facts that were kept as JSON, as `ProductFacts` has them."""
    given = {name: value for name, value in (kept or {}).items() if name in STORED}
    if "labels" in given:
        given["labels"] = tuple(Label(*each) for each in given["labels"])
    return given | variant_rules.read(kept)


def _plain(value: Any) -> Any:
    return [list(each) for each in value] if isinstance(value, tuple) else value
