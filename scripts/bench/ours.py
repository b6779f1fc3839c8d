"""Catalogue's own engines over a collection, without the database's tables of products."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from importlib import resources
from pathlib import Path

from collection import Row
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce, ancestors
from catalogue.core.db import Database
from catalogue.search import documents, embedded
from catalogue.search.analysis import LANGUAGES, Chain
from catalogue.search.dictionaries import starting_words
from catalogue.search.documents import Document
from catalogue.search.engine.columns import Facts
from catalogue.search.meaning import Meanings
from catalogue.search.port import Answer, Looked
from catalogue.search.postgres import tables, writing
from catalogue.search.postgres.engine import PostgresEngine
from catalogue.search.query import Query


class Ours:
    """What both of our engines have in common: the question."""

    def __init__(self, language: str) -> None:
        self._language = LANGUAGES[language]
        self._open = ExitStack()
        self._ids: list[str] = []
        self._meanings: Meanings | None = None

    def close(self) -> None:
        """Let go of files and connections."""
        self._open.close()

    def find(self, looked: Looked) -> Answer:
        """Have the engine answer."""
        raise NotImplementedError

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first."""
        query = Query(text, show_all=True, page_size=limit)
        nothing = InForce(0, date(2026, 1, 1), (), (), frozenset())
        answer = self.find(Looked(query, nothing, self._meaning))
        return [self._ids[product_id - 1] for product_id in self.shown(answer)]

    def shown(self, answer: Answer) -> tuple[int, ...]:
        """Return the hits of an answer."""
        return answer.selection.ids

    def _meaning(self, chain: Chain) -> Meanings:
        if self._meanings is None:
            self._meanings = Meanings(chain, starting_words(self._language))
        return self._meanings


class Whoosh(Ours):
    """The engine of the embedded default."""

    name = "whoosh"

    def __init__(self, language: str) -> None:
        super().__init__(language)
        folder = self._open.enter_context(tempfile.TemporaryDirectory())
        self._engine = embedded.EmbeddedEngine(Path(folder), self._language)
        self._open.callback(self._engine.close)

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        self._ids = [row.id for row in products]
        titles = [row.title for row in products]
        known = documents.own_words(Chain(self._language), titles)
        with self._engine.store.building(known) as draft:
            with draft.writing() as writer:
                for document in iterate_documents(products):
                    writer.add_document(**embedded.entry(draft.chain, document))
            with draft.finishing():
                pass

    def find(self, looked: Looked) -> Answer:
        """Answer from the index; this engine asks no database."""
        return self._engine.find(None, looked)  # type: ignore[arg-type]


class Further(Whoosh):
    """The same with what is further off, to which a link leads below few hits."""

    name = "whoosh+further"

    def shown(self, answer: Answer) -> tuple[int, ...]:
        """Return the hits, and below them what is further off."""
        return answer.selection.ids + answer.selection.further


class PostgreSql(Ours):
    """The engine in the database, in a private server (scripts/postgres)."""

    name = "postgresql"

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._database = Database(os.environ["CATALOGUE_TEST_POSTGRES_URL"])
        self._engine = PostgresEngine(self._language)
        self._open.callback(self._database.dispose)

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        self._ids = [row.id for row in products]
        known = documents.own_words(Chain(self._language), [row.title for row in products])
        with self._database.transaction() as session:
            tables.prepare(session)
        with self._database.transaction() as session:
            build = tables.begin(session, self._engine.version, known)
            chain = Chain(self._language, known.__contains__)
            self._write(session, build, chain, list(iterate_documents(products)))
            tables.swap(session, build)
            tables.analyze(session, build)

    def _write(
        self, session: Session, build: tables.Build, chain: Chain, found: list[Document]
    ) -> None:
        filling = writing.Filling(build, chain)
        for document in found:
            filling.add(document)
        filling.finish(session)

    def find(self, looked: Looked) -> Answer:
        """Answer from the tables of the index."""
        with self._database.reading() as session:
            return self._engine.find(session, looked)


class JustSaved(PostgreSql):
    """The same while all products were saved after the index was built."""

    name = "just-saved"

    def _write(
        self, session: Session, build: tables.Build, chain: Chain, found: list[Document]
    ) -> None:
        writing.Filling(build, chain).finish(session)
        writing.replace(session, build, chain, [each.facts.product_id for each in found], found)


def iterate_documents(products: Sequence[Row]) -> Iterator[Document]:
    """Yield products as the database would give them; ids count from 1 in the order given."""
    labels = _labels()
    for number, row in enumerate(products, start=1):
        above = (
            [labels[each][0] for each in ancestors(row.code) if each in labels] if row.code else []
        )
        texts = {
            "title": row.title,
            "summary": row.summary,
            "description": row.description,
            "enterprise": row.enterprise,
            "category": row.category,
            "above": " / ".join([*above, *labels.get(row.code, ("", ""))[1:]]),
        }
        facts = Facts(number, 1, row.code or None, "goods", None, None, everywhere=True)
        yield Document(texts, facts, ())


def _labels() -> dict[str, tuple[str, str]]:
    """Return the labels of CPV in Danish and English."""
    source = resources.files("catalogue.agreements") / "data" / "cpv2008_da_en.csv"
    with source.open(encoding="utf-8", newline="") as file:
        return {each["code"][:8]: (each["da"], each["en"]) for each in csv.DictReader(file)}
