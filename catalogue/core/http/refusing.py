"""How the API says no: every error as a problem (RFC 9457) of a type that has a page."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from catalogue.core import faults, outage, overtaken
from catalogue.core.errors import CatalogueError, Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from .access import refuse_by
from .addresses import public_address
from .problem_types import RETRY_SECONDS, TYPES

log = logging.getLogger("catalogue.api")
MEDIA = "application/problem+json"
_BY_STATUS = {400: "unreadable", 404: "missing", 405: "method-not-allowed", 413: "too-large",
              415: "media-type"}  # fmt: skip


class Problem(Exception):
    """A request that the border of the API refuses; `facts` are further members of the problem."""

    def __init__(
        self,
        name: str,
        detail: Text | str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(name)
        self.name, self.detail, self.headers, self.facts = name, detail, headers or {}, facts


def refuse_by_problems(blueprint: Blueprint) -> None:
    """Have the operations of a blueprint answer errors as problems."""
    blueprint.register_error_handler(Problem, _problem)
    blueprint.register_error_handler(CatalogueError, _catalogue_error)
    refuse_by(blueprint, _http_error)
    blueprint.register_error_handler(Exception, _fault)


def draw_problem(
    name: str, detail: Text | str, facts: Mapping[str, Any], headers: Mapping[str, str]
) -> Response:
    """Return the answer that tells of a problem."""
    kind = TYPES[name]
    told = {
        "type": public_address("catalogue.api.problem", name=name),
        "title": str(kind.title),
        "status": kind.status,
        **({"detail": str(detail)} if str(detail) else {}),
        "instance": request.script_root + request.path,
        **facts,
    }
    text = json.dumps(told, ensure_ascii=False, default=str)
    return Response(text, kind.status, content_type=MEDIA, headers=dict(headers))


def _problem(error: Problem) -> Response:
    return draw_problem(error.name, error.detail, error.facts, error.headers)


def _catalogue_error(error: CatalogueError) -> Response:
    facts = dict(error.facts)
    if isinstance(error, Invalid):
        facts["errors"] = [
            {"detail": str(text), "pointer": "#/" + name.replace(".", "/")}
            for name, texts in error.problems.items()
            for text in texts
        ]
    headers = {"Retry-After": RETRY_SECONDS} if error.problem == "unavailable" else {}
    return draw_problem(error.problem, error.detail or error.title, facts, headers)


def _http_error(error: HTTPException) -> Response:
    name = _BY_STATUS.get(error.code or 500)
    if name is None:
        return _fault(error)
    detail = _("The request was not understood") if name == "unreadable" else ""
    return draw_problem(name, detail, {}, {})


def _fault(error: Exception) -> Response:
    faults.note(log, "request failed", endpoint=request.endpoint)
    if out := outage.of(error) or overtaken.of(error):
        return _catalogue_error(out)
    return draw_problem("fault", "", {}, {})
