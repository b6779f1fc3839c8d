"""What the engines are measured against: SQLite FTS5 and tantivy, set up as is usual for Danish.

FTS5 has no Danish stemmer, so text and question are stemmed by Snowball beforehand; tantivy stems
itself. Both leave stop words out, ask for all words and, when no product has them, for any; both
weigh the title 8, the summary 3, category and enterprise 2, the description 1.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

import Stemmer
import tantivy
from collection import Row

from catalogue.search.analysis import LANGUAGES, fold

FIELDS = {"title": 8.0, "summary": 3.0, "category": 2.0, "enterprise": 2.0, "description": 1.0}
_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"da": "danish", "en": "english"}


class Fts5:
    """SQLite FTS5 over stemmed words, ranked by bm25() with weights of columns."""

    name = "fts5"

    def __init__(self, language: str) -> None:
        self._stops = LANGUAGES[language].stop_words
        self._stemmer = Stemmer.Stemmer(_STEMMERS[language])
        self._database = sqlite3.connect(":memory:")

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        columns = ", ".join(FIELDS)
        self._database.execute(
            f"CREATE VIRTUAL TABLE product USING fts5(id UNINDEXED, {columns},"
            " tokenize='unicode61 remove_diacritics 0')"
        )
        self._database.executemany(
            f"INSERT INTO product VALUES (?{', ?' * len(FIELDS)})",
            [(row.id, *(" ".join(self._words(getattr(row, name))) for name in FIELDS))
             for row in products],
        )  # fmt: skip

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first."""
        words = [f'"{word}"' for word in self._words(text)]
        for joint in (" AND ", " OR "):
            found = self._found(joint.join(words), limit) if words else []
            if found:
                return found
        return []

    def _found(self, query: str, limit: int) -> list[str]:
        weights = ", ".join(str(weight) for weight in FIELDS.values())
        rows = self._database.execute(
            f"SELECT id FROM product WHERE product MATCH ? ORDER BY bm25(product, 0, {weights})"
            " LIMIT ?",
            (query, limit),
        )
        return [row[0] for row in rows]

    def _words(self, text: str) -> list[str]:
        kept = (word for word in _WORD.findall(fold(text)) if word not in self._stops)
        return [self._stemmer.stemWord(word) for word in kept]


class Tantivy:
    """tantivy with its own stemmer and BM25."""

    name = "tantivy"

    def __init__(self, language: str) -> None:
        chain = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.custom_stopword(sorted(LANGUAGES[language].stop_words)))
            .filter(tantivy.Filter.stemmer(_STEMMERS[language]))
        )
        schema = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in FIELDS:
            schema = schema.add_text_field(name, tokenizer_name="language")
        self._index = tantivy.Index(schema.build())
        self._index.register_tokenizer("language", chain.build())

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        writer = self._index.writer(heap_size=100_000_000, num_threads=1)
        for row in products:
            texts = {name: getattr(row, name) for name in FIELDS}
            writer.add_document(tantivy.Document(id=row.id, **texts))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first."""
        searcher = self._index.searcher()
        words = " ".join(_WORD.findall(fold(text)))
        for all_words in (True, False):
            query = self._index.parse_query(
                words, list(FIELDS), field_boosts=FIELDS, conjunction_by_default=all_words
            )
            found = searcher.search(query, limit).hits
            if found:
                return [searcher.doc(address)["id"][0] for _score, address in found]
        return []
