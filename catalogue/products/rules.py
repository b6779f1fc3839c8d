"""What a product must tell before buyers see it, and what counts as a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from stdnum.dk import cpr

from catalogue.core.text import Text
from catalogue.core.text import lazy as _

Problem = tuple[str, Text]  # a field and what is to be mended there
UNIT_NAMES: dict[str, Text] = {
    "piece": _("piece"),
    "set": _("set"),
    "hour": _("hour"),
    "day": _("day"),
    "month": _("month"),
    "person": _("person"),
    "portion": _("portion"),
    "kg": _("kg"),
    "litre": _("litre"),
    "metre": _("metre"),
    "m2": _("m²"),
    "visit": _("visit"),
    "box": _("box"),
}
KIND_NAMES: dict[str, Text] = {"goods": _("Goods"), "service": _("Service")}
STATE_NAMES: dict[str, Text] = {
    "draft": _("Draft"),
    "submitted": _("Sent in"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
}
FIELD_NAMES: dict[str, Text] = {
    "title": _("Title"),
    "summary": _("In one sentence"),
    "description": _("Description"),
    "item_number": _("Item number"),
    "kind": _("Goods or service"),
    "category": _("Category"),
    "category_code": _("Category"),
    "unit": _("Unit"),
    "price": _("Price excl. VAT"),
    "price_ore": _("Price excl. VAT"),
    "price_base_quantity": _("The price is for"),
    "vat_rate": _("VAT"),
    "vat_exempt_reason": _("Why there is no VAT"),
    "minimum_quantity": _("Smallest order"),
    "delivery_days": _("Days until delivery"),
    "delivers_everywhere": _("Where do you deliver?"),
    "municipalities": _("Municipalities you deliver to"),
    "municipality_ids": _("Municipalities you deliver to"),
    "images": _("Pictures"),
    "state": _("State"),
    "image_alts": _("What the pictures show"),
}
_TEN_DIGITS = re.compile(r"(?<![\d-])(\d{6})[- ]?(\d{4})(?![\d-])")


@dataclass(frozen=True)
class ProductFacts:
    """All that an enterprise says of a product, but for its pictures."""

    item_number: str
    title: str
    unit: str = "piece"
    kind: str = "goods"
    summary: str = ""
    description: str = ""
    category_code: str | None = None
    price_ore: int | None = None
    price_base_quantity: int = 1
    vat_rate: int = 25
    vat_exempt_reason: str | None = None
    minimum_quantity: int = 1
    delivery_days: int | None = None
    delivers_everywhere: bool = True
    municipality_ids: frozenset[int] = frozenset()


def problems(facts: ProductFacts, image_alts: Sequence[str]) -> list[Problem]:
    """List what lacks before the product can be published, in the order of the form.

    `image_alts`: the alternative texts of its pictures. Text and pictures are what the report asks
    for ("i tekst og billeder", section 5.4); alternative texts are law (DOMAIN.md 1.8).
    """
    wanting: list[tuple[bool, str, Text]] = [
        (not facts.title, "title", _("Give it a title")),
        (not facts.summary, "summary", _("Say in one sentence what it is")),
        (not facts.description, "description", _("Describe it, so that a buyer can choose it")),
        (facts.category_code is None, "category", _("Choose a category")),
        (facts.price_ore is None, "price", _("State a price")),
        (facts.delivery_days is None, "delivery_days", _("State the days until delivery")),
        (not image_alts, "images", _("Add at least one picture")),
        (
            not all(alt.strip() for alt in image_alts),
            "images",
            _("Say for every picture what it shows"),
        ),
    ]
    found = [(field, text) for lacks, field, text in wanting if lacks]
    return found + contradictions(facts)


def contradictions(facts: ProductFacts) -> list[Problem]:
    """List what does not go together, in a draft too."""
    found: list[Problem] = []
    if facts.vat_rate == 0 and not facts.vat_exempt_reason:
        found.append(("vat_exempt_reason", _("Say why the product is without VAT")))
    if not facts.delivers_everywhere and not facts.municipality_ids:
        found.append(("municipalities", _("Choose the municipalities you deliver to")))
    return found


def changed_fields(old: ProductFacts, new: ProductFacts) -> tuple[str, ...]:
    """Return the names of the facts that differ, in the order they are declared."""
    return tuple(
        each.name for each in fields(old) if getattr(old, each.name) != getattr(new, each.name)
    )


def by_field(found: Iterable[Problem]) -> dict[str, list[Text | str]]:
    """Gather problems by field, as forms show them."""
    gathered: dict[str, list[Text | str]] = {}
    for field, text in found:
        gathered.setdefault(field, []).append(text)
    return gathered


def has_cpr_number(text: str) -> bool:
    """Tell whether the text holds what is a CPR number of a person by its date.

    Product texts are public, and no person's number may stand in them (DOMAIN.md 1.9).
    """
    return any(cpr.is_valid("".join(match)) for match in _TEN_DIGITS.findall(text))


def next_item_number(taken: Iterable[str]) -> str:
    """Return a free item number for a product that was given none: V-0001, V-0002, …"""
    numbers = [int(found[1]) for each in taken if (found := re.fullmatch(r"V-(\d{1,9})", each))]
    return f"V-{max(numbers, default=0) + 1:04d}"
