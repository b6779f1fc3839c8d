"""The shapes of agreements where programs send and get them; the terms are those of the form."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields, shapes

from .models import AgreementKind
from .rules import AgreementState
from .schema import AgreementSchema, EndingSchema

CODES: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": 500,
    "items": shapes.EIGHT_DIGITS,
}


class AgreementBodySchema(AgreementSchema):
    """The terms of a new agreement; a draft binds nobody until it is put in force."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {
        "supplier_cvr": shapes.EIGHT_DIGITS,
        "categories": CODES,
        "enterprise_id": shapes.ID,
    }
    ceiling_ore = fields.Kroner(least_ore=1_00)
    categories = ma.fields.List(ma.fields.Str(), required=True)
    draft = ma.fields.Bool()


class AmendmentBodySchema(AgreementBodySchema):
    """All terms anew, from which day on, and why; kind and enterprise stay what they are."""

    class Meta:
        unknown = ma.RAISE
        exclude = ("kind", "enterprise_id", "draft")

    effective_on = fields.Day()
    reason = fields.Line(longest=1000)


class EndingBodySchema(EndingSchema):
    """The last day an agreement shall apply, and why it ends before its time."""

    class Meta:
        unknown = ma.RAISE


class AgreementQuerySchema(ma.Schema):
    """Which agreements are listed, and as of which day their terms are told."""

    day = fields.Day()
    kind = fields.Choice(AgreementKind)
    state = fields.Choice(AgreementState)


class AsOfQuerySchema(ma.Schema):
    """The day as of which terms are told; without one, the newest terms and today's state."""

    day = fields.Day()


class TermsShownSchema(ma.Schema):
    """What an agreement says."""

    kind = ma.fields.Str(required=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    categories = ma.fields.List(ma.fields.Str(), required=True)
    enterprise_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    supplier_name = ma.fields.Str(required=True, allow_none=True)
    supplier_cvr = ma.fields.Str(required=True, allow_none=True)
    where_to_buy = ma.fields.Str(required=True, allow_none=True)
    reference = ma.fields.Str(required=True, allow_none=True)
    ceiling_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    ceiling_months = ma.fields.Int(required=True, strict=True, allow_none=True)
    notice_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    contact_name = ma.fields.Str(required=True, allow_none=True)
    contact_email = ma.fields.Str(required=True, allow_none=True)
    options = ma.fields.Str(required=True, allow_none=True)


class AgreementShownSchema(TermsShownSchema):
    """An agreement as of a day."""

    id = ma.fields.Int(required=True, strict=True)
    state = ma.fields.Str(required=True)
    party = ma.fields.Str(required=True)
    ended_reason = ma.fields.Str(required=True, allow_none=True)
    updated_at = ma.fields.AwareDateTime(required=True)


class VersionShownSchema(TermsShownSchema):
    """What an agreement says from one day until another, and why that was amended then.

    Of what has not been amended since, the last two are null.
    """

    from_on = ma.fields.Date(required=True)
    until_on = ma.fields.Date(required=True)
    amended_because = ma.fields.Str(required=True, allow_none=True)
    amended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
