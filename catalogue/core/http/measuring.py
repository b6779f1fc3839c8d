"""What is noted of each request: its id, a line in the log, how long it took, a span of a trace.

Nothing that tells who asked, or what for: a request is known by its route, as it is declared.
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request
from prometheus_client import CollectorRegistry, Histogram

from catalogue.core import logs

from .state import State, state
from .tracing import Tracing, open_tracing

log = logging.getLogger("catalogue.http")
PART = "measures"
HEADER = "X-Request-ID"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
QUIET = frozenset(
    f"catalogue.{name}"
    for name in ("static_file", "healthz", "health.livez", "health.readyz", "health.metrics")
)


@dataclass(frozen=True)
class Measures:
    """What one mounted Catalogue counts; several processes of a server keep theirs in a folder."""

    registry: CollectorRegistry
    seconds: Histogram
    tracing: Tracing | None


def open_measures(here: State) -> None:
    """Put what counts requests into `parts["measures"]`."""
    registry = CollectorRegistry()
    seconds = Histogram(
        "catalogue_request_seconds", "Seconds that requests took, by route and status.",
        ("method", "route", "status"), registry=registry, buckets=BUCKETS,
    )  # fmt: skip
    here.parts[PART] = Measures(registry, seconds, open_tracing(os.environ))


def measure(blueprint: Blueprint) -> None:
    """Have each request of a blueprint noted. Call it before any other hook is added."""
    blueprint.before_request(_begin)
    blueprint.teardown_request(_end)


def tell(response: Response) -> Response:
    """Note what came of a request, and tell its id to who asked; the last of all hooks."""
    found = g.get("catalogue_request")
    if found is None:
        return response
    response.headers[HEADER] = found
    took = time.perf_counter() - g.catalogue_began
    route = str(request.url_rule) if request.url_rule else ""
    measures: Measures = state().parts[PART]
    measures.seconds.labels(request.method, route, response.status_code).observe(took)
    if request.endpoint not in QUIET:
        facts = {"method": request.method, "route": route, "status": response.status_code}
        log.info("request", extra=facts | {"ms": round(took * 1000, 1)})
    if g.get("catalogue_span") is not None:
        g.catalogue_span.set_attribute("http.response.status_code", response.status_code)
    return response


def _begin() -> None:
    g.catalogue_began = time.perf_counter()
    g.catalogue_request = logs.new_id(request.headers.get(HEADER))
    logs.begin((g.catalogue_request,))
    tracing = state().parts[PART].tracing
    if tracing is not None:
        route = str(request.url_rule)
        facts = {"http.request.method": request.method, "http.route": route}
        facts["catalogue.request"] = g.catalogue_request
        name = f"{request.method} {route}"
        g.catalogue_span = tracing.begin(name, facts, dict(request.headers))


def _end(_error: Any) -> None:
    logs.begin(())
    span = g.get("catalogue_span")
    if span is not None:
        span.end()
