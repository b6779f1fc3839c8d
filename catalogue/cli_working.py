"""`catalogue work`: the worker's process."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Sequence

import click

from catalogue.cli_mounted import mounted
from catalogue.core import jobs, logs, workers
from catalogue.core.jobs import Lane
from catalogue.lanes import DAILY_WORK, lanes
from catalogue.media import collecting
from catalogue.search import service as search


@click.command()
def work() -> None:
    """Run the worker alone: index, images and mail from the outbox."""
    logs.set_up()
    state = mounted()
    state.database.limit_statements(state.settings.job_statement_seconds)
    known = lanes(state)
    with state.database.transaction() as session:
        if search.needs_rebuild(session, state.parts):
            search.ask_for_rebuild(session, state.clock())
        for daily in DAILY_WORK:
            daily.start(session, state.clock())
        collecting.start(session, state.clock())
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
        )
    finally:
        stopping.set()
        beating.join()


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _topics(known: Sequence[Lane]) -> dict[str, list[str]]:
    return {lane.name: sorted(lane.handlers) for lane in known}
