"""The shape of the addresses of the lists behind the overview: a category, days, what to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.agreements.rules import EARLIEST, LATEST
from catalogue.agreements.schema import read_code
from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .behind import Part, Span


@dataclass(frozen=True)
class ListAsked:
    """Which list an address asks for."""

    part: Part
    span: Span
    day: date
    only_orderable: bool


class _ListSchema(ma.Schema):
    dag = fields.Day(load_default=None)
    fra = fields.Day(load_default=None)
    til = fields.Day(load_default=None)


def read_list(query: Mapping[str, Any], today: date) -> ListAsked:
    """Read an address; without days, orders of all time until today. Raises Invalid."""
    loaded = fields.load(_ListSchema(), query)
    for name, day in loaded.items():
        if day is not None and not EARLIEST <= day <= LATEST:
            raise Invalid({name: [_("Choose a day between the years 2000 and 2100")]})
    span = Span(loaded["fra"], loaded["til"] or today)
    if span.first is not None and span.last < span.first:
        raise Invalid({"til": [_("The last day comes before the first day; swap or change them")]})
    return list_on(query, span, loaded["dag"] or today)


def list_on(query: Mapping[str, Any], span: Span, day: date) -> ListAsked:
    """Read the rest of the address for given days; a code that is none asks for everything."""
    part = Part(read_code(query), query.get("kun") == "1")
    return ListAsked(part, span, day, query.get("bestilles") == "1")
