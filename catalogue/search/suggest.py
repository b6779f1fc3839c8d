"""What is offered while a buyer types: products, searches, categories and enterprises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements.rules import InForce, ancestors
from catalogue.core.db import ask
from catalogue.core.text import fold
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.products.models import Product, ProductState

from . import analysis, asked, naming, service
from .engine.facets import Selection
from .index import IndexUnavailable
from .port import Answer, Looked
from .query import Query

SHORTEST = 3
MOST = 8  # of all kinds together
MOST_PRODUCTS, MOST_EARLIER, MOST_SEARCHES, MOST_CATEGORIES, MOST_ENTERPRISES = 5, 2, 2, 3, 2
KEPT_SUMS = 64  # of municipalities' categories
TRIED = 4  # words of the catalogue that begin so; products of some may not be ordered
_LAST_WORD = re.compile(r"[^\W_]+$")
_UNWANTED = re.compile(r"(?:^|\s)-\S*$")  # to complete it would tell what else is not wanted
T = TypeVar("T")


@dataclass(frozen=True)
class Named:
    """Something offered: its id or code, and what it is called."""

    key: str
    name: str


@dataclass(frozen=True)
class Suggestions:
    """What fits so far, the best of each kind first; of `profiles` nothing may be ordered."""

    products: tuple[Named, ...] = ()
    searches: tuple[str, ...] = ()
    categories: tuple[Named, ...] = ()
    enterprises: tuple[Named, ...] = ()
    profiles: tuple[Named, ...] = ()


def suggest(session: Session, parts: dict[str, Any], text: str, in_force: InForce) -> Suggestions:
    """Return what fits `text` and may be ordered, eight at most; nothing below three letters.

    Four queries. Without an index nothing is offered; the page of hits says why.
    """
    typed = " ".join(text.split())
    if sum(sign.isalnum() for sign in typed) < SHORTEST or not fold(typed):
        return Suggestions()
    looked = service.looked(session, parts, Query(typed, page_size=MOST_PRODUCTS), in_force)
    try:
        answer = service.engine(parts).find(session, looked)
        completed = _completed(session, parts, text, looked)
        orderable = _ask(session, parts, looked, Query(page_size=1)).selection
    except IndexUnavailable:
        return Suggestions()
    earlier = asked.list_begun(session, in_force.municipality_id, typed, MOST_EARLIER)
    enterprises, profiles = _enterprises(session, typed, orderable, in_force.day)
    groups: list[tuple[Any, ...]] = share(
        (
            _products(session, answer),
            _distinct([*earlier, *completed]),
            _categories(session, typed, orderable),
            enterprises,
            profiles,
        ),
        MOST,
    )
    return Suggestions(*groups)


def share(groups: Sequence[Sequence[T]], most: int) -> list[tuple[T, ...]]:
    """Cut groups to `most` items in all: each gets its first, then its second, and so on. Pure."""
    counts = [0] * len(groups)
    for place in range(max(map(len, groups), default=0)):
        for number, group in enumerate(groups):
            if len(group) > place and sum(counts) < most:
                counts[number] += 1
    return [tuple(group[:count]) for group, count in zip(groups, counts, strict=True)]


@lru_cache(maxsize=KEPT_SUMS)  # with every letter typed the same ones are asked for
def with_ancestors(counts: tuple[tuple[str | None, int], ...]) -> Mapping[str, int]:
    """Return how many products stand in each category or below it, from those in it. Pure."""
    sums: dict[str, int] = {}
    for code, count in counts:
        for each in [*ancestors(code), code] if code else ():
            sums[each] = sums.get(each, 0) + count
    return sums


def _ask(session: Session, parts: dict[str, Any], looked: Looked, query: Query) -> Answer:
    return service.engine(parts).find(session, replace(looked, query=query))


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the first of the texts that differ in spelling only."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold(text), text)
    return tuple(found.values())


def _products(session: Session, answer: Answer) -> tuple[Named, ...]:
    """Return the products found, as the database has them now; not those with half the words.

    The state is looked at here: asked for it too, SQLite reads all that is published.
    """
    ids = answer.selection.ids if answer.matched_all else ()
    asked_for = select(Product.id, Product.title, Product.state).where(Product.id.in_(ids))
    rows = ask(session, asked_for) if ids else ()
    named = {
        id_: Named(str(id_), title) for id_, title, state in rows if state == ProductState.PUBLISHED
    }
    return tuple(named[each] for each in ids if each in named)


def _completed(
    session: Session, parts: dict[str, Any], text: str, looked: Looked
) -> tuple[str, ...]:
    """Return the text with its last word completed by words of products that may be ordered.

    What stands before it stays as typed: `gave-ku` is no `gave- kurv`.
    """
    match = _LAST_WORD.search(text)
    start = analysis.fold(match.group()) if match else ""
    if len(start) < SHORTEST or '"' in text or _UNWANTED.search(text):
        return ()
    before = re.sub(r"\s+", " ", text[: match.start()]).lstrip() if match else ""
    found: dict[tuple[int, ...], str] = {}
    for word in service.engine(parts).beginning(session, start, TRIED):
        whole = before + word
        # By itself: to find what else a word might mean takes long, and tells nothing here.
        query = Query(whole if before else f'"{word}"', page_size=MOST_PRODUCTS)
        answer = _ask(session, parts, looked, query) if word != start else None
        if answer and answer.selection.total and answer.matched_all:
            found.setdefault(answer.selection.ids, whole)  # of inflections one is enough
        if len(found) == MOST_SEARCHES:
            break
    return tuple(found.values())


def _categories(session: Session, typed: str, orderable: Selection) -> tuple[Named, ...]:
    """Return categories with products and a word or code that begins so; by their start first."""
    counts, start = with_ancestors(tuple(orderable.categories.items())), fold(typed)
    known = naming.get_tree(session).by_code
    found = [each for code in counts if (each := known.get(code))]
    told = [(each, f" {each.code} {each.folded}") for each in found]
    named = [(each.label(), each.code) for each, names in told if f" {start}" in names]
    best = sorted(
        named, key=lambda each: (not fold(each[0]).startswith(start), -counts[each[1]], each)
    )
    distinct: dict[str, Named] = {}  # some labels stand at two levels of the tree
    for label, code in best:
        distinct.setdefault(label, Named(code, label))
    return tuple(distinct.values())[:MOST_CATEGORIES]


def _enterprises(
    session: Session, typed: str, orderable: Selection, day: date
) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Return verified enterprises with something to order, and those with a profile only."""
    start = fold(typed)  # letters, digits and blanks: nothing that LIKE takes for more
    asked_for = {"begins": f"{start}%", "holds": f"% {start}%", "day": day}
    rows = ask(session, _named(), asked_for).all()
    sorted_rows = sorted(rows, key=lambda row: row[0] not in orderable.enterprises)
    shown = [(id_ in orderable.enterprises, Named(str(id_), name)) for id_, name in sorted_rows]
    shown = shown[:MOST_ENTERPRISES]
    return tuple(each for sells, each in shown if sells), tuple(
        each for sells, each in shown if not sells
    )


@cache  # asked with every letter: to write the statement takes longer than to answer it
def _named() -> Any:
    """Return what finds enterprises by how a word of their names begins."""
    begins, holds = (Enterprise.name_folded.like(bindparam(name)) for name in ("begins", "holds"))
    day: Any = bindparam("day", type_=Date)
    return (
        select(Enterprise.id, Enterprise.name)
        .where(or_(begins, holds), reviewed_where(day))
        .order_by(Enterprise.name_folded, Enterprise.id)
    )
