"""What was saved and is not in the lists yet: found and ranked by PostgreSQL's full text.

How much of a product speaks of a term, `ts_rank` tells from the classes of the vector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
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
from ..terms import Group, Groups
from .tables import Build, builds
from .vector import CLASSES, WORTHS, any_of, name_of, near, sequence

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


@dataclass(frozen=True, eq=False)
class Spoken:
    """The terms of the fresh products of one build: of each with its record, and of all."""

    build: Build
    terms: Mapping[int, tuple[bytes, Sequence[str]]]
    names: Set[str]


def listen(session: Session, build: Build, fresh: Fresh, before: Spoken | None) -> Spoken:
    """Return the terms of the fresh products; one query where some were saved since `before`.

    Whether a product was tells its record, which has a checksum of all that is indexed.
    """
    size, facts = fresh.records.itemsize, fresh.records.tobytes()
    ids = fresh.records["product_id"].tolist()
    records = {each: facts[at * size : (at + 1) * size] for at, each in enumerate(ids)}
    known = before.terms if before is not None and before.build is build else {}
    terms = {each: known[each] for each in ids if known.get(each, (b"",))[0] == records[each]}
    changed = [each for each in ids if each not in terms]
    if changed:
        rows = session.execute(_terms(build), {"ids": changed})
        terms |= {id_: (records[id_], own) for id_, own in rows}
    return Spoken(build, terms, set().union(*(own for _record, own in terms.values())))


class Said:
    """What the fresh products say of a plan."""

    def __init__(self, found: Mapping[str, Found], spoken: Set[str]) -> None:
        self._found, self._spoken = found, spoken

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others."""
        return self._all(groups, lambda said: near(said, REACH))

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another."""
        return self._all(groups, sequence)

    def _all(self, groups: Groups, together: Callable[[Groups], str]) -> Found:
        """Return them by what they say least of; numbers count from 0 in the order of ids."""
        said = _said(groups, self._spoken)
        each = [self._found[any_of(group)] for group in said]
        if len(each) < 2:
            return each[0] if each else NOTHING
        numbers = self._found[together(said)].numbers
        common = [found.only(contains(numbers, found.numbers)) for found in each]
        return Found(common[0].numbers, np.min([found.scores for found in common], axis=0))


def ask(session: Session, build: Build, fresh: Fresh, plan: Plan, spoken: Set[str]) -> Said:
    """Ask what the fresh products say of a plan; one query, none when they have none of its terms.

    Of a hundred terms of a plan they have few, and each that is asked for takes its time.
    """
    sizes = _asked(plan, spoken)
    numbers = fresh.records["product_id"]
    found = dict.fromkeys(sizes, NOTHING)
    if sizes:
        queries = list(sizes)
        for row in session.execute(_ranked(build), {"queries": queries, "worths": list(WORTHS)}):
            query = queries[row.at - 1]
            found[query] = _found(bytes(row.ids), bytes(row.ranks), numbers, sizes[query])
    return Said(found, spoken)


def _asked(plan: Plan, spoken: Set[str]) -> dict[str, int]:
    """Return each query of a plan with how many terms it is any of."""
    near_ = [form.groups for need in plan.needs for form in need.forms if form.groups]
    in_order = (*plan.phrases, *plan.unwanted)
    sizes: dict[str, int] = {}
    for all_groups, together in ((near_, lambda said: near(said, REACH)), (in_order, sequence)):
        for groups in dict.fromkeys(all_groups):
            said = _said(groups, spoken)
            sizes |= {any_of(group): len(group) for group in said}
            if len(said) > 1:
                sizes[together(said)] = 1
    return sizes


def _said(groups: Iterable[Group], spoken: Set[str]) -> Groups:
    """Return of each group the terms that are spoken; nothing where one has none of them."""
    said = tuple(tuple(term for term in group if name_of(term) in spoken) for group in groups)
    return said if all(said) else ()


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
def _terms(build: Build) -> Select[Any]:
    """Return the statement of some products with their terms."""
    table = build.products.c
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    terms = func.tsvector_to_array(table.vector, type_=ARRAY(Text))
    return select(table.product_id, terms).where(
        table.product_id == func.any(ids), table.vector.is_not(None)
    )


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
