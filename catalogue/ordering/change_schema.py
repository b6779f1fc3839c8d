"""The shape of what comes in about changes and receipts: fields by the position of a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.codes import Code
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _

from .change_rules import Arrived, Proposed
from .changing import Change
from .partial import Part
from .shipments import Sending


class _QuantityOrNone(fields.Quantity):
    """A quantity, where nothing at all is one too."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> Decimal:
        if str(value).strip() == "0":
            return Decimal(0)
        return super()._deserialize(value, attr, data, **kw)


class _DaySchema(ma.Schema):
    delivery_on = fields.Day(load_default=None)


class _ChangeSchema(_DaySchema):
    reason = fields.Line(required=True, longest=1000)


class _PromisedSchema(ma.Schema):
    delivery_on = fields.Day(required=True)


class _NewDaySchema(_PromisedSchema):
    reason = fields.Line(required=True, longest=1000)


class _ProposedSchema(ma.Schema):
    quantity = fields.Quantity(load_default=None)
    price = fields.Kroner(load_default=None)


class _PartSchema(ma.Schema):
    part = _QuantityOrNone(load_default=None)


class _ArrivedSchema(ma.Schema):
    received = _QuantityOrNone(load_default=None)
    deviation = fields.Line(load_default=None, longest=300)


class _SendingSchema(ma.Schema):
    dispatched_on = fields.Day(load_default=None)
    carrier = fields.Line(longest=60, load_default=None)
    tracking = Code(longest=60, load_default=None)
    note = fields.Line(longest=300, load_default=None)
    shipment = fields.Whole(least=1, most=10_000, load_default=None)


class _WhichSchema(ma.Schema):
    shipment = fields.Whole(required=True, least=1, most=10_000)


class _SentSchema(ma.Schema):
    sent = _QuantityOrNone(load_default=None)


def read_delivery_day(form: Mapping[str, Any]) -> date | None:
    """Read the day an enterprise promises; raises Invalid by field."""
    found: date | None = fields.load(_DaySchema(), form)["delivery_on"]
    return found


def read_promised_day(form: Mapping[str, Any]) -> date:
    """Read the day an enterprise promises, where one is owed; raises Invalid by field."""
    found: date = fields.load(_PromisedSchema(), form)["delivery_on"]
    return found


def read_new_day(form: Mapping[str, Any]) -> Change:
    """Read another day as a proposed change, of nothing else; raises Invalid by field."""
    read = fields.load(_NewDaySchema(), form)
    return Change(read["reason"], read["delivery_on"])


def read_change(form: Mapping[str, Any]) -> Change:
    """Read a proposed change; raises Invalid by field."""
    lines, read = _read(_ProposedSchema(), form, _ChangeSchema())
    proposed = {each: Proposed(got["quantity"], got["price"]) for each, got in lines.items()}
    return Change(read["reason"], read["delivery_on"], proposed)


def read_part(form: Mapping[str, Any]) -> Part:
    """Read what an enterprise can deliver of an order; an empty field: all. Raises Invalid."""
    lines, read = _read(_PartSchema(), form, _ChangeSchema())
    part = {each: got["part"] for each, got in lines.items() if got["part"] is not None}
    return Part(read["reason"], part, read["delivery_on"])


def read_sending(form: Mapping[str, Any]) -> Sending:
    """Read a shipment; an empty quantity: none of the line; no quantities: all. Raises Invalid."""
    lines, read = _read(_SentSchema(), form, _SendingSchema())
    held = {each: got["sent"] or Decimal(0) for each, got in lines.items()}
    return Sending(held, number=read.pop("shipment"), **read)


def read_arrived(form: Mapping[str, Any]) -> dict[int, Arrived]:
    """Read what came of each line; lines of which nothing is said came as ordered.

    Raises Invalid, too where something is wrong of which no quantity is told.
    """
    lines, problems = _by_line(_ArrivedSchema(), form)
    problems |= {
        f"received_{each}": [_("Write the quantity too; 0 if there was none")]
        for each, got in lines.items()
        if got["received"] is None and got["deviation"]
    }
    if problems:
        raise Invalid(problems)
    return {
        each: Arrived(got["received"], got["deviation"])
        for each, got in lines.items()
        if got["received"] is not None
    }


def read_came(form: Mapping[str, Any]) -> tuple[int, dict[int, Arrived]]:
    """Read which shipment has come, and what of it; raises Invalid by field."""
    which: int = fields.load(_WhichSchema(), form)["shipment"]
    return which, read_arrived(form)


def _read(
    schema: ma.Schema, form: Mapping[str, Any], of_all: ma.Schema
) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """Read lines by position beside what is said of all; raises Invalid with what both have."""
    lines, problems = _by_line(schema, form)
    read: dict[str, Any] = {}
    try:
        read = fields.load(of_all, form)
    except Invalid as error:
        problems |= error.problems
    if problems:
        raise Invalid(problems)
    return lines, read


def _by_line(
    schema: ma.Schema, form: Mapping[str, Any]
) -> tuple[dict[int, dict[str, Any]], dict[str, list[Any]]]:
    """Read fields such as `quantity_2` by position; return what was read and what is wrong."""
    given: dict[int, dict[str, Any]] = {}
    for key, value in form.items():
        name, _line, position = key.rpartition("_")
        if name in schema.fields and position.isascii() and position.isdecimal():
            given.setdefault(int(position[:6]), {})[name] = value
    read: dict[int, dict[str, Any]] = {}
    problems: dict[str, list[Any]] = {}
    for line, values in given.items():
        try:
            read[line] = fields.load(schema, values)
        except Invalid as error:
            problems |= {f"{name}_{line}": texts for name, texts in error.problems.items()}
    return read, problems
