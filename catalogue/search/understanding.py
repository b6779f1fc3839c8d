"""How the search in use understands the words of a municipality, for those who read its notes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from .grouping import Speech, categories_of
from .index import IndexUnavailable
from .service import PART, Search


def speech(session: Session, parts: dict[str, Any], municipality_id: int) -> Speech:
    """Return the chain of the index in use with what words mean there; one query.

    Without an index the chain knows no words but those of the language.
    """
    search: Search = parts[PART]
    meant = search.dictionaries.meant(session, municipality_id)
    try:
        chain = search.engine.chain(session)
    except IndexUnavailable:
        chain = search.plain
    return Speech(chain, meant(chain))


def categories(
    parts: dict[str, Any], session: Session, municipality_id: int, text: str
) -> tuple[str, ...]:
    """Return the categories that an everyday word stands for in a municipality; one query."""
    return categories_of(speech(session, parts, municipality_id), text)
