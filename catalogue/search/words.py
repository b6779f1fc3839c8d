"""The words of a municipality: what is shipped, and what its staff explain instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core import audit
from catalogue.core.db import ask
from catalogue.core.errors import Invalid, Missing
from catalogue.core.listing import alphabetical
from catalogue.core.text import Text, current_locale, fold
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold
from catalogue.core.who import Who

from .models import KeptSynonym
from .said import Relation
from .synonyms import Synonym

Version = tuple[int, datetime | None]  # how many own words there are, and when one changed last
UNTOUCHED: Version = (0, None)
CANDIDATES = 3


@dataclass(frozen=True)
class Entry:
    """What a word means in a municipality; `own_id` is that of its own entry, None when shipped."""

    said: Synonym
    own_id: int | None = None


@dataclass(frozen=True)
class Shipped:
    """An entry in a list: its word folded, and the key by which it is put in order."""

    entry: Entry
    folded: str
    place: str


def get_version(session: Session, municipality_id: int) -> Version:
    """Return what differs whenever the municipality's words do; one query."""
    row = ask(session, _version(), {"municipality_id": municipality_id}).one()
    return row[0], row[1]


@cache  # asked by every search: to write the statement takes longer than to answer it
def _version() -> Any:
    return select(func.count(), func.max(KeptSynonym.updated_at)).where(
        KeptSynonym.municipality_id == bindparam("municipality_id")
    )


def list_own(session: Session, municipality_id: int) -> list[Synonym]:
    """List what the municipality says of words, those it switches off too; one query."""
    return [_said(each) for each in _list_own(session, municipality_id)]


def in_order(shipped: Iterable[Synonym]) -> tuple[Shipped, ...]:
    """Return what is shipped by word; once, for it takes a moment. Pure."""
    found = (Shipped(Entry(each), fold(each.word), alphabetical(each.word)) for each in shipped)
    return tuple(sorted(found, key=attrgetter("place")))


def list_entries(session: Session, municipality_id: int, shipped: Sequence[Shipped]) -> list[Entry]:
    """List shipped and own entries, those switched off too, by word. One query."""
    own = _list_own(session, municipality_id)
    replaced = {each.word_folded for each in own}
    found = [each for each in shipped if each.folded not in replaced]
    found += [
        Shipped(Entry(_said(each), each.id), each.word_folded, alphabetical(each.word))
        for each in own
    ]
    if own:
        found.sort(key=attrgetter("place"))
    return [each.entry for each in found]


def get_own(session: Session, municipality_id: int, synonym_id: int) -> KeptSynonym:
    """Return an own entry of the municipality; raises Missing."""
    found = session.get(KeptSynonym, synonym_id)
    if found is None or found.municipality_id != municipality_id:
        raise Missing(_("There is no such word in your municipality."))
    return found


def find_own(session: Session, municipality_id: int, word: str) -> KeptSynonym | None:
    """Return the municipality's own entry of a word, however it is spelt."""
    return session.scalars(
        select(KeptSynonym).where(
            KeptSynonym.municipality_id == municipality_id, KeptSynonym.word_folded == fold(word)
        )
    ).first()


def find_shipped(shipped: Sequence[Synonym], word: str) -> Synonym | None:
    """Return what is shipped for a word as one entry, without neighbours if there is more. Pure."""
    rows = [each for each in shipped if fold(each.word) == fold(word)]
    if not rows:
        return None
    rows = [each for each in rows if each.relation != Relation.NEAR] or rows
    relations = {each.relation for each in rows}
    return Synonym(
        rows[0].word,
        relations.pop() if len(relations) == 1 else Relation.ALSO,
        tuple(dict.fromkeys(text for each in rows for text in each.means)),
        tuple(dict.fromkeys(code for each in rows for code in each.categories)),
    )


def create(session: Session, who: Who, said: Synonym, now: datetime) -> KeptSynonym:
    """Explain a word in place of what is shipped for it; raises Invalid by field."""
    made = KeptSynonym(municipality_id=_municipality_id(who))
    _take_over(session, made, said, now)
    session.add(made)
    _flush(session)
    _record(session, who, "word.created", made, now, audit.changes({}, _facts(made)))
    return made


def amend(session: Session, who: Who, synonym_id: int, said: Synonym, now: datetime) -> KeptSynonym:
    """Change an own entry; raises Invalid by field, Missing."""
    found = get_own(session, _municipality_id(who), synonym_id)
    hold(session, found)
    before = _facts(found)
    _take_over(session, found, said, now)
    _flush(session)
    _record(session, who, "word.amended", found, now, audit.changes(before, _facts(found)))
    return found


def delete(session: Session, who: Who, synonym_id: int, now: datetime) -> KeptSynonym:
    """Take an own entry out, so that what is shipped for the word holds again; raises Missing."""
    found = get_own(session, _municipality_id(who), synonym_id)
    hold(session, found)
    session.delete(found)
    _record(session, who, "word.deleted", found, now, audit.changes(_facts(found), {}))
    return found


def _municipality_id(who: Who) -> int:
    if who.municipality_id is None:
        raise Missing(_("There is no such word in your municipality."))
    return who.municipality_id


def _list_own(session: Session, municipality_id: int) -> Sequence[KeptSynonym]:
    return session.scalars(
        select(KeptSynonym).where(KeptSynonym.municipality_id == municipality_id)
    ).all()


def _said(kept: KeptSynonym) -> Synonym:
    return Synonym(kept.word, kept.relation, tuple(kept.means), tuple(kept.categories))


def _take_over(session: Session, kept: KeptSynonym, said: Synonym, now: datetime) -> None:
    with session.no_autoflush:
        if problems := _problems(session, kept, said):
            raise Invalid(problems)
        moment = _moment(session, kept.municipality_id, now)
    kept.word, kept.word_folded, kept.relation = said.word, fold(said.word), Relation(said.relation)
    kept.means, kept.categories, kept.updated_at = list(said.means), list(said.categories), moment


def _moment(session: Session, municipality_id: int, now: datetime) -> datetime:
    """Return a time after every other of these words: by the last one a change is noticed."""
    _count, last = get_version(session, municipality_id)
    return now if last is None or last < now else last + timedelta(microseconds=1)


def _problems(session: Session, kept: KeptSynonym, said: Synonym) -> dict[str, list[Any]]:
    """Return what is wrong beside other rows: a word explained twice, unknown categories."""
    problems: dict[str, list[Any]] = {}
    other = find_own(session, kept.municipality_id, said.word)
    if other is not None and other is not kept:
        problems["word"] = [
            _("You explain “%(word)s” already; find it in the list and change it", word=other.word)
        ]
    known = agreements.category_labels(session, said.categories, current_locale())
    if unknown := [each for each in said.categories if each not in known]:
        problems["categories"] = [_unknown(session, each) for each in unknown]
    return problems


def _unknown(session: Session, typed: str) -> Text:
    """Return the problem of what is no category, with those that it may have meant."""
    locale = current_locale()
    found = agreements.find_categories(session, typed, locale, CANDIDATES)
    if not found:
        return _("“%(typed)s” is no category; write codes of eight digits", typed=typed)
    return _(
        "“%(typed)s” is no category; write codes of eight digits, perhaps %(codes)s",
        typed=typed,
        codes=", ".join(f"{each.code} {each.label(locale)}" for each in found),
    )


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError:  # another explained the word since we looked
        raise Invalid({"word": [_("Another has just explained this word")]}) from None


def _facts(kept: KeptSynonym) -> dict[str, Any]:
    return {
        "word": kept.word,
        "relation": str(kept.relation),
        "means": list(kept.means),
        "categories": list(kept.categories),
    }


def _record(
    session: Session, who: Who, action: str, kept: KeptSynonym, now: datetime, facts: Any
) -> None:
    audit.record(
        session, action, ("word", kept.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=kept.municipality_id,
    )  # fmt: skip
