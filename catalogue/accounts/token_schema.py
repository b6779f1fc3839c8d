"""The form of an access key, and what comes in and goes out when a system asks for a pass."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.who import Role


class TokenFormSchema(ma.Schema):
    """The form that makes an access key; its scopes stand beside it, for there are many."""

    name = fields.Line(required=True, longest=80)
    days = fields.Whole(required=True, least=1, most=365)
    system_role = fields.Choice(Role, load_default=None)
    email = fields.Email(load_default=None)


class PassRequestSchema(ma.Schema):
    """What a system sends for a pass (RFC 6749, 4.4); credentials may stand in the header too."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "grant_type": {"type": "string", "enum": ["client_credentials"]}
    }
    grant_type = fields.Verbatim(required=True, longest=60)
    scope = fields.Verbatim(longest=300)
    client_id = fields.Verbatim(longest=80)
    client_secret = fields.Verbatim(longest=200)


class PassSchema(ma.Schema):
    """A pass as RFC 6749 wants it told."""

    access_token = ma.fields.Str(required=True)
    token_type = ma.fields.Str(required=True)
    expires_in = ma.fields.Int(required=True, strict=True)
    scope = ma.fields.Str(required=True)


class PassRefusalSchema(ma.Schema):
    """A refusal as RFC 6749 wants it told."""

    error = ma.fields.Str(required=True)
    error_description = ma.fields.Str()
