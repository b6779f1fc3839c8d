"""The shape of the overview's address: the day, the opened category, what to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .rules import EARLIEST, LATEST

GAPS = "huller"


@dataclass(frozen=True)
class View:
    """What a reader asks the overview for."""

    day: date
    opened: str | None
    only_gaps: bool


class _DaySchema(ma.Schema):
    dag = fields.Day(load_default=None)


def read_view(query: Mapping[str, Any], today: date) -> View:
    """Read the address; without a day, today. Raises Invalid for what is not a day."""
    day = fields.load(_DaySchema(), query)["dag"] or today
    if not EARLIEST <= day <= LATEST:
        raise Invalid({"dag": [_("Choose a day between the years 2000 and 2100")]})
    return view_on(query, day)


def view_on(query: Mapping[str, Any], day: date) -> View:
    """Read the rest of the address for a given day; a code that is none opens nothing."""
    opened = str(query.get("kategori", ""))
    is_code = len(opened) == 8 and opened.isascii() and opened.isdecimal()
    return View(day, opened if is_code else None, query.get("vis") == GAPS)
