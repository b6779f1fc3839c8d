"""The views of how documents of orders go, for enterprises and for the procurement staff."""

from __future__ import annotations

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

from . import routes
from .document_carriers import carriers

blueprint = Blueprint("document_routes", __name__)


@route(blueprint, "/dokumenter", access=ENTERPRISES | STAFF)
def documents() -> Response:
    """Show by which way documents of orders go."""
    return _draw({})


@route(blueprint, "/dokumenter", access=ENTERPRISES | STAFF, methods=["POST"])
def choose() -> Response:
    """Let them go another way from now on."""
    try:
        carrier = routes.read_carrier(request.form, carriers(state().parts))
    except Invalid as error:
        return _draw(error.problems)
    with transaction() as session:
        routes.choose(session, who(), carrier, now())
    flash(_("It is saved. Orders go that way from now on."))
    return go("catalogue.document_routes.documents")


def _draw(errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        chosen = routes.find(session, who())
    return render(
        "exchange/document_routes.html", 422 if errors else 200, chosen=chosen, errors=errors,
        carriers=routes.offered(carriers(state().parts)),
    )  # fmt: skip
