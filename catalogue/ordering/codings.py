"""The account codings that an institution keeps: add, take out, choose the default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Role, Who

from . import institutions
from .coding_models import AccountCoding
from .institutions import Institution, get_institution, institutions_of


@dataclass(frozen=True)
class CodingFacts:
    """What is kept of a coding."""

    gln: str
    code: str
    name: str | None = None
    is_default: bool = False


@dataclass(frozen=True)
class Kept:
    """An institution with its codings, the default first, then by code."""

    institution: Institution
    codings: list[AccountCoding]


def list_kept(session: Session, who: Who) -> list[Kept]:
    """List the institutions of `who` by name, each with its codings. One query."""
    rows = session.execute(_kept(who.role), institutions.of(who))
    found: dict[str, Kept] = {}
    for gln, name, coding in rows:
        kept = found.setdefault(gln, Kept(Institution(gln, name), []))
        kept.codings.extend([coding] if coding else [])
    return list(found.values())


@cache  # asked by each step of a purchase: to write it takes longer than to answer it
def _kept(role: Role | None) -> Any:
    places = institutions_of(role).subquery()
    home = AccountCoding.municipality_id == bindparam("municipality_id")
    return (
        select(places.c.gln, places.c.name, AccountCoding)
        .outerjoin(AccountCoding, and_(home, AccountCoding.gln == places.c.gln))
        .order_by(places.c.name, places.c.gln, AccountCoding.is_default.desc(), AccountCoding.code)
    )


def find_default(kept: list[Kept], gln: str | None) -> str | None:
    """Return the default coding of an institution among what is kept."""
    for each in kept:
        if each.institution.gln == gln and each.codings and each.codings[0].is_default:
            return each.codings[0].code
    return None


def keep(session: Session, who: Who, facts: CodingFacts, now: datetime) -> AccountCoding:
    """Keep a coding for all who order for the institution; raises Missing for one not hers.

    A code that is kept already takes the new name. The first of an institution is its default.
    """
    get_institution(session, who, facts.gln)
    here = _here(who, facts.gln)
    take_turn(session, "account_coding", f"{who.municipality_id} {facts.gln}")
    there = {each.code: each for each in session.scalars(select(AccountCoding).where(*here))}
    found = there.get(facts.code)
    before = _facts(found) if found else {}
    if found is None:
        found = AccountCoding(
            municipality_id=who.municipality_id, gln=facts.gln, code=facts.code, is_default=False
        )
        session.add(found)
    found.name, found.updated_at = facts.name, now
    session.flush()
    if facts.is_default or not there:
        _make_default(session, who, found)
    if changed := _changed(before, _facts(found)):
        _record(session, who, "changed" if before else "kept", found, changed, now)
    return found


def make_default(session: Session, who: Who, coding_id: int, now: datetime) -> AccountCoding:
    """Let orders for the institution begin with this coding; raises Missing."""
    found = _get(session, who, coding_id)
    before = _facts(found)
    _make_default(session, who, found)
    if changed := _changed(before, _facts(found)):
        _record(session, who, "changed", found, changed, now)
    return found


def remove(session: Session, who: Who, coding_id: int, now: datetime) -> None:
    """Take a coding out; orders keep their own copy. Raises Missing."""
    found = _get(session, who, coding_id)
    _record(session, who, "removed", found, audit.changes(_facts(found), {}), now)
    session.delete(found)


def _get(session: Session, who: Who, coding_id: int) -> AccountCoding:
    found = session.get(AccountCoding, coding_id, with_for_update=True)
    if found is None or found.municipality_id != who.municipality_id:
        raise Missing(_("There is no such account coding."))
    get_institution(session, who, found.gln)
    return found


def _make_default(session: Session, who: Who, coding: AccountCoding) -> None:
    session.execute(update(AccountCoding).where(*_here(who, coding.gln)).values(is_default=False))
    coding.is_default = True
    session.flush()


def _here(who: Who, gln: str) -> tuple[Any, Any]:
    return (AccountCoding.municipality_id == who.municipality_id, AccountCoding.gln == gln)


def _facts(coding: AccountCoding) -> dict[str, Any]:
    return {
        "gln": coding.gln,
        "account_coding": coding.code,
        "name": coding.name,
        "is_default": coding.is_default,
    }


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    return audit.changes(before, after) if before != after else None


def _record(
    session: Session,
    who: Who,
    deed: str,
    coding: AccountCoding,
    facts: dict[str, Any],
    now: datetime,
) -> None:
    audit.record(
        session, f"account_coding.{deed}", ("account_coding", coding.id), person_id=who.person_id,
        now=now, facts=facts, municipality_id=coding.municipality_id,
    )  # fmt: skip
