"""The views of how documents of orders go, for enterprises and for the procurement staff."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import route_schema, routes
from .document_carriers import carriers

blueprint = Blueprint("document_routes", __name__)


@route(blueprint, "/dokumenter", access=ENTERPRISES | STAFF)
def documents() -> Response:
    """Show by which way documents of orders go."""
    with reading() as session:
        chosen = routes.find(session, who())
    return _draw(asdict(chosen), {})


@route(blueprint, "/dokumenter", access=ENTERPRISES | STAFF, methods=["POST"])
def choose() -> Response:
    """Let them go another way from now on."""
    try:
        wanted = route_schema.read_route(request.form, carriers(state().parts))
    except Invalid as error:
        return _draw(request.form.to_dict(), error.problems)
    with transaction() as session:
        routes.choose(session, who(), wanted, now())
    flash(_("It is saved. Orders go that way from now on."))
    return go("catalogue.document_routes.documents")


def _draw(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    return render(
        "exchange/document_routes.html", 422 if errors else 200, values=values, errors=errors,
        carriers=route_schema.offered(carriers(state().parts)), labels=route_schema.LABELS,
    )  # fmt: skip
