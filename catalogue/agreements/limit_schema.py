"""The shape of what comes in about limits: a new one, and a last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import marshmallow as ma

from catalogue.core import fields
from catalogue.core.errors import Invalid

from .limit_rules import LIMIT_UNITS, LimitTerms, Unit
from .models import LimitKind


class LimitSchema(ma.Schema):
    """The form of a limit; how its number is read depends on the kind."""

    kind = fields.Choice(LimitKind, required=True)
    valid_from = fields.Day(required=True)
    valid_until = fields.Day(load_default=None)
    source = fields.Line(required=True, longest=300, shortest=5)
    url = fields.Web(load_default=None)


class AmountSchema(ma.Schema):
    """The number of a limit in kroner."""

    value = fields.Kroner(required=True, least_ore=1_00)


class WholeSchema(ma.Schema):
    """The number of a limit in percent or years."""

    value = fields.Whole(required=True, least=1, most=100)


class _EndingSchema(ma.Schema):
    last_day = fields.Day(required=True)


def read_terms(form: Mapping[str, Any]) -> LimitTerms:
    """Read the form of a limit; raises Invalid with all that is wrong, by field."""
    problems: dict[str, list[Any]] = {}
    loaded: dict[str, Any] = {}
    for schema in (LimitSchema(), _number_schema(str(form.get("kind", "")))):
        try:
            loaded |= fields.load(schema, form)
        except Invalid as error:
            problems |= error.problems
    if problems:
        raise Invalid(problems)
    return LimitTerms(**loaded)


def read_last_day(form: Mapping[str, Any]) -> date:
    """Read the last day of a limit; raises Invalid by field."""
    found: date = fields.load(_EndingSchema(), form)["last_day"]
    return found


def _number_schema(kind: str) -> ma.Schema:
    in_ore = [each for each, unit in LIMIT_UNITS.items() if unit == Unit.ORE]
    return WholeSchema() if kind in set(LimitKind) - set(in_ore) else AmountSchema()
