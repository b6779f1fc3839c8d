"""The shape of a shelf on web sites, as staff or an enterprise fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.ids import LARGEST_ID
from catalogue.exchange.punchout_rules import read_origin
from catalogue.exchange.punchout_schema import Several


class FrameSchema(ma.Schema):
    """The form of a shelf on web sites."""

    enterprise_id = fields.Whole(least=1, most=LARGEST_ID, required=True)
    origins = Several(read_origin, "https://www.kommune.dk", required=True)


@dataclass(frozen=True)
class Terms:
    """Whose shelf, and on which sites."""

    enterprise_id: int
    origins: list[str]


def read_terms(form: Mapping[str, Any]) -> Terms:
    """Read the form; raises Invalid by field."""
    return Terms(**fields.load(FrameSchema(), form))
