"""The other engines in the race, each answering the full call.

It gives ids of the first page, total and counts of facets, of what the municipality may order.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import Stemmer
import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import select
from world import World

from catalogue.agreements.rules import judge
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product
from catalogue.search.analysis import DANISH, fold
from catalogue.search.engine.columns import PRICE_BANDS_ORE
from catalogue.search.query import Query

FIELDS = {"title": 8.0, "summary": 3.0, "description": 1.0}
PAGE = 24
URL = "CATALOGUE_TEST_POSTGRES_URL"
COUNTED = "SELECT fact.{}, count(*) FROM hit JOIN fact USING (id) GROUP BY 1"
_WORD = re.compile(r"[^\W_]+")
Fact = dict[str, Any]


class Fts5:
    """SQLite FTS5 over stemmed words beside a table of facts, counted by GROUP BY."""

    name = "SQLite FTS5"

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self.folder = world, folder
        folder.mkdir(exist_ok=True)
        self._database = sqlite3.connect(folder / "fts.sqlite", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._stemmer = Stemmer.Stemmer("danish")
        self._vocabulary: list[str] = []

    def build(self) -> None:
        """Index the products of the world."""
        run = self._database.execute
        run("CREATE VIRTUAL TABLE words USING fts5(title, summary, description,"
            " tokenize='unicode61 remove_diacritics 0', prefix='4')")  # fmt: skip
        run("CREATE TABLE fact (id INTEGER PRIMARY KEY, enterprise INTEGER, category TEXT,"
            " kind TEXT, price INTEGER, band INTEGER, local INTEGER,"
            " orderable INTEGER)")  # fmt: skip
        run("BEGIN")
        for fact in facts(self._world):
            self._insert(fact)
        run("COMMIT")

    def opened(self) -> Fts5:
        """Return the engine as another process opens it."""
        return Fts5(self._world, self.folder)

    def ask(self, query: Query, kind: str) -> int:
        """Answer a query; returns the total."""
        where, values = ["fact.orderable = 1"], []
        if query.category:
            where.append("fact.category >= ? AND fact.category < ?")
            values += [query.category, f"{int(query.category[:2]) + 1:02d}000000"]
        if query.price_to_ore:
            where.append("fact.price BETWEEN ? AND ?")
            values += [query.price_from_ore, query.price_to_ore]
        if query.delivers_to:
            where.append("fact.local = 1")
        run = self._database.execute
        run("CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY, score REAL)")
        run("DELETE FROM hit")
        run("INSERT INTO hit SELECT words.rowid, bm25(words, 8, 3, 1) FROM words JOIN fact ON"
            f" fact.id = words.rowid WHERE words MATCH ? AND {' AND '.join(where)}",
            [self._match(query.text, kind), *values])  # fmt: skip
        run("SELECT id FROM hit ORDER BY score LIMIT ?", [PAGE]).fetchall()
        for facet in ("category", "enterprise", "kind", "band"):
            run(
                f"SELECT fact.{facet}, count(*) FROM hit JOIN fact USING (id) GROUP BY 1"
            ).fetchall()
        return int(run("SELECT count(*) FROM hit").fetchone()[0])

    def add(self, fact: Fact) -> None:
        """Index a product that was changed."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("DELETE FROM words WHERE rowid = ?", [fact["id"]])
        self._database.execute("DELETE FROM fact WHERE id = ?", [fact["id"]])
        self._insert(fact)
        self._database.execute("COMMIT")

    def _insert(self, fact: Fact) -> None:
        texts = [" ".join(self._stems(fact[name])) for name in FIELDS]
        self._database.execute(
            "INSERT INTO words(rowid, title, summary, description) VALUES (?, ?, ?, ?)",
            [fact["id"], *texts],
        )
        names = ("id", "enterprise", "category", "kind", "price", "band", "local", "orderable")
        self._database.execute(
            f"INSERT INTO fact VALUES ({', '.join('?' * len(names))})", [fact[n] for n in names]
        )

    def size_bytes(self) -> int:
        """Return how much the index takes."""
        return folder_bytes(self.folder)

    def _match(self, text: str, kind: str) -> str:
        """Return the words in the syntax of FTS5, which mends nothing: the nearest word is sought
        in its vocabulary, read once.
        """
        stems = self._stems(text)
        if kind == "phrase":
            return '"' + " ".join(stems) + '"'
        if kind == "prefix":
            return f'"{fold(text)}"*'
        if kind == "misspelt":
            if not self._vocabulary:
                run = self._database.execute
                run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
                self._vocabulary = [row[0] for row in run("SELECT term FROM temp.vocabulary")]
            near = process.extractOne(stems[0], self._vocabulary, scorer=OSA.distance)
            stems = [near[0]]
        return " AND ".join(f'"{stem}"' for stem in stems) or '""'

    def _stems(self, text: str) -> list[str]:
        return [
            self._stemmer.stemWord(word)
            for word in _WORD.findall(fold(text))
            if word not in DANISH.stop_words
        ]


class Tantivy:
    """tantivy with fast fields, filters as terms and facets as aggregations."""

    name = "tantivy"

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self.folder = world, folder
        folder.mkdir(exist_ok=True)
        chain = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.custom_stopword(sorted(DANISH.stop_words)))
            .filter(tantivy.Filter.stemmer("danish"))
            .build()
        )
        schema = tantivy.SchemaBuilder()
        for name in FIELDS:
            schema = schema.add_text_field(name, tokenizer_name="danish")
        for name in ("id", "enterprise", "category", "price", "band", "kind", "local", "orderable"):
            schema = schema.add_integer_field(name, fast=True, indexed=True, stored=name == "id")
        self._index = tantivy.Index(schema.build(), path=str(folder))
        self._index.register_tokenizer("danish", chain)
        self._writer: Any = None

    def build(self) -> None:
        """Index the products of the world."""
        writer = self._index.writer(heap_size=256_000_000, num_threads=1)
        for fact in facts(self._world):
            writer.add_document(self._document(fact))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def opened(self) -> Tantivy:
        """Return the engine as another process opens it."""
        return Tantivy(self._world, self.folder)

    def ask(self, query: Query, kind: str) -> int:
        """Answer a query; returns the total."""
        searcher, must = self._index.searcher(), tantivy.Occur.Must
        schema = self._index.schema
        words = self._words(query.text, kind)
        parts = [(must, words), (must, tantivy.Query.term_query(schema, "orderable", 1))]
        whole = tantivy.FieldType.Integer
        if query.category:
            first = int(query.category)
            parts.append((must, tantivy.Query.range_query(
                schema, "category", whole, first, first + 999_999)))  # fmt: skip
        if query.price_to_ore:
            parts.append((must, tantivy.Query.range_query(
                schema, "price", whole, query.price_from_ore, query.price_to_ore)))  # fmt: skip
        if query.delivers_to:
            parts.append((must, tantivy.Query.term_query(schema, "local", 1)))
        asked = tantivy.Query.boolean_query(parts)
        found = searcher.search(asked, PAGE, count=True)
        searcher.aggregate(
            asked,
            {
                facet: {"terms": {"field": facet, "size": 20_000}}
                for facet in ("category", "enterprise", "kind", "band")
            },
        )
        _ids = [searcher.doc(address)["id"] for _score, address in found.hits]
        return int(found.count)

    def _words(self, text: str, kind: str) -> Any:
        if kind in ("prefix", "misspelt"):
            asked = tantivy.Query
            each = [
                asked.boost_query(
                    asked.fuzzy_term_query(self._index.schema, name, fold(text), distance=1)
                    if kind == "misspelt"
                    else asked.regex_query(self._index.schema, name, re.escape(fold(text)) + ".*"),
                    boost,
                )
                for name, boost in FIELDS.items()
            ]
            return asked.boolean_query([(tantivy.Occur.Should, query) for query in each])
        return self._index.parse_query(
            text, list(FIELDS), field_boosts=FIELDS, conjunction_by_default=True
        )

    def add(self, fact: Fact) -> None:
        """Index a product that was changed."""
        if self._writer is None:
            self._writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        self._writer.delete_documents("id", fact["id"])
        self._writer.add_document(self._document(fact))
        self._writer.commit()
        self._index.reload()

    def size_bytes(self) -> int:
        """Return how much the index takes."""
        return folder_bytes(self.folder)

    def _document(self, fact: Fact) -> Any:
        whole = fact | {"category": int(fact["category"]), "kind": int(fact["kind"] == "service")}
        return tantivy.Document(**whole)


def folder_bytes(folder: Path) -> int:
    """Return how much the files in a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def facts(world: World) -> Iterator[Fact]:
    """Yield the products with what filters and facets need; orderability is decided beforehand.

    The baselines are spared what ours decides at query time: a day and agreements may change.
    """
    may: dict[tuple[int, str], int] = {}
    with world.database.reading() as session:
        query = select(
            Product.id, Product.title, Product.summary, Product.description,
            Product.enterprise_id, Product.category_code, Product.kind, Product.price_ore,
            Product.delivers_everywhere,
        ).join(Enterprise)  # fmt: skip
        for row in session.execute(query.execution_options(yield_per=2_000)):
            pair = (row.enterprise_id, row.category_code)
            if pair not in may:
                answer = judge(
                    world.in_force, published=True, enterprise_id=pair[0], category_code=pair[1]
                )
                may[pair] = int(answer.orderable)
            yield {
                "id": row.id, "title": row.title, "summary": row.summary,
                "description": row.description, "enterprise": row.enterprise_id,
                "category": row.category_code, "kind": str(row.kind), "price": row.price_ore,
                "band": sum(row.price_ore >= end for end in PRICE_BANDS_ORE),
                "local": int(row.delivers_everywhere), "orderable": may[pair],
            }  # fmt: skip
