"""The ledger for systems of staff: what was bought in a period, and the rows behind each figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from catalogue.core import fields, shapes
from catalogue.core.http import STAFF, contract, reading, today
from catalogue.core.http.answering import read_asked, show, show_slice
from catalogue.core.http.operations import Operation, serve
from catalogue.core.text import current_locale

from . import ledger_opened, ledger_queries, ledger_report, ledger_rules, ledger_schema
from .api_answers import NAMES, PAGED, READ, TAGGED, address_of, home, versioned
from .ledger_report import Part
from .ledger_rules import Spent
from .ledger_sets import Sought


class Place(StrEnum):
    """Where rows were bought; SOCIAL: on agreement, off it, and uncertain."""

    SOCIAL = "social"
    ON = "on"
    OFF = "off"
    UNCERTAIN = "uncertain"
    ELSEWHERE = "elsewhere"


# How pages write it.
_PLACES = {Place.SOCIAL: "social", Place.ON: "paa-aftale", Place.OFF: "uden-aftale",
           Place.UNCERTAIN: "uvist", Place.ELSEWHERE: "andre"}  # fmt: skip


class LedgerQuerySchema(ma.Schema):
    """The period; without days, the latest year that has rows."""

    first_on = fields.Day()
    last_on = fields.Day()


class LedgerRowsQuerySchema(LedgerQuerySchema):
    """Which rows: `-` for a department or category asks for those without one."""

    SHAPES: ClassVar[dict[str, Any]] = {
        "category": {"type": "string", "pattern": "^([0-9]{8}|-)$"},
        "cvr": shapes.EIGHT_DIGITS,
    }
    bought = fields.Choice(Place)
    department = fields.Verbatim(longest=80)
    account = fields.Verbatim(longest=40)
    category = fields.Verbatim()
    cvr = fields.Verbatim()


class SpentSchema(ma.Schema):
    """Amounts in øre; `share`: of social enterprises in the whole, null without a sensible one."""

    total_ore = ma.fields.Int(required=True, strict=True)
    on_ore = ma.fields.Int(required=True, strict=True)
    off_ore = ma.fields.Int(required=True, strict=True)
    uncertain_ore = ma.fields.Int(required=True, strict=True)
    social_ore = ma.fields.Int(required=True, strict=True)
    share = ma.fields.Float(required=True, allow_none=True)


class LedgerPartSchema(SpentSchema):
    """A line of the report: a department, a division of categories, or an enterprise by CVR."""

    key = ma.fields.Str(required=True)
    label = ma.fields.Str(required=True)


class LedgerSchema(ma.Schema):
    """What was bought in a period, and of which days there are rows at all."""

    first_on = ma.fields.Date(required=True)
    last_on = ma.fields.Date(required=True)
    booked_first_on = ma.fields.Date(required=True, allow_none=True)
    booked_last_on = ma.fields.Date(required=True, allow_none=True)
    total = ma.fields.Nested(SpentSchema, required=True)
    departments = ma.fields.List(ma.fields.Nested(LedgerPartSchema), required=True)
    divisions = ma.fields.List(ma.fields.Nested(LedgerPartSchema), required=True)
    enterprises = ma.fields.List(ma.fields.Nested(LedgerPartSchema), required=True)


class LedgerRowSchema(ma.Schema):
    """A row of the ledger, the category of its account, and where it was bought."""

    booked_on = ma.fields.Date(required=True)
    cvr = ma.fields.Str(required=True)
    supplier_name = ma.fields.Str(required=True)
    amount_ore = ma.fields.Int(required=True, strict=True)
    account = ma.fields.Str(required=True)
    department = ma.fields.Str(required=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    bought = ma.fields.Str(required=True)


@serve(
    versioned, "GET", "/ledger",
    Operation(
        "What the ledger says was bought in a period, at social enterprises and elsewhere", STAFF,
        READ, query=LedgerQuerySchema, answer=LedgerSchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_ledger() -> Response:
    """Sum the ledger up."""
    query = contract.read_query()
    with reading() as session:
        booked = ledger_queries.period_of(session, home())
        sought = _sought(query, booked)
        period = sought.first_on, sought.last_on
        found = ledger_report.report(session, home(), period, current_locale())
    told = {
        "first_on": period[0], "last_on": period[1],
        "booked_first_on": booked and booked[0], "booked_last_on": booked and booked[1],
        "total": _amounts(found.total), "departments": _parts(found.departments),
        "divisions": _parts(found.divisions), "enterprises": _parts(found.enterprises),
    }  # fmt: skip
    return show(LedgerSchema().dump(told))


@serve(
    versioned, "GET", "/ledger/rows",
    Operation(
        "List rows of the ledger, the latest first", STAFF, READ, query=LedgerRowsQuerySchema,
        answer=LedgerRowSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_ledger_rows() -> Response:
    """List the rows behind a figure."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        sought = _sought(query, ledger_queries.period_of(session, home()))
        opened = _open(session, sought, asked.slice)
    return show_slice(opened, asked, LedgerRowSchema().dump)


def _sought(query: Mapping[str, Any], booked: tuple[date, date] | None) -> Sought:
    """Read which rows are asked for; raises Invalid."""
    address = address_of(query)
    if "bought" in query:
        address["koebt"] = _PLACES[Place(query["bought"])]
    year = ledger_rules.year_of(booked[1] if booked else today())
    with contract.named(NAMES):
        return ledger_schema.read_sought(address, year)


def _open(session: Session, sought: Sought, part: slice) -> list[Any]:
    limit = part.stop - part.start
    return ledger_opened.read(session, home(), sought, limit, part.start).rows


def _parts(parts: Any) -> list[dict[str, Any]]:
    return [_part(each) for each in parts]


def _part(part: Part) -> dict[str, Any]:
    return _amounts(part.spent) | {"key": part.key, "label": part.label}


def _amounts(spent: Spent) -> dict[str, Any]:
    return vars(spent) | {"social_ore": spent.social_ore, "share": spent.share}
