"""What the index in PostgreSQL knows of words; those like a word it lacks, by trigrams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from ..analysis import readings, skeleton
from ..engine import near
from ..terms import Nearby, Term
from .moment import Moment
from .tables import Build
from .vector import name_of

# Words whose trigrams are this much alike are looked at closer; a slip leaves more than that.
LEAST_ALIKE = 0.2
MOST_ALIKE = 400


class Written:
    """The written words of one build."""

    def __init__(self, session: Session, build: Build) -> None:
        self._session, self._build = session, build

    def marked(self, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return words of short texts that a keyboard without æ, ø and å writes as each of them.

        One query.
        """
        table = self._build.words.c
        skeletons = {skeleton(word) for word in words}
        rows = self._session.execute(
            select(table.skeleton, table.written)
            .where(table.skeleton.in_(skeletons))
            .order_by(table.written)
        ).all()
        return {
            word: [each for bare, each in rows if bare == skeleton(word) and each != word]
            for word in words
        }

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
        turned = _turned(word)
        is_turned = or_(table.written.in_(turned), table.stem.in_(turned))
        dictionary, products = self._read(
            or_(
                table.skeleton == skeleton(word),
                self._begins(word),
                table.written.op("%", is_comparison=True)(word),
                is_turned,
            ),
            MOST_ALIKE,
            case((is_turned, 1.0), else_=func.similarity(table.written, word)).desc(),
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
        dictionary = near.Words({row.written: row.stem for row in rows})
        return dictionary, lambda written: products.get(written, 0)


def _turned(word: str) -> list[str]:
    """Return a word with each two neighbouring letters turned round.

    Of a short word so typed trigrams leave too little: `falsk` has one of eight of `flask`.
    """
    return [f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1)]


class Vocabulary(Written):
    """The words of one moment."""

    def __init__(self, session: Session, build: Build, moment: Moment) -> None:
        super().__init__(session, build)
        self._moment = moment

    def present(self, terms: Iterable[Term]) -> set[Term]:
        """Return those of the terms that products have or had; one query for those whose lists
        are not kept.
        """
        asked = {name_of(term): term for term in terms}
        stood = self._moment.standing.present(self._session, asked)
        there = stood | (asked.keys() & self._moment.spoken.names)
        return {asked[name] for name in there}
