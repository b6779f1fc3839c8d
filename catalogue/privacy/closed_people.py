"""People whose log-in was closed long ago are taken out, as on request."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person

from . import erasing
from .rows import Night, Work

MOST = 200  # of one night's transaction


def _due(night: Night) -> ColumnElement[bool]:
    limit = night.now - timedelta(days=night.settings.closed_person_days)
    closed = and_(Person.is_system.is_(False), Person.disabled_at < limit)
    return and_(closed, not_(erasing.ERASED), not_(erasing.busy()))


def _count(session: Session, night: Night) -> int:
    return session.scalar(select(func.count()).select_from(Person).where(_due(night))) or 0


def _take_out(session: Session, night: Night) -> int:
    ids = select(Person.id).where(_due(night)).order_by(Person.id).limit(MOST)
    found = session.scalars(ids).all()
    for person_id in found:
        erasing.take_out(session, person_id, night.now, by=None)
    return len(found)


WORK = Work(_count, _take_out)
