"""The reads of conflicts: agreements as the rules of conflicts look at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from catalogue.core.text import fold
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise, EnterpriseState

from .conflict_facts import LetGo, Side
from .conflicts import LONGEST_GAP_DAYS
from .models import Agreement, AgreementCategory, AgreementKind, CarveOut


def list_sides(session: Session, municipality_id: int, day: date) -> list[Side]:
    """List the municipality's agreements as conflicts from `day` on look at them. Two queries.

    With those that ended a gap ago: their successor may still be to come.
    """
    rows = session.execute(
        select(Agreement.id, Agreement.kind, Agreement.number, Agreement.title,
               Agreement.starts_on, Agreement.ends_on, Agreement.enterprise_id,
               Agreement.supplier_name, Enterprise.name, Enterprise.state,
               AgreementCategory.prefix, CarveOut)
        .join(AgreementCategory, AgreementCategory.agreement_id == Agreement.id)
        .outerjoin(CarveOut, and_(CarveOut.agreement_id == Agreement.id, CarveOut.ends_on >= day))
        .outerjoin(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .where(Agreement.municipality_id == municipality_id, Agreement.is_draft.is_(False))
        .where(Agreement.ends_on >= day - timedelta(days=LONGEST_GAP_DAYS))
        # What it covers then: what has left before is no conflict any more.
        .where(or_(AgreementCategory.until_on.is_(None), AgreementCategory.until_on >= day))
        .order_by(Agreement.number, AgreementCategory.prefix, CarveOut.id)
    ).all()  # fmt: skip
    prefixes: dict[int, dict[str, None]] = {}
    carved: dict[int, dict[CarveOut, None]] = {}
    for row in rows:  # one for each category and carve-out
        prefixes.setdefault(row.id, {})[row.prefix] = None
        if row.CarveOut is not None:
            carved.setdefault(row.id, {})[row.CarveOut] = None
    parties = {row.enterprise_id for row in rows if row.enterprise_id is not None}
    verified = enterprises.verified_ids(session, municipality_id, parties, day)
    once = {row.id: row for row in rows}.values()
    return [
        _side(row, tuple(prefixes[row.id]), verified, tuple(carved.get(row.id, ()))) for row in once
    ]


def _side(
    row: Any, prefixes: tuple[str, ...], verified: Collection[int], carved: Sequence[CarveOut]
) -> Side:
    voluntary = row.kind == AgreementKind.VOLUNTARY
    return Side(
        agreement_id=row.id,
        kind=row.kind,
        number=row.number,
        title=row.title,
        party=row.name or row.supplier_name or "",
        party_key=str(row.enterprise_id) if voluntary else fold(row.supplier_name),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        prefixes=prefixes,
        enterprise_id=row.enterprise_id,
        verified=not voluntary or row.enterprise_id in verified,
        suspended=row.state == EnterpriseState.SUSPENDED,
        let_go=tuple(
            LetGo(each.prefix, each.enterprise_id, each.starts_on, each.ends_on) for each in carved
        ),
    )
