"""The shapes of the demand desk where programs send and get them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes
from catalogue.search.inquiry_schema import LONGEST_TEXT, MOST_CHOSEN
from catalogue.search.rules import Outcome

from . import demand_rules as rules
from .demand_queries import Desk
from .demand_rules import Group, Wish


class Months(StrEnum):
    """Over how many months the desk looks back."""

    QUARTER = "3"
    YEAR = "12"


class MonthsQuerySchema(ma.Schema):
    """Over how many months, the present one included."""

    months = fields.Choice(Months)


class DeskQuerySchema(MonthsQuerySchema):
    """What is listed: by reason, requested by buyers, without a quote, or of a category with all
    below it.
    """

    SHAPES: ClassVar[dict[str, Any]] = {"category": shapes.EIGHT_DIGITS}
    outcome = fields.Choice(Outcome)
    requested = ma.fields.Bool()
    unquoted = ma.fields.Bool()
    category = fields.Verbatim()


class DeskInquiryBodySchema(ma.Schema):
    """What the chosen enterprises are asked; each gets a mail."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "enterprise_ids": {"type": "array", "minItems": 1, "maxItems": MOST_CHOSEN,
                           "items": shapes.ID},
    }  # fmt: skip
    text = fields.Line(required=True, longest=LONGEST_TEXT)
    enterprise_ids = ma.fields.List(ma.fields.Int(), required=True)


class DeskGroupListedSchema(ma.Schema):
    """What was looked for in vain; `name` is its name in addresses."""

    name = ma.fields.Str(required=True)
    words = ma.fields.Str(required=True)
    times = ma.fields.Int(required=True, strict=True)
    outcome = ma.fields.Str(required=True, allow_none=True)
    requests = ma.fields.Int(required=True, strict=True)
    unquoted = ma.fields.Int(required=True, strict=True)
    asked = ma.fields.Int(required=True, strict=True)
    category_code = ma.fields.Str(required=True, allow_none=True)


class DeskSpellingSchema(ma.Schema):
    """One way in which it was searched for, and how often."""

    text = ma.fields.Str(required=True)
    times = ma.fields.Int(required=True, strict=True)


class DeskNotedSchema(ma.Schema):
    """A request of a buyer, without who wrote it."""

    id = ma.fields.Int(required=True, strict=True)
    text = ma.fields.Str(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    closed = ma.fields.Bool(required=True)
    answers = ma.fields.Int(required=True, strict=True)


class DeskSentSchema(ma.Schema):
    """An enterprise that was asked, and how it stands with its answer."""

    inquiry_id = ma.fields.Int(required=True, strict=True)
    enterprise_id = ma.fields.Int(required=True, strict=True)
    enterprise_name = ma.fields.Str(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    answer = ma.fields.Str(required=True, allow_none=True)
    reason = ma.fields.Str(required=True)
    product_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    product_state = ma.fields.Str(required=True, allow_none=True)


class DeskCandidateSchema(ma.Schema):
    """A verified enterprise that was not asked yet, and how near its products lie."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    closeness = ma.fields.Str(required=True)


class DeskGroupSchema(DeskGroupListedSchema):
    """What was looked for in vain, with all that stands behind it and whom one could ask."""

    spellings = ma.fields.List(ma.fields.Nested(DeskSpellingSchema), required=True)
    noted = ma.fields.List(ma.fields.Nested(DeskNotedSchema), required=True)
    sent = ma.fields.List(ma.fields.Nested(DeskSentSchema), required=True)
    candidates = ma.fields.List(ma.fields.Nested(DeskCandidateSchema), required=True)


def wish_of(query: Mapping[str, Any]) -> Wish:
    """Return what a program wants to see of the desk."""
    outcome = query.get("outcome")
    return Wish(
        outcome=None if outcome is None else Outcome(outcome),
        only_noted=bool(query.get("requested")),
        only_unquoted=bool(query.get("unquoted")),
        category=query.get("category"),
    )


def show_listed(group: Group) -> dict[str, Any]:
    """Return a line of the desk."""
    return dict(DeskGroupListedSchema().dump(_told(group)))


def show(desk: Desk, group: Group) -> dict[str, Any]:
    """Return what stands behind a line, and whom one could ask, the nearest first."""
    asked = {each.enterprise_id for each in group.sent}
    near = [
        {"enterprise_id": shop.id, "name": shop.name,
         "closeness": rules.closeness(shop, group.category_code)}
        for shop in desk.shops
        if shop.id not in asked
    ]  # fmt: skip
    places = list(rules.Closeness)
    near.sort(key=lambda each: places.index(rules.Closeness(str(each["closeness"]))))
    behind = {"spellings": group.spellings, "noted": group.noted, "sent": group.sent}
    return dict(DeskGroupSchema().dump(_told(group) | behind | {"candidates": near}))


def _told(group: Group) -> dict[str, Any]:
    return {
        "name": group.slug,
        "words": group.words,
        "times": group.times,
        "outcome": group.main,
        "requests": len(group.noted),
        "unquoted": len(group.unquoted),
        "asked": len(group.sent),
        "category_code": group.category_code,
    }
