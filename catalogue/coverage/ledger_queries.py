"""Reads of the ledger: the rows behind each figure, the files they came by, the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .ledger_sets import Purchases, Sought
from .models import AccountCategory, LedgerImport, LedgerRow

_FETCHED = 5_000


@dataclass(frozen=True)
class Sum:
    """How many rows there are, and their amount in øre."""

    rows: int
    ore: int


def period_of(session: Session, municipality_id: int) -> tuple[date, date] | None:
    """Return the first and the last day of the ledger, None when it is empty."""
    ends = [
        session.scalar(
            select(end(LedgerRow.booked_on)).where(LedgerRow.municipality_id == municipality_id)
        )
        for end in (func.min, func.max)  # one by one each is a look at an end of the index
    ]
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def total(session: Session, municipality_id: int, sought: Sought) -> Sum:
    """Count and sum up the rows asked for."""
    query = select(func.count(), func.sum(LedgerRow.amount_ore))
    rows, ore = session.execute(
        Purchases(municipality_id, sought.first_on).sought(query, sought)
    ).one()
    return Sum(rows, int(ore or 0))


def list_rows(
    session: Session, municipality_id: int, sought: Sought, limit: int, offset: int
) -> list[Any]:
    """List a page of the rows asked for, the latest first, with `category_code` and `bought`."""
    query = _listed(municipality_id, sought).limit(limit).offset(offset)
    return list(session.execute(query))


def stream_rows(session: Session, municipality_id: int, sought: Sought) -> Iterator[Any]:
    """Return all rows asked for as `list_rows` does, without holding them all."""
    query = _listed(municipality_id, sought).execution_options(yield_per=_FETCHED)
    return iter(session.execute(query))


def list_imports(session: Session, municipality_id: int, limit: int = 50) -> list[LedgerImport]:
    """List the files that were sent, the latest first."""
    return list(
        session.scalars(
            select(LedgerImport)
            .where(LedgerImport.municipality_id == municipality_id)
            .order_by(LedgerImport.created_at.desc(), LedgerImport.id.desc())
            .limit(limit)
        )
    )


def list_mapped(session: Session, municipality_id: int) -> dict[str, str]:
    """Return the code of the category by account, for accounts that have one."""
    rows = session.execute(
        select(AccountCategory.account, AccountCategory.category_code).where(
            AccountCategory.municipality_id == municipality_id
        )
    )
    return {account: code for account, code in rows}


def sum_accounts(session: Session, municipality_id: int) -> dict[str, Sum]:
    """Return the accounts of all rows in the ledger, with count and amount."""
    rows = session.execute(
        select(LedgerRow.account, func.count(), func.sum(LedgerRow.amount_ore))
        .where(LedgerRow.municipality_id == municipality_id)
        .group_by(LedgerRow.account)
    )
    return {account: Sum(count, int(ore)) for account, count, ore in rows}


def _listed(municipality_id: int, sought: Sought) -> Any:
    sets = Purchases(municipality_id, sought.first_on)
    query = select(
        LedgerRow.booked_on, LedgerRow.cvr, LedgerRow.supplier_name, LedgerRow.amount_ore,
        LedgerRow.account, LedgerRow.department, AccountCategory.category_code,
        sets.bought.label("bought"),
    )  # fmt: skip
    # Both downwards, so that the index of fingerprints hands the rows out in order.
    order = (LedgerRow.booked_on.desc(), LedgerRow.fingerprint.desc())
    return sets.sought(query, sought).order_by(*order)
