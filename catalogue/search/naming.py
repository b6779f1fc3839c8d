"""Names of facets: categories, enterprises, and which of those asked for there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.agreements.rules import prefix
from catalogue.core.db import ask
from catalogue.core.text import current_locale
from catalogue.enterprises.models import Enterprise

from .query import Choice


class Place(NamedTuple):
    """A category with its name in the reader's language."""

    code: str
    prefix: str
    label: str


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


def get_shelf(session: Session, category: str | None) -> Shelf:
    """Return the place of a category in the tree; an unknown one has an empty path. One query."""
    locale = current_locale()
    if category is None:
        return Shelf((), tuple(sorted(map(Place._make, ask(session, _divisions(locale)).all()))))
    digits = prefix(category)
    above = [digits[:length] for length in range(2, len(digits) + 1)]
    found = ask(session, _around(locale), {"above": above, "category": category}).all()
    ordered = sorted(map(Place._make, found))
    path = [each for each in ordered if digits.startswith(each.prefix)]
    if not path or path[-1].code != category:
        return Shelf((), ())
    return Shelf(tuple(path), tuple(each for each in ordered if each not in path))


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
def _divisions(locale: str) -> Any:
    return _places(locale).where(Category.parent_code.is_(None))


@cache
def _around(locale: str) -> Any:
    above: Any = bindparam("above", expanding=True)
    return _places(locale).where(
        or_(Category.prefix.in_(above), Category.parent_code == bindparam("category"))
    )


def _places(locale: str) -> Any:
    label = Category.label_en if locale == "en" else Category.label_da
    return select(Category.code, Category.prefix, label)


@cache
def _enterprises() -> Any:
    ids: Any = bindparam("ids", expanding=True)
    return select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids))
