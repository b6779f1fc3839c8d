"""Notices beside the mail: put by the same letter, read in the application, never mailed twice.

A letter says to which audience its news belong, so what is told in the one place is told in the
other; mail that nobody wants or that cannot arrive is told here all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.core.db import ask
from catalogue.core.errors import Missing
from catalogue.core.text import Text, day, gettext
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .mail_kinds import Kind
from .notice_models import Notice, NoticeRead

LONGEST_PATH = 200


@dataclass(frozen=True)
class News:
    """What a notice tells: `key` is the same for the same news, so that it is told once."""

    key: str
    kind: Kind
    text: Text
    path: str  # of the page it leads to, without the prefix of the site


@dataclass(frozen=True)
class Told:
    """A notice as its reader sees it."""

    notice: Notice
    is_new: bool

    @property
    def text(self) -> str:
        """Return what is told, in the reader's language."""
        return say(Text(self.notice.message, _read(self.notice.values)))


@dataclass(frozen=True)
class Unread:
    """How much a person has not read, and how much of it the page she opens tells."""

    count: int
    here: int


def audience(role: Role, place_id: int | None, person_id: int | None = None) -> str:
    """Return the name of an audience: all in a role at a place, or one person there."""
    return f"{role}:{place_id or 0}" + (f":{person_id}" if person_id is not None else "")


def audiences_of(who: Who) -> list[str]:
    """List the audiences that `who` belongs to in the role she acts in now."""
    if who.role is None or who.person_id is None:
        return []
    place_id = who.municipality_id or who.enterprise_id
    return [audience(who.role, place_id), audience(who.role, place_id, who.person_id)]


def say(text: Text) -> str:
    """Return a text in the reader's language, days among its values in local form."""
    values = {
        name: day(value) if isinstance(value, date) else value
        for name, value in text.values.items()
    }
    return gettext(text.message, **values)


def put(session: Session, audience_: str, news: News, now: datetime) -> None:
    """Tell an audience some news, unless it was told them before."""
    same = select(Notice.id).where(Notice.news == news.key, Notice.audience == audience_)
    if session.scalar(same) is not None:
        return
    made = Notice(
        audience=audience_,
        news=news.key,
        kind=news.kind.name,
        message=news.text.message,
        values=_kept(news.text.values),
        path=news.path[:LONGEST_PATH],
        at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        pass  # another worker told it a moment ago


def look(session: Session, who: Who, page: str) -> Unread | None:
    """Count what `who` has not read, and what of it leads to this page; None for those whom
    nothing is told. One query at most.
    """
    names = audiences_of(who)
    if not names:
        return None
    role, own = names
    asked = {"person_id": who.person_id, "role": role, "own": own, "page": page}
    return Unread(*ask(session, _unread(), asked).one())


@cache  # asked by nearly every page: to write the statement takes longer than to answer it
def _unread() -> Any:
    page: Any = bindparam("page", type_=String)
    same = func.substr(Notice.path, 1, func.length(page) + 1).in_([page, page + "#"])
    here = func.sum(case((same, 1), else_=0))
    person: Any = bindparam("person_id")
    read_ = and_(NoticeRead.notice_id == Notice.id, NoticeRead.person_id == person)
    hers = Notice.audience.in_([bindparam("role"), bindparam("own")])
    return select(func.count(), func.coalesce(here, 0)).where(hers, ~exists().where(read_))


def note_seen(session: Session, who: Who, page: str) -> None:
    """Write that `who` has read what leads to a page that she has opened by whatever way."""
    _write_read(session, who, _leads_to(page))


def count(session: Session, who: Who) -> int:
    """Count what was told to `who`."""
    query = select(func.count()).select_from(Notice).where(_hers(who))
    return session.scalar(query) or 0


def list_told(session: Session, who: Who, *, offset: int, limit: int) -> list[Told]:
    """List what was told to `who`, newest first."""
    query = select(Notice, _read_by(who)).where(_hers(who)).order_by(Notice.id.desc())
    rows = session.execute(query.offset(offset).limit(limit))
    return [Told(notice, not is_read) for notice, is_read in rows]


def read(session: Session, who: Who, notice_id: int) -> Notice:
    """Write that `who` has read a notice, and return it; raises Missing for one not hers."""
    query = select(Notice).where(Notice.id == notice_id, _hers(who))
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_("There is no such notice."))
    _write_read(session, who, Notice.id == found.id)
    return found


def read_all(session: Session, who: Who, until: int) -> None:
    """Write that `who` has read all she was shown, up to the notice of that number."""
    _write_read(session, who, Notice.id <= until)


def _write_read(session: Session, who: Who, which: ColumnElement[bool]) -> None:
    unread = select(Notice.id).where(_hers(who), ~_read_by(who), which)
    rows = [{"notice_id": id_, "person_id": who.person_id} for id_ in session.scalars(unread)]
    if not rows:
        return
    try:
        with session.begin_nested():
            session.execute(insert(NoticeRead), rows)
    except IntegrityError:
        pass  # she opened the same in two windows; what is left is marked when she opens the next


def _leads_to(page: str) -> ColumnElement[bool]:
    return or_(Notice.path == page, Notice.path.startswith(f"{page}#", autoescape=True))


def _hers(who: Who) -> ColumnElement[bool]:
    names: Sequence[str] = audiences_of(who)
    return Notice.audience.in_(names)


def _read_by(who: Who) -> ColumnElement[bool]:
    read_ = and_(NoticeRead.notice_id == Notice.id, NoticeRead.person_id == who.person_id)
    return exists().where(read_)


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"day": value.isoformat()} if isinstance(value, date) else value
        for name, value in values.items()
    }


def _read(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value["day"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }
