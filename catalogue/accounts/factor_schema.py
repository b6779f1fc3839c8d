"""The forms of the second factor and of a password that is chosen."""

from __future__ import annotations

import marshmallow as ma

from catalogue.core import fields

from .factor_rules import Required
from .schema import SHORTEST_PASSWORD


class CodeSchema(ma.Schema):
    """A one-time code or a recovery code."""

    code = fields.Verbatim(required=True, longest=40)


class ProofSchema(CodeSchema):
    """What proves that it is she who is signed in."""

    password = fields.Verbatim(required=True, longest=200)


class MoveSchema(ProofSchema):
    """The proof, with a code of the new phone."""

    new_code = fields.Verbatim(required=True, longest=40)


class PasswordSchema(ma.Schema):
    """A password that is chosen."""

    password = fields.Verbatim(required=True, longest=200, shortest=SHORTEST_PASSWORD)


class ChangeSchema(PasswordSchema):
    """A password that is chosen, and the one in whose place."""

    old_password = fields.Verbatim(required=True, longest=200)


class RequiredSchema(ma.Schema):
    """Of whom a municipality asks a second factor."""

    required = fields.Choice(Required, required=True)
