"""The shapes of approval where programs send decisions and get what awaits them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields

from .api_schema import MOST_LINES, POSITION, OrderShownSchema

DIGEST: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
FLAG: dict[str, Any] = {"type": "boolean"}


class ApprovalQuerySchema(ma.Schema):
    """Which orders are listed; `mine`: those alone that the token's person may decide today."""

    SHAPES: ClassVar[dict[str, Any]] = {"mine": FLAG}
    mine = ma.fields.Bool()


class ApproveBodySchema(ma.Schema):
    """What was read, by its digest; lines struck by position, which owe a reason."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "digest": DIGEST,
        "struck": {"type": "array", "items": POSITION, "maxItems": MOST_LINES, "uniqueItems": True},
    }
    digest = ma.fields.Str(required=True)
    struck = ma.fields.List(ma.fields.Int())
    reason = fields.Line(longest=1000)


class DecisionBodySchema(ma.Schema):
    """Why an order is refused or sent back; its buyer reads it."""

    class Meta:
        unknown = ma.RAISE

    reason = fields.Line(required=True, longest=1000)


class ApprovalListedSchema(ma.Schema):
    """An order that awaits approval; `waits_for` names who may decide today."""

    number = ma.fields.Str(required=True)
    placed_at = ma.fields.AwareDateTime(required=True)
    enterprise = ma.fields.Str(required=True)
    buyer = ma.fields.Str(required=True)
    institution = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    rule = ma.fields.Str(required=True, allow_none=True)
    due_on = ma.fields.Date(required=True, allow_none=True)
    waits_for = ma.fields.List(ma.fields.Str(), required=True)
    is_mine = ma.fields.Bool(required=True)


class ApprovalGivenSchema(ma.Schema):
    """An approval that was given."""

    by = ma.fields.Str(required=True, attribute="person_name")
    at = ma.fields.AwareDateTime(required=True)


class LastPriceSchema(ma.Schema):
    """What a product cost in the newest order before this one, and per how many of what."""

    product_id = ma.fields.Int(required=True, strict=True)
    price_ore = ma.fields.Int(required=True, strict=True)
    price_base_quantity = ma.fields.Int(required=True, strict=True)
    unit = ma.fields.Str(required=True)
    placed_at = ma.fields.AwareDateTime(required=True)


class ApprovalShownSchema(ApprovalListedSchema):
    """An order with what an approver decides on; `problems`: what is in its way today."""

    digest = ma.fields.Str(required=True)
    approvals = ma.fields.List(ma.fields.Nested(ApprovalGivenSchema), required=True)
    problems = ma.fields.List(ma.fields.Str(), required=True)
    last_prices = ma.fields.List(ma.fields.Nested(LastPriceSchema), required=True)
    order = ma.fields.Nested(OrderShownSchema, required=True)
