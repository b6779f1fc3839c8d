"""The details of a request in words: the same on pages and in mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.core.text import Text, day, number

from .quote_rules import FIELD_NAMES, FREQUENCIES

_DAYS = frozenset({"wanted_on", "starts_on", "ends_on"})
_WORDS = frozenset({"place", "frequency"})


def describe(details: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """List the details that were given, as (question, answer), in the order of the forms."""
    return [
        (FIELD_NAMES[name], _said(name, details[name])) for name in FIELD_NAMES if name in details
    ]


def _said(name: str, value: Any) -> str:
    if name in _DAYS:
        return day(date.fromisoformat(str(value)))
    if name == "frequency":
        return str(FREQUENCIES.get(str(value), value))
    return str(value) if name in _WORDS else number(Decimal(str(value)))
