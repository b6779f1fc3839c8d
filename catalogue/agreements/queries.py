"""Reads of agreements and categories, and the set-based form of orderability.

`rules.judge` is the rule; `orderable_where` says the same in SQL for many products at once, and a
property test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.core.db import Day, Whole
from catalogue.core.errors import Missing
from catalogue.core.text import fold
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise

from .applying import applies, holds
from .applying import carved_out_on as carved_out_on  # noqa: PLC0414 - offered here to others
from .applying import in_force as in_force  # noqa: PLC0414 - as above
from .ceiling_rules import ceiling_of as ceiling_of  # noqa: PLC0414 - as above
from .models import (
    Agreement,
    AgreementCategory,
    AgreementKind,
    CarveOut,
    Category,
)
from .rules import ancestors as ancestors  # noqa: PLC0414 - offered here to other features
from .terms import ceiling_columns as ceiling_columns  # noqa: PLC0414 - as above
from .terms import former_on as former_on  # noqa: PLC0414
from .terms import said as said  # noqa: PLC0414

MOST_CANDIDATES = 2000  # of a word that stands in very many labels


@dataclass(frozen=True)
class OrderableColumns:
    """What orderability looks at in the rows to judge; this feature does not know products."""

    published: ColumnElement[bool]
    enterprise_id: Any  # a mapped attribute or a column of integers
    category_code: Any  # the same of text, may be NULL


@dataclass(frozen=True)
class Covering:
    """A voluntary agreement that has not ended, and the prefixes of its categories."""

    agreement_id: int
    municipality_id: int
    prefixes: tuple[str, ...]


def in_force_where(municipality_id: Whole, day: Day) -> ColumnElement[bool]:
    """Return the condition of the municipality's agreements in force on `day`, and of their
    categories, which must be joined.
    """
    return and_(applies(Agreement, municipality_id, day), holds(AgreementCategory, day))


def orderable_where(
    columns: OrderableColumns, municipality_id: int, day: date
) -> ColumnElement[bool]:
    """Return the condition under which a row may be ordered: `rules.judge`, in SQL."""
    verified = select(Enterprise.id).where(enterprises.verified_where(municipality_id, day))
    return and_(
        columns.published,
        _covered(AgreementKind.VOLUNTARY, columns, municipality_id, day),
        not_(_covered(AgreementKind.MANDATORY, columns, municipality_id, day)),
        columns.enterprise_id.in_(verified.correlate(None)),
    )


def bound_where(columns: OrderableColumns, day: date) -> ColumnElement[bool]:
    """Return the condition that any voluntary agreement covers a row on `day` or after it."""
    agreement, covered, _one = _sides(AgreementKind.VOLUNTARY)
    digits = func.substr(columns.category_code, 1, func.length(covered.prefix))
    return exists().where(
        covered.agreement_id == agreement.id,
        agreement.kind == AgreementKind.VOLUNTARY,
        agreement.enterprise_id == columns.enterprise_id,
        agreement.is_draft.is_(False),
        agreement.ends_on >= day,
        or_(covered.until_on.is_(None), covered.until_on >= day),
        digits == covered.prefix,
    )


def list_covering(session: Session, enterprise_id: int, day: date) -> list[Covering]:
    """List the voluntary agreements with an enterprise that apply on `day` or after; one query."""
    rows = session.execute(
        select(Agreement.id, Agreement.municipality_id, AgreementCategory.prefix)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .where(Agreement.kind == AgreementKind.VOLUNTARY)
        .where(Agreement.enterprise_id == enterprise_id, Agreement.ends_on >= day)
        .where(Agreement.is_draft.is_(False))
        .where(or_(AgreementCategory.until_on.is_(None), AgreementCategory.until_on >= day))
        .order_by(Agreement.id, AgreementCategory.prefix)
    ).all()
    prefixes: dict[tuple[int, int], list[str]] = {}
    for agreement_id, municipality_id, prefix in rows:
        prefixes.setdefault((agreement_id, municipality_id), []).append(prefix)
    return [Covering(*ids, tuple(found)) for ids, found in prefixes.items()]


def find_categories(session: Session, text: str, locale: str, limit: int = 20) -> list[Category]:
    """Find categories by code (with or without check digit) or words, the best match first.

    Words are looked for in Danish and English; whole words of the reader's language go before
    parts of words, then short names before long ones.
    """
    if code := re.fullmatch(r"(\d{2,8})(-\d)?", text.strip()):
        return _with_code(session, code[1], limit)
    words = fold(text).split()
    if not words:
        return []
    has_all = [Category.folded.contains(word) for word in words]
    found = session.scalars(select(Category).where(*has_all).limit(MOST_CANDIDATES))
    return sorted(found, key=lambda each: _distance(each, words, locale))[:limit]


def get_category(session: Session, code: str) -> Category:
    """Return the category of that code; raises Missing."""
    found = session.get(Category, code)
    if found is None:
        raise Missing(_("There is no category %(code)s.", code=code))
    return found


def all_labels(session: Session, locale: str) -> dict[str, str]:
    """Return the names of all categories, in the reader's language. One query."""
    label = Category.label_en if locale == "en" else Category.label_da
    rows = session.connection().execute(select(Category.code, label))
    return {code: name for code, name in rows}


def category_labels(session: Session, codes: Collection[str], locale: str) -> dict[str, str]:
    """Return the names of those codes that exist, in the reader's language."""
    if not codes:
        return {}
    label = Category.label_en if locale == "en" else Category.label_da
    rows = session.execute(select(Category.code, label).where(Category.code.in_(codes)))
    return {code: name for code, name in rows}


@cache  # making names for three tables takes longer than asking them
def _sides(kind: AgreementKind) -> tuple[Any, ...]:
    """Return agreements, their categories and carve-outs under names of a kind's own."""
    return tuple(
        aliased(table, name=f"{kind}_{name}")
        for table, name in (
            (Agreement, "agreement"), (AgreementCategory, "category"), (CarveOut, "carve_out"),
        )
    )  # fmt: skip


def _covered(
    kind: AgreementKind, columns: OrderableColumns, municipality_id: int, day: date
) -> ColumnElement[bool]:
    agreement, covered, _one = _sides(kind)
    digits = func.substr(columns.category_code, 1, func.length(covered.prefix))
    return exists().where(
        covered.agreement_id == agreement.id,
        agreement.kind == kind,
        applies(agreement, municipality_id, day),
        holds(covered, day),
        digits == covered.prefix,
        agreement.enterprise_id == columns.enterprise_id
        if kind == AgreementKind.VOLUNTARY
        else not_(_carved_out(agreement, columns, day)),
    )


def _carved_out(agreement: Any, columns: OrderableColumns, day: date) -> ColumnElement[bool]:
    """Return whether a row falls under a carve-out: `rules.find_carve_out`, in SQL."""
    _agreement, _covered, one = _sides(AgreementKind.MANDATORY)
    digits = func.substr(columns.category_code, 1, func.length(one.prefix))
    inside = exists().where(
        one.agreement_id == agreement.id,
        one.starts_on <= day,
        one.ends_on >= day,
        digits == one.prefix,
        or_(one.enterprise_id.is_(None), one.enterprise_id == columns.enterprise_id),
    )
    # By itself SQLAlchemy looks one level out; the row to judge stands two out, and any other row
    # under the carve-out would have freed it.
    return inside.correlate_except(one)


def _with_code(session: Session, digits: str, limit: int) -> list[Category]:
    query = select(Category).where(Category.code.startswith(digits)).order_by(Category.code)
    return list(session.scalars(query.limit(limit)))


def _distance(category: Category, words: Sequence[str], locale: str) -> tuple[int, int, str]:
    own = f" {fold(category.label(locale))} "
    steps = [0 if f" {w} " in own else 1 if f" {w}" in own else 2 if w in own else 3 for w in words]
    return sum(steps), len(own), category.code
