"""What was searched for in a municipality: noted by text, never by whom."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.core.db import Base, ask, insert_for, insert_on
from catalogue.core.text import fold, today_in_copenhagen

from .models import Asked, AskedMonth, KeptSynonym
from .rules import Vain, looks_personal
from .schema import LONGEST_TEXT

LAST_LETTER = "\U0010ffff"
FEWEST_TIMES = 2  # before a search is offered to others: once may be a slip, or too much told


def note(
    session: Session, municipality_id: int, text: str, found: int, now: datetime
) -> int | None:
    """Write that `text` was searched for and how many products that may be ordered it found.

    In one statement, for two may search for the same at once. Returns the id of the row; None, and
    nothing is written, for a text without letters and digits, one longer than the search field
    takes, or one that looks like a person's number or address.
    """
    shown, key = " ".join(text.split()), fold(text)
    if not key or max(len(shown), len(key)) > LONGEST_TEXT or looks_personal(shown):
        return None
    row = {
        "municipality_id": municipality_id,
        "text": shown,
        "text_folded": key,
        "times": 1,
        "found": found,
        "last_at": datetime.combine(today_in_copenhagen(now), time.min, UTC),
    }
    asked_id: int = ask(session, _noted(session.get_bind().dialect.name), row).scalar_one()
    return asked_id


@cache  # asked by nearly every search: to write the statement takes longer than to run it
def _noted(dialect: str) -> Any:
    rows = Base.metadata.tables[Asked.__tablename__]  # mapping objects would take its time
    made = insert_on(dialect, rows)
    return made.on_conflict_do_update(
        index_elements=[rows.c.municipality_id, rows.c.text_folded],
        set_={
            "times": rows.c.times + 1,
            "found": made.excluded.found,
            "last_at": made.excluded.last_at,
        },
    ).returning(rows.c.id)


def note_in_vain(session: Session, asked_id: int, vain: Vain, now: datetime) -> None:
    """Count that the noted search was in vain, by month and reason."""
    month = today_in_copenhagen(now).replace(day=1)
    session.execute(
        insert_for(session, AskedMonth)
        .values(
            asked_id=asked_id,
            month=month,
            outcome=vain.outcome,
            times=1,
            category_code=vain.category_code,
        )
        .on_conflict_do_update(
            index_elements=[AskedMonth.asked_id, AskedMonth.month, AskedMonth.outcome],
            set_={
                "times": AskedMonth.times + 1,
                "category_code": func.coalesce(vain.category_code, AskedMonth.category_code),
            },
        )
    )


def list_begun(session: Session, municipality_id: int, start: str, limit: int) -> list[str]:
    """List searches of the municipality that begin so and go on, and found something.

    Those asked most often first; none that was asked only once.
    """
    first = fold(start)
    asked_for = {"municipality_id": municipality_id, "limit": limit, "start": first,
                 "end": first + LAST_LETTER}  # fmt: skip
    return [text for (text,) in ask(session, _begun(), asked_for)]


@cache  # asked with every letter: to write the statement takes longer than to answer it
def _begun() -> Any:
    start: Any = bindparam("start", type_=String)
    end: Any = bindparam("end", type_=String)
    return (
        select(Asked.text)
        .where(
            Asked.municipality_id == bindparam("municipality_id"),
            Asked.text_folded > start,
            Asked.text_folded < end,
            Asked.times >= FEWEST_TIMES,
            Asked.found > 0,
        )
        .order_by(Asked.times.desc(), Asked.text_folded)
        .limit(bindparam("limit"))
    )


def list_in_vain(session: Session, municipality_id: int, limit: int) -> list[Asked]:
    """List searches that found nothing and that staff have not explained, most asked first."""
    explained = select(KeptSynonym.word_folded).where(
        KeptSynonym.municipality_id == municipality_id
    )
    return list(
        session.scalars(
            select(Asked)
            .where(
                Asked.municipality_id == municipality_id,
                Asked.found == 0,
                Asked.text_folded.not_in(explained),
            )
            .order_by(Asked.times.desc(), Asked.text_folded)
            .limit(limit)
        )
    )
