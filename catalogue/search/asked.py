"""What was searched for in a municipality: noted by text, never by whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalogue.core.text import fold

from .models import Asked, KeptSynonym
from .schema import LONGEST_TEXT

FEWEST_TIMES = 2  # before a search is offered to others: once may be a slip, or too much told


def note(session: Session, municipality_id: int, text: str, found: int, now: datetime) -> None:
    """Write that `text` was searched for and how many products that may be ordered it found.

    In one statement, for two may search for the same at once. A text without letters and digits,
    or longer than the search field takes, is not noted.
    """
    shown, key = " ".join(text.split()), fold(text)
    if not key or max(len(shown), len(key)) > LONGEST_TEXT:
        return
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    session.execute(
        insert(Asked)
        .values(
            municipality_id=municipality_id,
            text=shown,
            text_folded=key,
            times=1,
            found=found,
            last_at=now,
        )
        .on_conflict_do_update(
            index_elements=[Asked.municipality_id, Asked.text_folded],
            set_={"times": Asked.times + 1, "found": found, "last_at": now},
        )
    )


def list_begun(session: Session, municipality_id: int, start: str, limit: int) -> list[str]:
    """List searches of the municipality that begin so and go on, and found something.

    Those asked most often first; none that was asked only once.
    """
    key = fold(start)
    return list(
        session.scalars(
            select(Asked.text)
            .where(
                Asked.municipality_id == municipality_id,
                Asked.text_folded.startswith(key, autoescape=True),
                Asked.text_folded != key,
                Asked.times >= FEWEST_TIMES,
                Asked.found > 0,
            )
            .order_by(Asked.times.desc(), Asked.text_folded)
            .limit(limit)
        )
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
