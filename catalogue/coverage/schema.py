"""The shape of the overview's address: the day, the opened category, what to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.agreements.schema import read_day

GAPS = "huller"


@dataclass(frozen=True)
class View:
    """What a reader asks the overview for."""

    day: date
    opened: str | None
    only_gaps: bool
    within: str | None = None  # a category: what is shown lies at or below it


def read_view(query: Mapping[str, Any], today: date) -> View:
    """Read the address; without a day, today. Raises Invalid for what is not a day."""
    return view_on(query, read_day(query, today))


def view_on(query: Mapping[str, Any], day: date) -> View:
    """Read the rest of the address for a given day; a code that is none opens nothing."""
    opened, within = _code(query.get("kategori", "")), _code(query.get("under", ""))
    return View(day, opened, query.get("vis") == GAPS, within)


def _code(text: str) -> str | None:
    return text if len(text) == 8 and text.isascii() and text.isdecimal() else None
