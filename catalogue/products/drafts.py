"""What a person has typed into a form and not sent yet, kept while she types.

A form that is open when the session ends, the tab is closed or the battery is empty is found again
as it was. It is nobody else's, and buyers see nothing of it before it is saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue.core.errors import Missing
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from .form import Typed
from .models import TypedDraft
from .schema import ProductSchema

PLACE = re.compile(r"ny|\d{1,12}(/[a-z]{1,20})?")
LONGEST_VALUE = 10_000
_OTHERS = re.compile(r"category_choice|category_asked|tier_(from|off)_\d|proof_[a-z_]{1,30}")


def keep(session: Session, who: Who, place: str, typed: Typed, now: datetime) -> None:
    """Keep what is typed at a place: `ny`, a product, or a step of it; raises Missing.

    A value with what looks like a CPR number is left out: no person's number is kept by us.
    """
    if not PLACE.fullmatch(place):
        raise Missing(_("There is no such form."))
    if who.person_id is None or who.enterprise_id is None:
        return
    found = find(session, who, place) or _begin(session, who, place, now)
    found.typed = {
        "values": _known(typed.values),
        "municipalities": list(typed.municipalities[:200]),
        "labels": list(typed.labels[:50]),
    }
    found.saved_at = now


def find(session: Session, who: Who, place: str) -> TypedDraft | None:
    """Find what the person has typed at a place and not saved."""
    query = select(TypedDraft).where(
        TypedDraft.person_id == who.person_id,
        TypedDraft.enterprise_id == who.enterprise_id,
        TypedDraft.place == place,
    )
    return session.scalars(query).first()


def drop(session: Session, who: Who, place: str) -> None:
    """Throw away what was typed at a place: it is saved, or not wanted any more."""
    session.execute(
        delete(TypedDraft).where(
            TypedDraft.person_id == who.person_id,
            TypedDraft.enterprise_id == who.enterprise_id,
            TypedDraft.place == place,
        )
    )


def typed_of(draft: TypedDraft) -> Typed:
    """Return a draft as the form had it."""
    kept = draft.typed
    return Typed(kept["values"], tuple(kept["municipalities"]), labels=tuple(kept["labels"]))


def _begin(session: Session, who: Who, place: str, now: datetime) -> TypedDraft:
    made = TypedDraft(
        person_id=who.person_id, enterprise_id=who.enterprise_id, place=place, typed={},
        saved_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # begun by another tab a moment ago
        found = find(session, who, place)
        if found is None:
            raise
        return found
    return made


def _known(values: Mapping[str, str]) -> dict[str, Any]:
    names = {each.data_key or name for name, each in ProductSchema().fields.items()}
    return {
        name: value[:LONGEST_VALUE]
        for name, value in values.items()
        if (name in names or _OTHERS.fullmatch(name)) and not has_cpr_number(value)
    }
