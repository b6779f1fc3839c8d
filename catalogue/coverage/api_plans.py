"""A planned purchase for systems of staff: what could be delivered, and which ways are open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.core import fields, shapes
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, contract, reading, today
from catalogue.core.http.answering import show
from catalogue.core.http.operations import Operation, serve
from catalogue.core.text import current_locale, typed_kroner
from catalogue.core.text import lazy as _
from catalogue.products import queries as products

from . import potential_queries, potential_schema
from .api_answers import NAMES, READ, TAGGED, address_of, home, versioned, watching
from .potential_queries import Potential

A_YEAR = timedelta(days=364)  # both days of a period count


class PlanQuerySchema(ma.Schema):
    """A category, the whole amount, where it is delivered (here), and which days it covers (a year
    from today).
    """

    SHAPES: ClassVar[dict[str, Any]] = {
        "category": shapes.EIGHT_DIGITS,
        "amount_ore": shapes.ORE,
        "place": {"type": "string", "pattern": "^[0-9]{4}$",
                  "description": "Code of a municipality"},
    }  # fmt: skip
    category = fields.Verbatim()
    amount_ore = fields.Whole()
    place = fields.Verbatim()
    first_on = fields.Day()
    last_on = fields.Day()


class JudgedSchema(ma.Schema):
    """A way to buy, how it stands, and why."""

    way = ma.fields.Str(required=True)
    standing = ma.fields.Str(required=True)
    because = ma.fields.Str(required=True)


class CandidateSchema(ma.Schema):
    """An enterprise with published products in the category, below it or above it."""

    enterprise_id = ma.fields.Int(required=True, strict=True)
    name = ma.fields.Str(required=True)
    city = ma.fields.Str(required=True)
    verified = ma.fields.Bool(required=True, attribute="is_verified")
    products = ma.fields.Int(required=True, strict=True)
    close = ma.fields.Int(required=True, strict=True)
    delivering = ma.fields.Int(required=True, strict=True)
    fastest_days = ma.fields.Int(required=True, strict=True, allow_none=True)
    ordered_ore = ma.fields.Int(required=True, strict=True)
    turnover_ore = ma.fields.Int(required=True, strict=True, allow_none=True)
    turnover_year = ma.fields.Int(required=True, strict=True, allow_none=True)
    share_percent = ma.fields.Int(required=True, strict=True, allow_none=True)


class OfferSchema(ma.Schema):
    """A voluntary agreement in reach; `left_ore` of its ceiling is not used."""

    agreement_id = ma.fields.Int(required=True, strict=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    enterprise_name = ma.fields.Str(required=True)
    ends_on = ma.fields.Date(required=True)
    covers_all = ma.fields.Bool(required=True)
    verified = ma.fields.Bool(required=True, attribute="is_verified")
    left_ore = ma.fields.Int(required=True, strict=True, allow_none=True)


class BindingSchema(ma.Schema):
    """A mandatory agreement that touches the category, and where to buy instead."""

    agreement_id = ma.fields.Int(required=True, strict=True)
    number = ma.fields.Str(required=True)
    title = ma.fields.Str(required=True)
    supplier_name = ma.fields.Str(required=True)
    where_to_buy = ma.fields.Str(required=True)


class PotentialSchema(ma.Schema):
    """What could be delivered for a purchase; `before_ore`: ordered in the group already."""

    amount_ore = ma.fields.Int(required=True, strict=True)
    before_ore = ma.fields.Int(required=True, strict=True)
    days = ma.fields.Int(required=True, strict=True)
    ways = ma.fields.List(ma.fields.Nested(JudgedSchema), required=True)
    candidates = ma.fields.List(ma.fields.Nested(CandidateSchema), required=True)
    voluntary = ma.fields.List(ma.fields.Nested(OfferSchema), required=True)
    mandatory = ma.fields.List(ma.fields.Nested(BindingSchema), required=True)


@serve(
    versioned, "GET", "/coverage/potential",
    Operation(
        "What could be delivered for a planned purchase, and which ways to buy are open", STAFF,
        READ, query=PlanQuerySchema, answer=PotentialSchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_potential() -> Response:
    """Look up what could be delivered."""
    query = contract.read_query()
    day = today()
    usual = {"fra": day.isoformat(), "til": (day + A_YEAR).isoformat()}
    with contract.named(NAMES), reading() as session:
        address = usual | address_of(query) | {"sted": _place(session, query.get("place"))}
        if "amount_ore" in query:
            address["beloeb"] = typed_kroner(query["amount_ore"])
        plan = potential_schema.read_plan(address)
        code = _category(session, query.get("category"))
        found = potential_queries.potential(session, watching(day), code, plan)
    return show(_dump(found))


def _place(session: Session, code: str | None) -> int:
    if code is None:
        return home()
    ids = {each.code: each.id for each in accounts.list_municipalities(session)}
    if code not in ids:
        raise Invalid({"sted": [_("No municipality has the code %(codes)s", codes=code)]})
    return ids[code]


def _category(session: Session, code: str | None) -> str:
    if code is None:
        raise Invalid({"kategori": [fields.MESSAGES["required"]]})
    if products.look_up_category(session, code, current_locale()).category is None:
        raise Invalid({"kategori": [_("There is no category %(code)s.", code=code)]})
    return code


def _dump(found: Potential) -> dict[str, Any]:
    case = found.case
    told = {
        "amount_ore": case.amount_ore, "before_ore": case.before_ore, "days": case.days,
        "ways": found.judged, "candidates": found.candidates, "voluntary": found.offers,
        "mandatory": found.mandatory,
    }  # fmt: skip
    return dict(PotentialSchema().dump(told))
