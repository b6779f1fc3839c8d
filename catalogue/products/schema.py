"""The shape of a product: ONE schema for the form and for the rows of a price list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import Text, fold, gettext
from catalogue.core.text import lazy as _

from . import rules
from .models import ProductKind, Unit
from .rules import ProductFacts
from .told import Gtin, Labels, Place, SeasonDay, Stock, Tiers, Unspsc

LONGEST_DELIVERY_DAYS = 730
CATEGORY_CODE = re.compile(r"(\d{8})(-\d)?(?!\d)")
_MESSAGES: dict[str, Text] = {
    "vat": _("VAT is 25 or 0 per cent"),
    "days": _("Write the longest time in days, such as 14, or in weeks, such as 2 uger"),
    "yes_no": _("Write yes or no"),
    "unit": _("The unit is not known. Choose one of: %(choices)s"),
    "kind": _("Write goods (vare) or service (ydelse)"),
}
# What people write in lists, folded, in Danish and English.
_UNIT_WORDS: dict[str, Unit] = {
    word: unit
    for unit, words in {
        Unit.PIECE: "piece pieces pcs pc stk stykke stykker styk ea each",
        Unit.SET: "set saet sets",
        Unit.HOUR: "hour hours time timer t hr",
        Unit.DAY: "day days dag dage",
        Unit.MONTH: "month months maaned maaneder md mdr",
        Unit.PERSON: "person persons personer pers kuvert kuverter pax",
        Unit.PORTION: "portion portions portioner",
        Unit.KG: "kg kilo kilogram",
        Unit.LITRE: "litre litres liter l ltr",
        Unit.METRE: "metre metres meter m lbm",
        Unit.M2: "m2 kvm kvadratmeter",
        Unit.VISIT: "visit visits besoeg gang gange",
        Unit.BOX: "box boxes kasse kasser aeske aesker pakke pakker",
    }.items()
    for word in words.split()
}
_KIND_WORDS: dict[str, ProductKind] = {
    **dict.fromkeys(["goods", "good", "vare", "varer", "produkt", "product"], ProductKind.GOODS),
    **dict.fromkeys(
        ["service", "services", "ydelse", "ydelser", "tjenesteydelse"], ProductKind.SERVICE
    ),
}
_YES_WORDS = {"1", "true", "yes", "y", "ja", "j", "x", "sand"}
_NO_WORDS = {"0", "false", "no", "n", "nej", "falsk"}


def _problem(key: str, **values: Any) -> ma.ValidationError:
    return ma.ValidationError(gettext(_MESSAGES[key].message, **values))


class Word(fields.Choice):
    """A value of an enumeration, or one of the words people write for it."""

    def __init__(self, choices: type[StrEnum], words: Mapping[str, Any], key: str) -> None:
        super().__init__(choices)
        self.words, self.key = words, key

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        folded = re.sub(r"^(pr|per) ", "", fold(str(value)))
        if folded not in self.words:
            names = ", ".join(str(name) for name in rules.UNIT_NAMES.values())
            raise _problem(self.key, choices=names)
        return self.words[folded]


class VatRate(fields.Whole):
    """25 or 0, also as `25 %`, as 0,25 (a cell of per cent) or `momsfri`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> int:
        text = fold(str(value).replace("%", "").replace(",", "."))
        if text in ("25", "25 0", "25 00", "0 25"):
            return 25
        if text in ("0", "0 0", "0 00", "momsfri", "fritaget", "exempt"):
            return 0
        raise _problem("vat")


class Days(fields.Whole):
    """Days until delivery, also as `14 dage` or `2 uger`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> int:
        match = re.fullmatch(
            r"(?i)(\d+)(?:[.,]0+)?\s*(dage?|dg\.?|days?|hverdage|uger?|weeks?)?", str(value)
        )
        if match is None:
            raise _problem("days")
        weeks = (match[2] or "").lower().startswith(("u", "w"))
        days = int(match[1][:6]) * (7 if weeks else 1)
        return super()._deserialize(str(days), attr, data, **kw)


class YesNo(fields.Verbatim):
    """Yes or no; blank is neither."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Any:
        folded = fold(str(value))
        if folded not in _YES_WORDS | _NO_WORDS:
            raise _problem("yes_no")
        return folded in _YES_WORDS


class CategoryText(fields.Verbatim):
    """A category: its code of eight digits, taken out of what stands around it, or words."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        code = CATEGORY_CODE.match(text)
        return code[1] if code else text


class ProductSchema(ma.Schema):
    """A product as a form or a row tells it; category and municipalities are looked up after."""

    title = fields.Line(longest=120, required=True)
    summary = fields.Line(longest=300)
    description = fields.Line(longest=8000)
    item_number = Code(longest=40)
    kind = Word(ProductKind, _KIND_WORDS, "kind")
    category = CategoryText(longest=200)
    unit = Word(Unit, _UNIT_WORDS, "unit")
    price_ore = fields.Kroner(data_key="price")
    price_base_quantity = fields.Whole(least=1, most=1_000_000)
    vat_rate = VatRate()
    vat_exempt_reason = fields.Line(longest=200)
    minimum_quantity = fields.Whole(least=1, most=1_000_000)
    delivery_days = Days(least=0, most=LONGEST_DELIVERY_DAYS)
    delivers_everywhere = YesNo()
    gtin = Gtin()
    paused_until = fields.Day()
    pause_reason = fields.Line(longest=120)
    tiers = Tiers()
    pack_size = fields.Whole(least=1, most=1_000_000)
    made_to_order = Stock()
    materials = fields.Line(longest=300)
    dimensions = fields.Line(longest=200)
    season = fields.Line(longest=120)
    season_from = SeasonDay(alone=1)
    season_to = SeasonDay(alone=31)
    allergens = fields.Line(longest=300)
    on_request = YesNo()
    included = fields.Line(longest=600)
    place = Place()
    duration = fields.Line(longest=120)
    hours = fields.Line(longest=200)
    extent = fields.Line(longest=200)
    notice_days = Days(least=0, most=LONGEST_DELIVERY_DAYS)
    capacity_per_week = fields.Whole(least=1, most=1_000_000)
    origin = fields.Line(longest=120)
    labels = Labels()
    social_story = fields.Line(longest=1500)
    unspsc = Unspsc()


class TraitSchema(ma.Schema):
    """What tells a variant from the others."""

    size = fields.Line(longest=40)
    colour = fields.Line(longest=40)
    trait = fields.Line(longest=60)


class RowSchema(ProductSchema, TraitSchema):
    """A product as a row of a price list tells it: what tells it from its variants too."""


class _AltSchema(ma.Schema):
    images = fields.Line(longest=300)  # the name under which pages show what is wrong


def read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Read a row by the schema; what was left blank is not in the answer.

    Raises Invalid by field. `category` comes back as a code or as words to look for.
    """
    return fields.load(_schema(partial=False), data)


def read_some(data: Mapping[str, Any]) -> dict[str, Any]:
    """Read a row that changes a product: as `read`, but nothing is required."""
    given = {name: value for name, value in data.items() if str(value).strip()}
    return fields.load(_schema(partial=True), given)


@lru_cache(maxsize=2)
def _schema(*, partial: bool) -> RowSchema:
    """Return the schema, made once: making it takes longer than reading a row by it."""
    return RowSchema(partial=partial)


def read_part(names: Collection[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """Read those fields of the form that are named; a title that is named is required."""
    return fields.load(ProductSchema(only=attributes(names)), data)


def attributes(names: Collection[str]) -> set[str]:
    """Return the facts that fields of the form with these names tell."""
    return {
        name for name, each in ProductSchema().fields.items() if (each.data_key or name) in names
    }


def read_alt(text: str) -> str:
    """Read the alternative text of a picture, blank while it has none; raises Invalid."""
    return str(fields.load(_AltSchema(), {"images": text}).get("images", ""))


def check(facts: ProductFacts) -> ProductFacts:
    """Return the facts when they go together; raises Invalid by field."""
    if found := rules.contradictions(facts):
        raise Invalid(rules.by_field(found))
    return facts
