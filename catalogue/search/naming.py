"""Names of facets: categories, enterprises, and which of those asked for there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.agreements.rules import prefix
from catalogue.core.text import current_locale
from catalogue.enterprises.models import Enterprise

from .query import Choice


@dataclass(frozen=True)
class Shelf:
    """A place in the category tree: the chosen category with those above, and those below."""

    path: tuple[Category, ...]
    below: tuple[Category, ...]


def list_unknown(
    session: Session, category: str | None, enterprise_id: int | None
) -> tuple[str, ...]:
    """Return which of `category` and `enterprise_id` do not exist, by name. One query."""
    there = session.execute(
        select(
            exists().where(Category.code == category),
            exists().where(Enterprise.id == enterprise_id),
        )
    ).one()
    given = {"category": category, "enterprise_id": enterprise_id}
    named = zip(given.items(), there, strict=True)
    return tuple(name for (name, value), known in named if value is not None and not known)


def get_shelf(session: Session, category: str | None) -> Shelf:
    """Return the place of a category in the tree; an unknown one has an empty path. One query."""
    if category is None:
        below = session.scalars(select(Category).where(Category.parent_code.is_(None)))
        return Shelf((), tuple(sorted(below, key=lambda each: each.code)))
    digits = prefix(category)
    above = [digits[:length] for length in range(2, len(digits) + 1)]
    found = session.scalars(
        select(Category).where(or_(Category.prefix.in_(above), Category.parent_code == category))
    )
    ordered = sorted(found, key=lambda each: each.code)
    path = [each for each in ordered if digits.startswith(each.prefix)]
    if not path or path[-1].code != category:
        return Shelf((), ())
    return Shelf(tuple(path), tuple(each for each in ordered if each not in path))


def list_category_choices(
    below: Sequence[Category], counts: Mapping[str | None, int]
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
    locale = current_locale()
    chosen = sorted((homes[digits].code, digits) for digits in sums)
    return tuple(Choice(code, homes[of].label(locale), sums[of]) for code, of in chosen)


def list_enterprise_choices(
    session: Session, counts: Mapping[int, int], chosen: int | None, limit: int
) -> tuple[Choice, ...]:
    """Name the `limit` enterprises with most hits, and the chosen one; by count, then name."""
    ids = sorted(counts, key=lambda each: (-counts[each], each))[:limit]
    wanted = {*ids, chosen} - {None}
    named = session.execute(
        select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(wanted))
    ).all()
    choices = [
        Choice(str(id_), name, counts.get(id_, 0), chosen=id_ == chosen) for id_, name in named
    ]
    return tuple(sorted(choices, key=lambda each: (-each.count, each.label.casefold())))
