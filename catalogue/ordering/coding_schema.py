"""The shape of account codings as they come in: one to keep, and parts of lines.

The fields of a line's parts are `coding_<line>_<place>` and `part_<line>_<place>`; what a line is
called there, its product or its position, the caller knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.fields import MESSAGES
from catalogue.core.numbers import read_decimal
from catalogue.core.text import lazy as _

from .coding_rules import Part
from .codings import CodingFacts

CODE_LENGTH = 80
_FIELD = re.compile(r"(coding|part)_(\d{1,18})_(\d)")


class _CodingSchema(ma.Schema):
    gln = fields.Gln(required=True)
    code = Code(required=True, longest=CODE_LENGTH)
    name = fields.Line(load_default=None, longest=120)


class _PartSchema(ma.Schema):
    coding = Code(required=True, longest=CODE_LENGTH)
    amount = fields.Kroner(load_default=None, least_ore=1)


class _OrderSchema(ma.Schema):
    account_coding = Code(load_default=None, longest=CODE_LENGTH)


def read_coding(form: Mapping[str, Any]) -> CodingFacts:
    """Read the form of a coding to keep; raises Invalid by field."""
    return CodingFacts(**fields.load(_CodingSchema(), form), is_default=bool(form.get("default")))


def read_order_coding(form: Mapping[str, Any]) -> str | None:
    """Read the coding of a whole order; raises Invalid."""
    found: str | None = fields.load(_OrderSchema(), form)["account_coding"]
    return found


def read_parts(form: Mapping[str, Any]) -> dict[int, list[Part]]:
    """Read the parts of lines, by what each line is called; raises Invalid by field.

    A line without any is left out: it is booked as its order is.
    """
    written: dict[tuple[int, str], dict[str, str]] = {}
    for name, value in form.items():
        if found := _FIELD.fullmatch(name):
            row = written.setdefault((int(found[2]), found[3]), {})
            row[found[1]] = str(value).strip()
    read: dict[int, list[Part]] = {}
    problems: dict[str, list[Any]] = {}
    for (line, place), row in sorted(written.items()):
        if not any(row.values()):
            continue
        try:
            read.setdefault(line, []).append(_part(row))
        except Invalid as error:
            problems |= {f"{name}_{line}_{place}": each for name, each in error.problems.items()}
    if problems:
        raise Invalid(problems)
    return read


def _part(row: Mapping[str, str]) -> Part:
    said = row.get("part", "")
    percent = said[:-1] if said.endswith("%") else None
    typed = {"coding": row.get("coding", ""), "amount": "" if percent is not None else said}
    try:
        loaded = fields.load(_PartSchema(), typed)
    except Invalid as error:
        raise Invalid(
            {"part" if name == "amount" else name: each for name, each in error.problems.items()}
        ) from None
    return Part(loaded["coding"], _percent(percent), loaded["amount"])


def _percent(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        number = read_decimal(text.strip())
    except InvalidOperation:
        raise Invalid({"part": [MESSAGES["not_number"]]}) from None
    if not 0 < number <= 100 or number != round(number, 2):
        raise Invalid({"part": [_("Write a share between 0 and 100 %, with two decimals at most")]})
    return number
