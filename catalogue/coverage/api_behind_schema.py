"""The shapes of what stands behind coverage, where programs get it: lines, products, agreements."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes


class PartQuerySchema(ma.Schema):
    """A category with all below it, or alone; without one all there is."""

    SHAPES: ClassVar[dict[str, Any]] = {"category": shapes.EIGHT_DIGITS}
    category = fields.Verbatim()
    alone = ma.fields.Bool()


class BehindOrdersQuerySchema(PartQuerySchema):
    """Of which days the orders count, and words of order, product or parties."""

    first_on = fields.Day()
    last_on = fields.Day()
    q = fields.Verbatim(longest=200)


class BehindProductsQuerySchema(PartQuerySchema):
    """Whether those alone that may be ordered on the day, and words of product or enterprise."""

    day = fields.Day()
    orderable = ma.fields.Bool()
    q = fields.Verbatim(longest=200)


class DayQuerySchema(ma.Schema):
    """The day that is asked about; today without one."""

    day = fields.Day()


class OrderedLineSchema(ma.Schema):
    """A line of an order that counts, with the order it stands in."""

    number = ma.fields.Str(required=True)
    placed_at = ma.fields.AwareDateTime(required=True)
    state = ma.fields.Str(required=True)
    institution = ma.fields.Str(required=True)
    enterprise_name = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)


class OfferedSchema(ma.Schema):
    """A published product, and whether it may be ordered on the day."""

    id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    enterprise_name = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    price_base_quantity = ma.fields.Int(required=True, strict=True)
    unit = ma.fields.Str(required=True)
    orderable = ma.fields.Bool(required=True)


class DelivererSchema(ma.Schema):
    """An enterprise that could deliver here, and how many of its products of the category."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    city = ma.fields.Str(required=True)
    products = ma.fields.Int(required=True, strict=True)


class CeilingSchema(ma.Schema):
    """A voluntary agreement in force, what is ordered on it, and what is used of its ceiling.

    `ordered_ore` counts since it began; without a ceiling the last five are null.
    """

    id = ma.fields.Int(required=True, strict=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    party = ma.fields.Str(required=True)
    ends_on = ma.fields.Date(required=True)
    ordered_ore = ma.fields.Int(required=True, strict=True)
    ceiling_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    ceiling_months = ma.fields.Int(required=True, strict=True, allow_none=True)
    counted_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    reserved_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    near = ma.fields.Bool(required=True, allow_none=True)


class ConflictSideSchema(ma.Schema):
    """An agreement of a conflict."""

    id = ma.fields.Int(required=True, strict=True, attribute="agreement_id")
    kind = ma.fields.Str(required=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    party = ma.fields.Str(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)


class OutsideSchema(ma.Schema):
    """A product that lies outside the agreements of its enterprise."""

    id = ma.fields.Int(required=True, strict=True, attribute="product_id")
    title = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)


class ConflictSchema(ma.Schema):
    """What does not go together, why it matters, and what to do; `products`: the first of them."""

    kind = ma.fields.Str(required=True)
    severity = ma.fields.Str(required=True)
    name = ma.fields.Str(required=True)
    why = ma.fields.Str(required=True)
    what_to_do = ma.fields.Str(required=True)
    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(required=True)
    agreements = ma.fields.List(ma.fields.Nested(ConflictSideSchema), required=True)
    category_codes = ma.fields.List(ma.fields.Str(), required=True)
    product_count = ma.fields.Int(required=True, strict=True)
    products = ma.fields.List(ma.fields.Nested(OutsideSchema), required=True)


class ComparedSchema(ma.Schema):
    """An amount beside a limit; of one that is not known on the day, `limit_ore` is null."""

    kind = ma.fields.Str(required=True)
    limit_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    level = ma.fields.Str(required=True)
    percent = ma.fields.Int(required=True, strict=True)


class WatchedSchema(ma.Schema):
    """What was ordered of an enterprise in a group of categories, held against the limits."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise_name = ma.fields.Str(required=True)
    group = ma.fields.Str(required=True)
    label = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    group_ore = ma.fields.Int(required=True, strict=True)
    regime = ma.fields.Str(required=True)
    level = ma.fields.Str(required=True)
    compared = ma.fields.List(ma.fields.Nested(ComparedSchema), required=True)


class WatchedLineSchema(ma.Schema):
    """A line of an order behind an amount of the threshold watch."""

    number = ma.fields.Str(required=True)
    placed_at = ma.fields.AwareDateTime(required=True)
    institution = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
