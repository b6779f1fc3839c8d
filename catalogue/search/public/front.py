"""What the front page shows a visitor: new things on open shelves, enterprises, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.db import ask

from . import shelf_counts
from .finding import in_order
from .nearby import Place, list_places
from .queries import Shown, list_shown

PLACES = 6


@dataclass(frozen=True)
class Front:
    """The front page. `shown` is empty where no enterprise has opened its shelf."""

    shown: list[Shown]
    places: list[Place]
    products: int
    enterprises: int
    municipalities: int
    towns: list[tuple[str, str]]  # code and name of the members, to look near by


def get_front(session: Session, today: date) -> Front:
    """Return the front page; four queries, and up to three more where shelves have changed."""
    counts = shelf_counts.read(session, today)
    members = ask(session, _members()).all()
    return Front(
        shown=in_order(counts.newest, list_shown(session, counts.newest, today)),
        places=list_places(session, counts, limit=PLACES),
        products=counts.products,
        enterprises=len(counts.shelves),
        municipalities=len(members),
        towns=[(code, name) for code, name in members],
    )


# Asked by every visit to the front page: to write it takes longer than to answer it.
@cache
def _members() -> Any:
    names = select(Municipality.code, Municipality.name)
    return names.where(Municipality.is_member).order_by(Municipality.name)
