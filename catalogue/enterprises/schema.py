"""The shape of an application, a profile and the staff's decisions."""

from __future__ import annotations

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Phone, Postcode

from .models import Recognition, RegisterStatus

LEGAL_FORMS = ("ApS", "A/S", "I/S", "Forening", "Fond", "A.M.B.A.", "S.M.B.A.", "Andet")


class PointsSchema(ma.Schema):
    """How an enterprise meets the five points."""

    social_purpose_how = fields.Line(required=True, longest=2000, shortest=10)
    sales_how = fields.Line(required=True, longest=2000, shortest=10)
    reinvests_how = fields.Line(required=True, longest=2000, shortest=10)
    independent_how = fields.Line(required=True, longest=2000, shortest=10)
    cvr_how = fields.Line(required=True, longest=2000, shortest=10)


class ConfirmationSchema(PointsSchema):
    """The five points confirmed anew, by somebody who says so."""

    confirmed = fields.Choice(lambda: ["1"], required=True)


class ProfileSchema(PointsSchema):
    """What an enterprise tells of itself."""

    name = fields.Line(required=True, longest=120)
    legal_form = fields.Choice(lambda: list(LEGAL_FORMS), required=True)
    street = fields.Line(required=True, longest=120)
    postcode = Postcode(required=True)
    city = fields.Line(required=True, longest=60)
    municipality_id = fields.Whole(required=True)
    email = fields.Email(required=True)
    phone = Phone(longest=30, load_default=None)
    website = fields.Web(load_default=None)
    social_purpose = fields.Line(required=True, longest=2000, shortest=20)
    story = fields.Line(longest=5000, load_default="")
    says_registered = ma.fields.Boolean(load_default=False)
    turnover_ore = fields.Kroner(data_key="turnover", load_default=None)
    turnover_year = fields.Whole(least=2000, most=2100, load_default=None)
    capacity = fields.Line(longest=1000, load_default=None)


class ApplicationSchema(ProfileSchema):
    """An application: the profile, the CVR number, who reviews, and the first log-in."""

    cvr = fields.Cvr(required=True)
    reviewer_id = fields.Whole(required=True)
    person_name = fields.Line(required=True, longest=120)
    person_email = fields.Email(required=True)
    password = fields.Verbatim(required=True, longest=200, shortest=10)


class ReasonSchema(ma.Schema):
    """A decision that owes a reason."""

    reason = fields.Line(required=True, longest=2000, shortest=5)


class SuspensionSchema(ReasonSchema):
    """A suspension: why, and until when it is expected to last."""

    suspended_until = fields.Day(load_default=None)


class RegisterSchema(ma.Schema):
    """What the register says, on which day, seen where."""

    status = fields.Choice(RegisterStatus, required=True)
    checked_on = fields.Day(required=True)
    source = fields.Line(required=True, longest=300)


class DecisionSchema(ma.Schema):
    """A municipality's own decision."""

    reason = fields.Line(required=True, longest=2000, shortest=5, data_key="decision_reason")
    recognition = fields.Choice(Recognition, required=True)
