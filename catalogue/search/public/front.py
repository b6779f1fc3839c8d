"""What the front page shows a visitor: new things on open shelves, enterprises, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
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
    reviewed = select(Enterprise.id).where(reviewed_where(today))
    leading = leading_where(), Product.enterprise_id.in_(reviewed)
    # Each counted by itself is a look at an index alone.
    counts = select(
        select(func.count(Product.id)).where(*leading).scalar_subquery(),
        select(func.count()).select_from(reviewed.subquery()).scalar_subquery(),
    )
    products, enterprises = session.execute(counts).one()
    members = session.execute(
        select(Municipality.code, Municipality.name)
        .where(Municipality.is_member)
        .order_by(Municipality.name)
    ).all()
    return Front(
        shown=list_newest(session, today, PIECES),
        places=list_places(session, today, limit=PLACES),
        products=products,
        enterprises=enterprises,
        municipalities=len(members),
        towns=[(code, name) for code, name in members],
    )
