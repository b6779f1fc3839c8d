"""The shape of what a buyer says of her choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.text import gettext
from catalogue.products.rules import has_cpr_number

from .choice_records import Said


class _Public(fields.Line):
    """Text for a case file that others may be given to read: no person's number may stand in it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if has_cpr_number(text):
            raise ma.ValidationError(gettext("A person's CPR number must not stand here"))
        return text


class _SaidSchema(ma.Schema):
    title = _Public(required=True, longest=120)
    case_number = fields.Line(longest=60, load_default=None)
    chosen_id = fields.Whole(required=True, least=0, most=fields.LARGEST_ID)
    reason = _Public(required=True, longest=2000)


def read_said(form: Mapping[str, Any]) -> Said:
    """Read the form of a record; raises Invalid by field."""
    return Said(**fields.load(_SaidSchema(), form))
