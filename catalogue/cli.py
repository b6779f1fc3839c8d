"""The command line: `catalogue run | web | work | migrate | demo | reindex | import | check`."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from granian.constants import Interfaces
from granian.server import Server
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from catalogue import cli_check, cli_mounted, demo
from catalogue.accounts import service as accounts
from catalogue.agreements import categories, limits
from catalogue.cli_administrator import administrator
from catalogue.cli_documents import collect_documents
from catalogue.cli_import import import_group
from catalogue.cli_ledger import prove_sums, sum_up
from catalogue.cli_mail import bounce
from catalogue.cli_mounted import mounted, refuse_in_host
from catalogue.cli_people import people_group
from catalogue.cli_retention import retention
from catalogue.core import jobs, migrations, proof
from catalogue.core.chain import Point, read_point
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError
from catalogue.lanes import DAILY_WORK, lanes
from catalogue.media import collecting
from catalogue.search import service as search
from catalogue.settings import WrongSetting, read

out = Console(highlight=False)
RESTART_PAUSE_SECONDS = 1.0
STOP_SECONDS = 15


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Purchasing catalogue for social procurement."""


for each in (import_group, people_group, administrator, bounce, collect_documents, retention):
    main.add_command(each)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port of the web server.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--demo/--no-demo", "with_demo", default=False, help="Load the demonstration world.")
def run(port: int, host: str, with_demo: bool) -> None:
    """Migrate, then run web server and worker under one supervisor until stopped."""
    refuse_in_host()
    os.environ.setdefault("CATALOGUE_PUBLIC_URL", f"http://{host}:{port}")
    prepare()
    if with_demo:
        load_demo()
    web = [sys.executable, "-m", "catalogue.cli", "web", "--host", host, "--port", str(port)]
    work = [sys.executable, "-m", "catalogue.cli", "work"]
    with _supervised({"web": web, "worker": work}) as supervise:
        _announce(host, port)
        supervise()


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def web(port: int, host: str) -> None:
    """Run the web server alone."""
    refuse_in_host()
    settings = read(os.environ)
    Server(
        "catalogue.app:create_served_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


@main.command()
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


@main.command()
def migrate() -> None:
    """Bring the database to the present schema and load municipalities, categories, limits."""
    prepare()


@main.command("demo")
def demo_command() -> None:
    """Load the demonstration world, when the database has no persons yet."""
    prepare()
    load_demo()


@main.command()
def reindex() -> None:
    """Build the search index anew beside the live one, and swap; sum up the ledger anew."""
    state = mounted()
    sum_up(state.database)
    with Progress(console=out) as progress:
        task = progress.add_task("index", total=None)
        count = search.rebuild(
            state.database,
            state.parts,
            lambda done, total: progress.update(task, completed=done, total=total),
        )
    out.print(f"{count} products indexed")


@main.command()
@click.option("--audit-head", metavar="NUMBER:DIGEST", help="A head of the audit kept elsewhere.")
def check(audit_head: str | None) -> None:
    """Tell whether database, audit, files and index are in order; exit 1 if not.

    Every event of the audit is reckoned anew; keep the head that is printed outside the database,
    and hand it over the next time. Rows of pictures and attachments are held against their files,
    index and database are compared product by product, and every difference is reported.
    """
    kept = None if audit_head is None else read_point(audit_head)
    if audit_head is not None and kept is None:
        raise click.BadParameter(
            "write it as it was printed, NUMBER:DIGEST", param_hint="audit-head"
        )
    state = mounted()
    _prove_audit(state.database, kept)
    with state.database.reading() as session:
        prove_sums(session)
        search.check(session)
        waiting = jobs.waiting(session)
        differences = search.compare(session, state.parts)
    out.print(f"the database answers; {waiting} jobs waiting")
    cli_check.check_files(state)
    for name in ("missing", "surplus", "stale"):
        for product_id in getattr(differences, name):
            out.print(f"product {product_id} is {name} in the search index")
    if differences:
        raise click.ClickException("index and database differ; build anew: catalogue reindex")
    out.print("the search index has what the database has")


def _prove_audit(database: Database, kept: Point | None) -> None:
    with database.reading() as session:
        found = proof.prove(session, kept)
    if found.fault is not None:
        raise click.ClickException(
            f"the audit was tampered with: {found.fault}; it holds up to {found.reached}"
        )
    out.print(f"the audit holds: {found.reached.number} events in one chain")
    # Whole, however narrow the terminal: it is there to be copied.
    click.echo(f"audit head {found.reached}")


def prepare() -> None:
    """Migrate the database and load the vocabularies every installation needs."""
    settings = cli_mounted.settings()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    settings.secret()
    database = Database(settings.database, settings.sqlite_busy_timeout_ms)
    migrations.upgrade(database)
    with database.transaction() as session:
        accounts.import_municipalities(session)
        categories.import_categories(session)
        limits.import_limits(session, datetime.now(UTC))
    parts: dict[str, Any] = {}
    search.open_index(parts, settings)
    with database.reading() as session:
        due = search.needs_rebuild(session, parts)
    if due:
        search.rebuild(database, parts)
    database.dispose()


def load_demo() -> None:
    """Load the demonstration world into an empty installation and work off what follows."""
    state = mounted()
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("demonstration world", total=None)
        loaded = demo.load(
            state,
            now=datetime.now(UTC),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if loaded:
        search.rebuild(state.database, state.parts)
    state.database.dispose()


@contextmanager
def _supervised(commands: dict[str, list[str]]) -> Iterator[Callable[[], None]]:
    """Start the commands as processes; the block gets a function that keeps them running."""
    running = {name: subprocess.Popen(command) for name, command in commands.items()}  # noqa: S603
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    def supervise() -> None:
        while not stopping:
            for name, process in running.items():
                if process.poll() is not None:
                    out.print(f"{name} ended with status {process.returncode}; starting it again")
                    time.sleep(RESTART_PAUSE_SECONDS)
                    running[name] = subprocess.Popen(commands[name])  # noqa: S603
            time.sleep(0.2)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        yield supervise
    finally:
        _end(list(running.values()))


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _announce(host: str, port: int) -> None:
    """Wait until pages can be served, then print the address and the demonstration log-ins."""
    settings = read(os.environ)
    address = f"http://{host}:{port}{settings.url_prefix}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310
                break
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    out.print(f"\nCatalogue is ready: [bold]{address}/[/bold]   (Ctrl-C stops it)")
    people = demo.log_ins(mounted())
    if not people:
        return
    table = Table(title="Demonstration log-ins", title_justify="left")
    for heading in ("e-mail", "password", "role"):
        table.add_column(heading)
    for email, roles in people:
        table.add_row(email, demo.PASSWORD, roles)
    out.print(table)


def entry() -> None:
    """Run the command line; known errors are told in one line, without a stack trace."""
    try:
        main()
    except (CatalogueError, WrongSetting) as error:
        out.print(f"[red]{error}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    entry()
