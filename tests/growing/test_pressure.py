"""Connections that do not get on, and bodies that are too large, stop nobody else's page."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from ports import free_port
from waiting import wait_until

# More than the threads that pages have; of each way, for so long.
COUNT, SECONDS, SLOW_MS = 12, 0.5, 5_000
ABOVE = {"idle connections": 100}
LARGE = "/static/" + max(
    (Path(__file__).parents[2] / "catalogue" / "static").glob("*.css"),
    key=lambda each: each.stat().st_size,
).name  # fmt: skip


@pytest.fixture(scope="module")
def tools() -> Iterator[Any]:
    """What presses, and the proxies."""
    scripts = Path(__file__).parents[2] / "scripts"
    with pytest.MonkeyPatch.context() as patch:
        for folder in ("growing", "torture"):
            patch.syspath_prepend(str(scripts / folder))
        import form
        import fronts
        import pressure

        yield form, fronts, pressure


@pytest.fixture(scope="module")
def web(tools: Any, empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server of one process with two threads for pages; its port."""
    form, _fronts, _pressure = tools
    folder = tmp_path_factory.mktemp("web")
    shutil.copy(empty_sqlite, folder / "catalogue.sqlite")
    port = free_port()
    environ = {name: each for name, each in os.environ.items() if "CATALOGUE_" not in name}
    environ |= {
        "CATALOGUE_DATA_FOLDER": str(folder), "CATALOGUE_WEB_WORKERS": "1",
        "CATALOGUE_WEB_THREADS": "2", "CATALOGUE_TRUSTED_PROXIES": "1",
        "CATALOGUE_SIGN_IN_ATTEMPTS_PER_ADDRESS": "100000", "CATALOGUE_COOKIE_SECURE": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "catalogue.cli", "web", "--port", str(port)]
    process = form.Process("web", command, environ, folder / "log", port)
    try:
        wait_until(f"http://127.0.0.1:{port}/healthz", 60, by=process.process, log=process.log)
        yield port
    finally:
        process.kill()


def alone(doing: Coroutine[Any, Any, Any]) -> Any:
    """Do it in a thread of its own: a browser of other tests may keep this one's loop running."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, doing).result()


@contextmanager
def before(name: str, tools: Any, folder: Path, web: int) -> Iterator[int]:
    """Put a proxy before it, where it is installed."""
    form, fronts, _pressure = tools
    with ExitStack() as held:
        try:
            port = web if name == "alone" else held.enter_context(
                getattr(fronts, name)(folder, web)
            )  # fmt: skip
        except form.CannotGrow as error:
            pytest.skip(str(error))
        yield port


@pytest.mark.parametrize("name", ["alone", "nginx", "caddy"])
def test_whoever_does_not_get_on_stops_nobody(
    name: str, tools: Any, web: int, tmp_path: Path
) -> None:
    _form, _fronts, pressure = tools
    found = {}
    with before(name, tools, tmp_path, web) as port:
        target = pressure.Target(port, "", LARGE, [web], page="/log-ind")
        for way, (how, _count) in pressure.PRESSES.items():
            count = ABOVE.get(way, COUNT)
            found[way] = alone(pressure.press(target, how, count, SECONDS))
    for way, seen in found.items():
        told = [each.status for each in (*seen.pages, *seen.forms)]
        assert all(0 < each < 500 for each in told), (way, told)
        assert max(each.ms for each in seen.pages) < SLOW_MS, way
        assert {each.status for each in seen.health} == {200}, way


def test_too_much_at_once_is_told_to_come_again_and_it_recovers(tools: Any, web: int) -> None:
    _form, _fronts, pressure = tools
    target = pressure.Target(web, "", LARGE, [web], page="/log-ind")
    answers, seen = alone(pressure.flood(target, 1_500, 1))
    statuses = {each.status for each in answers}
    assert statuses <= {200, 503}
    assert 200 in statuses
    assert all(each.retry for each in answers if each.status == 503)
    assert {each.status for each in seen.health} == {200}
    assert alone(pressure.ask(target, "/log-ind")).status == 200
