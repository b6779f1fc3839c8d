"""The shape of a standing order as it is made, of a pause, and of new quantities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.fields import MESSAGES

from . import standing_rules as rules
from .standing_rules import Plan, Rhythm


class PlanSchema(ma.Schema):
    """When it is delivered, and how much a price may rise."""

    name = fields.Line(required=True, longest=80)
    rhythm = fields.Choice(Rhythm, required=True)
    weekday = fields.Whole(required=True, most=4)
    week = fields.Whole(least=1, most=rules.LAST_WEEK, load_default=1)
    days_ahead = fields.Whole(required=True, least=1, most=rules.MOST_AHEAD)
    first_on = fields.Day(required=True)
    last_on = fields.Day(required=True)
    rise_percent = fields.Whole(most=rules.MOST_RISE, load_default=0)


class _ChangedSchema(PlanSchema):
    first_on = fields.Day(load_default=None)  # stays as it is
    product_id = fields.Whole(least=1, load_default=None)
    added = fields.Quantity(load_default=None)


class PauseSchema(ma.Schema):
    """The first and the last day of a pause."""

    paused_from = fields.Day(required=True)
    paused_until = fields.Day(required=True)


def read_plan(form: Mapping[str, Any]) -> tuple[str, int, Plan]:
    """Read the name, how much a price may rise, and the plan; raises Invalid by field."""
    read = fields.load(PlanSchema(), form)
    return read.pop("name"), read.pop("rise_percent"), Plan(**read)


def read_changed(form: Mapping[str, Any]) -> tuple[str, int, Plan, tuple[int, Decimal] | None]:
    """Read name, rise, plan, and a product that is added with its quantity; raises Invalid."""
    read = fields.load(_ChangedSchema(), form)
    product_id, many = read.pop("product_id"), read.pop("added")
    if product_id is not None and many is None:
        raise Invalid({"added": [MESSAGES["required"]]})
    added = None if product_id is None else (product_id, many)
    read["first_on"] = read["last_on"]  # the verb keeps the first day of the standing order
    return read.pop("name"), read.pop("rise_percent"), Plan(**read), added


def glimpse_added(form: Mapping[str, Any]) -> tuple[int, Decimal] | None:
    """Read the product that is added for what is told beside the form; None, where it cannot."""
    try:
        return read_changed(form)[3]
    except Invalid:
        return None


def read_pause(form: Mapping[str, Any]) -> tuple[date, date]:
    """Read the first and the last day of a pause; raises Invalid by field."""
    read = fields.load(PauseSchema(), form)
    return read["paused_from"], read["paused_until"]
