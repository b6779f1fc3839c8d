"""`catalogue run` and `catalogue web`: processes that serve, and the one that looks after them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException

import click
from rich.console import Console

from catalogue.cli_mounted import refuse_in_host
from catalogue.core import logs
from catalogue.operating import serving
from catalogue.operating.own_folder import own_folder
from catalogue.settings import read

out = Console(highlight=False)
RESTART_PAUSE_SECONDS = 1.0
STOP_SECONDS, LATE_SECONDS = 15, 60
PORT = click.IntRange(1, 65_535)


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True, help="Of the web server.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--demo/--no-demo", "with_demo", default=False, help="Load the demonstration world.")
def run(port: int, host: str, with_demo: bool) -> None:
    """Migrate, then run web server and worker under one supervisor until stopped."""
    refuse_in_host()
    serving.listen(host, port).close()  # else another's answer would be taken for our own
    os.environ.setdefault("CATALOGUE_PUBLIC_URL", f"http://{serving.written(host, port)}")
    _do("demo" if with_demo else "migrate")
    web = _command("web", "--host", host, "--port", str(port))
    with _supervised({"web": web, "worker": _command("work")}) as supervise:
        threading.Thread(target=_announce, args=(host, port), daemon=True).start()
        supervise()


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def web(port: int, host: str) -> None:
    """Run the web server alone.

    SIGHUP starts its processes anew one after the other, with new code, and no request is lost.
    SIGTERM lets requests under way end; with CATALOGUE_DRAIN_SECONDS it is first no longer ready.
    """
    refuse_in_host()
    settings = read(os.environ)
    logs.set_up()
    with own_folder(settings.data_folder) as folder:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))
        os.environ["SERVER_OF_CATALOGUE"] = str(folder)
        serving.serve((host, port), settings, folder)


def _command(*words: str) -> list[str]:
    """Return a command of ours as a process that ends with this one, whatever ended this one.

    Else web server and worker of a supervisor that was killed would go on unseen, and keep the port
    from the next one.
    """
    bound = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    return [*bound, sys.executable, "-m", "catalogue.cli", *words]


def _do(*words: str) -> None:
    """Run a command of ours to its end, in a process of its own, for what it loads stays in it.

    The supervisor lives as long as the installation. Measured: with what the demonstration loads it
    had 200 MB, and was the first to be ended where memory was short.
    """
    if status := subprocess.call(_command(*words)):  # noqa: S603
        raise SystemExit(status)


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
    """Wait until pages can be served, then print the address; tell when that takes long."""
    prefix = read(os.environ).url_prefix.rstrip("/")
    address = f"http://{serving.written(host, port)}{prefix}"
    late = time.monotonic() + LATE_SECONDS
    while not _answers(f"{address}/healthz"):
        if time.monotonic() > late:
            out.print(f"Catalogue does not answer yet at {address}/: its lines above tell why")
            late = float("inf")
        time.sleep(0.1)
    out.print(f"\nCatalogue is ready: [bold]{address}/[/bold]   (Ctrl-C stops it)")


def _answers(address: str) -> bool:
    """Tell whether it is answered well there, asked past any proxy: that has other machines."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=2):
            return True
    except (OSError, HTTPException):  # urllib's own errors are OSErrors
        return False
