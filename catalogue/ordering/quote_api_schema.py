"""The shapes of quotes where programs send and get them; fields are those of the forms."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.shapes import EIGHT_DIGITS, ID, ORE
from catalogue.products.models import Unit

from . import quote_rules as rules
from .api_schema import DeliveryBodySchema
from .frame_rules import FrameKind
from .quote_files import MOST_FILES
from .quote_schema import (
    DETAILS,
    LONGEST_REASON,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CHOSEN,
)

IDS: dict[str, Any] = {
    "type": "array", "items": ID, "minItems": 1, "maxItems": MOST_CHOSEN, "uniqueItems": True,
}  # fmt: skip
FILES: dict[str, Any] = {"maxItems": MOST_FILES}
VAT: dict[str, Any] = {"type": "integer", "enum": [25, 0]}


class _Closed(ma.Schema):
    """A body that holds nothing but what the contract tells."""

    class Meta:
        unknown = ma.RAISE


class FileSentSchema(_Closed):
    """A file: PDF, PNG or JPEG, as base64."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "content": {"type": "string", "contentEncoding": "base64", "minLength": 1},
    }
    name = fields.Line(required=True, longest=120)
    content = ma.fields.Str(required=True)


QuoteDetailsSchema = type(
    "QuoteDetailsSchema",
    (_Closed,),
    DETAILS | {"__doc__": "What the form of the category asks; `askable-enterprises` lists which."},
)


class QuoteRequestBodySchema(_Closed):
    """A request for quotes, about a category or a product; the latter's category counts then."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "category_code": EIGHT_DIGITS,
        "product_id": ID,
        "enterprise_ids": IDS,
    }
    category_code = ma.fields.Str()
    product_id = fields.Whole(least=1)
    title = fields.Line(required=True, longest=LONGEST_TITLE)
    description = fields.Line(required=True, longest=LONGEST_TEXT)
    deadline_on = fields.Day(required=True)
    enterprise_ids = ma.fields.List(ma.fields.Int(), required=True)
    details = ma.fields.Nested(QuoteDetailsSchema)
    files = ma.fields.List(
        ma.fields.Nested(FileSentSchema), validate=ma.validate.Length(max=MOST_FILES)
    )


class DeadlineBodySchema(_Closed):
    """A later deadline."""

    deadline_on = fields.Day(required=True)


class OthersBodySchema(_Closed):
    """More enterprises to ask."""

    SHAPES: ClassVar[dict[str, Any]] = {"enterprise_ids": IDS}
    enterprise_ids = ma.fields.List(ma.fields.Int(), required=True)


class ReasonBodySchema(_Closed):
    """Why; those concerned read it."""

    reason = fields.Line(required=True, longest=LONGEST_REASON, shortest=5)


class QuestionBodySchema(_Closed):
    """A question to the buyer."""

    question = fields.Line(required=True, longest=LONGEST_TEXT)


class AnswerBodySchema(_Closed):
    """The answer to a question."""

    answer = fields.Line(required=True, longest=LONGEST_TEXT)


class _ChosenSchema(_Closed):
    SHAPES: ClassVar[dict[str, Any]] = {
        "quote_id": ID,
        "revision": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    }
    quote_id = fields.Whole(required=True, least=1)
    revision = fields.Whole(required=True, least=1)
    reason = fields.Line(required=True, longest=LONGEST_REASON, shortest=5)


class ChoiceBodySchema(_ChosenSchema):
    """The quote that was read and is wanted, why, and where it goes: it is ordered at once."""

    delivery = ma.fields.Nested(DeliveryBodySchema, required=True)


class FrameChoiceBodySchema(_ChosenSchema):
    """The quote that was read and is wanted as a frame, to be called off in parts until a day."""

    kind = fields.Choice(FrameKind, required=True)
    valid_until = fields.Day(required=True)


class OfferLineSchema(_Closed):
    """A line of a quote; the price is for one unit, excluding VAT."""

    SHAPES: ClassVar[dict[str, Any]] = {"price_ore": ORE, "vat_rate": VAT}
    title = fields.Line(required=True, longest=LONGEST_TITLE)
    quantity = fields.Quantity(required=True)
    unit = fields.Choice(Unit, required=True)
    price_ore = fields.Whole(required=True)
    vat_rate = ma.fields.Int(required=True)


class OfferBodySchema(_Closed):
    """A quote; it takes the place of one sent before."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "delivery_days": {"type": "integer", "minimum": 0, "maximum": 730},
    }
    text = fields.Line(longest=LONGEST_TEXT)
    valid_until = fields.Day(required=True)
    delivery_days = fields.Whole(least=0, most=730)
    lines = ma.fields.List(
        ma.fields.Nested(OfferLineSchema), required=True,
        validate=ma.validate.Length(1, rules.MOST_LINES),
    )  # fmt: skip
    files = ma.fields.List(
        ma.fields.Nested(FileSentSchema), validate=ma.validate.Length(max=MOST_FILES)
    )


class CallOffLineSchema(_Closed):
    """How many of a line of a frame."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "position": {"type": "integer", "minimum": 1, "maximum": rules.MOST_LINES},
    }
    position = ma.fields.Int(required=True)
    quantity = fields.Quantity(required=True)


class CallOffBodySchema(_Closed):
    """What is called off a frame, and where it goes."""

    lines = ma.fields.List(
        ma.fields.Nested(CallOffLineSchema), required=True,
        validate=ma.validate.Length(1, rules.MOST_LINES),
    )  # fmt: skip
    delivery = ma.fields.Nested(DeliveryBodySchema, required=True)


class AskableQuerySchema(ma.Schema):
    """What a request would be about: a category, or a product."""

    SHAPES: ClassVar[dict[str, Any]] = {"category_code": EIGHT_DIGITS, "product_id": ID}
    category_code = ma.fields.Str()
    product_id = ma.fields.Int()
