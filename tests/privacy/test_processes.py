"""Web server and worker as they are started: what they write of a day names nobody."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from ordering.world import make as make_world
from ports import free_port
from privacy.days import CPR, EMAIL, NAME, PHONE, WORDS

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.ordering import standing_work

PATIENCE_SECONDS = 60
TOKEN = "tJ8Yb0QwzzzzzzzzzzzzzzzzzzzzzzzzzzK4k1"


@dataclass
class Site:
    """A web server and a worker, what they write, and the database behind them."""

    port: int
    folder: Path
    database: Database

    def ask(self, method: str, path: str, body: str = "") -> int:
        """Ask over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Referer": f"https://x.example/{quote(path)}", "User-Agent": quote(NAME),
                   "Authorization": f"Bearer {TOKEN}", "Cookie": f"catalogue_session={TOKEN}",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        with closing(connection):
            connection.request(method, path, body.encode(), headers)
            with connection.getresponse() as answer:
                answer.read()
        return answer.status

    def told(self) -> str:
        """Return all that both have written."""
        return "".join(each.read_text() for each in sorted(self.folder.glob("*.log")))


@pytest.fixture
def site(empty_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    """Both processes, as `catalogue run` starts them."""
    shutil.copy(empty_sqlite, tmp_path / "catalogue.sqlite")
    port = free_port()
    around = {key: each for key, each in os.environ.items() if not key.startswith("CATALOGUE_")}
    around |= {"CATALOGUE_DATA_FOLDER": str(tmp_path), "CATALOGUE_PUBLIC_URL": "http://127.0.0.1"}
    made = Site(port, tmp_path, Database(f"sqlite:///{tmp_path / 'catalogue.sqlite'}"))
    running = []
    for name, arguments in (("web", ["web", "--port", str(port)]), ("work", ["work"])):
        with (tmp_path / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", "catalogue.cli", *arguments]
            running.append(subprocess.Popen(
                command, env=around, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            ))  # fmt: skip

    def ready() -> bool:
        with suppress(OSError, http.client.HTTPException):
            return made.ask("GET", "/readyz") == 200
        return False

    try:
        wait_for(ready, made)
        yield made
    finally:
        for each in running:
            with suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()
        made.database.dispose()


def wait_for(what: Callable[[], bool], site: Site) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, site.told()
        time.sleep(0.05)


def test_neither_process_writes_what_was_asked_for_or_what_work_failed_with(site: Site) -> None:
    with site.database.transaction() as session:
        world = make_world(session)
        world.buyer.name, world.buyer.email, world.buyer.email_folded = NAME, EMAIL, EMAIL
    asked = urlencode({"q": f"{WORDS} {NAME}", "next": EMAIL, "cpr": CPR})
    typed = urlencode({"email": EMAIL, "password": WORDS, "phone": PHONE})
    for path in ("/soeg", f"/ordrelink/{TOKEN}", f"/kodeord/{TOKEN}", f"/invitation/{TOKEN}",
                 f"/punchout/start/{TOKEN}", f"/{quote(NAME)}", f"/api/v1/orders/{quote(NAME)}",
                 "/log-ind", f"/afmeld/{TOKEN}"):  # fmt: skip
        assert site.ask("GET", f"{path}?{asked}") < 500
        assert site.ask("POST", path, typed) < 500
    with site.database.transaction() as session:
        jobs.put(
            session, standing_work.PLACE, {"planned_on": f"{NAME} {CPR}"}, now=datetime.now(UTC)
        )
        session.connection().exec_driver_sql("ALTER TABLE catalogue_municipalities RENAME TO gone")
    assert site.ask("GET", f"/log-ind?{asked}") in (500, 503)
    wait_for(lambda: "job failed" in site.told() and "request failed" in site.told(), site)
    told = site.told()
    assert '"route": "/ordrelink/<token>"' in told
    hidden = (NAME, "rnskov", quote(NAME), EMAIL, PHONE, CPR, WORDS, "bryllupskage", TOKEN)
    assert [each for each in hidden if each in told] == []
