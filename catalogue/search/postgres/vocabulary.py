"""What the index in PostgreSQL knows of words; those like a word it lacks, by trigrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ..analysis import readings, skeleton
from ..engine import near
from ..terms import Nearby, Term
from .tables import Build
from .vector import name_of

# Words whose trigrams are this much alike are looked at closer; a slip leaves more than that.
LEAST_ALIKE = 0.2
MOST_ALIKE = 400


class Vocabulary:
    """The words of one build."""

    def __init__(self, session: Session, build: Build) -> None:
        self._session, self._build = session, build
        self._counted: dict[Term, int] = {}

    def present(self, terms: Iterable[Term]) -> set[Term]:
        """Return those of the terms that products have; one query for those not asked before."""
        asked = set(terms)
        counted = self.counts(asked)
        return {term for term in asked if counted[term]}

    def counts(self, terms: Iterable[Term]) -> Mapping[Term, int]:
        """Return how many products have each term; one query for those not asked before."""
        names = {name_of(term): term for term in terms if term not in self._counted}
        if names:
            table = self._build.terms.c
            rows = self._session.execute(
                select(table.term, table.products).where(table.term == func.any(list(names)))
            )
            found = {name: products for name, products in rows}
            self._counted |= {term: found.get(name, 0) for name, term in names.items()}
        return self._counted

    def written(self, words: Sequence[str]) -> set[str]:
        """Return those of the words that stand so in a short text of a product; one query."""
        table = self._build.words.c
        return set(self._session.scalars(select(table.written).where(table.written.in_(words))))

    def nearby(self, words: Sequence[str]) -> Mapping[str, Nearby]:
        """Return the written words near each of the given ones; a query for each, of few."""
        return {word: self._near(word) for word in words}

    def beginning(self, start: str, limit: int) -> list[str]:
        """Return written words that begin so, those of most products first."""
        begun = [self._begins(reading) for reading in readings(start)]
        dictionary, products = self._read(
            or_(*begun), limit * 4, self._build.words.c.products.desc()
        )
        return near.beginning([dictionary], start, limit, products)

    def _near(self, word: str) -> Nearby:
        table = self._build.words.c
        self._session.execute(
            select(func.set_config("pg_trgm.similarity_threshold", str(LEAST_ALIKE), False))
        )
        dictionary, products = self._read(
            or_(
                table.skeleton == skeleton(word),
                self._begins(word),
                table.written.op("%", is_comparison=True)(word),
            ),
            MOST_ALIKE,
            func.similarity(table.written, word).desc(),
        )
        return near.to([dictionary], word, products)

    def _begins(self, start: str) -> ColumnElement[bool]:
        return self._build.words.c.written.startswith(start, autoescape=True)

    def _read(
        self, condition: ColumnElement[bool], limit: int, best: ColumnElement[Any]
    ) -> tuple[near.Words, near.Products]:
        table = self._build.words.c
        rows = self._session.execute(
            select(table.written, table.stem, table.products)
            .where(condition)
            .order_by(best, table.written)
            .limit(limit)
        ).all()
        products = {row.written: row.products for row in rows}
        dictionary = near.Words([f"{row.written} {row.stem}" for row in rows])
        return dictionary, lambda written: products.get(written, 0)
