"""An index is built anew under those who search: none fails, none misses what is there."""

from __future__ import annotations

import json
import os
import pty
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from search import worlds
from search.stocked import EACH_AT_HOME, change

from catalogue.agreements.rules import InForce
from catalogue.cli import main
from catalogue.core.db import Database
from catalogue.search import documents, embedded, service
from catalogue.search.postgres import writing
from catalogue.search.query import Query
from catalogue.settings import Settings

KEPT, OTHERS = 3, 60
ASKED = ("solur kobber", '"solur i kobber"', "kobbersolur", "solut", "ur af kobber")


class Searching(threading.Thread):
    """Searches for the same products all the time, and notes what it missed and how often."""

    def __init__(self, database: Database, parts: dict[str, Any], in_force: InForce) -> None:
        super().__init__()
        self._database, self._parts, self._in_force = database, parts, in_force
        self.stopped = threading.Event()
        self.searched = 0
        self.wrong: list[object] = []

    def run(self) -> None:
        """Search until stopped."""
        while not self.stopped.is_set():
            text = ASKED[self.searched % len(ASKED)]
            try:
                with self._database.reading() as session:
                    hits = service.find(session, self._parts, Query(text), self._in_force)
            except Exception as error:
                self.wrong.append((text, error))
                return
            if hits.degraded or not {1, 2, 3} <= set(hits.ids):
                self.wrong.append((text, hits.degraded, hits.ids))
            self.searched += 1


@contextmanager
def searched_by(threads: list[Searching]) -> Iterator[None]:
    """Have the threads search meanwhile."""
    for each in threads:
        each.start()
    try:
        yield
    finally:
        for each in threads:
            each.stopped.set()
            each.join()


@pytest.fixture
def shop(database: Database, finder: dict[str, Any]) -> InForce:
    """Three products that are looked for, others that change, and an index of them."""
    with database.transaction() as session:
        seller = cast.enterprise(session, "Allehånde")
        titles = ["Solur i kobber"] * KEPT + [f"Gavekurv {n}" for n in range(OTHERS)]
        for title in titles:
            cast.product(session, seller, title, summary="Fast pris.", description="Samlet.")
        in_force = worlds.applying(
            cast.municipality(session), voluntary=[(seller.id, cast.PLAY_HOUSES)]
        )
    service.rebuild(database, finder)
    return in_force


@EACH_AT_HOME
def test_no_search_fails_or_misses_a_product_while_the_index_is_built_anew(
    database: Database, finder: dict[str, Any], shop: InForce, settings: Settings, engine: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for module in (documents, embedded, writing):  # in many steps, as a large catalogue is
        name = "SEGMENT" if module is embedded else "PORTION"
        monkeypatch.setattr(module, name, 10)
    other = worlds.opened(settings.data_folder, engine)
    for each in (finder, other):  # else the first search of a process reads all shipped words
        service.prepare(database, each)
    threads = [Searching(database, each, shop) for each in (finder, finder, other)]
    changed = iter(range(KEPT + 1, KEPT + OTHERS + 1))

    def saved(_done: int, _total: int) -> None:
        with database.transaction() as session:
            change(session, next(changed), title="Vindmølle")
        worlds.work(database, finder)

    with closing(other["search"]), searched_by(threads):
        for _turn in range(3):
            before = [each.searched for each in threads]
            service.rebuild(database, finder, saved)
            assert [each.wrong for each in threads] == [[], [], []]
            assert all(each.searched > one for each, one in zip(threads, before, strict=True))
    with database.reading() as session:
        assert not service.compare(session, finder)


@pytest.fixture
def installed(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands work on this database and index."""
    known = {
        "DATA_FOLDER": str(settings.data_folder), "SECRET_KEY": "a secret of the tests",
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
    }  # fmt: skip
    for name, value in known.items():
        monkeypatch.setenv(f"CATALOGUE_{name}", value)
    monkeypatch.delenv("CATALOGUE_TEST_POSTGRES_URL", raising=False)


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Give a real terminal to what is told by the way; and what it showed, once the block ends."""
    here, there = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # that is how a terminal ends
            while told := os.read(here, 4096):
                shown.append(told)

    reader = threading.Thread(target=read)
    reader.start()
    with open(there, "w") as file, monkeypatch.context() as patch:  # noqa: PTH123  it has no path
        patch.setattr(sys, "stderr", file)
        yield shown
    reader.join()
    os.close(here)


@on_sqlite
@pytest.mark.parametrize("engine", ["whoosh"])
@pytest.mark.usefixtures("installed")
def test_command_shows_a_bar_on_a_terminal_and_only_the_end_elsewhere(
    finder: dict[str, Any], shop: InForce,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    count = KEPT + OTHERS
    main(["reindex"], standalone_mode=False)
    assert capsys.readouterr() == (f"{count} products indexed\n", "")

    with terminal(monkeypatch) as shown:
        main(["reindex", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["products"] == count
    told = b"".join(shown).decode()
    assert "index " in told
    assert "━" in told
    assert "100 %" in told


@EACH_AT_HOME
def test_bar_is_moved_by_what_is_done_of_what_there_is(
    database: Database, finder: dict[str, Any], shop: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PORTION", 25)
    moved: list[tuple[int, int]] = []
    service.rebuild(database, finder, lambda done, total: moved.append((done, total)))
    assert moved == [(25, 63), (50, 63), (63, 63)]
