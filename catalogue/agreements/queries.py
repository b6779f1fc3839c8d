"""Reads of agreements and categories, and the set-based form of orderability.

`rules.judge` is the rule; `orderable_where` says the same in SQL for many products at once, and a
property test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from catalogue.core.errors import Missing
from catalogue.core.text import fold
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise

from .models import Agreement, AgreementCategory, AgreementKind, Category
from .rules import AgreementState, InForce, Mandatory, Voluntary, state_on
from .rules import ancestors as ancestors  # noqa: PLC0414 - offered here to other features

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


@dataclass(frozen=True)
class Entry:
    """An agreement as lists show it: with its party's name and its state on the asked day."""

    agreement: Agreement
    party: str
    state: AgreementState


def in_force(session: Session, municipality_id: int, day: date) -> InForce:
    """Return what applies in a municipality on `day`, agreements by number. No query in a loop."""
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.title,
               Agreement.enterprise_id, Agreement.supplier_name, Agreement.where_to_buy,
               AgreementCategory.prefix)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .where(in_force_where(municipality_id, day))
        .order_by(Agreement.number, AgreementCategory.prefix)
    ).all()  # fmt: skip
    prefixes: dict[int, list[str]] = {}
    for row in rows:
        prefixes.setdefault(row.id, []).append(row.prefix)
    once = {row.id: row for row in rows}.values()
    voluntary = [row for row in once if row.kind == AgreementKind.VOLUNTARY]
    parties = {row.enterprise_id for row in voluntary}
    return InForce(
        municipality_id=municipality_id,
        day=day,
        voluntary=tuple(
            Voluntary(row.id, row.number, row.enterprise_id, tuple(prefixes[row.id]))
            for row in voluntary
        ),
        mandatory=tuple(
            Mandatory(row.id, row.number, row.title, row.supplier_name, row.where_to_buy or "",
                      tuple(prefixes[row.id]))
            for row in once
            if row.kind == AgreementKind.MANDATORY
        ),
        verified=enterprises.verified_ids(session, municipality_id, parties),
    )  # fmt: skip


def in_force_where(municipality_id: int, day: date) -> ColumnElement[bool]:
    """Return the condition of the municipality's agreements in force on `day`."""
    return _applies(Agreement, municipality_id, day)


def orderable_where(
    columns: OrderableColumns, municipality_id: int, day: date
) -> ColumnElement[bool]:
    """Return the condition under which a row may be ordered: `rules.judge`, in SQL."""
    verified = select(Enterprise.id).where(enterprises.verified_where(municipality_id))
    return and_(
        columns.published,
        _covered(AgreementKind.VOLUNTARY, columns, municipality_id, day),
        not_(_covered(AgreementKind.MANDATORY, columns, municipality_id, day)),
        columns.enterprise_id.in_(verified.correlate(None)),
    )


def bound_where(columns: OrderableColumns, day: date) -> ColumnElement[bool]:
    """Return the condition that a voluntary agreement covers a row on `day` or after it.

    Of whatever municipality: it tells what an enterprise has bound itself to.
    """
    agreement, covered = aliased(Agreement), aliased(AgreementCategory)
    digits = func.substr(columns.category_code, 1, func.length(covered.prefix))
    return exists().where(
        covered.agreement_id == agreement.id,
        agreement.kind == AgreementKind.VOLUNTARY,
        agreement.enterprise_id == columns.enterprise_id,
        agreement.ends_on >= day,
        digits == covered.prefix,
    )


def list_covering(session: Session, enterprise_id: int, day: date) -> list[Covering]:
    """List the voluntary agreements with an enterprise that apply on `day` or after; one query."""
    rows = session.execute(
        select(Agreement.id, Agreement.municipality_id, AgreementCategory.prefix)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .where(Agreement.kind == AgreementKind.VOLUNTARY)
        .where(Agreement.enterprise_id == enterprise_id, Agreement.ends_on >= day)
        .order_by(Agreement.id, AgreementCategory.prefix)
    ).all()
    prefixes: dict[tuple[int, int], list[str]] = {}
    for agreement_id, municipality_id, prefix in rows:
        prefixes.setdefault((agreement_id, municipality_id), []).append(prefix)
    return [Covering(*ids, tuple(found)) for ids, found in prefixes.items()]


def list_agreements(session: Session, municipality_id: int, day: date) -> list[Entry]:
    """List the municipality's agreements: those in force first, then coming, then expired.

    Within a state the one that ends first stands first. Two queries.
    """
    entries = [_entry(row, day) for row in session.execute(_entry_rows(municipality_id))]
    return sorted(entries, key=_by_state)


def get_entry(session: Session, municipality_id: int, agreement_id: int, day: date) -> Entry:
    """Return one agreement of the municipality as lists show it; raises Missing. Two queries."""
    query = _entry_rows(municipality_id).where(Agreement.id == agreement_id)
    row = session.execute(query).first()
    if row is None:
        raise Missing(_("There is no such agreement in your municipality."))
    return _entry(row, day)


def list_parties(session: Session, municipality_id: int) -> list[tuple[int, str]]:
    """List (id, name) of the enterprises a voluntary agreement can be made with, by name."""
    names = {row.id: row.name for row in session.execute(select(Enterprise.id, Enterprise.name))}
    verified = enterprises.verified_ids(session, municipality_id, set(names))
    return sorted(((id_, names[id_]) for id_ in verified), key=lambda each: fold(each[1]))


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


def category_labels(session: Session, codes: Collection[str], locale: str) -> dict[str, str]:
    """Return the names of those codes that exist, in the reader's language."""
    if not codes:
        return {}
    found = session.scalars(select(Category).where(Category.code.in_(codes)))
    return {each.code: each.label(locale) for each in found}


def _entry_rows(municipality_id: int) -> Any:  # 2.0 and 2.1 type such rows differently
    return (
        select(Agreement, Enterprise.name)
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == municipality_id)
        .options(selectinload(Agreement.categories))
    )


def _entry(row: Any, day: date) -> Entry:
    agreement, enterprise_name = row
    party = enterprise_name or agreement.supplier_name or ""
    return Entry(agreement, party, state_on(day, agreement.starts_on, agreement.ends_on))


def _by_state(entry: Entry) -> tuple[int, date, str]:
    order = (AgreementState.EXPIRING, AgreementState.IN_FORCE, AgreementState.COMING)
    place = order.index(entry.state) if entry.state in order else len(order)
    return place, entry.agreement.ends_on, entry.agreement.number


def _applies(agreement: Any, municipality_id: int, day: date) -> ColumnElement[bool]:
    return and_(
        agreement.municipality_id == municipality_id,
        agreement.starts_on <= day,
        agreement.ends_on >= day,
    )


def _covered(
    kind: AgreementKind, columns: OrderableColumns, municipality_id: int, day: date
) -> ColumnElement[bool]:
    agreement, covered = aliased(Agreement), aliased(AgreementCategory)
    voluntary = kind == AgreementKind.VOLUNTARY
    digits = func.substr(columns.category_code, 1, func.length(covered.prefix))
    return exists().where(
        covered.agreement_id == agreement.id,
        agreement.kind == kind,
        _applies(agreement, municipality_id, day),
        agreement.enterprise_id == columns.enterprise_id if voluntary else true(),
        digits == covered.prefix,
    )


def _with_code(session: Session, digits: str, limit: int) -> list[Category]:
    query = select(Category).where(Category.code.startswith(digits)).order_by(Category.code)
    return list(session.scalars(query.limit(limit)))


def _distance(category: Category, words: Sequence[str], locale: str) -> tuple[int, int, str]:
    own = f" {fold(category.label(locale))} "
    steps = [0 if f" {w} " in own else 1 if f" {w}" in own else 2 if w in own else 3 for w in words]
    return sum(steps), len(own), category.code
