"""What the charts of coverage show, for systems: spend by month, social share, delivery times."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma
from flask import Response

from catalogue.core.http import STAFF, contract, reading
from catalogue.core.http.answering import read_asked, show_slice
from catalogue.core.http.operations import Operation, serve

from . import chart_queries, delivery_times
from .api_answers import PAGED, READ, home, read_day, versioned
from .api_behind_schema import DayQuerySchema
from .chart_queries import Quarter


class DivisionSpendSchema(ma.Schema):
    """What was ordered in a division of CPV; without a code, in all that are not named."""

    category_code = ma.fields.Str(required=True, allow_none=True)
    ordered_ore = ma.fields.Int(required=True, strict=True)


class MonthSpendSchema(ma.Schema):
    """What was ordered in a month, as far as it has come."""

    SHAPES: ClassVar[dict[str, Any]] = {"divisions": {"minItems": 1}}
    first_on = ma.fields.Date(required=True)
    last_on = ma.fields.Date(required=True)
    divisions = ma.fields.List(ma.fields.Nested(DivisionSpendSchema), required=True)


class QuarterShareSchema(ma.Schema):
    """What the ledger says was bought in a quarter, and at social enterprises."""

    first_on = ma.fields.Date(required=True)
    last_on = ma.fields.Date(required=True)
    total_ore = ma.fields.Int(required=True, strict=True)
    social_ore = ma.fields.Int(required=True, strict=True)


class DeliveryTimeSchema(ma.Schema):
    """What orders of an enterprise took from placing to arrival, and how many came late."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    orders = ma.fields.Int(required=True, strict=True)
    median_days = ma.fields.Int(required=True, strict=True)
    longest_days = ma.fields.Int(required=True, strict=True)
    promised = ma.fields.Int(required=True, strict=True)
    late = ma.fields.Int(required=True, strict=True)


@serve(
    versioned, "GET", "/coverage/spend-by-month",
    Operation(
        "List what was ordered in each of the 24 months until a day, by the largest divisions of"
        " CPV, the oldest first", STAFF, READ, query=DayQuerySchema, answer=MonthSpendSchema,
        traits=PAGED,
    ),
)  # fmt: skip
def list_spend_by_month() -> Response:
    """List ordered amounts month by month."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        found = chart_queries.spend(session, home(), day)
    codes = [*found.divisions, None]
    months = list(zip(found.months, found.amounts, strict=True))

    def dump(month: Any) -> Any:
        period, amounts = month
        divisions = [
            {"category_code": code, "ordered_ore": ore}
            for code, ore in zip(codes, amounts, strict=True)
        ]
        told = {"first_on": period.first, "last_on": period.last, "divisions": divisions}
        return MonthSpendSchema().dump(told)

    return show_slice(months[asked.slice], asked, dump)


@serve(
    versioned, "GET", "/coverage/social-share",
    Operation(
        "List what the ledger says was bought, and at social enterprises, in each of the eight"
        " quarters until a day, the oldest first", STAFF, READ, query=DayQuerySchema,
        answer=QuarterShareSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_social_share() -> Response:
    """List quarters of the ledger."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        found = chart_queries.social_share(session, home(), day)

    def dump(each: Quarter) -> Any:
        period = {"first_on": each.period.first, "last_on": each.period.last}
        return QuarterShareSchema().dump(vars(each) | period)

    return show_slice(found[asked.slice], asked, dump)


@serve(
    versioned, "GET", "/coverage/delivery-times",
    Operation(
        "List how long orders of the twelve months until a day took to arrive, by enterprise, the"
        " slowest first", STAFF, READ, query=DayQuerySchema, answer=DeliveryTimeSchema,
        traits=PAGED,
    ),
)  # fmt: skip
def list_delivery_times() -> Response:
    """List delivery times of enterprises."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        found = delivery_times.read(session, home(), day)
    return show_slice(found[asked.slice], asked, DeliveryTimeSchema().dump)
