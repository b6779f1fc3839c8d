"""The overview as JSON: the same matrix, the same access, amounts in øre excluding VAT.

`/api/daekning` is for a person signed in, from before there were tokens; systems use the API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.http import (
    STAFF,
    answer_problems,
    contract,
    reading,
    route,
    state,
    today,
    who,
)
from catalogue.core.http.answering import show
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import current_locale

from . import (
    api_behind,
    api_charts,
    api_ledger,
    api_plans,
    api_watch,
    api_yearly,
    matrix,
    overview_schema,
    schema,
)
from .api_answers import READ, versioned
from .api_schema import CoverageQuerySchema, CoverageSchema
from .rules import Asked

# The other operations stand on the same blueprint.
__all__ = ["api_behind", "api_charts", "api_ledger", "api_plans", "api_watch", "api_yearly",
           "blueprint", "versioned"]  # fmt: skip
blueprint = Blueprint("coverage_api", __name__)
answer_problems(blueprint)


@route(blueprint, "/api/daekning", access=STAFF)
def overview() -> Response:
    """Send all levels of the tree, or the gaps, as of a day."""
    facts = _overview(request.args)
    return Response(json.dumps(facts, ensure_ascii=False), content_type="application/json")


@serve(
    versioned, "GET", "/coverage",
    Operation(
        "Coverage by category as of a day", STAFF, READ, query=CoverageQuerySchema,
        answer=CoverageSchema, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def coverage() -> Response:
    """Send all levels of the tree, or the gaps, as of a day."""
    query = contract.read_query()
    address = {"dag": query.get("day"), "under": query.get("within", "")}
    with contract.named({"dag": "day"}):
        return show(_overview(address | {"vis": schema.GAPS if query.get("gaps") else ""}))


def _overview(address: Mapping[str, Any]) -> dict[str, Any]:
    view = schema.read_view(address, today())
    asked = Asked(who().municipality_id or 0, view.day, today(), current_locale())
    with reading() as session:
        found = matrix.read(session, state().parts, asked)
    lines = found.overview.table(view.only_gaps, view.within)
    return overview_schema.dump(found, lines, view.only_gaps)
