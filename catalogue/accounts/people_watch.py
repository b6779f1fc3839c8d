"""Each night the worker takes in the lists of people that lie in a folder, one a municipality.

What became of a list is written beside it, for whoever delivers it. A list that lies there for
another night changes nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Conflict, Missing
from catalogue.core.text import DEFAULT_LOCALE, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import people_list, people_taking
from .models import Municipality
from .people_rules import MOST_LEAVERS_PERCENT, Outcome
from .people_taking import Taken

DAILY = Daily("people.lists", time(3))
log = logging.getLogger("catalogue.people")
_NAME = re.compile(r"([0-9]{3,4})\.(csv|xlsx)", re.IGNORECASE)


class ClosesTooMany(Conflict):
    """The list closes so many that it may be cut off; nothing of it is written."""

    title = _("The list closes too many people")


def take_folder(database: Database, folder: str, clock: Callable[[], datetime]) -> None:
    """Take in the lists of a folder, each by itself, and put tomorrow's work."""
    for path in sorted(Path(folder).glob("*")) if folder else []:
        if found := _NAME.fullmatch(path.name):
            with reading_in(DEFAULT_LOCALE):
                result = _take(database, path, found[1].zfill(4), clock())
            path.with_name(f"{path.name}.result.txt").write_text(result, encoding="utf-8")
    with database.transaction() as session:
        DAILY.put_next(session, clock())


def _take(database: Database, path: Path, code: str, now: datetime) -> str:
    try:
        people = people_list.read(path.read_bytes(), path.name)
        with database.transaction() as session:
            taken = people_taking.take(session, _staff_of(session, code), people, now)
            if taken.closes_too_many(MOST_LEAVERS_PERCENT):
                raise ClosesTooMany(
                    _("Is it whole? Then take it in by catalogue people import with --force.")
                )
    except CatalogueError as error:
        log.warning("list not taken", extra={"municipality": code})
        return f"{now.isoformat()} {error.title}: {error.detail or error}\n"
    log.info("list taken", extra={"municipality": code, "refused": taken.counts[Outcome.REFUSED]})
    return f"{now.isoformat()} {_counts(taken)}\n" + "".join(
        f"{people_taking.told(people, line)}\n"
        for line in taken.lines
        if line.outcome == Outcome.REFUSED
    )


def _counts(taken: Taken) -> str:
    return ", ".join(f"{number} {word}" for word, number in taken.counts.items())


def _staff_of(session: Session, code: str) -> Who:
    found = session.scalar(select(Municipality.id).where(Municipality.code == code))
    if found is None:
        raise Missing(_("No municipality has the code %(code)s; Slagelse has 0330.", code=code))
    return Who(role=Role.STAFF, municipality_id=found)
