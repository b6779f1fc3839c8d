"""What the front page shows a visitor: new things on open shelves, enterprises, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.db import ask
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.products.models import Product
from catalogue.products.queries import leading_where

from .nearby import Place, list_places
from .queries import Shown, list_newest

PIECES, PLACES = 8, 6


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
    """Return the front page; four queries."""
    products, enterprises = ask(session, _counts(), {"day": today}).one()
    members = ask(session, _members()).all()
    return Front(
        shown=list_newest(session, today, PIECES),
        places=list_places(session, today, limit=PLACES),
        products=products,
        enterprises=enterprises,
        municipalities=len(members),
        towns=[(code, name) for code, name in members],
    )


# Asked by every visit to the front page: to write these takes longer than to answer them.
@cache
def _counts() -> Any:
    day: Any = bindparam("day", type_=Date)
    reviewed = select(Enterprise.id).where(reviewed_where(day))
    leading = leading_where(), Product.enterprise_id.in_(reviewed)
    # Each counted by itself is a look at an index alone.
    return select(
        select(func.count(Product.id)).where(*leading).scalar_subquery(),
        select(func.count()).select_from(reviewed.subquery()).scalar_subquery(),
    )


@cache
def _members() -> Any:
    names = select(Municipality.code, Municipality.name)
    return names.where(Municipality.is_member).order_by(Municipality.name)
