"""The form of variants: from what was typed to a table of them, and back to what the form shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, number
from catalogue.core.text import lazy as _

from .rules import FIELD_NAMES, ProductFacts
from .schema import TraitSchema
from .told import Gtin, Stock
from .variant_rules import MOST_VARIANTS, NEW, TRAITS, Variant
from .variants import Table

BLANK_LINES = 2  # offered below those there are
_OWN = ("item_number", "price", "gtin", "made_to_order", "paused_until", "pause_reason", "image")
_SENT: dict[str, Text] = {
    "picture": _("A new picture of this variant"),
    "alt": _("Describe what the picture shows"),
}
Line = dict[str, str]


class VariantSchema(TraitSchema):
    """One variant as a line of the form or a row of a price list tells it."""

    item_number = Code(longest=40)
    price_ore = fields.Kroner(data_key="price")
    gtin = Gtin()
    made_to_order = Stock()
    paused_until = fields.Day()
    pause_reason = fields.Line(longest=120)
    image_id = fields.Whole(least=1, most=10**18, data_key="image")


def labels(count: int) -> dict[str, Text | str]:
    """Return what the fields are called, alone and by line: `Size (2)` in error summaries."""
    named = {**FIELD_NAMES, "image": _("Picture"), **_SENT}
    placed = {
        f"{name}_{place}": f"{named[name]} ({place + 1})"
        for place in range(count + BLANK_LINES)
        for name in (*TRAITS, *_OWN, *_SENT)
    }
    return {**named, **placed}


def lines_of(facts: ProductFacts) -> list[Line]:
    """Return the lines that the form shows of a product: its own first, then its variants."""
    own = {name: getattr(facts, name) for name in TRAITS}
    return [own, *(_line(each) for each in facts.variants)]


def with_blanks(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with blank ones below, as far as there may be more variants."""
    blanks = min(BLANK_LINES, MOST_VARIANTS + 1 - len(lines))
    return [*lines, *(dict.fromkeys(("key", *TRAITS, *_OWN, "alt"), "") for _each in range(blanks))]


def typed_lines(form: Mapping[str, str], files: Collection[str] = ()) -> list[Line]:
    """Return the lines as they were sent; those ticked to be removed, and blank ones, are not.

    `files`: the names of the fields with a picture; a line says by `picture` which of them is its.
    """
    lines = []
    for place in range(MOST_VARIANTS + BLANK_LINES + 1):
        names = ("key", *TRAITS, *_OWN, "alt")
        line = {name: form.get(f"{name}_{place}", "").strip() for name in names}
        line["picture"] = name if (name := f"picture_{place}") in files else ""
        asked = any(line[name] for name in (*TRAITS, "item_number", "price", "picture"))
        if place == 0 or (asked and f"remove_{place}" not in form):
            lines.append(line)
    return lines


def read(lines: Sequence[Line]) -> Table:
    """Return the table of lines; raises Invalid by the names of the fields, as in `price_2`."""
    problems: dict[str, list[Any]] = {}
    read_ = [_read(place, line, problems) for place, line in enumerate(lines)]
    if problems:
        raise Invalid(problems)
    own = {name: read_[0].get(name, "") for name in TRAITS}
    variants = [
        _variant(line.get("key", ""), values)
        for line, values in zip(lines[1:], read_[1:], strict=True)
    ]
    return Table(**own, variants=variants)


def read_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what cells of a price list tell of a variant; raises Invalid by field."""
    return _dated(fields.load(_schema(), cells))


def _read(place: int, line: Line, problems: dict[str, list[Any]]) -> dict[str, Any]:
    given = {name: value for name, value in line.items() if name != "key"}
    if place == 0:
        given = {name: value for name, value in given.items() if name in TRAITS}
    try:
        return fields.load(_schema(), given)
    except Invalid as error:
        problems |= {f"{name}_{place}": texts for name, texts in error.problems.items()}
        return {}


def _variant(key: str, values: Mapping[str, Any]) -> Variant:
    told = _dated(values)
    known = int(key) if key.isascii() and key.isdecimal() and len(key) < 6 else NEW
    return Variant(known, told.pop("item_number", ""), **told)


def _dated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the day as facts of variants have it."""
    day: date | None = values.get("paused_until")
    return dict(values) | ({"paused_until": day.isoformat()} if day else {})


def _line(variant: Variant) -> Line:
    stock = variant.made_to_order
    return {
        "key": str(variant.key),
        **{name: str(getattr(variant, name)) for name in (*TRAITS, "item_number", "pause_reason")},
        "price": "" if variant.price_ore is None else number(Decimal(variant.price_ore) / 100),
        "gtin": variant.gtin or "",
        "made_to_order": "" if stock is None else str(int(stock)),
        "paused_until": variant.paused_until or "",
        "image": str(variant.image_id or ""),
        "alt": "",
    }


@lru_cache(maxsize=1)
def _schema() -> VariantSchema:
    """Return the schema, made once: making it takes longer than reading a row by it."""
    return VariantSchema()
