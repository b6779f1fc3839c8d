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

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.core.db import Day, Whole
from catalogue.core.errors import Missing
from catalogue.core.text import fold
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.rules import Review

from .ceiling_rules import ceiling_of as ceiling_of  # noqa: PLC0414 - offered here to others
from .models import (
    Agreement,
    AgreementCategory,
    AgreementKind,
    CarveOut,
    Category,
    FormerTerms,
)
from .rules import CarvedOut, InForce, Mandatory, Voluntary
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


def in_force(
    session: Session, municipality_id: int, day: date, verified: frozenset[int] | None = None
) -> InForce:
    """Return what applies in a municipality on `day`, agreements by number. Two queries.

    One where it is known which of the enterprises that are asked about apply as `verified`.
    """
    asked = {"municipality_id": municipality_id, "day": day}
    rows = session.execute(_in_force(), asked).all()
    prefixes: dict[int, dict[str, None]] = {}
    carved: dict[int, dict[int, CarvedOut]] = {}
    for row in rows:
        prefixes.setdefault(row.id, {})[row.prefix] = None
        if (one := row.CarveOut) is not None:
            carved.setdefault(row.id, {})[one.id] = carve_out_of(one)
    once = {row.id: row for row in rows}.values()
    voluntary = [row for row in once if row.kind == AgreementKind.VOLUNTARY]
    parties = {row.enterprise_id for row in voluntary}
    return InForce(
        municipality_id=municipality_id,
        day=day,
        voluntary=tuple(
            Voluntary(row.id, row.number, row.enterprise_id, tuple(prefixes[row.id]),
                      ceiling_of(row))
            for row in voluntary
        ),
        mandatory=tuple(
            Mandatory(row.id, row.number, row.title, row.supplier_name, row.where_to_buy or "",
                      tuple(prefixes[row.id]), tuple(carved.get(row.id, {}).values()))
            for row in once
            if row.kind == AgreementKind.MANDATORY
        ),
        verified=enterprises.verified_ids(session, municipality_id, parties, day)
        if verified is None
        else verified,
        lapsed=_lapsed(voluntary, day),
    )  # fmt: skip


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _in_force() -> Select[Any]:
    home: Any = bindparam("municipality_id")
    day: Any = bindparam("day")
    return (
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.enterprise_id,
               said("title"), said("supplier_name"), said("where_to_buy"),
               *ceiling_columns(),
               AgreementCategory.prefix, CarveOut, Enterprise.state, Enterprise.verified_until)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .outerjoin(FormerTerms, former_on(day))
        .outerjoin(CarveOut, carved_out_on(day))
        .where(in_force_where(home, day))
        .order_by(Agreement.number, AgreementCategory.prefix, CarveOut.id)
    )  # fmt: skip


def carved_out_on(day: Day) -> ColumnElement[bool]:
    """Return the condition of what is carved out of an agreement on `day`."""
    return and_(
        CarveOut.agreement_id == Agreement.id, CarveOut.starts_on <= day, CarveOut.ends_on >= day
    )


def carve_out_of(row: CarveOut) -> CarvedOut:
    """Return a carve-out as the rule knows it."""
    return CarvedOut(row.id, row.prefix, row.enterprise_id, row.lot, row.reason, row.ends_on)


def in_force_where(municipality_id: Whole, day: Day) -> ColumnElement[bool]:
    """Return the condition of the municipality's agreements in force on `day`, and of their
    categories, which must be joined.
    """
    return and_(_applies(Agreement, municipality_id, day), _holds(AgreementCategory, day))


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


def _lapsed(rows: Sequence[Any], day: date) -> frozenset[int]:
    return frozenset(
        row.enterprise_id for row in rows if Review(row.state, row.verified_until).lapsed_on(day)
    )


def _applies(agreement: Any, municipality_id: Whole, day: Day) -> ColumnElement[bool]:
    return and_(
        agreement.municipality_id == municipality_id,
        agreement.is_draft.is_(False),
        agreement.starts_on <= day,
        agreement.ends_on >= day,
    )


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
        _applies(agreement, municipality_id, day),
        _holds(covered, day),
        digits == covered.prefix,
        agreement.enterprise_id == columns.enterprise_id
        if kind == AgreementKind.VOLUNTARY
        else not_(_carved_out(agreement, columns, day)),
    )


def _carved_out(agreement: Any, columns: OrderableColumns, day: date) -> ColumnElement[bool]:
    """Return whether a row falls under a carve-out: `rules.find_carve_out`, in SQL."""
    _agreement, _covered, one = _sides(AgreementKind.MANDATORY)
    digits = func.substr(columns.category_code, 1, func.length(one.prefix))
    return exists().where(
        one.agreement_id == agreement.id,
        one.starts_on <= day,
        one.ends_on >= day,
        digits == one.prefix,
        or_(one.enterprise_id.is_(None), one.enterprise_id == columns.enterprise_id),
    )


def _holds(covered: Any, day: Day) -> ColumnElement[bool]:
    return and_(
        or_(covered.from_on.is_(None), covered.from_on <= day),
        or_(covered.until_on.is_(None), covered.until_on >= day),
    )


def _with_code(session: Session, digits: str, limit: int) -> list[Category]:
    query = select(Category).where(Category.code.startswith(digits)).order_by(Category.code)
    return list(session.scalars(query.limit(limit)))


def _distance(category: Category, words: Sequence[str], locale: str) -> tuple[int, int, str]:
    own = f" {fold(category.label(locale))} "
    steps = [0 if f" {w} " in own else 1 if f" {w}" in own else 2 if w in own else 3 for w in words]
    return sum(steps), len(own), category.code
