"""What enterprises state of their effect: state, correct, take back; and who reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import effect_rules, service
from .effect_models import EffectStatement
from .models import Enterprise


def state_effect(
    session: Session, who: Who, year: int, values: dict[str, Any], now: datetime
) -> EffectStatement:
    """State one's own effect of a year, or correct it; `values` come from EffectSchema.

    Raises Missing when the year cannot be stated, Invalid when figures do not go together.
    """
    check_year(year, now)
    if problems := effect_rules.problems(values):
        raise Invalid(problems)
    own = _own_locked(session, who)
    found = find(session, own.id, year)
    before = _told(found)
    if found is None:
        found = EffectStatement(enterprise_id=own.id, year=year)
        session.add(found)
    for name in effect_rules.FIELDS:
        setattr(found, name, values[name])
    found.stated_at, found.stated_by = now, who.person_id
    facts = audit.changes(before, _told(found)) | {"effect_year": year}
    service.record(session, own, "enterprise.effect_stated", who, now, facts)
    return found


def take_back(session: Session, who: Who, year: int, now: datetime) -> None:
    """Take one's own statement of a year back; the audit keeps what it said. Raises Missing."""
    own = _own_locked(session, who)
    found = find(session, own.id, year)
    if found is None:
        raise Missing(_("There is no statement of %(year)s.", year=year))
    facts = audit.changes(_told(found), {}) | {"effect_year": year}
    session.delete(found)
    service.record(session, own, "enterprise.effect_taken_back", who, now, facts)


def check_year(year: int, now: datetime) -> None:
    """Raise Missing unless `year` may be stated today."""
    allowed = effect_rules.years(today_in_copenhagen(now).year)
    if year not in allowed:
        raise Missing(
            _("The effect of the years from %(first)s to %(last)s can be stated.",
              first=allowed[-1], last=allowed[0])
        )  # fmt: skip


def find(session: Session, enterprise_id: int, year: int) -> EffectStatement | None:
    """Return what an enterprise stated of a year, or None."""
    return session.scalars(
        select(EffectStatement).where(
            EffectStatement.enterprise_id == enterprise_id, EffectStatement.year == year
        )
    ).first()


def find_latest(session: Session, enterprise_id: int) -> EffectStatement | None:
    """Return an enterprise's statement of the newest year, or None."""
    return session.scalars(
        select(EffectStatement)
        .where(EffectStatement.enterprise_id == enterprise_id)
        .order_by(EffectStatement.year.desc())
        .limit(1)
    ).first()


def _own_locked(session: Session, who: Who) -> Enterprise:
    """Return one's own enterprise, locked: two colleagues may send the same year at once."""
    own = select(Enterprise).where(Enterprise.id == who.enterprise_id)
    return session.scalars(own.with_for_update()).one()


def _told(found: EffectStatement | None) -> dict[str, Any]:
    """Return what is stated, as the audit keeps it."""
    if found is None:
        return {}
    told = {str(name): getattr(found, name) for name in effect_rules.FIELDS}
    return {name: value for name, value in told.items() if value is not None}
