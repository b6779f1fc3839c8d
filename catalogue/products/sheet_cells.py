"""What a product says as cells of a price list: the inverse of reading one, fact by fact. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.core import sheets
from catalogue.core.text import LOCALES, current_locale, reading_in

from . import details, families, rules, seasons, sheet_columns
from .price_rules import Tier
from .rules import ProductFacts
from .variant_rules import Variant
from .zipped import picture_key

Cell = str | int | Decimal | date | None
EVERYWHERE = {"da": "hele landet", "en": "whole country"}
PICTURE_NAME = "katalog-{}"  # how a picture that is in the catalogue already is named
_OURS = re.compile(r"katalog-(\d{1,18})(\.\w+)?")


@dataclass(frozen=True)
class Names:
    """What ids and codes are called: categories by code, municipalities by id."""

    categories: Mapping[str, str]
    places: Mapping[int, str]


def cells_of(facts: ProductFacts, names: Names) -> dict[str, Cell]:
    """Return the cells of a product by column, in the reader's language, but for its pictures."""
    told: dict[str, Any] = {
        name: getattr(facts, name)
        for name in ProductFacts.__dataclass_fields__
        if name not in sheet_columns.OF_FACTS
    }
    told |= {name: write(told[name]) for name, write in _WRITTEN.items() if told[name] is not None}
    return told | {
        "price": None if facts.price_ore is None else Decimal(facts.price_ore).scaleb(-2),
        "category": _category(facts.category_code, names.categories),
        "on_request": sheet_columns.yes_no(facts.on_request) if facts.kind == "service" else None,
        "area": _area(facts, names.places),
    }


def variant_cells(facts: ProductFacts, variant: Variant) -> dict[str, Cell]:
    """Return the cells of a variant that `facts` lead: what it tells of its own, and whose it is.

    The others are blank, so that what all variants share is changed in one place.
    """
    told = cells_of(families.facts_for(facts, variant), Names({}, {}))
    own: dict[str, Cell] = {name: told[name] for name in sheet_columns.OF_VARIANTS}
    return {"item_number": variant.item_number, "variant_of": facts.item_number} | own


def picture_cells(pictures: Sequence[tuple[int, str]]) -> dict[str, Cell]:
    """Return the cells of a product's pictures, given as (image id, alternative text)."""
    return {
        "images": sheets.joined(PICTURE_NAME.format(image_id) for image_id, _alt in pictures),
        "alts": sheets.joined(alt for _id, alt in pictures).rstrip("; "),
    }


def picture_id(name: str) -> int:
    """Return the id of a picture that is named as our exports name them, else 0."""
    found = _OURS.fullmatch(picture_key(name))
    return int(found[1]) if found else 0


def write_labels(labels: Sequence[details.Label]) -> str:
    """Return labels with their proof as one cell."""
    return sheets.joined(f"{details.LABEL_NAMES[each.code]}: {each.proof}" for each in labels)


def write_tiers(tiers: Sequence[Tier]) -> str:
    """Return what is taken off at larger quantities as one cell."""
    return "; ".join(
        f"{each.from_quantity}: {Decimal(each.off_permille) / 10}".replace(".", ",")
        for each in tiers
    )


def label_spellings(told: Mapping[str, Any]) -> set[str]:
    """Return the labels among a product's details as cells of every language say them."""
    written = set()
    for locale in LOCALES:
        with reading_in(locale):
            cell = write_labels(details.read(told).get("labels", ()))
            written.add(sheets.spaced(cell, lines=False))
    return written - {""}


def as_text(cell: Cell) -> str:
    """Return a cell as a Dane would type it."""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _category(code: str | None, labels: Mapping[str, str]) -> str | None:
    return code and f"{code} {labels.get(code, '')}".strip()


def _area(facts: ProductFacts, places: Mapping[int, str]) -> str:
    if facts.delivers_everywhere:
        return EVERYWHERE[current_locale()]
    return sheets.joined(sorted(places[each] for each in facts.municipality_ids if each in places))


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "kind": lambda kind: str(rules.KIND_NAMES[kind]),
    "unit": lambda unit: str(rules.UNIT_NAMES[unit]),
    "place": lambda place: str(details.PLACES[place]) if place else "",
    "made_to_order": sheet_columns.stock,
    "tiers": write_tiers,
    "labels": write_labels,
    **dict.fromkeys(seasons.FIELDS, seasons.spoken),
}
