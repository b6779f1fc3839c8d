"""The shape of a frame as it is chosen, and of what is called off it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid

from .frame_rules import FrameKind, Terms
from .schema import QUANTITY_PREFIX, read_quantities


class _TermsSchema(ma.Schema):
    frame_kind = fields.Choice(FrameKind, load_default=FrameKind.QUANTITY)
    frame_until = fields.Day(required=True)


def read_terms(form: Mapping[str, Any]) -> Terms:
    """Read how a quote is to be used as a frame; raises Invalid by field."""
    read = fields.load(_TermsSchema(), form)
    return Terms(read["frame_kind"], read["frame_until"])


def read_wanted(form: Mapping[str, Any]) -> dict[int, Decimal]:
    """Read how many of each line; a line that is left empty, or at 0, is not wanted."""
    said = {
        name: value
        for name, value in form.items()
        if name.startswith(QUANTITY_PREFIX) and str(value).strip() not in ("", "0")
    }
    return read_quantities(said)


def glimpse_wanted(form: Mapping[str, Any]) -> dict[int, Decimal]:
    """Read the same for what is told beside the form; nothing, while it cannot be read."""
    try:
        return read_wanted(form)
    except Invalid:
        return {}
