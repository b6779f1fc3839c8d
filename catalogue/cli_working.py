"""`catalogue work`: the worker's process."""

from __future__ import annotations

import logging
import signal
import threading

import click

from catalogue.cli_mounted import mounted
from catalogue.core import jobs
from catalogue.lanes import DAILY_WORK, lanes
from catalogue.media import collecting
from catalogue.search import service as search


@click.command()
def work() -> None:
    """Run the worker alone: index, images and mail from the outbox."""
    logging.basicConfig(level=logging.INFO)
    state = mounted()
    with state.database.transaction() as session:
        if search.needs_rebuild(session, state.parts):
            search.ask_for_rebuild(session, state.clock())
        for daily in DAILY_WORK:
            daily.start(session, state.clock())
        collecting.start(session, state.clock())
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: stopping.set())
    jobs.work(
        state.database,
        lanes(state),
        stopping,
        clock=state.clock,
        pause_seconds=state.settings.worker_pause_ms / 1000,
    )
