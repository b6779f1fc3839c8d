"""The verbs and reads of limits: bring in the law's, enter, end and delete a municipality's own."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.db import ask
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Who

from . import limit_rules
from .limit_rules import Bound, Bounds, LimitTerms
from .models import Limit, LimitKind
from .rules import AgreementState

DATA = Path(__file__).parent / "data"
FACTS = ("kind", "value", "valid_from", "valid_until", "source", "url")


@dataclass(frozen=True)
class LimitEntry:
    """A limit as lists show it: own or come with the catalogue, and its state on a day."""

    limit: Limit
    is_own: bool
    state: AgreementState


def import_limits(session: Session, now: datetime) -> int:
    """Bring the law's limits of the package into the database; return how many were new or changed.

    Known by kind and first day; a municipality's own limits are never touched.
    """
    common = session.scalars(select(Limit).where(Limit.municipality_id.is_(None)))
    known = {(each.kind, each.valid_from): each for each in common}
    written = 0
    for terms in _shipped():
        found = known.get((terms.kind, terms.valid_from))
        if found is not None and _terms(found) == terms:
            continue
        if found is None:
            found = Limit(kind=terms.kind)
            session.add(found)
        _take_over(found, terms, now)
        written += 1
    session.flush()
    return written


def in_force(session: Session, municipality_id: int, day: date) -> Bounds:
    """Return the limit of each kind that holds in a municipality on `day`. One query.

    A kind that is left out is not known for that day: nobody may guess it.
    """
    rows = ask(session, _visible_ones(), {"municipality_id": municipality_id})
    bounds = (Bound(**vars(_terms(each)), is_own=each.municipality_id is not None) for each in rows)
    return limit_rules.in_force_on(bounds, day)


def list_entries(session: Session, municipality_id: int, day: date) -> list[LimitEntry]:
    """List own and common limits by kind, the newest first, an own one first. One query."""
    rows = session.scalars(_visible_ones(), {"municipality_id": municipality_id})
    order = list(LimitKind)
    entries = [
        LimitEntry(each, each.municipality_id is not None, _state(each, day)) for each in rows
    ]
    entries.sort(key=lambda each: (each.limit.valid_from, each.is_own), reverse=True)
    return sorted(entries, key=lambda each: order.index(LimitKind(each.limit.kind)))


def get_own(session: Session, municipality_id: int | None, limit_id: int) -> Limit:
    """Return a limit that the municipality entered itself; raises Missing."""
    found = session.get(Limit, limit_id)
    if found is None or found.municipality_id is None or found.municipality_id != municipality_id:
        raise Missing(_("There is no such limit in your municipality."))
    return found


def create(session: Session, who: Who, terms: LimitTerms, now: datetime) -> Limit:
    """Enter a limit of the own municipality; raises Invalid by field.

    An earlier one of its kind that holds until further notice ends the day before.
    """
    if who.municipality_id is None:
        raise Missing(_("There is no such limit in your municipality."))
    take_turn(session, "limit", who.municipality_id)
    mine = Limit.municipality_id == who.municipality_id
    others = session.scalars(select(Limit).where(mine, Limit.kind == terms.kind)).all()
    if problems := limit_rules.terms_problems(terms, [_terms(each) for each in others]):
        raise Invalid(problems)
    for each in others:
        last_day = limit_rules.replaced_until(_terms(each), terms.valid_from)
        if last_day is not None:
            _end(session, who, each, last_day, now)
    made = Limit(municipality_id=who.municipality_id, kind=terms.kind, entered_by=who.person_id)
    _take_over(made, terms, now)
    session.add(made)
    session.flush()
    _record(session, who, "limit.created", made, now, audit.changes({}, _facts(made)))
    return made


def end(session: Session, who: Who, limit_id: int, last_day: date, now: datetime) -> Limit:
    """Let an own limit hold for the last time on `last_day`; raises Invalid by field, Missing."""
    take_turn(session, "limit", who.municipality_id)
    found = get_own(session, who.municipality_id, limit_id)
    if not limit_rules.holds_on(last_day, found.valid_from, found.valid_until):
        raise Invalid({"last_day": [_("Choose a day on which the limit holds")]})
    _end(session, who, found, last_day, now)
    return found


def delete(session: Session, who: Who, limit_id: int, now: datetime) -> Limit:
    """Take out an own limit that was entered by mistake; what it said stays in the audit."""
    take_turn(session, "limit", who.municipality_id)
    found = get_own(session, who.municipality_id, limit_id)
    session.delete(found)
    _record(session, who, "limit.deleted", found, now, audit.changes(_facts(found), {}))
    return found


@lru_cache(maxsize=1)  # a file of the package, which does not change while it runs
def reservable_codes() -> frozenset[str]:
    """Return the CPV codes of article 77 of directive 2014/24/EU (udbudsloven § 190).

    All are social and other specific services, but not all of those stand in it.
    """
    with (DATA / "cpv_article77.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _visible_ones() -> Any:
    own = Limit.municipality_id == bindparam("municipality_id")
    return select(Limit).where(or_(Limit.municipality_id.is_(None), own))


def _shipped() -> list[LimitTerms]:
    with (DATA / "limits.csv").open(encoding="utf-8", newline="") as file:
        return [
            LimitTerms(
                kind=LimitKind(row["kind"]),
                value=int(row["value"]),
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
                source=row["source"],
                url=row["url"] or None,
            )
            for row in csv.DictReader(file)
        ]


def _state(limit: Limit, day: date) -> AgreementState:
    if limit.valid_from > day:
        return AgreementState.COMING
    holds = limit_rules.holds_on(day, limit.valid_from, limit.valid_until)
    return AgreementState.IN_FORCE if holds else AgreementState.EXPIRED


def _terms(limit: Limit | Row[Any]) -> LimitTerms:
    given = {name: getattr(limit, name) for name in FACTS}
    return replace(LimitTerms(**given), kind=LimitKind(limit.kind))


def _take_over(limit: Limit, terms: LimitTerms, now: datetime) -> None:
    limit.value, limit.source, limit.url = terms.value, terms.source, terms.url
    limit.valid_from, limit.valid_until = terms.valid_from, terms.valid_until
    limit.entered_at = now


def _end(session: Session, who: Who, limit: Limit, last_day: date, now: datetime) -> None:
    before = _facts(limit)
    limit.valid_until = last_day
    _record(session, who, "limit.ended", limit, now, audit.changes(before, _facts(limit)))


def _facts(limit: Limit) -> dict[str, Any]:
    facts = {name: getattr(limit, name) for name in FACTS}
    last_day = limit.valid_until.isoformat() if limit.valid_until else None
    return facts | {"valid_from": limit.valid_from.isoformat(), "valid_until": last_day}


def _record(
    session: Session, who: Who, action: str, limit: Limit, now: datetime, facts: dict[str, Any]
) -> None:
    audit.record(
        session, action, ("limit", limit.id), person_id=who.person_id, now=now, facts=facts,
        municipality_id=limit.municipality_id,
    )  # fmt: skip
