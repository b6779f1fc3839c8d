"""What was saved and is not in the lists yet: found and ranked by PostgreSQL's full text.

How much of a product speaks of a term, `ts_rank` tells from the classes of the vector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    REAL,
    BigInteger,
    Select,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, TSQUERY
from sqlalchemy.orm import Session

from ..engine import columns
from ..engine.lists import REACH
from ..engine.postings import NOTHING, Found, Mask, Numbers, contains, saturated
from ..planning import Plan
from ..terms import Groups
from .tables import Build, builds
from .vector import CLASSES, WORTHS, any_of, near, sequence

# What `ts_rank` gives for one mention of class A, so that its rank is read as a weight.
_OF_ONE = 1.64493406685
_EMPTY = literal(b"", BYTEA)
_BIG = np.dtype(">i8")  # as PostgreSQL sends numbers


@dataclass(frozen=True, eq=False)
class Fresh:
    """The products saved since, by ascending id: all ids, and the records of those that are."""

    state: tuple[str, int]  # name of the build in use, and how often something was added to it
    token: tuple[bytes, bytes]  # the same while nothing is saved
    ids: NDArray[np.int64]
    records: NDArray[Any]
    here: Mask  # of those with a record: delivered to the municipality asked for


def read(session: Session, build: Build, municipality_id: int) -> Fresh:
    """Read which products were saved since, and their facts; one query.

    It tells too which build is in use by then.
    """
    row = session.execute(_saved(build), {"municipality_id": [municipality_id]}).one()
    ids, facts, here = (bytes(each or b"") for each in row[2:])
    return Fresh(
        (row[0], row[1]),
        (ids, facts),
        np.frombuffer(ids, _BIG).astype(np.int64),
        columns.unpack(facts),
        np.frombuffer(here, np.uint8).astype(bool),
    )


class Said:
    """What the fresh products say of a plan."""

    def __init__(self, found: dict[str, Found]) -> None:
        self._found = found

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others."""
        return self._all(groups, near(groups, REACH))

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another."""
        return self._all(groups, sequence(groups))

    def _all(self, groups: Groups, together: str) -> Found:
        """Return them by what they say least of; numbers count from 0 in the order of ids."""
        each = [self._found[any_of(group)] for group in groups]
        if len(each) == 1:
            return each[0]
        numbers = self._found[together].numbers
        common = [found.only(contains(numbers, found.numbers)) for found in each]
        return Found(common[0].numbers, np.min([found.scores for found in common], axis=0))


def ask(session: Session, build: Build, fresh: Fresh, plan: Plan) -> Said:
    """Ask what the fresh products say of a plan; one query, none when there are none."""
    sizes = dict(_asked(plan))
    numbers = fresh.records["product_id"]
    found = dict.fromkeys(sizes, NOTHING)
    if len(numbers):
        queries = list(sizes)
        for row in session.execute(_ranked(build), {"queries": queries, "worths": list(WORTHS)}):
            query = queries[row.at - 1]
            found[query] = _found(bytes(row.ids), bytes(row.ranks), numbers, sizes[query])
    return Said(found)


def _asked(plan: Plan) -> Iterator[tuple[str, int]]:
    """Yield each query of a plan with how many terms it is any of."""
    near_ = [form.groups for need in plan.needs for form in need.forms if form.groups]
    in_order = (*plan.phrases, *plan.unwanted)
    for groups in (*near_, *in_order):
        for group in groups:
            yield any_of(group), len(group)
    yield from ((near(groups, REACH), 1) for groups in near_ if len(groups) > 1)
    yield from ((sequence(groups), 1) for groups in in_order if len(groups) > 1)


def _found(ids: bytes, ranks: bytes, known: NDArray[np.int64], terms: int) -> Found:
    """Return what was found, by places among the known ids: who came meanwhile is left out."""
    there = np.frombuffer(ids, _BIG).astype(np.int64)
    weights = np.frombuffer(ranks, ">f4").astype(np.float32) * np.float32(
        terms * _OF_ONE * CLASSES[0][2]
    )
    order = np.argsort(there)
    there, weights = there[order], weights[order]
    kept = contains(known, there)
    numbers: Numbers = np.searchsorted(known, there[kept]).astype(np.int32)
    return Found(numbers, saturated(weights[kept]))


@lru_cache(maxsize=8)
def _saved(build: Build) -> Select[Any]:
    """Return the statement of ids, facts and who is delivered here, as bytes in one order."""
    table = build.products.c
    municipality = bindparam("municipality_id", type_=ARRAY(BigInteger))
    here = case(
        (table.facts.is_(None), _EMPTY),
        (table.delivers.contains(municipality), literal(b"\x01", BYTEA)),
        else_=literal(b"\x00", BYTEA),
    )
    rows = (
        select(func.int8send(table.product_id), table.facts, here.label("here"))
        .where(~table.added)
        .order_by(table.product_id)
        .subquery()
    )
    state = (
        select(each).where(builds.c.current).scalar_subquery()
        for each in (builds.c.name, builds.c.additions)
    )
    return select(*state, *(func.string_agg(each, _EMPTY) for each in rows.c))


@lru_cache(maxsize=8)
def _ranked(build: Build) -> Select[Any]:
    """Return the statement of who matches each of some queries, and how well."""
    table = build.products.c
    queries = cast(bindparam("queries", type_=ARRAY(Text)), ARRAY(TSQUERY))
    asked = (
        func.unnest(queries)
        .table_valued(column("query", TSQUERY), with_ordinality="at", name="asked")
        .render_derived()
    )
    worths = bindparam("worths", type_=ARRAY(REAL))
    rank = func.ts_rank(worths, table.vector, asked.c.query)
    return (
        select(
            asked.c.at,
            func.string_agg(func.int8send(table.product_id), _EMPTY).label("ids"),
            func.string_agg(func.float4send(rank), _EMPTY).label("ranks"),
        )
        .select_from(asked.join(build.products, table.vector.op("@@")(asked.c.query)))
        .group_by(asked.c.at)
    )
