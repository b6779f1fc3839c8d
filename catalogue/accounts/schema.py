"""The shape of what comes in about persons and sign-in."""

from __future__ import annotations

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.who import OF_ENTERPRISE, Role

SHORTEST_PASSWORD = 10


class SignInSchema(ma.Schema):
    """The sign-in form."""

    email = fields.Verbatim(required=True, longest=254)
    password = fields.Verbatim(required=True, longest=200)


class PersonSchema(ma.Schema):
    """A person with her first role, as an administrator enters them."""

    name = fields.Line(required=True, longest=120)
    email = fields.Email(required=True)
    password = fields.Verbatim(required=True, longest=200, shortest=SHORTEST_PASSWORD)
    role = fields.Choice(Role, required=True)
    municipality_id = fields.Whole(load_default=None)
    enterprise_id = fields.Whole(load_default=None)


class ContactSchema(ma.Schema):
    """Whom people of a municipality ask; both empty: one of its staff."""

    contact_name = fields.Line(longest=120)
    contact_email = fields.Email()


class InvitationSchema(ma.Schema):
    """Who is invited to act for an enterprise, and as what."""

    email = fields.Email(required=True)
    role = fields.Choice(lambda: sorted(OF_ENTERPRISE), required=True)


class AcceptanceSchema(ma.Schema):
    """What an invited person without a log-in tells of herself."""

    name = fields.Line(required=True, longest=120)
    password = fields.Verbatim(required=True, longest=200, shortest=SHORTEST_PASSWORD)
