"""The web server: its processes, and how they go without a request being lost.

New processes are made fresh (spawn, not fork): they load the code that is installed by then. The
listening socket stays open in the process that looks after them, so that nobody is turned away
while one goes and the next comes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from catalogue.core import admission, memory
from catalogue.settings import Settings

from .own_folder import serving_in

log = logging.getLogger("catalogue.serving")
READY_SECONDS = 60.0  # for which an old process waits for the new one to be ready
BACKLOG = 1024  # connections that wait to be taken
DEFER_SECONDS = 10  # for which a connection without a request is kept from the processes
CONNECTIONS = 4_096  # of a process, most of them idle; more wait to be taken
HEAD_MS = 10_000  # in which the head of a request must be there, the next one of a connection too
# A reader who takes nothing for so long is gone, and one who tells nothing is asked for a sign.
UNREAD_MS, SILENT_SECONDS = 30_000, 60
FILES = 2 * CONNECTIONS + 512  # that a process may hold open; what the system lets it, if fewer


def written(host: str, port: int) -> str:
    """Return host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address, or refuse one that nobody can listen at."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        told = f"nobody can listen at {written(host, port)}: {error.strerror}"
        raise click.ClickException(told) from error


class Listening(MPServer):
    """Granian with one listening socket for all processes, which stays open while they change.

    By itself each process opens one of its own: what waits at that of a process that ends is turned
    away, and so is everybody until the first new process listens. Measured: a refused connection
    at each SIGHUP on a slow machine. The names that are written over are Granian's own, which is
    why its version has an upper bound.

    A connection is taken when its request is there (TCP_DEFER_ACCEPT): a process that ends closes
    what it took and has read nothing of. Measured: with 20 ms from connecting to asking, a request
    or two were lost at each SIGHUP.

    A reader who takes nothing of his answer is cut off (TCP_USER_TIMEOUT), and so is one whose
    machine is gone (SO_KEEPALIVE): Granian waits for both for ever.

    What is sent goes at once (TCP_NODELAY, handed on to each connection): else the kernel holds the
    last part of an answer back until the first is acknowledged, and the other side waits 40 ms
    with that.
    """

    def _init_shared_socket(self) -> None:
        self._ssp = self._shd = None
        self._sso = listen(self.bind_addr, self.bind_port)
        self._sso.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sso.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFER_SECONDS)
        self._sso.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        self._sso.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._sso.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, SILENT_SECONDS)

    def _respawn_workers(
        self, workers: Iterable[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Put new processes in the place of old ones, which end when the new ones are ready.

        By itself Granian waits for a set time, however long loading takes; `delay` is not 0 when
        there is an old one to wait with.
        """
        for number in workers:
            self.respawned_wrks[number] = time.monotonic()
            ready, told = multiprocessing.Pipe(duplex=False)
            loader = partial(_load, target_loader, told)
            old: Any = self.wrks[number]  # Granian's own methods have no types
            new: Any = self._spawn_worker(number, spawn_target, loader)
            new.start()
            told.close()
            self.wrks[number] = new
            if delay:
                connection.wait([ready, new.inner.sentinel], READY_SECONDS)
            ready.close()
            old.terminate()
            old.join(self.workers_kill_timeout)
            if old.is_alive():
                log.warning("web process killed: it did not end")
                old.kill()
                old.join()
            log.info("web process replaced", extra={"number": number + 1})


def _load(loader: Callable[..., Any], told: Connection, *given: Any, **named: Any) -> Any:
    """Load the application in a new process, and tell its keeper, if that still waits for it.

    It does not where the old process had died: there is none that must serve on until then.
    """
    application = loader(*given, **named)
    with suppress(BrokenPipeError):
        told.send(True)
    return application


def serve_from(folder: Path, number: int, name: str, loader: Any, sockets: Any, *rest: Any) -> None:
    """Serve in a process of its own from the socket that it was handed."""
    memory.look_seldom()  # before the application is loaded
    threading.Thread(target=_end_with_keeper, name="keeper", daemon=True).start()
    own: socket.socket = sockets[1]
    hold: Any = SocketHolder  # its types tell of no arguments
    held = (None, hold(own.fileno(), False, BACKLOG))
    with serving_in(folder):
        MPServer._spawn_wsgi_worker(number, name, loader, (held, own), *rest)


def _end_with_keeper() -> None:
    """Wait until the process that looks after this one is gone, whatever ended it; then end.

    Else this one would serve on with nobody to replace it, and no new server could have the port.
    """
    keeper = multiprocessing.parent_process()
    if keeper is not None:
        keeper.join()
        os.kill(os.getpid(), signal.SIGTERM)


def serve(address: tuple[str, int], settings: Settings, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT; in `folder` there is a file `draining` from SIGTERM on."""
    draining = folder / "draining"  # for which /readyz looks
    multiprocessing.set_start_method("spawn", force=True)
    _hold_many_open()
    host, port = address
    server: Any = Listening(
        "catalogue.app:create_served_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=admission.threads(settings.web_threads),
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,  # HTTP/2 has no time limit for heads; proxies speak it to browsers
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        respawn_failed_workers=True,
        workers_kill_timeout=settings.stop_seconds or None,
        log_access=False,
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
    )

    def drain(_signal: int, _frame: Any) -> None:
        if draining.exists() or not settings.drain_seconds:  # told twice: at once
            server.signal_handler_interrupt()
            return
        draining.touch()
        timer = threading.Timer(settings.drain_seconds, server.signal_handler_interrupt)
        timer.daemon = True
        timer.start()

    # Granian sets its own in between.
    server.on_startup(lambda: signal.signal(signal.SIGTERM, drain))
    server.serve(partial(serve_from, folder))


def _hold_many_open() -> None:
    """Let each process hold as many connections open as it takes: 1024 files are usual."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, wanted), most))
