"""The shape of coverage where programs get it; `overview_schema` writes what it tells."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes


class CoverageQuerySchema(ma.Schema):
    """The day that is asked about, below which category, and whether the gaps alone."""

    SHAPES: ClassVar[dict[str, Any]] = {"within": shapes.EIGHT_DIGITS}
    day = fields.Day()
    within = fields.Verbatim()
    gaps = ma.fields.Bool()


class FiguresSchema(ma.Schema):
    """What there is and what is spent, in øre excluding VAT."""

    published_products = ma.fields.Int(required=True, strict=True)
    orderable_products = ma.fields.Int(required=True, strict=True)
    enterprises = ma.fields.Int(required=True, strict=True)
    orders_12_months = ma.fields.Int(required=True, strict=True)
    ordered_12_months_ore = ma.fields.Int(required=True, strict=True)
    ordered_ore = ma.fields.Int(required=True, strict=True)
    unmet_demands = ma.fields.Int(required=True, strict=True)
    booked_12_months_ore = ma.fields.Int(required=True, strict=True)
    booked_on_agreement_ore = ma.fields.Int(required=True, strict=True)


class CoverSchema(ma.Schema):
    """An agreement that covers a category."""

    id = ma.fields.Int(required=True, strict=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    party = ma.fields.Str(required=True)
    ends_on = ma.fields.Date(required=True)


class CategorySchema(FiguresSchema):
    """A category of the tree; `uncovered_categories` are those at or below it without agreement."""

    code = ma.fields.Str(required=True)
    label = ma.fields.Str(required=True)
    parent = ma.fields.Str(required=True, allow_none=True)
    level = ma.fields.Int(required=True, strict=True)
    status = ma.fields.Str(required=True)
    uncovered_categories = ma.fields.Int(required=True, strict=True)
    agreements = ma.fields.List(ma.fields.Nested(CoverSchema), required=True)


class CoverageSchema(ma.Schema):
    """Coverage as of a day."""

    as_of = ma.fields.Date(required=True)
    figures_include_below = ma.fields.Bool(required=True)
    total = ma.fields.Nested(FiguresSchema, required=True)
    categories = ma.fields.List(ma.fields.Nested(CategorySchema), required=True)
