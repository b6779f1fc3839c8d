"""The port of search: what an engine must do. Two engines do it, and pass the same tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce
from catalogue.core.db import Database

from .analysis import Chain
from .engine.facets import Selection
from .meaning import Meant
from .planning import Plan
from .query import Query

Progress = Callable[[int, int], None]  # told (done, total)


@dataclass(frozen=True)
class Looked:
    """What an engine is asked: the query, for whom and when, and what words mean there."""

    query: Query
    in_force: InForce
    meanings: Meant


@dataclass(frozen=True)
class Answer:
    """What an engine found. `degraded`: the database answered, for the index could not."""

    selection: Selection
    plan: Plan
    chain: Chain
    matched_all: bool = True
    degraded: bool = False


@dataclass(frozen=True)
class Differences:
    """Where index and database disagree, by product id, ascending."""

    missing: tuple[int, ...] = ()  # published, but not found by the index
    surplus: tuple[int, ...] = ()  # in the index, but not published
    stale: tuple[int, ...] = ()  # with other facts, terms or places of them than texts have

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.stale)


class Engine(Protocol):
    """An engine of search."""

    def find(self, session: Session, looked: Looked) -> Answer:
        """Answer a query; raises IndexUnavailable."""

    def chain(self, session: Session) -> Chain:
        """Return the chain that the index in use was written by; raises IndexUnavailable."""

    def beginning(self, session: Session, start: str, limit: int) -> list[str]:
        """Return written words of the catalogue that begin so, those of most products first."""

    def index(self, database: Database, product_ids: Sequence[int]) -> None:
        """Bring products up to date with the database, gone ones too; raises IndexUnavailable."""

    def rebuild(self, database: Database, progress: Progress) -> None:
        """Build the index anew from the database while the present one answers."""

    def ready(self, session: Session) -> bool:
        """Tell whether there is an index of the present version that can be used."""

    def worn(self, session: Session) -> bool:
        """Tell whether the index would gain from being rebuilt."""

    def tend(self, database: Database) -> None:
        """Do what keeps an index quick that need not be rebuilt."""

    def close(self) -> None:
        """Let go of files and connections."""

    def compare(self, session: Session) -> Differences:
        """Compare the index with the database, product by product, by all that it finds each by;
        reads all of both. Raises IndexUnavailable.
        """
