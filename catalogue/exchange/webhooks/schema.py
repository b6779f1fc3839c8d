"""The form of a webhook, and what programs send and get of webhooks and their deliveries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import COPENHAGEN
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import rules

LONGEST_URL = 500
LABELS = {
    "name": _("What do you call it?"),
    "url": _("Address that is told"),
    "types": _("What is it told of?"),
    "since": _("From the time"),
}


@dataclass(frozen=True)
class Terms:
    """What its owners say of a webhook."""

    name: str
    url: str
    types: list[str]


@dataclass(frozen=True)
class Allowed:
    """What a webhook may say: as whose, and where it may lead besides the open internet."""

    role: Role | None
    hosts: Collection[str]


class WebhookSchema(ma.Schema):
    """The form of a webhook; its types stand beside it, for there are many."""

    name = fields.Line(required=True, longest=80)
    url = fields.Verbatim(required=True, longest=LONGEST_URL)


class WebhookBodySchema(WebhookSchema):
    """A new webhook."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "types": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "enum": [each.name for each in rules.TYPES]},
        }
    }
    types = ma.fields.List(ma.fields.Str(), required=True)


class ReplayBodySchema(ma.Schema):
    """Since when all is sent again that did not go through."""

    class Meta:
        unknown = ma.RAISE

    since = ma.fields.AwareDateTime(required=True)


class ReplayedSchema(ma.Schema):
    """How many deliveries are sent again."""

    sent = ma.fields.Int(required=True, strict=True)


class WebhookShownSchema(ma.Schema):
    """A webhook, without its secret."""

    id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    url = ma.fields.Str(required=True)
    types = ma.fields.List(ma.fields.Str(), required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    paused_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    pause_cause = ma.fields.Str(required=True, allow_none=True)
    failing_since = ma.fields.AwareDateTime(required=True, allow_none=True)
    old_until = ma.fields.AwareDateTime(required=True, allow_none=True)


class WebhookMadeSchema(WebhookShownSchema):
    """A webhook with a new secret, which is told this once."""

    secret = ma.fields.Str(required=True)


class WebhookDeliverySchema(ma.Schema):
    """A delivery and what came of its last attempt."""

    id = ma.fields.Int(required=True, strict=True)
    message_id = ma.fields.Str(required=True)
    type = ma.fields.Str(required=True)
    about = ma.fields.Str(required=True)
    state = ma.fields.Str(required=True)
    attempts = ma.fields.Int(required=True, strict=True)
    status = ma.fields.Int(required=True, strict=True, allow_none=True)
    happened_at = ma.fields.AwareDateTime(required=True)
    tried_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    due_at = ma.fields.AwareDateTime(required=True, allow_none=True)


def read_terms(form: Mapping[str, Any], types: Sequence[str], allowed: Allowed) -> Terms:
    """Read a form with the types chosen; raises Invalid by field."""
    problems: dict[str, list[Any]] = {}
    typed: dict[str, Any] = {}
    try:
        typed = fields.load(WebhookSchema(), form)
        if wrong := rules.address_problem(typed["url"], allowed.hosts):
            problems["url"] = [wrong]
    except Invalid as error:
        problems |= error.problems
    known = [each.name for each in rules.types_for(allowed.role)]
    if not types or not set(types) <= set(known):
        problems["types"] = [_("Choose at least one event, among those listed")]
    if problems:
        raise Invalid(problems)
    return Terms(typed["name"], typed["url"], [each for each in known if each in types])


def read_since(form: Mapping[str, Any]) -> datetime:
    """Read a time, as typed in Copenhagen or with its own zone; raises Invalid."""
    try:
        since = datetime.fromisoformat(form.get("since", "").strip())
        known = since if since.tzinfo else since.replace(tzinfo=COPENHAGEN)
        return known.astimezone(UTC)
    except (ValueError, OverflowError):  # the first or last day of all, in another zone
        raise Invalid({"since": [_("Write a time, such as 2026-12-31T13:00")]}) from None
