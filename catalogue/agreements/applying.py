"""What applies in a municipality on a day, as `rules.judge` is handed it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from catalogue.core.among import among
from catalogue.core.db import Day, Whole, ask, kept
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.rules import Review

from .ceiling_rules import ceiling_of
from .models import (
    Agreement,
    AgreementCategory,
    AgreementKind,
    CarveOut,
    FormerTerms,
    InForceVersion,
)
from .rules import CarvedOut, InForce, Mandatory, Voluntary
from .terms import ceiling_columns, former_on, said

KEPT = 200  # municipalities and days that are remembered


class _Row(NamedTuple):
    """What is asked of an agreement; without `prefixes` it covers nothing on the day."""

    id: int
    kind: str
    number: str
    enterprise_id: int
    title: str
    supplier_name: str
    where_to_buy: str | None
    starts_on: date
    ceiling_ore: int | None
    ceiling_months: int | None
    prefixes: str | None
    carve_out_id: int | None
    carve_out_prefix: str
    carve_out_enterprise_id: int | None
    carve_out_lot: str | None
    carve_out_reason: str
    carve_out_ends_on: date
    state: str
    verified_until: date | None
    verified: bool | None
    version: int  # of all this, the same in each row


def in_force(
    session: Session,
    municipality_id: int,
    day: date,
    verified: frozenset[int] | None = None,
    *,
    among: Collection[int] | None = None,
) -> InForce:
    """Return what applies in a municipality on `day`, agreements by number. One query.

    A session that reads asks whether anything has changed since it was last read, and only then
    for all of it, in a second query; one that writes always reads.

    `verified`: which of the enterprises that are asked about apply as such, where that is known.
    Where only products of enterprises `among` all are judged, their voluntary agreements alone
    need be read.
    """
    remembered = kept(session)
    if remembered is not None:
        found = _remembered(session, municipality_id, day, remembered)
    elif among is None:
        found = _sum_up_all(municipality_id, day, _read(session, municipality_id, day))
    else:
        found = _sum_up_some(municipality_id, day, _read(session, municipality_id, day, among))
    return found if verified is None else replace(found, verified=verified)


def _remembered(
    session: Session, municipality_id: int, day: date, remembered: dict[Any, Any]
) -> InForce:
    """Return what is remembered if it still holds, else what the database says, and remember it."""
    key = ("in_force", municipality_id, day)
    version, found = remembered.get(key, (None, None))
    if found is not None and version == ask(session, _version()).scalar_one():
        return found  # type: ignore[no-any-return]  # as it was put there below
    rows = _read(session, municipality_id, day)
    found = _sum_up(municipality_id, day, rows)
    if rows:
        if len(remembered) >= KEPT:
            remembered.clear()
        remembered[key] = rows[0][-1], found
    return found


# Who writes asks the database each time; what it says is summed up anew only when it differs. All
# that applies in a municipality takes up to some 100 kB.
@lru_cache(maxsize=128)
def _sum_up_all(municipality_id: int, day: date, rows: tuple[tuple[Any, ...], ...]) -> InForce:
    return _sum_up(municipality_id, day, rows)


@lru_cache(maxsize=1_000)
def _sum_up_some(municipality_id: int, day: date, rows: tuple[tuple[Any, ...], ...]) -> InForce:
    return _sum_up(municipality_id, day, rows)


def _sum_up(municipality_id: int, day: date, read: Sequence[tuple[Any, ...]]) -> InForce:
    rows = [row for row in map(_Row._make, read) if row.prefixes is not None]
    carved: dict[int, list[CarvedOut]] = {}
    for row in rows:
        if row.carve_out_id is not None:
            carved.setdefault(row.id, []).append(_carve_out(row))
    once = {row.id: row for row in rows}.values()
    voluntary = [row for row in once if row.kind == AgreementKind.VOLUNTARY]
    return InForce(
        municipality_id=municipality_id,
        day=day,
        voluntary=tuple(
            Voluntary(row.id, row.number, row.enterprise_id, _parted(row.prefixes),
                      ceiling_of(row))
            for row in voluntary
        ),
        mandatory=tuple(
            Mandatory(row.id, row.number, row.title, row.supplier_name, row.where_to_buy or "",
                      _parted(row.prefixes), tuple(carved.get(row.id, ())))
            for row in once
            if row.kind == AgreementKind.MANDATORY
        ),
        verified=frozenset(row.enterprise_id for row in voluntary if row.verified),
        lapsed=_lapsed(voluntary, day),
    )  # fmt: skip


def _read(
    session: Session, municipality_id: int, day: date, among: Collection[int] | None = None
) -> tuple[tuple[Any, ...], ...]:
    """Return the agreements of the day, a row as `_Row` for each and its carve-outs."""
    asked: dict[str, Any] = {"municipality_id": municipality_id, "day": day}
    if among is None:
        rows = ask(session, _in_force(), asked).all()
    else:
        rows = ask(session, _in_force_among(), asked | {"among": list(among)}).all()
    return tuple(map(tuple, rows))  # compared by each page: such rows are compared at once


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _in_force() -> Select[Any]:
    home: Any = bindparam("municipality_id")
    day: Any = bindparam("day")
    # An agreement is one row, not one for each of its categories: their number is nine times that.
    held = select(func.aggregate_strings(AgreementCategory.prefix, " ")).where(
        AgreementCategory.agreement_id == Agreement.id, holds(AgreementCategory, day)
    )
    return (
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.enterprise_id,
               said("title"), said("supplier_name"), said("where_to_buy"),
               *ceiling_columns(), held.scalar_subquery().label("prefixes"),
               *_carve_out_columns(), Enterprise.state, Enterprise.verified_until,
               enterprises.verified_where(home, day).label("verified"),
               _version().scalar_subquery().label("version"))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .outerjoin(FormerTerms, former_on(day))
        .outerjoin(CarveOut, carved_out_on(day))
        .where(applies(Agreement, home, day))
        .order_by(Agreement.number, CarveOut.id)
    )  # fmt: skip


@cache
def _version() -> Select[Any]:
    return select(InForceVersion.number)


@cache
def _in_force_among() -> Select[Any]:
    of_one = among(Agreement.enterprise_id, "among")
    return _in_force().where(or_(Agreement.kind == AgreementKind.MANDATORY, of_one))


@lru_cache(maxsize=10_000)
def _parted(prefixes: str) -> tuple[str, ...]:
    return tuple(sorted(set(prefixes.split())))


def carved_out_on(day: Day) -> ColumnElement[bool]:
    """Return the condition of what is carved out of an agreement on `day`."""
    return and_(
        CarveOut.agreement_id == Agreement.id, CarveOut.starts_on <= day, CarveOut.ends_on >= day
    )


def _carve_out_columns() -> tuple[Any, ...]:  # typed differently too
    """Return what is asked of a carve-out, in the order of the fields of `CarvedOut`."""
    asked = (CarveOut.id, CarveOut.prefix, CarveOut.enterprise_id, CarveOut.lot, CarveOut.reason,
             CarveOut.ends_on)  # fmt: skip
    return tuple(each.label(f"carve_out_{each.key}") for each in asked)


def _carve_out(row: Any) -> CarvedOut:
    return CarvedOut(
        row.carve_out_id, row.carve_out_prefix, row.carve_out_enterprise_id, row.carve_out_lot,
        row.carve_out_reason, row.carve_out_ends_on,
    )  # fmt: skip


def applies(agreement: Any, municipality_id: Whole, day: Day) -> ColumnElement[bool]:
    """Return the condition of agreements of a municipality whose period holds `day`."""
    return and_(
        agreement.municipality_id == municipality_id,
        agreement.is_draft.is_(False),
        agreement.starts_on <= day,
        agreement.ends_on >= day,
    )


def holds(covered: Any, day: Day) -> ColumnElement[bool]:
    """Return the condition of categories that their agreement covers on `day`."""
    return and_(
        or_(covered.from_on.is_(None), covered.from_on <= day),
        or_(covered.until_on.is_(None), covered.until_on >= day),
    )


def _lapsed(rows: Sequence[Any], day: date) -> frozenset[int]:
    return frozenset(
        row.enterprise_id for row in rows if Review(row.state, row.verified_until).lapsed_on(day)
    )
