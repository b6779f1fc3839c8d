"""Errors of the JSON views as RFC 9457 wants them: `application/problem+json`."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from catalogue.core.errors import CatalogueError, Invalid

from .access import refuse_by
from .border import status_of
from .refusing import MEDIA


def answer_problems(blueprint: Blueprint) -> None:
    """Have the views of a blueprint answer errors as problems instead of pages."""
    blueprint.register_error_handler(CatalogueError, _catalogue_problem)
    refuse_by(blueprint, _http_problem)


def _catalogue_problem(error: CatalogueError) -> Response:
    facts: dict[str, Any] = {"title": str(error.title), "status": status_of(error)}
    if detail := str(error.detail):
        facts["detail"] = detail
    if isinstance(error, Invalid):
        # Parameters of the address have no JSON pointer; RFC 9457 leaves other members open.
        facts["errors"] = [
            {"detail": str(text), "parameter": name}
            for name, texts in error.problems.items()
            for text in texts
        ]
    return _problem(facts)


def _http_problem(error: HTTPException) -> Response:
    return _problem({"title": error.name, "status": error.code or 500})


def _problem(facts: dict[str, Any]) -> Response:
    text = json.dumps({"type": "about:blank", **facts}, ensure_ascii=False)
    return Response(text, facts["status"], content_type=MEDIA)
