"""How a rule of retention counts and takes out rows of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from catalogue.core.db import Base
from catalogue.settings import Settings

Blank = Mapping[str, Any]


@dataclass(frozen=True)
class Night:
    """When a rule is worked, and what the settings say of it."""

    now: datetime
    settings: Settings


@dataclass(frozen=True)
class Old:
    """Rows of a table that are to go, or with `blank` the columns of theirs that are emptied."""

    table: type[Base]
    where: ColumnElement[bool]
    blank: Blank | None = None

    def counted(self) -> Any:
        """Return what asks how many there are."""
        return select(func.count()).select_from(self.table).where(self.where)

    def take_out(self, session: Session) -> None:
        """Delete them, or empty their columns."""
        verb: Any = delete(self.table) if self.blank is None else update(self.table)
        if self.blank is not None:
            verb = verb.values(self.blank)
        session.execute(verb.where(self.where).execution_options(synchronize_session=False))


@dataclass(frozen=True)
class Work:
    """What a rule does: how much is due, and taking it out. Both return the same number.

    `counted` asks for it as part of a larger statement, where rows alone are due.
    """

    count: Callable[[Session, Night], int]
    take_out: Callable[[Session, Night], int]
    counted: Callable[[Night], Any] | None = None


def rows(find: Callable[[Night], Iterable[Old]]) -> Work:
    """Return the work of a rule about rows; the last of what `find` tells is what is counted.

    What hangs on it stands before it, for that must go first.
    """

    def counted(night: Night) -> Any:
        return list(find(night))[-1].counted()

    def count(session: Session, night: Night) -> int:
        return session.scalar(counted(night)) or 0

    def take_out(session: Session, night: Night) -> int:
        number = count(session, night)
        if number:
            for each in find(night):
                each.take_out(session)
        return number

    return Work(count, take_out, counted)
