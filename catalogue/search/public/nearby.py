"""The enterprises of the catalogue by how near they are: the same municipality, then the region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Date, String, bindparam, case, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.db import BigId
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.media.models import Image

from ..queries import Picture, picture_of
from .models import OpenShelf
from .shelf_counts import Counts

HERE, REGION, FAR = 0, 1, 2  # how far from a municipality


@dataclass(frozen=True)
class Place:
    """An enterprise with where it lies, its logo, and how many products it has."""

    enterprise: Enterprise
    municipality_name: str
    region: str
    logo: Picture | None
    products: int
    is_open: bool
    distance: int


@dataclass(frozen=True)
class Near:
    """A municipality that enterprises are looked for around."""

    id: int
    code: str
    name: str
    region: str


def find_near(
    session: Session, code: str | None, municipality_id: int | None = None
) -> Near | None:
    """Return the municipality with this code, else the one with this id, or None. One query."""
    known = Municipality.code == code if code is not None else Municipality.id == municipality_id
    row = session.execute(
        select(Municipality.id, Municipality.code, Municipality.name, Municipality.region).where(
            known
        )
    ).first()
    return None if row is None else Near(*row)


def list_places(
    session: Session, counts: Counts, near: Near | None = None, *, offset: int = 0, limit: int
) -> list[Place]:
    """List verified enterprises, the near ones first, then open shelves, then by name. One query.

    With nobody near, those with an open shelf stand first: there is something to see there.
    `counts` tells the day, and how many products each has: to count them takes the longer the
    more there are.
    """
    here = {"near_id": near.id if near else None, "near_region": near.region if near else None}
    rows = session.execute(_places(), here | {"day": counts.day, "offset": offset, "limit": limit})
    return [_place(counts, *row) for row in rows]


@cache  # asked by every visit to the front page: to write it takes longer than to answer it
def _places() -> Any:
    day: Any = bindparam("day", type_=Date)
    distance = case(
        (Enterprise.municipality_id == bindparam("near_id", type_=BigId), HERE),
        (Municipality.region == bindparam("near_region", type_=String), REGION),
        else_=FAR,
    )
    page = (
        select(Enterprise.id, distance.label("distance"))
        .join(Municipality, Municipality.id == Enterprise.municipality_id)
        .outerjoin(OpenShelf, OpenShelf.enterprise_id == Enterprise.id)
        .where(reviewed_where(day))
        .order_by("distance", *_inviting())
        .offset(bindparam("offset"))
        .limit(bindparam("limit"))
        .subquery()
    )
    return (
        select(
            Enterprise, Municipality.name, Municipality.region, Image, OpenShelf.enterprise_id,
            page.c.distance,
        )
        .join(page, page.c.id == Enterprise.id)
        .join(Municipality, Municipality.id == Enterprise.municipality_id)
        .outerjoin(Image, Image.id == Enterprise.logo_image_id)
        .outerjoin(OpenShelf, OpenShelf.enterprise_id == Enterprise.id)
        .order_by(page.c.distance, *_inviting())
    )  # fmt: skip


def _inviting() -> tuple[Any, ...]:  # an order of SQL: open shelves, then by name
    return OpenShelf.enterprise_id.is_(None), Enterprise.name_folded, Enterprise.id


def _place(
    counts: Counts, enterprise: Enterprise, municipality: str, region: str, *more: Any
) -> Place:
    image, open_id, distance = more
    logo = picture_of(image, enterprise.name) if image else None
    shelf = counts.shelves.get(enterprise.id)
    products = shelf.products if shelf else 0
    return Place(enterprise, municipality, region, logo, products, open_id is not None, distance)
