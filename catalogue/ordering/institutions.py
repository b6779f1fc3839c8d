"""Which institutions a person keeps codings and budgets for; an institution is known by its GLN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, union
from sqlalchemy.orm import Session

from catalogue.core.db import ask
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who

from .address_models import BuyerInstitution, DeliveryAddress
from .coding_models import Budget


@dataclass(frozen=True)
class Institution:
    """An institution by its GLN, under the first of the names its addresses give it."""

    gln: str
    name: str


def list_institutions(session: Session, who: Who) -> list[Institution]:
    """List the institutions by name: a buyer's own, for others all of the municipality. One query.

    An institution is known once somebody keeps an address of it.
    """
    query = institutions_of(who.role).order_by("name", DeliveryAddress.gln)
    return [Institution(gln, name) for gln, name in session.execute(query, of(who))]


def list_places(session: Session, municipality_id: int | None) -> list[tuple[str, str]]:
    """List (GLN, name) of all that a municipality knows of its institutions, by name. One query.

    That is each name that an address or a budget gives one: it may have several.
    """
    rows = ask(session, _places(), {"municipality_id": municipality_id})
    return [(gln, name) for gln, name in rows]


@cache  # asked by each placing where a rule names an institution
def _places() -> Any:
    home: Any = bindparam("municipality_id")
    kept = select(DeliveryAddress.gln, DeliveryAddress.institution.label("name")).where(
        DeliveryAddress.municipality_id == home
    )
    budgeted = select(Budget.gln, Budget.institution).where(Budget.municipality_id == home)
    return union(kept, budgeted).order_by("name", "gln")


def institutions_of(role: Role | None) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of GLN and name of the institutions of one in a role; `of` tells whose."""
    home: Any = bindparam("municipality_id")
    query = select(DeliveryAddress.gln, func.min(DeliveryAddress.institution).label("name")).where(
        DeliveryAddress.municipality_id == home
    )
    if role == Role.BUYER:
        query = query.where(
            DeliveryAddress.gln.in_(
                select(BuyerInstitution.gln).where(
                    BuyerInstitution.person_id == bindparam("person_id"),
                    BuyerInstitution.municipality_id == home,
                )
            )
        )
    return query.group_by(DeliveryAddress.gln)


def of(who: Who) -> dict[str, Any]:
    """Return whose institutions are asked for, by the parameters of `institutions_of`."""
    asked = {"municipality_id": who.municipality_id}
    return asked | {"person_id": who.person_id} if who.role == Role.BUYER else asked


def get_institution(session: Session, who: Who, gln: str) -> Institution:
    """Return one of the institutions of `who`; raises Missing."""
    found = [each for each in list_institutions(session, who) if each.gln == gln]
    if not found:
        raise Missing(_("You keep no such institution. Add an address of it first."))
    return found[0]
