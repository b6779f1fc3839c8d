"""The addresses of SCIM 2.0 (RFC 7644), where the directory of a municipality keeps its people.

What answers is loaded by the first request: its libraries take as long as all else that starts.
"""

from __future__ import annotations

import importlib

from flask import Blueprint, Response

from catalogue.core.http import COOKIELESS, route

blueprint = Blueprint("scim", __name__, url_prefix="/api/scim/v2")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@route(blueprint, "/", access=COOKIELESS, methods=METHODS, endpoint="serve_root")
@route(blueprint, "/<path:place>", access=COOKIELESS, methods=METHODS)
def serve(place: str = "") -> Response:
    """Serve a request of a directory."""
    answer: Response = importlib.import_module("catalogue.accounts.scim_serving").serve(place)
    return answer
