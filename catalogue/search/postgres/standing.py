"""What stands in the index, as each web process keeps it: what is in a list never changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from sqlalchemy import (
    ARRAY,
    Integer,
    LargeBinary,
    Select,
    Text,
    bindparam,
    case,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from catalogue.core.kept import Kept
from catalogue.core.postgres import IN_BINARY

from ..engine import columns, lists
from ..engine.postings import NO_POSTINGS, Found, Mask, Postings, joined
from ..terms import Groups, Term
from .packing import unpacked
from .tables import Build, builds
from .vector import delivered_term, name_of

KEPT_BYTES = 20 * 2**20  # of posting lists
PIECE_BYTES = 2**20  # of the facts: a connection keeps room for the longest row it ever read
SHORT_BYTES, LONGEST_BYTES = 32 * 2**10, 2**30  # of a portion of a list
KEPT_PARTS_BYTES = 8 * 2**20  # of what was found by them


class Standing:
    """The products of one build, numbered from 0 to `size` - 1, until more are added.

    Threads share it.
    """

    def __init__(self, session: Session, build: Build) -> None:
        """Read the facts; raises ValueError when they are not what was written."""
        self.build = build
        rows = session.execute(_facts(), {"name": build.name, "size": PIECE_BYTES}).all()
        self.state = (build.name, rows[0].additions if rows else 0)
        self.records = columns.unpack(b"".join(row.piece or b"" for row in rows))
        self.pairs = columns.Pairs(self.records)
        self.live = columns.are_last(self.records)
        self.size = len(self.records)
        self._lists, self._parts = Kept(KEPT_BYTES), Kept(KEPT_PARTS_BYTES)

    def lists_of(self, session: Session, terms: Iterable[Term], later: Iterable[Term]) -> Lists:
        """Return the lists of some terms, and give those of `later` ones once any is asked for.

        One query for each of the two, when not all are kept.
        """
        return Lists(
            self._read(session, {*map(name_of, terms)}),
            lambda: self._read(session, {*map(name_of, later)}),
            self._parts,
        )

    def delivers_to(self, session: Session, municipality_id: int) -> Mask:
        """Return which products are delivered to that municipality and not to all."""
        key = ("delivers", municipality_id)
        mask = self._parts.get(key)
        if mask is None:
            name = delivered_term(municipality_id)
            mask = np.zeros(self.size, bool)
            mask[self._read(session, [name])[name].numbers] = True
            self._parts.put(key, mask, mask.nbytes)
        return mask  # type: ignore[no-any-return]  # kept are values of several types

    def present(self, session: Session, names: Collection[str]) -> set[str]:
        """Return those of some terms that any product has or had; one query.

        Short lists are kept, for they are asked for next. Of the long ones many are not.
        """
        kept = self._lists.get_all(names)
        there = {name for name, postings in kept.items() if len(postings.numbers)}
        missing = [name for name in names if name not in kept]
        return there | self._fetch(session, missing, SHORT_BYTES).keys()

    def _read(self, session: Session, names: Collection[str]) -> dict[str, Postings]:
        """Return lists by their names; an empty one is what nobody has."""
        kept = self._lists.get_all(names)
        missing = [name for name in names if name not in kept]
        return kept | dict.fromkeys(missing, NO_POSTINGS) | self._fetch(session, missing)

    def _fetch(
        self, session: Session, names: Sequence[str], most_bytes: int = LONGEST_BYTES
    ) -> dict[str, Postings | None]:
        """Keep lists, and return those that are there; one with a portion of more than
        `most_bytes` is None.
        """
        parts: dict[str, list[Postings]] = {}
        long = set()
        if names:
            asked = {"names": list(names), "size": self.size, "most_bytes": most_bytes}
            for row in session.execute(_packed(self.build), asked):
                own = parts.setdefault(row.term, [])
                if row.packed is not None:
                    own.append(unpacked(bytes(row.packed), self.size))
                else:
                    long.add(row.term)
        there = {name: None if name in long else joined(each) for name, each in parts.items()}
        found = ((name, there.get(name, NO_POSTINGS)) for name in names)
        self._lists.put_all(
            (name, each, each.size_bytes) for name, each in found if each is not None
        )
        return there


class Lists:
    """The lists of the terms of one plan, and what they answer."""

    def __init__(
        self, lists_: dict[str, Postings], later: Callable[[], dict[str, Postings]], known: Kept
    ) -> None:
        self._lists, self._later, self._known = lists_, later, known

    def postings(self, term: Term) -> Postings:
        """Return the products with a term."""
        name = name_of(term)
        if name not in self._lists:
            self._lists |= self._later()
        return self._lists[name]

    def near(self, groups: Groups) -> Found:
        """Return the products where a term of each group stands near the others, remembered."""
        return self._remembered(lists.near, groups)

    def in_order(self, groups: Groups) -> Found:
        """Return the products where terms, one of each group, stand one after another, likewise."""
        return self._remembered(lists.in_order, groups)

    def _remembered(self, find: Any, groups: Groups) -> Found:
        key = (find, groups)
        found: Found | None = self._known.get(key)
        if found is None:
            found = find(self, groups)
            self._known.put(key, found, found.size_bytes)
        return found


@cache
def _facts() -> Select[Any]:
    """Return the statement of how often was added to a build, beside each piece of its facts."""
    size, records = bindparam("size", type_=Integer), builds.c.records
    series = func.generate_series(1, func.octet_length(records), size)
    start = series.table_valued("at", name="start").render_derived()
    piece = func.substring(records, start.c.at, size, type_=LargeBinary).label("piece")
    return (
        select(builds.c.additions, piece)
        .select_from(builds.outerjoin(start, true()))
        .where(builds.c.name == bindparam("name"))
        .order_by(start.c.at)
        .execution_options(**{IN_BINARY: True})
    )


@lru_cache(maxsize=8)
def _packed(build: Build) -> Select[Any]:
    """Return the statement of some lists in order."""
    names = func.any(bindparam("names", type_=ARRAY(Text)))
    lists_ = build.lists.c
    before = lists_.start < bindparam("size")  # and not what was added meanwhile
    short = func.octet_length(lists_.packed) <= bindparam("most_bytes")
    packed = case((short, lists_.packed)).label("packed")
    found = select(lists_.term, packed).where(lists_.term == names, before)
    ordered = found.order_by(lists_.term, lists_.start)
    return ordered.execution_options(**{IN_BINARY: True})
