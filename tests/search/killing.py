"""Processes that change an index or build it anew until they are killed, at any moment."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cast
from search import worlds
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.products.models import Product, ProductState
from catalogue.search import documents, embedded, service
from catalogue.search.postgres import writing

Doing = Callable[[Database, dict[str, Any], random.Random, Callable[[], None]], None]


class Killing:
    """Starts processes over one database and index, and kills them."""

    def __init__(self, database: Database, folder: Path, engine: str = "whoosh") -> None:
        self._url = database.engine.url.render_as_string(hide_password=False)
        self._folder, self._engine = str(folder), engine
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["catalogue.search.service"])

    def kill(self, doing: Doing, seed: int, seconds: float) -> None:
        """Have a process do something over and over, and kill it so long after it has begun."""
        begun = self._processes.Event()
        args = (doing, self._url, self._folder, self._engine, seed, begun)
        worker = self._processes.Process(target=_go_on, args=args)
        worker.start()
        assert begun.wait(60)
        time.sleep(seconds)
        worker.kill()
        worker.join()
        worker.close()


def hammer(
    database: Database, parts: dict[str, Any], chance: random.Random, begun: Callable[[], None]
) -> None:
    """Change products and index them, in one commit."""
    with database.transaction() as session:
        products = list(session.scalars(select(Product)))
        chosen = chance.sample(products, 5)
        for product in chosen:
            product.title = f"{chance.choice(worlds.WORDS)} {chance.randrange(1000)}"
            states = (ProductState.PUBLISHED, ProductState.PUBLISHED, ProductState.WITHDRAWN)
            product.state = chance.choice(states)
        worlds.put(session, chosen)
    begun()
    worlds.work(database, parts)


def hammer_and_tend(
    database: Database, parts: dict[str, Any], chance: random.Random, begun: Callable[[], None]
) -> None:
    """Do so, and have the worker add what was saved to the lists."""
    with database.transaction() as session:
        service.ask_for_rebuild(session, cast.NOW)
    hammer(database, parts, chance, begun)


def rebuild(
    database: Database, parts: dict[str, Any], _chance: random.Random, begun: Callable[[], None]
) -> None:
    """Build the index anew in many portions, as that of a large catalogue is."""
    documents.PORTION, embedded.SEGMENT, writing.PORTION = 20, 60, 60
    service.rebuild(database, parts, lambda _done, _total: begun())


def _go_on(doing: Doing, url: str, folder: str, engine: str, seed: int, begun: Any) -> None:
    database = Database(url, 30_000)
    parts = worlds.opened(Path(folder), engine)
    service.follow(database, parts)
    chance = random.Random(seed)
    while True:
        doing(database, parts, chance, begun.set)
