"""PostgreSQL full text as it comes: `danish`, a GIN index, a table of facts, counts by GROUP BY."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
from racers import PAGE, URL, Fact, facts
from world import World

from catalogue.search.analysis import fold
from catalogue.search.query import Query

COLUMNS = ("id", "enterprise", "category", "kind", "price", "band", "local", "orderable")
ASKED = "websearch_to_tsquery('danish', %s)"


class PostgreSql:
    """PostgreSQL in a private cluster; run under scripts/postgres."""

    name = "PostgreSQL"

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self.folder = world, folder
        address = os.environ[URL].replace("+psycopg", "")
        self._connection = psycopg.connect(address, autocommit=True)
        self._run = self._connection.execute

    def build(self) -> None:
        """Index the products of the world."""
        self._run("DROP TABLE IF EXISTS race")
        self._run(
            "CREATE TABLE race (id int primary key, enterprise int, category text, kind text,"
            " price bigint, band int, local int, orderable int, words tsvector)"
        )
        with self._connection.transaction():
            for fact in facts(self._world):
                self._insert(fact)
        self._run("CREATE INDEX ON race USING gin (words)")
        self._run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        self._run("DROP TABLE IF EXISTS race_word")
        self._run("CREATE TABLE race_word AS SELECT word FROM ts_stat('SELECT words FROM race')")
        self._run("CREATE INDEX ON race_word USING gist (word gist_trgm_ops)")
        self._run("ANALYZE race")

    def opened(self) -> PostgreSql:
        """Return the engine as another process opens it."""
        return PostgreSql(self._world, self.folder)

    def ask(self, query: Query, kind: str) -> int:
        """Answer a query; returns the total. One statement finds, ranks and counts."""
        where, values = ["words @@ q", "orderable = 1"], [self._text(query.text, kind)]
        parse = "to_tsquery('simple', %s)" if kind == "prefix" else ASKED
        if query.category:
            where.append("category LIKE %s")
            values.append(query.category[:2] + "%")
        if query.price_to_ore:
            where.append("price BETWEEN %s AND %s")
            values += [query.price_from_ore, query.price_to_ore]
        if query.delivers_to:
            where.append("local = 1")
        row = self._run(
            "WITH hit AS MATERIALIZED (SELECT id, category, enterprise, kind, band,"
            f" ts_rank(words, q) AS score FROM race, {parse} q"
            f" WHERE {' AND '.join(where)})"
            " SELECT (SELECT array_agg(id) FROM"
            f" (SELECT id FROM hit ORDER BY score DESC LIMIT {PAGE}) a),"
            " (SELECT count(*) FROM hit),"
            + ",".join(
                f"(SELECT jsonb_object_agg({name}, n) FROM"
                f" (SELECT {name}, count(*) n FROM hit GROUP BY 1) {name}_n)"
                for name in ("category", "enterprise", "kind", "band")
            ),
            values,
        ).fetchone()
        return int(row[1])

    def _text(self, text: str, kind: str) -> str:
        if kind == "prefix":
            return f"{fold(text)}:*"
        if kind == "misspelt":  # by trigrams, over the words there are
            nearest = "SELECT word FROM race_word ORDER BY word <-> %s LIMIT 1"
            return str(self._run(nearest, [fold(text)]).fetchone()[0])
        return text

    def add(self, fact: Fact) -> None:
        """Index a product that was changed."""
        with self._connection.transaction():
            self._run("DELETE FROM race WHERE id = %s", [fact["id"]])
            self._insert(fact)

    def size_bytes(self) -> int:
        """Return how much the tables of the index take, with their own indexes."""
        size = "SELECT pg_total_relation_size('race') + pg_total_relation_size('race_word')"
        row = self._run(size).fetchone()
        return int(row[0]) if row else 0

    def _insert(self, fact: Fact) -> None:
        self._run(
            f"INSERT INTO race ({', '.join(COLUMNS)}, words) VALUES ("
            + ", ".join(["%s"] * len(COLUMNS))
            + ", setweight(to_tsvector('danish', %s), 'A') || setweight(to_tsvector('danish', %s),"
            " 'B') || to_tsvector('danish', %s))",
            [
                *(fact[name] for name in COLUMNS),
                fact["title"],
                fact["summary"],
                fact["description"],
            ],
        )
