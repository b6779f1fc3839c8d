"""The shape of the yearly report where programs get it."""

from __future__ import annotations

import marshmallow as ma


class YearSumSchema(ma.Schema):
    """The sums of one year; void orders came to nothing, or await approval."""

    net_ore = ma.fields.Int(required=True, strict=True)
    orders = ma.fields.Int(required=True, strict=True)
    void_orders = ma.fields.Int(required=True, strict=True)
    enterprises = ma.fields.Int(required=True, strict=True)


class YearMonthSchema(ma.Schema):
    """A month by its first day; `before_ore` is the amount of that month the year before."""

    first_on = ma.fields.Date(required=True, attribute="key")
    orders = ma.fields.Int(required=True, strict=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    before_ore = ma.fields.Int(required=True, strict=True)


class YearSellerSchema(ma.Schema):
    """An enterprise that was ordered from."""

    enterprise_id = ma.fields.Int(required=True, strict=True, attribute="key")
    name = ma.fields.Str(required=True)
    cvr = ma.fields.Str(required=True)
    city = ma.fields.Str(required=True)
    orders = ma.fields.Int(required=True, strict=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    before_ore = ma.fields.Int(required=True, strict=True)


class YearGroupSchema(ma.Schema):
    """A group of categories."""

    code = ma.fields.Str(required=True)
    label = ma.fields.Str(required=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    before_ore = ma.fields.Int(required=True, strict=True)


class YearDivisionSchema(YearGroupSchema):
    """A division of categories, with the groups in it."""

    groups = ma.fields.List(ma.fields.Nested(YearGroupSchema), required=True)


class YearInstitutionSchema(ma.Schema):
    """An institution that ordered; an empty name stands for all others together."""

    name = ma.fields.Str(required=True, attribute="key")
    orders = ma.fields.Int(required=True, strict=True)
    net_ore = ma.fields.Int(required=True, strict=True)
    before_ore = ma.fields.Int(required=True, strict=True)


class YearAgreementSchema(ma.Schema):
    """An agreement that was in force on some day of the year."""

    id = ma.fields.Int(required=True, strict=True, attribute="agreement_id")
    kind = ma.fields.Str(required=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    party = ma.fields.Str(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    is_new = ma.fields.Bool(required=True)
    has_ended = ma.fields.Bool(required=True)
    ordered_ore = ma.fields.Int(required=True, strict=True)
    ceiling_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    counted_ore = ma.fields.Int(required=True, strict=True, allow_none=True)


class YearLedgerSchema(ma.Schema):
    """What the ledger says of the year and of the one before."""

    total_ore = ma.fields.Int(required=True, strict=True)
    social_ore = ma.fields.Int(required=True, strict=True)
    total_before_ore = ma.fields.Int(required=True, strict=True)
    social_before_ore = ma.fields.Int(required=True, strict=True)


class YearSoughtSchema(ma.Schema):
    """What was looked for in vain, and how often."""

    words = ma.fields.Str(required=True)
    times = ma.fields.Int(required=True, strict=True)
    category_code = ma.fields.Str(required=True, allow_none=True)


class YearMeasureSchema(ma.Schema):
    """A figure that enterprises state of their effect; `total` is null where it has no sum."""

    measure = ma.fields.Str(required=True)
    total = ma.fields.Int(required=True, strict=True, allow_none=True)
    stated = ma.fields.Int(required=True, strict=True)
    of = ma.fields.Int(required=True, strict=True)


class YearInForceSchema(ma.Schema):
    """Agreements in force on the report's day, and at the end of the year before."""

    voluntary = ma.fields.Int(required=True, strict=True)
    mandatory = ma.fields.Int(required=True, strict=True)
    voluntary_before = ma.fields.Int(required=True, strict=True)
    mandatory_before = ma.fields.Int(required=True, strict=True)


class YearlyReportSchema(ma.Schema):
    """The report of a year; that of the running one is preliminary."""

    year = ma.fields.Int(required=True, strict=True)
    as_of = ma.fields.Date(required=True)
    preliminary = ma.fields.Bool(required=True)
    total = ma.fields.Nested(YearSumSchema, required=True)
    before = ma.fields.Nested(YearSumSchema, required=True)
    months = ma.fields.List(ma.fields.Nested(YearMonthSchema), required=True)
    enterprises = ma.fields.List(ma.fields.Nested(YearSellerSchema), required=True)
    divisions = ma.fields.List(ma.fields.Nested(YearDivisionSchema), required=True)
    institutions = ma.fields.List(ma.fields.Nested(YearInstitutionSchema), required=True)
    in_force = ma.fields.Nested(YearInForceSchema, required=True)
    agreements = ma.fields.List(ma.fields.Nested(YearAgreementSchema), required=True)
    ledger = ma.fields.Nested(YearLedgerSchema, required=True, allow_none=True)
    sought_in_vain = ma.fields.List(ma.fields.Nested(YearSoughtSchema), required=True)
    effect_year = ma.fields.Int(required=True, strict=True)
    effects = ma.fields.List(ma.fields.Nested(YearMeasureSchema), required=True)
