"""What the engines are measured against: SQLite FTS5 and tantivy, each set up as it does best.

Neither splits compounds or knows what words mean. FTS5 has no Danish stemmer, so text and question
are stemmed by Snowball beforehand; tantivy stems itself. Both weigh the title 8, the summary 3,
category and enterprise 2, the description 1. How else they may be set up: setups.py.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

import setups
import Stemmer
import tantivy
from collection import Row
from setups import Setup

from catalogue.search.analysis import LANGUAGES, fold

FIELDS = {"title": 8.0, "summary": 3.0, "category": 2.0, "enterprise": 2.0, "description": 1.0}
PART = 3  # letters
LETTERS_OTHERWISE = 2
_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"da": "danish", "en": "english"}
_TOKENIZERS = {setups.WORDS: "unicode61 remove_diacritics 0", setups.PARTS: "trigram"}


class Fts5:
    """SQLite FTS5 over stemmed words or their parts, ranked by bm25() with weights of columns."""

    name = "fts5"

    def __init__(self, language: str, setup: Setup | None = None) -> None:
        self._setup = setup or setups.FTS5[language]
        kept = self._setup.stop_words == setups.KEPT
        self._stops = frozenset() if kept else LANGUAGES[language].stop_words
        self._stemmer = Stemmer.Stemmer(_STEMMERS[language])
        self._database = sqlite3.connect(":memory:")

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        columns = ", ".join(FIELDS)
        self._database.execute(
            f"CREATE VIRTUAL TABLE product USING fts5(id UNINDEXED, {columns},"
            f" tokenize='{_TOKENIZERS[self._setup.tokens]}')"
        )
        self._database.executemany(
            f"INSERT INTO product VALUES (?{', ?' * len(FIELDS)})",
            [(row.id, *(" ".join(self._words(getattr(row, name))) for name in FIELDS))
             for row in products],
        )  # fmt: skip

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first."""
        least = PART if self._setup.tokens == setups.PARTS else 1  # less has no part to be found by
        words = [f'"{word}"' for word in self._words(text) if len(word) >= least]
        for step in self._setup.steps:
            joint = " AND " if step == setups.ALL else " OR "
            ending = "*" if step == setups.ANY_BEGINNING else ""
            found = self._found(joint.join(word + ending for word in words), limit) if words else []
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
        return [self._setup.folding(self._stemmer.stemWord(word)) for word in kept]


class Tantivy:
    """tantivy with its own stemmer and BM25."""

    name = "tantivy"

    def __init__(self, language: str, setup: Setup | None = None) -> None:
        self._setup = setup or setups.TANTIVY[language]
        schema = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in FIELDS:
            schema = schema.add_text_field(name, tokenizer_name="language")
        self._index = tantivy.Index(schema.build())
        self._index.register_tokenizer("language", self._chain(language))

    def build(self, products: Sequence[Row]) -> None:
        """Index the products."""
        writer = self._index.writer(heap_size=100_000_000, num_threads=1)
        for row in products:
            texts = {name: self._folded(getattr(row, name)) for name in FIELDS}
            writer.add_document(tantivy.Document(id=row.id, **texts))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids, best first."""
        searcher = self._index.searcher()
        for step in self._setup.steps:
            found = searcher.search(self._query(text, step), limit).hits
            if found:
                return [searcher.doc(address)["id"][0] for _score, address in found]
        return []

    def _query(self, text: str, step: str) -> tantivy.Query:
        near = {name: (False, LETTERS_OTHERWISE, True) for name in FIELDS}
        return self._index.parse_query(
            " ".join(_WORD.findall(self._folded(text))),
            list(FIELDS),
            field_boosts=FIELDS,
            conjunction_by_default=step in (setups.ALL, setups.ALL_NEAR),
            fuzzy_fields=near if step in (setups.ALL_NEAR, setups.ANY_NEAR) else {},
        )

    def _folded(self, text: str) -> str:
        return self._setup.folding(fold(text))

    def _chain(self, language: str) -> tantivy.TextAnalyzer:
        in_parts = self._setup.tokens == setups.PARTS
        tokenizer = tantivy.Tokenizer.ngram(PART, PART) if in_parts else tantivy.Tokenizer.simple()
        chain = tantivy.TextAnalyzerBuilder(tokenizer).filter(tantivy.Filter.lowercase())
        if in_parts:
            return chain.build()
        if self._setup.stop_words == setups.LEFT_OUT:
            stops = {self._folded(word) for word in LANGUAGES[language].stop_words}
            chain = chain.filter(tantivy.Filter.custom_stopword(sorted(stops)))
        return chain.filter(tantivy.Filter.stemmer(_STEMMERS[language])).build()
