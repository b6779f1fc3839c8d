"""The overview as JSON: the same matrix, the same access, amounts in øre excluding VAT."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from catalogue.core.http import STAFF, answer_problems, reading, route, state, today, who
from catalogue.core.text import current_locale

from . import matrix, overview_schema, schema
from .rules import Asked

blueprint = Blueprint("coverage_api", __name__)
answer_problems(blueprint)


@route(blueprint, "/api/daekning", access=STAFF)
def overview() -> Response:
    """Send all levels of the tree, or the gaps, as of a day."""
    view = schema.read_view(request.args, today())
    asked = Asked(who().municipality_id or 0, view.day, today(), current_locale())
    with reading() as session:
        found = matrix.read(session, state().parts, asked)
    lines = found.overview.table(view.only_gaps, view.within)
    facts = overview_schema.dump(found, lines, view.only_gaps)
    return Response(json.dumps(facts, ensure_ascii=False), content_type="application/json")
