"""Take in a whole list of a municipality's people: who joins, changes and leaves.

A list tells all whom it keeps: who was in it and is no more has left. People whom staff entered by
hand, and no list or directory ever named, are not its to close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from catalogue.core.errors import CatalogueError
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from . import directory
from . import people_rules as rules
from .directory_models import Membership
from .directory_rules import Entry
from .models import Person, PersonRole
from .people_list import NAMES, People, Row
from .people_rules import Known, Outcome, Problems


@dataclass(frozen=True)
class Line:
    """What becomes of one person; `row` None: she is not in the list any more."""

    row: Row | None
    name: str
    email: str
    outcome: Outcome
    problems: Problems


@dataclass(frozen=True)
class Taken:
    """What a list does, or would do."""

    lines: Sequence[Line]
    active_before: int

    @property
    def counts(self) -> dict[Outcome, int]:
        """Return how many lines have each outcome."""
        found = dict.fromkeys(Outcome, 0)
        for line in self.lines:
            found[line.outcome] += 1
        return found

    def closes_too_many(self, most_percent: int) -> bool:
        """Tell whether it closes a larger share of those who are active."""
        return rules.are_too_many(self.counts[Outcome.CLOSED], self.active_before, most_percent)


def take(session: Session, by: Who, people: People, now: datetime) -> Taken:
    """Do what a list says, row by row; a bad row is refused and leaves its person as she is."""
    known = _list_known(session, by)
    by_mark = {mark: each for each in known for mark in each.marks}
    lines, seen = list[Line](), set[str]()
    for row in people.rows:
        lines.append(_take_row(session, by, row, (by_mark, seen), now))
    listed = [_marks(line.row, line.outcome) for line in lines if line.row]
    for missing in rules.find_missing(known, listed):
        directory.close(session, by, missing.person_id, now)
        lines.append(Line(None, missing.name, missing.email, Outcome.CLOSED, {}))
    return Taken(lines, sum(each.active and each.kept for each in known))


def told(people: People, line: Line) -> str:
    """Say what is wrong with a refused row: in which cell, and what would be right."""
    return "\n".join(
        f"{people.cell(line.row, name)} {NAMES[name]}: {text}"
        for name, texts in line.problems.items()
        for text in texts
        if line.row is not None
    )


def _take_row(
    session: Session, by: Who, row: Row, people: tuple[dict[str, Known], set[str]], now: datetime
) -> Line:
    by_mark, seen = people
    email, name = row.cells.get("email", ""), row.cells.get("name", "")
    entry = rules.judge(row.cells)
    if not isinstance(entry, Entry):
        return Line(row, name, email, Outcome.REFUSED, entry)
    own = rules.marks(row.cells.get("number"), email)
    if own & seen:
        text = _("The person is in the list twice. Keep one of the rows")
        return Line(row, entry.name, email, Outcome.REFUSED, {"email": [text]})
    seen |= own
    # Her number goes before her address, which changes when she marries.
    known = next((by_mark[mark] for mark in sorted(own, reverse=True) if mark in by_mark), None)
    try:
        with session.begin_nested():
            outcome = _write(session, by, known, entry, now)
    except CatalogueError as error:
        problems: Problems = {"email": [error.detail or error.title]}
        return Line(row, entry.name, email, Outcome.REFUSED, problems)
    return Line(row, entry.name, email, outcome, {})


def _write(session: Session, by: Who, known: Known | None, entry: Entry, now: datetime) -> Outcome:
    if known is None:
        if not entry.active:
            return Outcome.UNCHANGED  # she left before the list was first read
        directory.join(session, by, entry, now)
        return Outcome.CREATED
    if _is_so(session, by, known.person_id, entry):
        return Outcome.UNCHANGED
    directory.amend(session, by, known.person_id, entry, now)
    return Outcome.CLOSED if known.active and not entry.active else Outcome.CHANGED


def _is_so(session: Session, by: Who, person_id: int, entry: Entry) -> bool:
    """Tell whether all that a row says is so already."""
    kept = session.get(Membership, (by.municipality_id, person_id))
    if kept is None:
        return False
    person = session.get_one(Person, person_id)
    held = session.scalars(
        select(PersonRole.role).where(
            PersonRole.person_id == person_id, PersonRole.municipality_id == by.municipality_id
        )
    )
    told = (kept.user_name, kept.external_id, kept.active, person.email)
    wanted = (entry.user_name, entry.external_id, entry.active, entry.email)
    roles = {Role(each) for each in held}
    has_roles = roles == entry.roles if entry.active else not roles
    named = kept.said.get("displayName") == entry.name
    return told == wanted and has_roles and named


def _marks(row: Row, outcome: Outcome) -> frozenset[str]:
    """Return whom a row names: of a bad one only the number, for its address may be the fault."""
    told = row.cells.get("email") if outcome != Outcome.REFUSED else None
    return rules.marks(row.cells.get("number"), told)


def _list_known(session: Session, by: Who) -> list[Known]:
    place = by.municipality_id
    own = and_(Membership.person_id == Person.id, Membership.municipality_id == place)
    holding = select(PersonRole.person_id).where(PersonRole.municipality_id == place)
    rows = session.execute(
        select(Person, Membership)
        .outerjoin(Membership, own)
        .where(Person.is_system.is_(False))
        .where(or_(Membership.user_name.is_not(None), Person.id.in_(holding)))
        .order_by(Person.id)
    )
    return [
        Known(
            person.id, person.name, person.email,
            rules.marks(kept.external_id if kept else None, person.email),
            kept.active if kept else True, kept=kept is not None,
        )
        for person, kept in rows
    ]  # fmt: skip
