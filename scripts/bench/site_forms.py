"""The forms that site.py measures: ours embedded and grown, and django-oscar, by one web server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import site_world
from boxes import Box
from database import primary_with_standby
from form import ROOT, grown
from ports import free_port
from site_world import Shop
from waiting import wait_until

TICKS = os.sysconf("SC_CLK_TCK")
OSCAR = ("django-oscar[sorl-thumbnail]", "whoosh", "granian", "psycopg[binary]", "sqlalchemy")
SHOPS, PROCESSES, THREADS = 50, 2, 4
PLAIN = {"CATALOGUE_COOKIE_SECURE": "false", "CATALOGUE_SIGN_IN_ATTEMPTS_PER_ADDRESS": "1000000",
         "CATALOGUE_SECRET_KEY": "of a bench"}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A form that answers: where, what is in it, and the processes whose time counts."""

    name: str
    port: int
    shop: Shop
    roots: list[int]
    servers: tuple[int, ...] = ()  # of the database, where it has some of its own

    def cpu_ms(self) -> float:
        """Return the processor time of the form so far, in milliseconds."""
        return sum(_cpu_ms(each) for each in self.roots) + self.database_ms()

    def database_ms(self) -> float:
        """Return how much of it is the database's."""
        return sum(_cpu_ms(each) for each in self.servers)


@contextmanager
def embedded(folder: Path, count: int, people: int) -> Iterator[Served]:
    """Ours as it comes: SQLite, its own index, one web server."""
    shop = site_world.make(folder / "data", PLAIN, count, people)
    port = free_port()
    around = os.environ | shop.settings
    command = [sys.executable, "-m", "catalogue.cli", "web", "--port", str(port)]
    with _running(command, around, folder / "web.log") as web:
        wait_until(f"http://127.0.0.1:{port}/healthz", by=web, log=folder / "web.log")
        yield Served("embedded", port, shop, [web.pid])


@contextmanager
def boxed(folder: Path, shop: Shop, box: Box) -> Iterator[Served]:
    """Ours as it comes, web server and worker, in a box with so much memory and processor time."""
    port = free_port()
    command = box.within([sys.executable, "-m", "catalogue.cli", "run", "--port", str(port)])
    name = f"{box.memory_mb} MB, {box.cores:g} processors"
    with _running(command, os.environ | shop.settings, folder / "run.log") as supervisor:
        wait_until(f"http://127.0.0.1:{port}/healthz", by=supervisor, log=folder / "run.log")
        yield Served(name, port, shop, [supervisor.pid])


@contextmanager
def grown_forms(
    folder: Path, count: int, people: int, nodes: list[int]
) -> Iterator[Iterator[Served]]:
    """Ours behind HAProxy on PostgreSQL with a standby, by so many nodes, one after the other."""
    with primary_with_standby(folder / "postgresql") as (primary, standby):
        engine = {"CATALOGUE_DATABASE_URL": primary.url, "CATALOGUE_SEARCH_ENGINE": "postgresql"}
        shop = site_world.make(folder / "data", PLAIN | engine, count, people)
        primary.ask("ANALYZE")
        servers = [int((each.folder / "data" / "postmaster.pid").read_text().split()[0])
                   for each in (primary, standby)]  # fmt: skip
        yield _each(folder / "data", shop, nodes, servers)


def _each(folder: Path, shop: Shop, nodes: list[int], servers: list[int]) -> Iterator[Served]:
    for number in nodes:
        with grown(folder, shop.settings, nodes=number, workers=1) as site:
            roots = [each.process.pid for each in site.nodes]
            yield Served(f"grown, {number} nodes", site.port, shop, roots, tuple(servers))


@contextmanager
def oscar(folder: Path, shop: Shop, people: int) -> Iterator[Served]:
    """django-oscar with the same texts, the same web server and as many processes."""
    python = install(folder / "environment")
    texts = folder / "texts.json"
    texts.write_text(json.dumps(shop.texts), encoding="utf-8")
    scripts = Path(__file__).parent
    around = os.environ | {
        "SHOP_DATABASE": f"sqlite:///{folder}/shop.sqlite", "SHOP_INDEX": str(folder / "index"),
        "PYTHONPATH": str(scripts),
    }  # fmt: skip
    command = [str(python), str(scripts / "oscar_shop.py"), "fill", str(texts), str(SHOPS)]
    subprocess.run([*command, str(people)], check=True, env=around)
    port = free_port()
    serve = [str(python.with_name("granian")), "--interface", "wsgi", "--port", str(port),
             "--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--no-ws",
             "oscar_shop:application"]  # fmt: skip
    with _running(serve, around, folder / "web.log") as web:
        wait_until(f"http://127.0.0.1:{port}/catalogue/", by=web, log=folder / "web.log")
        yield Served("django-oscar", port, shop, [web.pid])


def install(folder: Path) -> Path:
    """Make an environment that has django-oscar; return its Python."""
    print("installing django-oscar …", file=sys.stderr)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *OSCAR],
        check=True,
    )
    return python


@contextmanager
def place() -> Iterator[Path]:
    """Yield a folder that servers which run as another user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def _running(
    command: list[str], around: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with ExitStack() as held:
        told = held.enter_context(log.open("wb"))
        process = subprocess.Popen(
            command, env=around, cwd=ROOT, stdout=told, stderr=told, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            end = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.1)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _cpu_ms(pid: int) -> float:
    """Return the processor time of a process, of its children and of those that ended."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    own = sum(int(each) for each in facts[11:15]) * 1000 / TICKS
    return own + sum(_cpu_ms(int(each)) for each in children)
