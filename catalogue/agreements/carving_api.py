"""Carve-outs of mandatory agreements for systems of the staff: list, make, end."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow as ma
from flask import Response

from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, contract, now, reading, transaction, who
from catalogue.core.http.answering import deed, open_api, read_asked, show_page
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.shapes import EIGHT_DIGITS, ID
from catalogue.core.text import lazy as _

from . import carving, entries, schema, service
from .models import CarveOut
from .schema import CarveOutSchema

blueprint = open_api("carve_outs_api", __name__)
READ, WRITE = "agreements:read", "agreements:write"
ALL = "/agreements/<int:agreement_id>/carve-outs"


class CarveOutBodySchema(CarveOutSchema):
    """What shall be carved out: of a category, for an enterprise, or both."""

    class Meta:
        unknown = ma.RAISE

    SHAPES: ClassVar[dict[str, Any]] = {"category_code": EIGHT_DIGITS, "enterprise_id": ID}


class CarveOutShownSchema(ma.Schema):
    """What buyers may order although a mandatory agreement covers it."""

    id = ma.fields.Int(required=True, strict=True)
    category_code = ma.fields.Str(required=True, allow_none=True)
    enterprise_id = ma.fields.Int(required=True, strict=True, allow_none=True)
    lot = ma.fields.Str(required=True, allow_none=True)
    reason = ma.fields.Str(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)


@serve(
    blueprint, "GET", ALL,
    Operation(
        "List what is carved out of an agreement, by id", STAFF, READ,
        answer=CarveOutShownSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_carve_outs(agreement_id: int) -> Response:
    """List the carve-outs of an agreement."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        service.get_own(session, who().municipality_id or 0, agreement_id)
        found = [each for each, _name in entries.list_carve_outs(session, agreement_id)]
    rows = sorted((each for each in found if each.id > (asked.after or 0)), key=_id)
    return show_page(rows, asked, _dump, _id)


@serve(
    blueprint, "POST", ALL,
    Operation(
        "Carve something out of a mandatory agreement", STAFF, WRITE, status=201,
        body=CarveOutBodySchema, answer=CarveOutShownSchema, traits=frozenset({Trait.KEY}),
        example={
            "category_code": "37535200", "starts_on": "2026-12-01", "ends_on": "2027-11-30",
            "reason": "Legehuse købes af socialøkonomiske virksomheder.",
        },
    ),
)  # fmt: skip
def make_carve_out(agreement_id: int) -> Response:
    """Let buyers order what the agreement covers."""
    wanted = schema.read_carve_out(contract.read_body())
    with deed() as doing:
        made = carving.carve_out(doing.session, who(), agreement_id, wanted, now())
        return doing.answer(_dump(made), 201, tagged=False)


@serve(
    blueprint, "DELETE", f"{ALL}/<int:carve_out_id>",
    Operation(
        "End a carve-out with yesterday, or take it back when it has not begun", STAFF, WRITE,
        status=204,
    ),
)  # fmt: skip
def remove_carve_out(agreement_id: int, carve_out_id: int) -> Response:
    """End a carve-out: from today on the agreement binds again."""
    with transaction() as session:
        ended = carving.end_carve_out(session, who(), carve_out_id, now())
        if ended.agreement_id != agreement_id:
            raise Missing(_("There is no such carve-out in your municipality."))
    return Response(status=204)


def _id(carved: CarveOut) -> int:
    return carved.id


def _dump(carved: CarveOut) -> Any:
    return CarveOutShownSchema().dump(carved)
