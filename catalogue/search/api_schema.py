"""The shapes of searching where programs send and get them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes
from catalogue.products.models import ProductKind

from .query import Sort
from .schema import LONGEST_TEXT


class SearchQuerySchema(ma.Schema):
    """What is asked; all may be left out."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "category": shapes.EIGHT_DIGITS,
        "price_from_ore": shapes.ORE,
        "price_to_ore": shapes.ORE,
    }
    q = fields.Verbatim(longest=LONGEST_TEXT)
    category = fields.Verbatim()
    enterprise_id = fields.Whole(least=1, most=2**31 - 1)
    kind = fields.Choice(ProductKind)
    price_from_ore = ma.fields.Int()
    price_to_ore = ma.fields.Int()
    delivers_here = ma.fields.Bool()
    show_all = ma.fields.Bool(metadata={"description": "Also what may not be ordered"})
    further = ma.fields.Bool(metadata={"description": "Beside few hits also what is further off"})
    sort = fields.Choice(Sort)


class TypedQuerySchema(ma.Schema):
    """The words typed so far; of fewer than three letters nothing is offered."""

    q = fields.Verbatim(longest=LONGEST_TEXT)


class SuggestionSchema(ma.Schema):
    """Something offered: its id or code, empty for words, and what it is called."""

    key = ma.fields.Str(required=True)
    name = ma.fields.Str(required=True)


class SuggestionsSchema(ma.Schema):
    """What fits so far, eight at most, the best of each kind first."""

    products = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
    searches = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
    categories = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
    enterprises = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)
    profiles = ma.fields.List(ma.fields.Nested(SuggestionSchema), required=True)


class DayQuerySchema(ma.Schema):
    """The day that is asked about; without one, today."""

    day = fields.Day()


class NamedSchema(ma.Schema):
    """An enterprise by its name."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    cvr = ma.fields.Str(required=True)


class PriceSchema(ma.Schema):
    """A price excluding VAT for so many units."""

    ore = ma.fields.Int(required=True, strict=True)
    base_quantity = ma.fields.Int(required=True, strict=True)
    unit = ma.fields.Str(required=True)


class ReasonSchema(ma.Schema):
    """Why a product may not be ordered, and for a mandatory agreement where to buy instead."""

    code = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    detail = ma.fields.Str(required=True)
    where_to_buy = ma.fields.Str(required=True, allow_none=True)
    agreement_number = ma.fields.Str(required=True, allow_none=True)


class OrderabilitySchema(ma.Schema):
    """Whether a product may be ordered in the municipality on a day, and by which agreement."""

    product_id = ma.fields.Int(required=True, strict=True)
    day = ma.fields.Date(required=True)
    orderable = ma.fields.Bool(required=True)
    agreement_number = ma.fields.Str(required=True, allow_none=True)
    reason = ma.fields.Nested(ReasonSchema, required=True, allow_none=True)


class HitSchema(ma.Schema):
    """A product as it was found: orderable now, or not and why."""

    id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    summary = ma.fields.Str(required=True)
    item_number = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    category = ma.fields.Str(required=True)
    enterprise = ma.fields.Nested(NamedSchema, required=True)
    price = ma.fields.Nested(PriceSchema, required=True, allow_none=True)
    vat_rate = ma.fields.Int(required=True, strict=True)
    minimum_quantity = ma.fields.Int(required=True, strict=True)
    delivery_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    left = ma.fields.Float(required=True, allow_none=True)
    orderable = ma.fields.Bool(required=True)
    agreement_number = ma.fields.Str(required=True, allow_none=True)
    reason = ma.fields.Nested(ReasonSchema, required=True, allow_none=True)
    paused = ma.fields.Str(required=True, allow_none=True)
    variants = ma.fields.List(ma.fields.Int(strict=True), required=True)


class ProductSheetSchema(HitSchema):
    """All that a buyer reads of a product."""

    state = ma.fields.Str(required=True)
    description = ma.fields.Str(required=True)
    delivers_here = ma.fields.Bool(required=True)
    images = ma.fields.List(ma.fields.Dict(), required=True)


class ChoiceSchema(ma.Schema):
    """A value of a facet, and how many hits it would leave."""

    value = ma.fields.Str(required=True)
    label = ma.fields.Str(required=True)
    count = ma.fields.Int(required=True, strict=True)
    chosen = ma.fields.Bool(required=True)


class BandSchema(ma.Schema):
    """A span of prices; null: without end."""

    from_ore = ma.fields.Int(required=True, strict=True)
    to_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    count = ma.fields.Int(required=True, strict=True)


class FacetsSchema(ma.Schema):
    """The counted facets; each counts under all filters but its own."""

    path = ma.fields.List(ma.fields.Nested(ChoiceSchema), required=True)
    categories = ma.fields.List(ma.fields.Nested(ChoiceSchema), required=True)
    enterprises = ma.fields.List(ma.fields.Nested(ChoiceSchema), required=True)
    kinds = ma.fields.List(ma.fields.Nested(ChoiceSchema), required=True)
    price_bands = ma.fields.List(ma.fields.Nested(BandSchema), required=True)


class HitsSchema(ma.Schema):
    """A page of hits with counts over all of them."""

    items = ma.fields.List(ma.fields.Nested(HitSchema), required=True)
    further = ma.fields.List(
        ma.fields.Nested(HitSchema),
        required=True,
        metadata={"description": "If asked for: the best of what is further off, counted nowhere"},
    )
    next = ma.fields.Str(required=True, allow_none=True)
    total = ma.fields.Int(required=True, strict=True)
    total_hidden = ma.fields.Int(required=True, strict=True)
    matched_all = ma.fields.Bool(required=True)
    mended = ma.fields.Str(required=True, allow_none=True)
    facets = ma.fields.Nested(FacetsSchema, required=True)
