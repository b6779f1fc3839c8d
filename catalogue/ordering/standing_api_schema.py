"""The shapes of standing orders where programs send and get them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.shapes import ID

from .api_schema import MOST_LINES, NUMBER, DeliveryBodySchema, DeliveryShownSchema
from .standing_schema import PauseSchema, PlanSchema


class StandingWantedSchema(ma.Schema):
    """How many of a product are ordered each time; the price of today is accepted."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"product_id": ID}
    product_id = ma.fields.Int(required=True)
    quantity = fields.Quantity(required=True)


class StandingBodySchema(PlanSchema):
    """A standing order, begun from an order of one's own; weekday 0 is Monday."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"order_number": NUMBER["number"]}
    order_number = ma.fields.Str(required=True)
    lines = ma.fields.List(
        ma.fields.Nested(StandingWantedSchema), required=True,
        validate=ma.validate.Length(1, MOST_LINES),
    )  # fmt: skip
    delivery = ma.fields.Nested(DeliveryBodySchema, required=True)


class PauseBodySchema(PauseSchema):
    """The first and the last day of a pause."""

    class Meta:
        unknown = ma.RAISE


class StandingListedSchema(ma.Schema):
    """A standing order in a list; `state`: runs, paused, done or ended."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    state = ma.fields.Str(required=True)
    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise = ma.fields.Str(required=True)
    buyer = ma.fields.Str(required=True)
    rhythm = ma.fields.Str(required=True)
    weekday = ma.fields.Int(required=True, strict=True)
    week = ma.fields.Int(required=True, strict=True)
    days_ahead = ma.fields.Int(required=True, strict=True)
    rise_percent = ma.fields.Int(required=True, strict=True)
    first_on = ma.fields.Date(required=True)
    last_on = ma.fields.Date(required=True)
    next_on = ma.fields.Date(required=True, allow_none=True)
    paused_from = ma.fields.Date(required=True, allow_none=True)
    paused_until = ma.fields.Date(required=True, allow_none=True)
    last_problem = ma.fields.Str(required=True, allow_none=True)


class StandingLineSchema(ma.Schema):
    """How many are ordered each time, and the price that was accepted."""

    position = ma.fields.Int(required=True, strict=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    title = ma.fields.Str(required=True)
    unit = ma.fields.Str(required=True)
    quantity = ma.fields.Float(required=True)
    price_ore = ma.fields.Int(required=True, strict=True)
    price_base_quantity = ma.fields.Int(required=True, strict=True)


class StandingRunSchema(ma.Schema):
    """What came of a date: an order, or why there is none."""

    planned_on = ma.fields.Date(required=True)
    delivery_on = ma.fields.Date(required=True)
    order_number = ma.fields.Str(required=True, allow_none=True)
    problem = ma.fields.Str(required=True, allow_none=True)


class OccasionSchema(ma.Schema):
    """A date to come; `delivery_on` differs from `planned_on` by a public holiday."""

    planned_on = ma.fields.Date(required=True)
    delivery_on = ma.fields.Date(required=True)
    order_on = ma.fields.Date(required=True)
    paused = ma.fields.Bool(required=True)


class StandingShownSchema(StandingListedSchema):
    """A standing order with its next dates, and what came of the earlier ones."""

    delivery = ma.fields.Nested(DeliveryShownSchema, required=True)
    lines = ma.fields.List(ma.fields.Nested(StandingLineSchema), required=True)
    ahead = ma.fields.List(ma.fields.Nested(OccasionSchema), required=True)
    runs = ma.fields.List(ma.fields.Nested(StandingRunSchema), required=True)


class StandingMadeSchema(ma.Schema):
    """The standing orders that were made, one for each enterprise."""

    standing_orders = ma.fields.List(ma.fields.Nested(StandingListedSchema), required=True)
