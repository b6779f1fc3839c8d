"""For machines that look after this one: alive, ready, and figures for Prometheus."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from typing import Any

from flask import Blueprint, Response, make_response, request
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from sqlalchemy.orm import Session

from catalogue.core import faults, outage, revisions
from catalogue.core.errors import Missing
from catalogue.core.http import COOKIELESS, State, now, reading, route, state, today
from catalogue.core.http.measuring import PART
from catalogue.core.text import lazy as _
from catalogue.search import service as search

from . import health
from .health import Health

log = logging.getLogger("catalogue.health")
blueprint = Blueprint("health", __name__)
DRAINING = "draining"  # in `State.parts`: the file that is there while the server goes down
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
Family = GaugeMetricFamily | InfoMetricFamily


@route(blueprint, "/livez", access=COOKIELESS)
def livez() -> Response:
    """Answer 200 while this process answers at all; whoever gets none starts it anew."""
    return make_response({"status": "ok"})


@route(blueprint, "/readyz", access=COOKIELESS)
def readyz() -> Response:
    """Answer 200 when requests are welcome, else 503 with the reason, for who shares them out."""
    here = state()
    reason = _unready(here)
    return make_response({"status": reason or "ok"}, 503 if reason else 200)


def unreached(
    here: State, refuse: Callable[[Session], str | None] = lambda _session: None
) -> str | None:
    """Return why database and index cannot be read, or why `refuse` would not; None if all is well.

    What asks is a machine, which our page about an outage tells nothing.
    """
    try:
        with here.database.reading() as session:
            reason = refuse(session)
            search.check(session)
    except Exception as error:
        if outage.of(error) is None:
            raise
        faults.note(log, "the database does not answer")
        return "the database does not answer"
    return reason


@route(blueprint, "/metrics", access=COOKIELESS)
def metrics() -> Response:
    """Send figures in the form of Prometheus, to the machine itself or for the token of settings.

    Behind a proxy on the same machine everybody seems to be the machine itself; so a request that
    was handed on, or that was sent to another name, counts as a stranger's.
    """
    if not _may_read(state().settings.metrics_token):
        raise Missing(_("There is nothing at %(address)s.", address=request.path))
    with reading() as session:
        found = health.look(session, now(), today())
        revision = revisions.present(session)
    own = CollectorRegistry()
    own.register(_Figures(found, revision))
    content = generate_latest(own) + generate_latest(_requests(state()))
    return Response(content, content_type="text/plain; version=0.0.4; charset=utf-8")


def _unready(here: State) -> str | None:
    draining = here.parts.get(DRAINING)
    if draining is not None and draining.exists():
        return "draining"
    return unreached(here, _unmigrated)


def _unmigrated(session: Session) -> str | None:
    return "migrations are missing: catalogue migrate" if revisions.are_missing(session) else None


def _may_read(token: str) -> bool:
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    return _is_loopback(request.remote_addr or "") and _is_loopback(
        request.host.rpartition(":")[0].strip("[]") or request.host
    )


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _requests(here: State) -> CollectorRegistry:
    """Return what counts requests: of all processes of the server, where they keep it together."""
    if not os.environ.get(FOLDER):
        registry: CollectorRegistry = here.parts[PART].registry
        return registry
    together = CollectorRegistry()
    collect: Any = multiprocess.MultiProcessCollector  # has no types
    collect(together)
    return together


class _Figures:
    """What Prometheus is told of the installation."""

    def __init__(self, found: Health, revision: str | None) -> None:
        self.found, self.revision = found, revision

    def collect(self) -> Iterator[Family]:
        """Return the figures, each with what it is."""
        found = self.found
        version = {"version": metadata.version("purchasing-catalogue")}
        yield InfoMetricFamily(
            "catalogue", "The program and its tables.",
            value=version | {"revision": self.revision or ""},
        )  # fmt: skip
        queues = found.queues.items()
        yield _gauge("queue_jobs", "Work that is not done.", "lane",
                     {lane: each.jobs for lane, each in queues})  # fmt: skip
        yield _gauge("queue_due_seconds", "Seconds since the oldest work was due.", "lane",
                     {lane: each.due_seconds for lane, each in queues})  # fmt: skip
        yield _gauge("queue_failing_jobs", "Work that failed and is tried again.", "lane",
                     {lane: each.failing for lane, each in queues})  # fmt: skip
        yield GaugeMetricFamily(
            "catalogue_index_lag_seconds", "Age of the oldest change that is not found yet.",
            value=found.index_lag_seconds,
        )  # fmt: skip
        seen = {each.name: each.seen_at.timestamp() for each in found.workers}
        yield _gauge("worker_seen_timestamp_seconds", "When it said that it is alive.", "worker",
                     seen)  # fmt: skip
        yield _gauge("mails", "Mails of the last day by what became of them.", "state", found.mails)
        yield _gauge("ceilings", "Ceilings of agreements in force: all, near, used up.", "state",
                     found.ceilings)  # fmt: skip


def _gauge(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(f"catalogue_{name}", says, labels=[label])
    for key, value in sorted(values.items()):
        made.add_metric([key], value)
    return made
