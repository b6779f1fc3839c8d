"""Names of facets: categories, enterprises, and which of those asked for there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, bindparam, exists, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core.among import among
from catalogue.core.db import ask, kept
from catalogue.core.text import current_locale
from catalogue.enterprises.models import Enterprise

from .engine.columns import KINDS
from .engine.facets import Selection
from .query import Choice, Facets, Query
from .rules import KIND_NAMES

ENTERPRISE_CHOICES = 20
_TREE = "categories"  # under this name sessions that read keep them


class Place(NamedTuple):
    """A category with its name in the reader's language."""

    code: str
    prefix: str
    label: str


class Named(NamedTuple):
    """A category with its names; `folded` are the words of both."""

    code: str
    prefix: str
    parent_code: str | None
    label_da: str
    label_en: str
    folded: str

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.label_en if current_locale() == "en" else self.label_da

    def place(self) -> Place:
        """Return it as a place on a shelf."""
        return Place(self.code, self.prefix, self.label())


class Tree(NamedTuple):
    """All categories: by code, by prefix, and those below each, by ascending codes."""

    by_code: Mapping[str, Named]
    by_prefix: Mapping[str, Named]
    below: Mapping[str | None, Sequence[Named]]


@dataclass(frozen=True)
class Shelf:
    """A place in the category tree: the chosen category with those above, and those below."""

    path: tuple[Place, ...]
    below: tuple[Place, ...]


def list_unknown(
    session: Session, category: str | None, enterprise_id: int | None
) -> tuple[str, ...]:
    """Return which of `category` and `enterprise_id` do not exist, by name; a query if any is."""
    if category is None and enterprise_id is None:
        return ()
    given = {"category": category, "enterprise_id": enterprise_id}
    there = ask(session, _there(), given).one()
    named = zip(given.items(), there, strict=True)
    return tuple(name for (name, value), known in named if value is not None and not known)


def get_tree(session: Session) -> Tree:
    """Return all categories; one query, and none in sessions that read once they are known.

    Only a release brings others, and its processes begin anew.
    """
    memory = kept(session)
    found: Tree | None = memory.get(_TREE) if memory is not None else None
    if found is None:
        rows = [Named(*row) for row in ask(session, _categories())]
        below: dict[str | None, list[Named]] = {}
        for each in rows:
            below.setdefault(each.parent_code, []).append(each)
        found = Tree(
            {each.code: each for each in rows}, {each.prefix: each for each in rows}, below
        )
        if memory is not None and rows:
            memory[_TREE] = found
    return found


def get_shelf(session: Session, category: str | None) -> Shelf:
    """Return the place of a category in the tree; an unknown one has an empty path."""
    tree = get_tree(session)
    chosen = tree.by_code.get(category or "")
    if category is not None and chosen is None:
        return Shelf((), ())
    digits = chosen.prefix if chosen else ""
    above = (tree.by_prefix.get(digits[:length]) for length in range(2, len(digits) + 1))
    return Shelf(
        tuple(each.place() for each in above if each),
        tuple(each.place() for each in tree.below.get(category, ())),
    )


def name_facets(session: Session, query: Query, selection: Selection) -> Facets:
    """Return the facets of a selection with their names in the reader's language."""
    shelf = get_shelf(session, query.category)
    return Facets(
        path=tuple(
            Choice(each.code, each.label, 0, chosen=each.code == query.category)
            for each in shelf.path
        ),
        categories=list_category_choices(shelf.below, selection.categories),
        enterprises=list_enterprise_choices(
            session, selection.enterprises, query.enterprise_id, ENTERPRISE_CHOICES
        ),
        kinds=tuple(
            Choice(kind, str(KIND_NAMES[kind]), selection.kinds.get(kind, 0), query.kind == kind)
            for kind in KINDS
        ),
        price_bands=selection.price_bands,
        to_us=selection.to_us,
        not_to_us=selection.not_to_us,
    )


def list_category_choices(
    below: Sequence[Place], counts: Mapping[str | None, int]
) -> tuple[Choice, ...]:
    """Sum counts by category into the categories of one level; those without hits are left out."""
    homes = {each.prefix: each for each in below}
    lengths = sorted({len(each) for each in homes}, reverse=True)  # seldom more than one or two
    sums: dict[str, int] = {}
    for code, count in counts.items():
        digits = code or ""
        found = next((digits[:n] for n in lengths if digits[:n] in homes), None)
        if found is not None:
            sums[found] = sums.get(found, 0) + count
    chosen = sorted((homes[digits].code, digits) for digits in sums)
    return tuple(Choice(code, homes[of].label, sums[of]) for code, of in chosen)


def list_enterprise_choices(
    session: Session, counts: Mapping[int, int], chosen: int | None, limit: int
) -> tuple[Choice, ...]:
    """Name the `limit` enterprises with most hits, and the chosen one; by count, then name."""
    ids = sorted(counts, key=lambda each: (-counts[each], each))[:limit]
    wanted = {*ids, chosen} - {None}
    named = ask(session, _enterprises(), {"ids": list(wanted)}).all()
    choices = [
        Choice(str(id_), name, counts.get(id_, 0), chosen=id_ == chosen) for id_, name in named
    ]
    return tuple(sorted(choices, key=lambda each: (-each.count, each.label.casefold())))


# Asked by every page of hits: to write these takes longer than to answer them.
@cache
def _there() -> Any:
    return select(
        exists().where(Category.code == bindparam("category", type_=String)),
        exists().where(Enterprise.id == bindparam("enterprise_id", type_=Integer)),
    )


@cache
def _categories() -> Any:
    names = (Category.label_da, Category.label_en, Category.folded)
    return select(Category.code, Category.prefix, Category.parent_code, *names).order_by(
        Category.code
    )


@cache
def _enterprises() -> Any:
    return select(Enterprise.id, Enterprise.name).where(among(Enterprise.id, "ids"))
