"""The pages of the API: contract, reference, types of problems, and what there is not."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _

from . import openapi, reference
from .access import COOKIELESS, EVERYONE, route
from .drawing import render
from .entering import choose_language
from .operations import PREFIX, VERSION
from .problem_types import TYPES
from .refusing import draw_problem
from .state import state

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")


@route(blueprint, "/", access=EVERYONE)
def read_reference() -> Response:
    """Show the contract as a page."""
    chapters = reference.list_chapters(openapi.document(current_app))
    return render("api/reference.html", chapters=chapters, version=VERSION, types=TYPES)


@route(blueprint, "/openapi.json", access=COOKIELESS)
def contract() -> Response:
    """Send the contract."""
    told = openapi.document(current_app)
    served = request.script_root + state().settings.url_prefix
    told = told | {"servers": [{"url": served or "/"}]}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return Response(text, content_type="application/json")


@route(blueprint, "/problems/<name>", access=EVERYONE)
def problem(name: str) -> Response:
    """Tell what a type of problem means and what mends it."""
    if name not in TYPES:
        raise Missing(_("There is no such problem type."))
    return render("api/problem.html", name=name, kind=TYPES[name])


@route(blueprint, "/<path:unknown>", access=COOKIELESS, methods=METHODS)
def nowhere(unknown: str) -> Response:  # noqa: ARG001 - the address is in the request
    """Answer addresses and methods that the API does not have."""
    choose_language()
    allowed = allowed_methods(str(request.endpoint))
    if allowed and request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(allowed)})
    if allowed:
        headers = {"Allow": ", ".join(allowed)}
        return draw_problem("method-not-allowed", "", {}, headers)
    return draw_problem("missing", _("There is no such address."), {}, {})


def allowed_methods(*catching: str) -> list[str]:
    """List what the address of this request may be asked, but for the endpoints that catch all."""
    adapter = current_app.create_url_adapter(request)
    found: list[str] = []
    if adapter is None:
        return found
    for method in METHODS:
        try:
            endpoint, _values = adapter.match(request.path, method=method)
        except HTTPException:
            continue
        if endpoint not in catching:
            found += ["GET", "HEAD"] if method == "GET" else [method]
    return list(dict.fromkeys([*found, "OPTIONS"])) if found else []
