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
    products, enterprises = session.execute(
        select(func.count(Product.id), func.count(Enterprise.id.distinct()))
        .select_from(Enterprise)
        .outerjoin(Product, (Product.enterprise_id == Enterprise.id) & leading_where())
        .where(reviewed_where(today))
    ).one()
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
