"""The shapes of quotes as programs read them, on the buyer's side and on that of those asked."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma


class QuoteFileSchema(ma.Schema):
    """A file that goes with a request or a quote; `/quote-files/{id}` hands it out."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    file_type = ma.fields.Str(required=True)
    size_bytes = ma.fields.Int(required=True, strict=True)


class QuoteLineShownSchema(ma.Schema):
    """A line of a quote; the price is for one unit, excluding VAT."""

    position = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    quantity = ma.fields.Float(required=True)
    unit = ma.fields.Str(required=True)
    price_ore = ma.fields.Int(required=True, strict=True)
    vat_rate = ma.fields.Int(required=True, strict=True)
    net_ore = ma.fields.Int(required=True, strict=True)


class QuoteSchema(ma.Schema):
    """A quote; `revision` counts how often it was sent."""

    id = ma.fields.Int(required=True, strict=True)
    revision = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    delivery_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    valid_until = ma.fields.Date(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    sent_at = ma.fields.AwareDateTime(required=True)
    chosen = ma.fields.Bool(required=True)
    lines = ma.fields.List(ma.fields.Nested(QuoteLineShownSchema), required=True)
    files = ma.fields.List(ma.fields.Nested(QuoteFileSchema), required=True)


class QuoteQuestionSchema(ma.Schema):
    """A question of one of those asked; `answer` is null until there is one."""

    id = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    answer = ma.fields.Str(required=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class QuoteAnswerSchema(ma.Schema):
    """One of those asked: its quote, or why it declined, or neither yet."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise = ma.fields.Str(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    declined_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decline_reason = ma.fields.Str(required=True, allow_none=True)
    quote = ma.fields.Nested(QuoteSchema, required=True, allow_none=True)


class _RequestSchema(ma.Schema):
    id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    kind = ma.fields.Str(required=True)
    deadline_on = ma.fields.Date(required=True)
    created_at = ma.fields.AwareDateTime(required=True)


class QuoteRequestListedSchema(_RequestSchema):
    """A request for quotes in a list, with how those asked have answered."""

    buyer = ma.fields.Str(required=True)
    phase = ma.fields.Str(required=True)
    asked = ma.fields.Int(required=True, strict=True)
    declined = ma.fields.Int(required=True, strict=True)
    quoted = ma.fields.Int(required=True, strict=True)


class _WholeSchema(ma.Schema):
    SHAPES: ClassVar[dict[str, Any]] = {"details": {"type": "object"}}
    description = ma.fields.Str(required=True)
    details = ma.fields.Dict(required=True)
    questions = ma.fields.List(ma.fields.Nested(QuoteQuestionSchema), required=True)
    files = ma.fields.List(ma.fields.Nested(QuoteFileSchema), required=True)
    order_number = ma.fields.Str(required=True, allow_none=True)


class QuoteRequestShownSchema(QuoteRequestListedSchema, _WholeSchema):
    """A request for quotes with all answers, for its buyer and her staff."""

    close_reason = ma.fields.Str(required=True, allow_none=True)
    choice_reason = ma.fields.Str(required=True, allow_none=True)
    answers = ma.fields.List(ma.fields.Nested(QuoteAnswerSchema), required=True)


class IncomingListedSchema(_RequestSchema):
    """What the enterprise was asked; `open` tells whether a quote is taken in."""

    municipality = ma.fields.Str(required=True)
    open = ma.fields.Bool(required=True)
    declined_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    quoted_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    chosen = ma.fields.Bool(required=True)


class IncomingShownSchema(IncomingListedSchema, _WholeSchema):
    """What the enterprise was asked, with its own answer and nothing of the others'."""

    decline_reason = ma.fields.Str(required=True, allow_none=True)
    quote = ma.fields.Nested(QuoteSchema, required=True, allow_none=True)


class AskableEnterpriseSchema(ma.Schema):
    """An enterprise that may be asked."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise = ma.fields.Str(required=True)


class AskableSchema(ma.Schema):
    """Whom one may ask in a category, and which details its form has."""

    category_code = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    details = ma.fields.List(ma.fields.Str(), required=True)
    enterprises = ma.fields.List(ma.fields.Nested(AskableEnterpriseSchema), required=True)


class FrameListedSchema(ma.Schema):
    """A frame; its id is that of its quote, `closed` why nothing may be called off any more."""

    quote_id = ma.fields.Int(required=True, strict=True)
    request_id = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    kind = ma.fields.Str(required=True)
    valid_until = ma.fields.Date(required=True)
    municipality = ma.fields.Str(required=True)
    enterprise = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    closed = ma.fields.Str(required=True, allow_none=True)


class FrameLineSchema(ma.Schema):
    """A line of a frame: what was offered, and how much of it was called off."""

    position = ma.fields.Int(required=True, strict=True)
    title = ma.fields.Str(required=True)
    quantity = ma.fields.Float(required=True)
    price_ore = ma.fields.Int(required=True, strict=True)
    used_quantity = ma.fields.Float(required=True)
    used_ore = ma.fields.Int(required=True, strict=True)


class FrameShownSchema(FrameListedSchema):
    """A frame with what is left of it, and its orders."""

    left_ore = ma.fields.Int(required=True, strict=True)
    lines = ma.fields.List(ma.fields.Nested(FrameLineSchema), required=True)
    orders = ma.fields.List(ma.fields.Str(), required=True)
