"""The shapes of demands and inquiries where programs send and get them."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes

from .demand_queries import DemandPage, Listed, Open
from .demand_schema import LONGEST_ANSWER, LONGEST_DETAILS, LONGEST_REASON, LONGEST_TEXT
from .inquiry_queries import Received
from .inquiry_schema import LONGEST_OFFER, LONGEST_TITLE


class DemandBodySchema(ma.Schema):
    """What is lacking; without an enterprise all are asked."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "category_code": shapes.EIGHT_DIGITS, "enterprise_id": shapes.ID,
    }  # fmt: skip
    text = fields.Line(required=True, longest=LONGEST_TEXT)
    details = fields.Line(longest=LONGEST_DETAILS)
    category_code = fields.Verbatim()
    needed_on = fields.Day()
    enterprise_id = ma.fields.Int()


class DemandClosingSchema(ma.Schema):
    """Why a demand is closed."""

    class Meta:
        unknown = ma.RAISE

    reason = fields.Line(required=True, longest=LONGEST_REASON)


class DemandAnswerBodySchema(ma.Schema):
    """An answer to a demand: words, a price perhaps, and a published product of one's own."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"price_ore": shapes.ORE, "product_id": shapes.ID}
    text = fields.Line(required=True, longest=LONGEST_ANSWER)
    price_ore = fields.Kroner()
    product_id = ma.fields.Int()


class InquiryYesSchema(ma.Schema):
    """What we can make: a draft begins with it."""

    class Meta:
        unknown = ma.RAISE

    title = fields.Line(required=True, longest=LONGEST_TITLE)
    text = fields.Line(longest=LONGEST_OFFER)


class InquiryNoSchema(ma.Schema):
    """Why we cannot, if we want to say."""

    class Meta:
        unknown = ma.RAISE

    reason = fields.Line(longest=LONGEST_REASON)


class DemandListedSchema(ma.Schema):
    """A demand among others; `enterprise_name` null: all were asked."""

    id = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    needed_on = ma.fields.Date(required=True, allow_none=True)
    enterprise_name = ma.fields.Str(required=True, allow_none=True)
    buyer_name = ma.fields.Str(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answers = ma.fields.Int(required=True, strict=True)


class DemandAnswerShownSchema(ma.Schema):
    """An answer of an enterprise."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise_name = ma.fields.Str(required=True)
    text = ma.fields.Str(required=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True)


class DemandShownSchema(ma.Schema):
    """A demand with all its answers, the oldest first."""

    id = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    details = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    needed_on = ma.fields.Date(required=True, allow_none=True)
    enterprise_name = ma.fields.Str(required=True, allow_none=True)
    buyer_name = ma.fields.Str(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    closed_reason = ma.fields.Str(required=True, allow_none=True)
    answers = ma.fields.List(ma.fields.Nested(DemandAnswerShownSchema), required=True)


class OwnAnswerSchema(ma.Schema):
    """What we answered."""

    text = ma.fields.Str(required=True)
    price_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True)


class IncomingDemandSchema(ma.Schema):
    """An open demand as an enterprise may read it: of the buyer, the municipality alone."""

    id = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    details = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    needed_on = ma.fields.Date(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    for_us_alone = ma.fields.Bool(required=True)
    municipality = ma.fields.Str(required=True, attribute="municipality_name")
    answer = ma.fields.Nested(OwnAnswerSchema, required=True, allow_none=True)


class InquiryShownSchema(ma.Schema):
    """What a municipality asks us: can you make this? And what we answered."""

    id = ma.fields.Int(required=True, strict=True)
    words = ma.fields.Str(required=True)
    text = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    municipality = ma.fields.Str(required=True, attribute="municipality_name")
    answer = ma.fields.Str(required=True, allow_none=True)
    reason = ma.fields.Str(required=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)


def show_listed(row: Listed) -> dict[str, Any]:
    """Return a demand as the list of those who asked has it."""
    names = ("id", "text", "category_code", "needed_on", "created_at", "closed_at")
    told = {name: getattr(row.demand, name) for name in names} | vars(row)
    return dict(DemandListedSchema().dump(told))


def show(page: DemandPage) -> dict[str, Any]:
    """Return a demand with its answers."""
    names = DemandShownSchema().fields.keys() - {"answers", "enterprise_name", "buyer_name"}
    answers = [
        {"enterprise_name": each.enterprise_name}
        | {name: getattr(each.answer, name) for name in _ANSWER}
        for each in page.answers
    ]
    told = {name: getattr(page.demand, name) for name in names}
    told |= {"answers": answers, "enterprise_name": page.enterprise_name,
             "buyer_name": page.buyer_name}  # fmt: skip
    return dict(DemandShownSchema().dump(told))


def show_open(found: Open) -> dict[str, Any]:
    """Return an open demand as an enterprise reads it."""
    code = found.category.code if found.category else None
    return dict(IncomingDemandSchema().dump(vars(found) | {"category_code": code}))


def show_inquiry(found: Received) -> dict[str, Any]:
    """Return what an enterprise was asked."""
    own = {name: getattr(found.own, name) for name in ("answer", "reason", "answered_at",
                                                      "product_id")}  # fmt: skip
    code = found.category.code if found.category else None
    return dict(InquiryShownSchema().dump(vars(found) | own | {"category_code": code}))


_ANSWER = ("enterprise_id", "text", "price_ore", "product_id", "answered_at")
