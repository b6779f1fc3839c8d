"""The forms of the second factor."""

from __future__ import annotations

import marshmallow as ma

from catalogue.core import fields

from .factor_rules import Required


class CodeSchema(ma.Schema):
    """A one-time code or a recovery code."""

    code = fields.Line(required=True, longest=40)


class ProofSchema(CodeSchema):
    """What proves that it is she who is signed in."""

    password = fields.Line(required=True, longest=200)


class MoveSchema(ProofSchema):
    """The proof, with a code of the new phone."""

    new_code = fields.Line(required=True, longest=40)


class RequiredSchema(ma.Schema):
    """Of whom a municipality asks a second factor."""

    required = fields.Choice(Required, required=True)
