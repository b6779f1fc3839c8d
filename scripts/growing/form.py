"""The grown form on loopback: HAProxy before web nodes, workers, and what they share.

For `scripts/grown`, benches, torture and tests. No node keeps anything of its own: sessions lie in
the database and the signed cookie, pictures and files in the bucket, so that each has a data folder
to itself, which only a worker without a mail server writes to. Without a bucket they share one.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ports import free_ports
from waiting import START_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS, DRAIN_SECONDS = 20, 30
SESSIONS, STATUS = 4, 17  # columns of what HAProxy tells of a server
PACKAGED = ROOT / "packaging" / "haproxy.cfg"


class CannotGrow(RuntimeError):
    """Something of the grown form is not installed; the text names it."""


@dataclass
class Process:
    """A process group of the form that can be stopped and started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    port: int = 0
    program: Path = ROOT  # the checkout that it runs from
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start it, in a group of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.program, start_new_session=True,
                env=self.environment | {"PYTHONPATH": str(self.program), "PROCESS": self.name},
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def kill(self) -> None:
        """End it and all its children with SIGKILL, if it has not ended by itself."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_alone(self) -> None:
        """End it with SIGKILL, and leave its children to themselves."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it to finish, and end it when it does not."""
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Site:
    """A running grown form."""

    folder: Path
    port: int
    environment: dict[str, str]
    program: Path = ROOT
    nodes: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    balancer: Process = field(init=False)  # HAProxy

    @property
    def address(self) -> str:
        """Return where HAProxy answers."""
        return f"http://127.0.0.1:{self.port}"

    def tell_haproxy(self, command: str) -> str:
        """Send a command to HAProxy and return what it answers."""
        with closing(socket.socket(socket.AF_UNIX)) as asked:
            asked.connect(str(self.folder / "haproxy.sock"))
            asked.sendall(f"{command}\n".encode())
            asked.settimeout(5)
            return b"".join(iter(lambda: asked.recv(65536), b"")).decode()

    def drain(self, number: int) -> None:
        """Take a node out: it gets nothing new, finishes what it has, and ends."""
        node = self.nodes[number]
        self.tell_haproxy(f"set server nodes/{node.name} state drain")
        end = time.monotonic() + DRAIN_SECONDS
        while int(self._state(node.name)[SESSIONS]) and time.monotonic() < end:
            time.sleep(0.05)
        node.end()

    def bring_back(self, number: int) -> None:
        """Start a node again and let HAProxy ask it; returns when it counts as up."""
        node = self.nodes[number]
        if node.process.poll() is not None:
            node.start()
        wait_until(f"http://127.0.0.1:{node.port}/healthz", by=node.process, log=node.log)
        self.tell_haproxy(f"set server nodes/{node.name} state ready")
        end = time.monotonic() + START_SECONDS
        while self._state(node.name)[STATUS] != "UP" and time.monotonic() < end:
            time.sleep(0.05)

    def _state(self, name: str) -> list[str]:
        lines = [line.split(",") for line in self.tell_haproxy("show stat").splitlines()]
        return next(cells for cells in lines if cells[:2] == ["nodes", name])


@contextmanager
def grown(
    folder: Path,
    settings: Mapping[str, str],
    *,
    nodes: int = 2,
    workers: int = 1,
    program: Path = ROOT,
) -> Iterator[Site]:
    """Run the form on a database that is migrated; raises CannotGrow where HAProxy is not there.

    `settings` name the database, and the bucket if there is one. Nodes search in the database.
    `program` is the checkout that all of it runs from at first.
    """
    haproxy = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if haproxy is None:
        raise CannotGrow("HAProxy is not installed; install the Debian package haproxy")
    ports = free_ports(nodes + 1)
    site = Site(folder, ports[0], _environment(folder, ports[0], settings), program)
    running: list[Process] = []
    try:
        for number, port in enumerate(ports[1:], start=1):
            site.nodes.append(_start(site, f"node{number}", ["web", "--port", str(port)], port))
        for number in range(1, workers + 1):
            site.workers.append(_start(site, f"worker{number}", ["work"]))
        for node in site.nodes:
            wait_until(f"http://127.0.0.1:{node.port}/healthz", by=node.process, log=node.log)
        site.balancer = _haproxy(site, haproxy)
        running = [site.balancer]
        balancer = site.balancer
        wait_until(f"{site.address}/healthz", by=balancer.process, log=balancer.log)
        yield site
    finally:
        for each in [*running, *site.nodes, *site.workers]:
            each.end()


def list_children(pid: int) -> list[int]:
    """List the processes that a process of one thread has started and that are there."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def around() -> dict[str, str]:
    """Return the environment without settings: those of others, or no settings, are refused."""
    return {name: told for name, told in os.environ.items() if not name.startswith("CATALOGUE_")}


def _environment(folder: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    own = {
        "CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_SEARCH_ENGINE": "postgresql",
        "CATALOGUE_SECRET_KEY": "of a form on loopback",
        "CATALOGUE_PUBLIC_URL": f"http://127.0.0.1:{port}", "CATALOGUE_WEB_WORKERS": "1",
        "CATALOGUE_SIGN_IN_ATTEMPTS_PER_ADDRESS": "1000000",
    }  # fmt: skip
    return around() | own | dict(settings)


def _health(port: int) -> str:
    """Return what nodes are asked: whether they are ready, where they tell that apart."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return "/readyz"
    except (urllib.error.URLError, OSError):
        return "/healthz"


def _start(site: Site, name: str, command: list[str], port: int = 0) -> Process:
    whole = [sys.executable, "-m", "catalogue.cli", *command]
    environment = dict(site.environment)
    if "CATALOGUE_MEDIA_BUCKET" in environment:
        own = site.folder / name
        own.mkdir()
        environment["CATALOGUE_DATA_FOLDER"] = str(own)
    log = site.folder / f"{name}.log"
    return Process(name, whole, environment, log, port, site.program)


def _haproxy(site: Site, program: str) -> Process:
    told = site.folder / "haproxy.cfg"
    told.write_text(_configuration(site), encoding="utf-8")
    command = [program, "-f", str(told), "-db"]
    return Process("haproxy", command, dict(os.environ), site.folder / "haproxy.log", site.port)


def _configuration(site: Site) -> str:
    """Return what is shipped for HAProxy, for this form: on loopback, and without TLS."""
    shipped = PACKAGED.read_text(encoding="utf-8")
    clear = shipped.index("frontend clear")
    here = shipped[:clear] + shipped[shipped.index("frontend site") :]
    for theirs, own in (
        ("/run/haproxy/admin.sock", f"{site.folder}/haproxy.sock"),
        (":443 ssl crt /etc/haproxy/catalogue.pem", f"127.0.0.1:{site.port}"),
        ("/etc/haproxy/503.http", str(PACKAGED.with_name("503.http"))),
        ("GET /readyz", f"GET {_health(site.nodes[0].port)}"),
    ):
        if theirs not in here:
            raise ValueError(f"{PACKAGED.name} has no {theirs}")
        here = here.replace(theirs, own)
    return _with_nodes(here, site.nodes)


def _with_nodes(shipped: str, nodes: list[Process]) -> str:
    """Put our nodes in the place of the machines that are named."""
    lines: list[str] = []
    for line in shipped.splitlines():
        found = re.fullmatch(
            r"    server node1 10\.0\.0\.11:8000(?P<track> track nodes/node1)?", line
        )
        if found:
            lines += [
                f"    server {each.name} 127.0.0.1:{each.port}"
                + (f" track nodes/{each.name}" if found["track"] else "")
                for each in nodes
            ]
        elif not line.startswith("    server "):
            lines.append(line)
    return "\n".join(lines) + "\n"
