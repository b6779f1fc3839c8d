"""A plan as one statement: PostgreSQL finds and ranks, and hands over arrays of facts and scores.

Every word scores as in `matching`: how telling it is, times how much of the product speaks of it in
its best form. How much, `ts_rank` tells from the classes of the vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    REAL,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from ..engine.postings import K1, idf
from ..matching import REACH
from ..planning import Form, Need, Plan
from ..terms import Group, Term
from .vector import CLASSES, WORTHS, any_of, category_term, near, quoted, sequence

# What `ts_rank` gives for one mention of class A, so that its rank is read as a weight.
_OF_ONE = 1.64493406685
EMPTY = literal(b"", LargeBinary)


@dataclass(frozen=True)
class Part:
    """One need or phrase: the tsquery that finds it, and what a product scores by each form."""

    query: str
    scores: tuple[Any, ...]  # column expressions
    telling: float  # how telling it is, times which a score counts


class Scorer:
    """Makes the parts of a statement over the products of one build."""

    def __init__(self, products: Table, size: int, counts: Mapping[Term, int]) -> None:
        self._vector = products.c.vector
        self._size, self._counts = max(size, 1), counts

    def need(self, need: Need, *, weak: bool = False) -> Part | None:
        """Return the part of a need; `weak` forms are left out unless asked for."""
        forms = [form for form in need.forms if weak or not form.last_resort]
        if not forms:
            return None
        scores = tuple(self._form(form) for form in forms)
        having = sum(map(self.having, forms))
        query = "(" + " | ".join(dict.fromkeys(map(_query, forms))) + ")"
        return Part(query, scores, idf(self._size, min(having, self._size)))

    def phrase(self, phrase: Sequence[Group]) -> Part:
        """Return the part of a phrase."""
        score = func.least(*map(self._worth, phrase)) if len(phrase) > 1 else self._worth(phrase[0])
        having = min(map(self._count, phrase), default=0)
        return Part(sequence(phrase), (score,), idf(self._size, having))

    def having(self, form: Form) -> int:
        """Return how many products may have a form, at most."""
        return min(map(self._count, form.groups)) if form.groups else self._size // 100

    def _form(self, form: Form) -> ColumnElement[Any]:
        worth: Any = form.weight
        if not form.categories:
            worth = func.least(*map(self._worth, form.groups)) * form.weight
        return case((self.matches(_query(form)), worth), else_=0.0)

    def matches(self, query: str) -> ColumnElement[bool]:
        """Return the condition that a product matches a tsquery."""
        return self._vector.op("@@", is_comparison=True)(_asked(query))

    def _worth(self, group: Group) -> ColumnElement[Any]:
        """Return how much a product speaks of any of the terms, as `postings.saturated` has it."""
        rank = func.ts_rank(_asked_worths(), self._vector, _asked(any_of(group)))
        weight = rank * (len(group) * _OF_ONE * CLASSES[0][2])
        return (K1 + 1) - (K1 + 1) * K1 / (weight + K1)

    def _count(self, group: Group) -> int:
        return sum(self._counts.get(term, 0) for term in group)


def everything(scorer: Scorer, products: Table, plan: Plan) -> ColumnElement[bool]:
    """Return the condition that a product is there and has nothing that is unwanted."""
    unwanted = [~scorer.matches(sequence(phrase)) for phrase in plan.unwanted]
    return and_(products.c.facts.is_not(None), *unwanted)


def gathered(
    products: Table, municipality_id: int, parts: Iterable[Part], where: ColumnElement[bool]
) -> Select[Any]:
    """Return the statement: facts, who delivers to us, and all scores of all parts, as bytes."""
    here = case(
        (products.c.delivers.contains([municipality_id]), literal(b"\x01", LargeBinary)),
        else_=literal(b"\x00", LargeBinary),
    )
    scores = [func.float4send(cast(each, REAL)) for part in parts for each in part.scores]
    return select(
        *(func.string_agg(each, EMPTY) for each in (products.c.facts, here, *scores))
    ).where(where)


def _asked(query: str) -> Any:
    """Return a tsquery that is read once, and not for every row: what a plan may do by itself."""
    return select(cast(query, TSQUERY)).scalar_subquery()


def _asked_worths() -> Any:
    return select(cast(list(WORTHS), ARRAY(REAL))).scalar_subquery()


def _query(form: Form) -> str:
    if form.categories:
        return "(" + " | ".join(quoted(category_term(each)) for each in form.categories) + ")"
    return any_of(form.groups[0]) if len(form.groups) == 1 else near(form.groups, REACH)
