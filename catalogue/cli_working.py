"""`catalogue work`: the worker's process."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import click
from sqlalchemy.orm import Session

from catalogue.cli_mounted import lack_of_tables, mounted
from catalogue.core import jobs, logs, workers
from catalogue.core.http import measuring
from catalogue.core.http.tracing import Tracing
from catalogue.core.jobs import Handler, Lane, Work
from catalogue.lanes import DAILY_WORK, lanes
from catalogue.media import collecting
from catalogue.search import service as search


@click.command()
def work() -> None:
    """Run the worker alone: index, images and mail from the outbox."""
    logs.set_up()
    state = mounted()
    state.database.limit_statements(state.settings.job_statement_seconds)
    tracing = state.parts[measuring.PART].tracing
    if lack := lack_of_tables(state.database):
        raise click.ClickException(lack)
    known = _traced(lanes(state), tracing)
    with state.database.transaction() as session:
        if search.needs_rebuild(session, state.parts):
            search.ask_for_rebuild(session, state.clock())
        _begin_days(session, state.clock())
        own = workers.begin(session, _name(), _topics(known), state.clock())
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: stopping.set())
    args = (state.database, own, state.clock, stopping)
    beating = threading.Thread(target=workers.beat, args=args, name="beat")
    beating.start()
    try:
        jobs.work(
            state.database,
            known,
            stopping,
            clock=state.clock,
            pause_seconds=state.settings.worker_pause_ms / 1000,
            set_back=_begin_days,
        )
    finally:
        stopping.set()
        beating.join()
        if tracing is not None:
            tracing.close()


def _begin_days(session: Session, now: datetime) -> None:
    """Have each day's work wait for its hour."""
    for daily in DAILY_WORK:
        daily.start(session, now)
    collecting.start(session, now)


def _traced(known: Sequence[Lane], tracing: Tracing | None) -> Sequence[Lane]:
    """Have each batch leave a span, where spans go somewhere."""
    if tracing is None:
        return known

    def within(topic: str, handler: Handler) -> Handler:
        def handle(batch: Sequence[Work]) -> None:
            requests = ",".join(sorted({each.request_id for each in batch if each.request_id}))
            with tracing.work(topic, {"catalogue.requests": requests}):
                handler(batch)

        return handle

    return [
        replace(lane, handlers={topic: within(topic, do) for topic, do in lane.handlers.items()})
        for lane in known
    ]


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _topics(known: Sequence[Lane]) -> dict[str, list[str]]:
    return {lane.name: sorted(lane.handlers) for lane in known}
