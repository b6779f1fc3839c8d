"""Catalogue in the race, with either of its engines."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from racers import URL, Fact, folder_bytes
from sqlalchemy import text
from world import World

from catalogue.core.db import Database
from catalogue.core.kept import Kept
from catalogue.search import documents, service
from catalogue.search.analysis import DANISH, Chain
from catalogue.search.dictionaries import starting_words
from catalogue.search.meaning import Meanings, Meant
from catalogue.search.port import Looked
from catalogue.search.postgres import tables, writing
from catalogue.search.postgres.engine import PostgresEngine
from catalogue.search.query import Query
from catalogue.search.suggest import Suggestions, suggest

_SIZE = (
    "SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_statio_user_tables"
    " WHERE schemaname = :schema"
)


class Ours:
    """Catalogue with the embedded default.

    What applies and what words mean is given, as to the others; a page keeps the latter too.
    """

    name = "catalogue (Whoosh)"

    def __init__(self, world: World, _folder: Path) -> None:
        self._world = world
        self._parts: dict[str, Any] = {}
        service.open_index(self._parts, world.settings)
        self.folder = world.settings.index_folder
        self._meant: Meant | None = None

    def build(self) -> None:
        """Build the index from the database."""
        service.rebuild(self._world.database, self._parts)

    def opened(self) -> Ours:
        """Return the engine as another process opens it."""
        opened = Ours(self._world, self.folder)
        service.prepare(self._world.database, opened._parts)  # as a web process does when it starts
        with self._world.database.reading() as session:
            known = service.dictionaries(opened._parts)
            opened._meant = known.meant(session, self._world.in_force.municipality_id)
        return opened

    def ask(self, query: Query, _kind: str) -> int:
        """Answer a query; returns the total."""
        assert self._meant is not None
        looked = Looked(query, self._world.in_force, self._meant)
        with self._world.database.reading() as session:
            return service.engine(self._parts).find(session, looked).selection.total

    def forget(self) -> None:
        """Forget every answer; posting lists, and parts of answers, stay."""
        with service.engine(self._parts).store.reading() as (generation, _chain):
            generation.answers = Kept(1)

    def suggest(self, typed: str) -> Suggestions:
        """Answer with what is offered while one types; with the queries of the database."""
        with self._world.database.reading() as session:
            return suggest(session, self._parts, typed, self._world.in_force)

    def add(self, fact: Fact) -> None:
        """Index a product that was changed."""
        service.engine(self._parts).index(self._world.database, [fact["id"]])

    def size_bytes(self) -> int:
        """Return how much the index takes."""
        return folder_bytes(self.folder)


class OursInPostgres:
    """Catalogue with the engine in PostgreSQL; run under scripts/postgres."""

    name = "catalogue (PostgreSQL)"

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self.folder = world, folder
        self._database = Database(os.environ[URL])
        self._engine = PostgresEngine(DANISH)
        self._meanings = meanings()

    def build(self) -> None:
        """Build the index from the database of the world."""
        with self._world.database.reading() as session:
            known = documents.list_own_words(session, Chain(DANISH))
        with self._database.transaction() as session:
            tables.prepare(session)
        with self._database.transaction() as session:
            build = tables.begin(session, self._engine.version, known)
        last = 0
        filling = writing.Filling(build, Chain(DANISH, known.__contains__))
        with self._world.database.reading() as source:
            while portion := documents.list_published_ids(source, last, documents.PORTION):
                last = portion[-1]
                for document in documents.list_documents(source, portion):
                    filling.add(document)
        with self._database.transaction() as session:
            filling.finish(session)
            tables.swap(session, build)
            tables.analyze(session, build)

    def opened(self) -> OursInPostgres:
        """Return the engine as another process opens it."""
        opened = OursInPostgres(self._world, self.folder)
        with opened._database.reading() as session:
            opened._meanings(opened._engine.chain(session))
        return opened

    def ask(self, query: Query, _kind: str) -> int:
        """Answer a query; returns the total."""
        looked = Looked(query, self._world.in_force, self._meanings)
        with self._database.reading() as session:
            return self._engine.find(session, looked).selection.total

    def forget(self) -> None:
        """Forget every answer; posting lists, and parts of answers, stay."""
        if moment := self._engine._moment:
            moment.answers = Kept(1)

    def add(self, fact: Fact) -> None:
        """Index a product that was changed."""
        with self._world.database.reading() as source:
            found = documents.list_documents(source, [fact["id"]])
        with self._database.transaction() as session:
            tables.begin_saving(session, 1)
            for build, _version in tables.list_written(session):
                chain = Chain(DANISH, tables.get_known(session, build).__contains__)
                writing.replace(session, build, chain, [fact["id"]], found)

    def size_bytes(self) -> int:
        """Return how much the tables of the index take, with their own indexes."""
        with self._database.reading() as session:
            return session.scalar(text(_SIZE), {"schema": tables.SCHEMA}) or 0


def meanings() -> Callable[[Chain], Meanings]:
    """Return what makes the meanings of the shipped words, once for each chain."""
    kept: dict[str, Meanings] = {}

    def made(chain: Chain) -> Meanings:
        if chain.name not in kept:
            kept[chain.name] = Meanings(chain, starting_words(DANISH))
            kept[chain.name].prepare()  # as a web process does when it starts
        return kept[chain.name]

    return made
