"""The shapes of new prices where programs send and get them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.shapes import ID, ORE

from .models import Answer
from .price_rules import MOST_LINES


class _Closed(ma.Schema):
    """A body that holds nothing but what the contract tells."""

    class Meta:
        unknown = ma.RAISE


class NewPriceSchema(_Closed):
    """The new price of a product, for as many units as its price is now."""

    SHAPES: ClassVar[dict[str, Any]] = {"product_id": ID, "price_ore": ORE}
    product_id = ma.fields.Int(required=True)
    price_ore = ma.fields.Int(required=True)


class ProposalBodySchema(_Closed):
    """New prices from a day on, as a draft; nobody sees it before it is sent."""

    from_on = fields.Day(required=True)
    text = fields.Line(longest=1000, load_default="")
    prices = ma.fields.List(
        ma.fields.Nested(NewPriceSchema), required=True, validate=ma.validate.Length(1, MOST_LINES)
    )


class RefusalBodySchema(_Closed):
    """Why new prices are refused; the enterprise reads it."""

    reason = fields.Line(required=True, longest=1000)


class AskedQuerySchema(ma.Schema):
    """Which proposals are listed."""

    answer = fields.Choice(Answer)


class ProposedPriceSchema(ma.Schema):
    """A product with its price before and after, each for `base_quantity` of `unit`."""

    product_id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    before_ore = ma.fields.Int(required=True, strict=True)
    after_ore = ma.fields.Int(required=True, strict=True)
    base_quantity = ma.fields.Int(required=True, strict=True)
    unit = ma.fields.Str(required=True)


class ProposalAnswerSchema(ma.Schema):
    """The answer of a municipality that would pay more."""

    municipality = ma.fields.Str(required=True)
    answer = ma.fields.Str(required=True)
    reason = ma.fields.Str(required=True, allow_none=True)
    in_force_from = ma.fields.Date(required=True, allow_none=True)


class _ProposalSchema(ma.Schema):
    id = ma.fields.Int(required=True, strict=True)
    from_on = ma.fields.Date(required=True)
    text = ma.fields.Str(required=True)
    sent_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ProposalListedSchema(_ProposalSchema):
    """A proposal in the list of its enterprise."""

    stage = ma.fields.Str(required=True)
    products = ma.fields.Int(required=True, strict=True)


class ProposalShownSchema(ProposalListedSchema):
    """A proposal with its prices and the answers to it."""

    prices = ma.fields.List(ma.fields.Nested(ProposedPriceSchema), required=True)
    answers = ma.fields.List(ma.fields.Nested(ProposalAnswerSchema), required=True)


class AskedListedSchema(_ProposalSchema):
    """A proposal that our municipality is asked to accept, and its answer."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise = ma.fields.Str(required=True)
    answer = ma.fields.Str(required=True)
    reason = ma.fields.Str(required=True, allow_none=True)
    in_force_from = ma.fields.Date(required=True, allow_none=True)


class AskedShownSchema(AskedListedSchema):
    """A proposal with what our municipality pays before and after, for what it may order."""

    prices = ma.fields.List(ma.fields.Nested(ProposedPriceSchema), required=True)
