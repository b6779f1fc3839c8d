"""Reads of the ledger: the rows behind each figure, the files they came by, the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .ledger_sets import Purchases, Sought
from .models import AccountCategory, LedgerImport, LedgerRow

_FETCHED = 5_000


def period_of(session: Session, municipality_id: int) -> tuple[date, date] | None:
    """Return the first and the last day of the ledger, None when it is empty. One query."""
    own = LedgerRow.municipality_id == municipality_id
    # Each by itself is a look at an end of the index.
    first = select(func.min(LedgerRow.booked_on)).where(own).scalar_subquery()
    last = select(func.max(LedgerRow.booked_on)).where(own).scalar_subquery()
    ends = session.execute(select(first, last)).one()
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def list_rows(
    session: Session, municipality_id: int, sought: Sought, limit: int, offset: int
) -> list[Any]:
    """List a page of the rows asked for, the latest first, with `category_code` and `bought`."""
    sets = Purchases(municipality_id, sought.verified_since)
    page = _page(sets, sought).limit(limit).offset(offset).subquery()
    # What is shown is looked up for the rows of the page alone, not for those passed over.
    query = sets.with_accounts(_columns(sets)).where(LedgerRow.id.in_(select(page.c.id)))
    return list(session.execute(_latest_first(query)))


def stream_rows(session: Session, municipality_id: int, sought: Sought) -> Iterator[Any]:
    """Return all rows asked for as `list_rows` does, without holding them all."""
    sets = Purchases(municipality_id, sought.verified_since)
    query = _latest_first(sets.sought(_columns(sets), sought))
    return iter(session.execute(query.execution_options(yield_per=_FETCHED)))


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


def _page(sets: Purchases, sought: Sought) -> Any:
    """Return the ids of the rows asked for, in order."""
    if not sought.of_few:
        return _latest_first(sets.sought(select(LedgerRow.id), sought))
    # Put in order when they are found: in order of days databases walk through all others.
    columns = (LedgerRow.id, LedgerRow.booked_on, LedgerRow.fingerprint)
    found, conditions = sets.of_few(columns, sought)
    query = select(found.c.id).where(*conditions)
    return query.order_by(found.c.booked_on.desc(), found.c.fingerprint.desc())


def _columns(sets: Purchases) -> Any:
    return select(
        LedgerRow.booked_on, LedgerRow.cvr, LedgerRow.supplier_name, LedgerRow.amount_ore,
        LedgerRow.account, LedgerRow.department, AccountCategory.category_code,
        sets.bought.label("bought"),
    )  # fmt: skip


def _latest_first(query: Any) -> Any:
    # Both downwards, so that the index of fingerprints hands the rows out in order.
    return query.order_by(LedgerRow.booked_on.desc(), LedgerRow.fingerprint.desc())
