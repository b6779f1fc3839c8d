"""The shape of what a buyer says of her choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.ids import LARGEST_ID

from .choice_records import Said


class _SaidSchema(ma.Schema):
    title = fields.Line(required=True, longest=120)
    case_number = fields.Line(longest=60, load_default=None)
    chosen_id = fields.Whole(required=True, least=0, most=LARGEST_ID)
    reason = fields.Line(required=True, longest=2000)


def read_said(form: Mapping[str, Any]) -> Said:
    """Read the form of a record; raises Invalid by field."""
    return Said(**fields.load(_SaidSchema(), form))
