"""The real thing as the torture of faults runs it: embedded on SQLite, or grown on PostgreSQL.

Whatever of it ends is started again, as a supervisor of services does. What it talks to stands
behind gates. Its logs lie apart from its data, so that a full disk does not silence them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bucket
import cast
import ground
from database import Server, primary_with_standby
from form import Process, grown, list_children
from gate import Gate, gates
from ports import free_port
from sqlalchemy import delete, select
from waiting import wait_until

from catalogue.accounts import token_rules, tokens
from catalogue.accounts.models import Person
from catalogue.core.who import Role
from catalogue.exchange import routes
from catalogue.exchange.route_schema import Route
from catalogue.exchange.webhooks import service as webhooks
from catalogue.exchange.webhooks.schema import Terms
from catalogue.media.models import Image
from catalogue.products.models import ProductImage

SHIFT = Path(__file__).with_name("shift.c")
EMBEDDED, GROWN = "embedded, SQLite", "grown, PostgreSQL"
VOLUME_MB, LOOK_SECONDS = {EMBEDDED: 160, GROWN: 1_500}, 0.3
TOLD = ["order.placed", "order.rejected"]


@dataclass
class Received:
    """What came to the addresses of webhooks and to the access point, by its key."""

    messages: dict[str, list[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Stand:
    """A running installation."""

    form: str
    place: ground.Place
    address: str
    volume: Path  # the disk that may be full
    logs: Path
    post: ground.Post
    received: Received
    gates: dict[str, Gate]
    token: str
    clocks: Path  # a folder: each process of ours finds there by how much its clock is off
    processes: list[Process] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)  # of PostgreSQL: primary, standby
    balancers: list[Process] = field(default_factory=list)  # HAProxy, where there is one
    buckets: list[Process] = field(default_factory=list)  # the server of S3, where there is one
    held_down: set[int] = field(default_factory=set)  # ports of servers that nobody starts now

    def look_after(self, ending: threading.Event) -> None:
        """Start again whatever ended, until the end."""
        while not ending.wait(LOOK_SECONDS):
            for each in (*self.processes, *self.balancers, *self.buckets):
                if each.process.poll() is not None:
                    each.start()
            for server in self.servers:
                if server.port not in self.held_down and server.find_pid() is None:
                    _try_to_start(server)

    @contextmanager
    def holding_down(self, server: Server) -> Iterator[None]:
        """Have nobody start a server of PostgreSQL meanwhile."""
        self.held_down.add(server.port)
        try:
            yield
        finally:
            self.held_down.discard(server.port)


@contextmanager
def stand(form: str, folder: Path, buyers: int, *, fakes_time: bool) -> Iterator[Stand]:
    """Run an installation with its small world, and all that it talks to."""
    with ExitStack() as held:
        volume = held.enter_context(_volume(folder / "volume", VOLUME_MB[form]))
        logs = folder / "logs"
        logs.mkdir()
        post = held.enter_context(ground.mail_server())
        received = Received()
        receiver = held.enter_context(_receiver(received))
        behind = {"smtp": post.port, "systems": receiver}
        told: dict[str, str] = {}
        servers: list[Server] = []
        buckets: list[Process] = []
        if form == GROWN:
            process, told = held.enter_context(bucket.server(folder / "bucket"))
            buckets = [process]
            behind["s3"] = int(told["CATALOGUE_MEDIA_ENDPOINT"].rpartition(":")[2])
            servers = list(held.enter_context(primary_with_standby(volume / "postgresql")))
        opened = held.enter_context(gates(**behind))
        if form == GROWN:
            told["CATALOGUE_MEDIA_ENDPOINT"] = f"http://127.0.0.1:{opened['s3'].port}"
        data = volume / "data"
        data.mkdir()
        place = ground.lay(data, _url(servers), buyers, opened["smtp"].port)
        place.environment.update(told | _told(opened, folder / "clocks", fakes_time=fakes_time))
        made = Stand(form, place, place.address, volume, logs, post, received, opened,
                     _furnish(place, opened), folder / "clocks", servers=servers,
                     buckets=buckets)  # fmt: skip
        held.enter_context(_running(made))
        ending = threading.Event()
        looking = threading.Thread(target=made.look_after, args=(ending,))
        looking.start()
        try:
            yield made
        finally:
            ending.set()
            looking.join()


@contextmanager
def _running(made: Stand) -> Iterator[None]:
    if made.form == GROWN:
        settings = {name: told for name, told in made.place.environment.items()
                    if name.startswith(("CATALOGUE_", "AWS_", "LD_", "CLOCKS"))}  # fmt: skip
        del settings["CATALOGUE_DATA_FOLDER"], settings["CATALOGUE_PUBLIC_URL"]
        with grown(made.logs, settings, nodes=2, workers=2) as site:
            made.processes, made.address = [*site.nodes, *site.workers], site.address
            made.balancers = [site.balancer]
            made.place.environment["CATALOGUE_SEARCH_ENGINE"] = "postgresql"
            # What nodes share is in the database and the bucket.
            made.place.environment["CATALOGUE_DATA_FOLDER"] = str(made.logs)
            yield
        return
    for name, command in (("web", ["web", "--port", str(made.place.port)]), ("work", ["work"])):
        whole = [sys.executable, "-m", "catalogue.cli", *command]
        made.processes.append(
            Process(name, whole, made.place.environment, made.logs / f"{name}.log")
        )
    try:
        web = made.processes[0]
        wait_until(f"{made.address}/healthz", by=web.process, log=web.log)
        yield
    finally:
        for each in made.processes:
            each.end()


def kill_child(process: Process) -> None:
    """End one of the processes that serve, and leave it to the one that looks after them."""
    if children := list_children(process.process.pid):
        os.kill(children[-1], signal.SIGKILL)


@contextmanager
def _volume(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small disk in memory; only root may."""
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)],
        check=True,
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _url(servers: list[Server]) -> str:
    """Return the address of whichever server takes writes; empty: SQLite."""
    if not servers:
        return ""
    hosts = "&".join(f"host=127.0.0.1:{each.port}" for each in servers)
    return f"postgresql+psycopg://catalogue@/postgres?{hosts}&target_session_attrs=read-write"


def _told(opened: dict[str, Gate], clocks: Path, *, fakes_time: bool) -> dict[str, str]:
    told = {
        "CATALOGUE_WEBHOOK_ALLOWED_HOSTS": "127.0.0.1",
        "CATALOGUE_ACCESS_POINT_URL": f"http://127.0.0.1:{opened['systems'].port}/documents",
        "CATALOGUE_API_REQUESTS_PER_MINUTE": "1000000",
    }
    if not fakes_time:
        return told
    clocks.mkdir()
    library = clocks.with_suffix(".so")
    build = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SHIFT), "-ldl"]
    subprocess.run(build, check=True)
    return told | {
        "LD_PRELOAD": str(library), "CLOCKS": str(clocks),
        # Longer than the clock is ahead: whoever is signed out was so by a clock set back.
        "CATALOGUE_SESSION_HOURS": "72", "CATALOGUE_SESSION_IDLE_MINUTES": "0",
    }  # fmt: skip


def _furnish(place: ground.Place, opened: dict[str, Gate]) -> str:
    """Have staff be told by webhook and the workshop by documents; return its program's token."""
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        session.execute(delete(ProductImage))  # its file was never there
        session.execute(delete(Image))
        named = select(cast.Municipality).where(cast.Municipality.name == "Slagelse")
        home = session.scalars(named).one()
        url = f"http://127.0.0.1:{opened['systems'].port}/hook"
        webhooks.create(session, cast.who(session, cast.staff(session, home)),
                        Terms("ERP", url, TOLD), now)  # fmt: skip
        person = session.scalars(select(Person).where(Person.email == place.worker)).one()
        workshop = cast.who(session, person)
        routes.choose(session, workshop, Route("access_point"), now)
        scopes = token_rules.ROLE_SCOPES[Role.ENTERPRISE]
        return tokens.create(session, workshop, tokens.Wanted("program", scopes, 30), now)[1]


@contextmanager
def _receiver(received: Received) -> Iterator[int]:
    """Run what takes webhooks and documents; give its port."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["webhook-id"] or self.headers["Idempotency-Key"]
            with received.lock:
                received.messages.setdefault(key, []).append(body)
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_what: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _try_to_start(server: Server) -> None:
    try:
        server.start()
    except RuntimeError as error:  # the disk is still full: the next look tries again
        print(
            f"PostgreSQL at {server.port} does not start yet: {str(error)[-200:]}", file=sys.stderr
        )
