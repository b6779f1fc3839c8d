"""The shape of an order in free text, and of the permission to place one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.core.text import lazy as _

from . import coding_schema, line_parts, quote_schema
from .free_text import MOST_LINES, FreeLine
from .rules import Delivery
from .schema import read_delivery


class _CategorySchema(ma.Schema):
    category_code = fields.Verbatim(required=True, longest=8)


class _AgreedSchema(ma.Schema):
    agreed = fields.Line(required=True, longest=300)


class _PermitSchema(ma.Schema):
    most = fields.Kroner(required=True, least_ore=1)


def read_lines(form: Mapping[str, Any]) -> list[FreeLine]:
    """Read the lines of the form, of which the wholly empty ones are none; raises Invalid."""
    lines: list[FreeLine] = []
    problems: dict[str, list[Any]] = {}
    parts = coding_schema.read_parts(form)
    for place, written in quote_schema.list_written(form, MOST_LINES):
        typed = {"category_code": form.get(f"category_code_{place}", "")}
        try:
            code = fields.load(_CategorySchema(), typed)["category_code"]
            offer = quote_schema.read_line(written)
            line_parts.check({place: offer.net_ore}, parts)
            lines.append(FreeLine(offer, code, tuple(parts.get(place, ()))))
        except Invalid as error:
            problems |= {
                name if name.startswith("part_") else f"{name}_{place}": texts
                for name, texts in error.problems.items()
            }
    if not lines and not problems:
        problems["title_1"] = [_("Write at least one line with a price")]
    if problems:
        raise Invalid(problems)
    return lines


def glimpse_lines(form: Mapping[str, Any]) -> list[FreeLine]:
    """Read the same for what is told beside the form; nothing, while it cannot be read."""
    try:
        return read_lines(form)
    except Invalid:
        return []


def read_agreed_delivery(form: Mapping[str, Any]) -> Delivery:
    """Read where to, with what was agreed at the head of the note, in the enterprise's language.

    Raises Invalid by field.
    """
    delivery = read_delivery(form)
    agreed = fields.load(_AgreedSchema(), form)["agreed"]
    with reading_in(DEFAULT_LOCALE):
        said = gettext("The price is agreed on: %(agreed)s", agreed=agreed)
    return delivery.noting(said)


def read_permit(form: Mapping[str, Any]) -> int | None:
    """Read the switch with its upper amount in øre; None: not allowed. Raises Invalid."""
    if not form.get("allowed"):
        return None
    most: int = fields.load(_PermitSchema(), form)["most"]
    return most
