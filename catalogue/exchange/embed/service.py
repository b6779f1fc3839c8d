"""The verbs of shelves on web sites: list the sites of one, change or take them off, draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.search import queries as search
from catalogue.search.public import queries as public
from catalogue.search.queries import Showpiece

from .models import ShelfFrame
from .schema import Terms


@dataclass(frozen=True)
class Listed:
    """A shelf in the list, with whose it is."""

    frame: ShelfFrame
    enterprise: Enterprise


@dataclass(frozen=True)
class Shelf:
    """What a frame shows: the newest pictured products, with prices where everybody sees them."""

    enterprise: Enterprise
    pieces: Sequence[Showpiece]
    is_open: bool
    origins: Sequence[str]


def create(session: Session, who: Who, terms: Terms, now: datetime) -> int:
    """Let sites show a shelf, besides those that were listed for it; return the frame's id.

    Raises Invalid by field.
    """
    _check(session, who, terms)
    same = select(ShelfFrame).where(_of(who), ShelfFrame.enterprise_id == terms.enterprise_id)
    if (found := session.scalars(same).first()) is not None:
        origins = list(dict.fromkeys([*found.origins, *terms.origins]))
        amend(session, who, found.id, Terms(terms.enterprise_id, origins), now)
        return found.id
    made = ShelfFrame(
        enterprise_id=terms.enterprise_id,
        municipality_id=who.municipality_id,
        origins=terms.origins,
        created_at=now,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    _record(session, who, made, "created", audit.changes({}, _told(made)), now)
    return made.id


def amend(session: Session, who: Who, frame_id: int, terms: Terms, now: datetime) -> None:
    """Change the sites of a shelf; raises Missing."""
    found = get_own(session, who, frame_id).frame
    hold(session, found)
    before = _told(found)
    found.origins, found.updated_at = terms.origins, now
    _record(session, who, found, "amended", audit.changes(before, _told(found)), now)


def remove(session: Session, who: Who, frame_id: int, now: datetime) -> None:
    """Take a shelf off all sites listed here, at once; raises Missing."""
    found = get_own(session, who, frame_id).frame
    hold(session, found)
    _record(session, who, found, "deleted", audit.changes(_told(found), {}), now)
    session.delete(found)


def list_own(session: Session, who: Who) -> list[Listed]:
    """List the shelves whose sites `who` lists, by enterprise. One query."""
    query = _listed().where(_of(who)).order_by(Enterprise.name_folded, ShelfFrame.id)
    return [Listed(*row) for row in session.execute(query)]


def get_own(session: Session, who: Who, frame_id: int) -> Listed:
    """Return one of them; raises Missing. One query."""
    row = session.execute(_listed().where(_of(who), ShelfFrame.id == frame_id)).first()
    if row is None:
        raise Missing(_("There is no such shelf on web sites."))
    return Listed(*row)


def list_enterprises(session: Session, who: Who, day: date) -> list[tuple[int, str]]:
    """List whose shelves `who` may let onto sites: any verified one's, or her own. One query."""
    query = select(Enterprise.id, Enterprise.name).where(reviewed_where(day))
    if who.role != Role.STAFF:
        query = query.where(Enterprise.id == who.enterprise_id)
    return [(id_, name) for id_, name in session.execute(query.order_by(Enterprise.name_folded))]


def draw(
    session: Session, enterprise_id: int, frame_id: int | None, *, day: date, limit: int
) -> Shelf:
    """Return a shelf as visitors see it, with the sites that may frame it: without one, none.

    Raises Missing for an enterprise that is not verified, and for another's frame. Four queries.
    """
    verified = select(Enterprise).where(Enterprise.id == enterprise_id, reviewed_where(day))
    enterprise = session.scalars(verified).first()
    if enterprise is None:
        raise Missing(_("The enterprise does not exist."))
    origins: Sequence[str] = ()
    if frame_id is not None:
        frame = session.get(ShelfFrame, frame_id)
        if frame is None or frame.enterprise_id != enterprise_id:
            raise Missing(_("There is no such shelf on web sites."))
        origins = frame.origins
    return Shelf(
        enterprise,
        search.list_offered(session, enterprise_id, limit),
        public.is_open(session, enterprise_id),
        origins,
    )


def _listed() -> Any:  # SQLAlchemy 2.0 and 2.1 write the type of these rows differently
    return select(ShelfFrame, Enterprise).join(
        Enterprise, Enterprise.id == ShelfFrame.enterprise_id
    )


def _of(who: Who) -> ColumnElement[bool]:
    """Return the condition of the lists of a municipality, or of an enterprise itself."""
    if who.role == Role.STAFF:
        return ShelfFrame.municipality_id == who.municipality_id
    own = ShelfFrame.enterprise_id == who.enterprise_id
    return ShelfFrame.municipality_id.is_(None) & own


def _check(session: Session, who: Who, terms: Terms) -> None:
    known = select(Enterprise.id).where(Enterprise.id == terms.enterprise_id)
    mine = who.role == Role.STAFF or terms.enterprise_id == who.enterprise_id
    if not mine or session.scalar(known) is None:
        raise Invalid({"enterprise_id": [_("Choose an enterprise of the list")]})


def _told(frame: ShelfFrame) -> dict[str, Any]:
    return {"enterprise_id": frame.enterprise_id, "origins": list(frame.origins)}


def _record(
    session: Session, who: Who, frame: ShelfFrame, deed: str, facts: dict[str, Any], now: datetime
) -> None:
    audit.record(
        session, f"shelf_frame.{deed}", ("shelf_frame", frame.id), person_id=who.person_id,
        now=now, facts=facts, municipality_id=frame.municipality_id,
    )  # fmt: skip
