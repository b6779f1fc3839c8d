"""What each verified enterprise has on its shelf, counted once and then only where it changed.

A change of a product or an enterprise leaves an event in the audit, in its own transaction, and
events are numbered in the order of commits. So a page asks what came after the last event it knows
of, and has the enterprises counted anew that this names; what that takes does not grow with the
catalogue. What was put in without an event, as the demonstration is, shows by its number.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam, func, select, union
from sqlalchemy.orm import Session

from catalogue.core.among import among
from catalogue.core.audit import AuditEvent
from catalogue.core.db import BigId, ask, kept
from catalogue.enterprises.models import Enterprise
from catalogue.enterprises.queries import reviewed_where
from catalogue.products.models import Product
from catalogue.products.queries import first_image_id, leading_where

from .models import OpenShelf
from .queries import shown_where

PIECES = 8  # new products that a page shows, so no more are known of an enterprise
MOST_ONE_BY_ONE = 200  # enterprises that changed; when there are more, all are counted
_KEPT = "shelf_counts"
New = tuple[datetime, int]  # when a product was published first, and its id


@dataclass(frozen=True)
class Shelf:
    """How many products an enterprise has, and its newest that everybody may see, pictured."""

    products: int
    newest: tuple[New, ...]


@dataclass(frozen=True)
class Heads:
    """The numbers of the last event, product and enterprise."""

    event: int
    product: int
    enterprise: int


@dataclass(frozen=True)
class Counts:
    """The shelves of the enterprises whose verification holds on a day, and what they sum up to."""

    day: date
    heads: Heads
    shelves: Mapping[int, Shelf]
    products: int
    newest: tuple[int, ...]  # products: the newest of each enterprise, then the second of each


def read(session: Session, today: date) -> Counts:
    """Return what is on the shelves; one query while nothing happens, then two, or four.

    A session that writes counts all anew.
    """
    heads = Heads(*ask(session, _heads()).one())
    memory = kept(session)
    known: Counts | None = memory.get(_KEPT) if memory is not None else None
    if known is not None and (known.day, known.heads) == (today, heads):
        return known
    if known is None or known.day != today or known.heads.event > heads.event:
        found = count(session, today, heads)
    else:
        found = _renewed(session, known, heads)
    if memory is not None:
        memory[_KEPT] = found
    return found


def count(session: Session, today: date, heads: Heads) -> Counts:
    """Count the shelves of all, which takes the longer the more there are. Two queries."""
    return _sum_up(today, heads, _read(session, _counts(), _newest(), {"day": today}))


def _renewed(session: Session, known: Counts, heads: Heads) -> Counts:
    """Count the shelves of the enterprises that changed since, and take the others as known."""
    after = known.heads
    asked = {"event": after.event, "product": after.product, "enterprise": after.enterprise}
    changed = set(ask(session, _changed(), asked).scalars())
    if len(changed) > MOST_ONE_BY_ONE:
        return count(session, known.day, heads)
    if not changed:
        return Counts(known.day, heads, known.shelves, known.products, known.newest)
    of_changed = {"day": known.day, "ids": sorted(changed)}
    anew = _read(session, _counts_of(), _newest_of(), of_changed)
    others = {id_: shelf for id_, shelf in known.shelves.items() if id_ not in changed}
    return _sum_up(known.day, heads, others | anew)


def _sum_up(day: date, heads: Heads, shelves: Mapping[int, Shelf]) -> Counts:
    products = sum(each.products for each in shelves.values())
    return Counts(day, heads, shelves, products, _first_of(shelves.values()))


def _first_of(shelves: Collection[Shelf]) -> tuple[int, ...]:
    """Return the newest products, of each enterprise one, then of each a second. Pure.

    So nobody fills the front page by putting up many at once.
    """
    last_first = heapq.nsmallest(PIECES, _placed(shelves))
    return tuple(-each for _place, _at, each in last_first)


def _placed(shelves: Iterable[Shelf]) -> Iterator[tuple[int, float, int]]:
    for shelf in shelves:
        for place, (at, product_id) in enumerate(shelf.newest):
            yield place, -at.timestamp(), -product_id


def _read(
    session: Session, counting: Any, newest: Any, asked: Mapping[str, Any]
) -> dict[int, Shelf]:
    new: dict[int, list[New]] = {}
    counted = ask(session, counting, asked).all()
    for enterprise_id, at, product_id in ask(session, newest, asked):
        new.setdefault(enterprise_id, []).append((at, product_id))
    return {id_: Shelf(products, tuple(new.get(id_, ()))) for id_, products in counted}


# Asked by visits to the front page: to write these takes longer than to answer them.
@cache
def _heads() -> Any:
    last = (func.max(each) for each in (AuditEvent.id, Product.id, Enterprise.id))
    # Each by itself is a look at the end of an index.
    return select(*(func.coalesce(select(each).scalar_subquery(), 0) for each in last))


@cache
def _changed() -> Any:
    """By parts, each a look at one index: PostgreSQL reads all rows for conditions with OR."""

    def named(kind: str) -> Any:
        since = AuditEvent.id > bindparam("event", type_=BigId)
        return select(AuditEvent.object_id).where(since, AuditEvent.object_type == kind)

    owner, own = select(Product.enterprise_id), select(Enterprise.id)
    return union(
        owner.where(Product.id.in_(named("product"))),
        owner.where(Product.id > bindparam("product", type_=BigId)),
        own.where(Enterprise.id.in_(named("enterprise"))),
        own.where(Enterprise.id > bindparam("enterprise", type_=BigId)),
    )


@cache
def _counts() -> Any:
    products = (
        select(func.count(Product.id))
        .where(Product.enterprise_id == Enterprise.id, leading_where())
        .correlate(Enterprise)
        .scalar_subquery()
    )
    return select(Enterprise.id, products).where(reviewed_where(_day()))


@cache
def _counts_of() -> Any:
    return _counts().where(among(Enterprise.id, "ids"))


@cache
def _newest() -> Any:
    return _first_places(_pictured())


@cache
def _newest_of() -> Any:
    return _first_places(_pictured().where(among(Product.enterprise_id, "ids")))


def _pictured() -> Any:
    place = func.row_number().over(
        partition_by=Product.enterprise_id,
        order_by=(Product.published_at.desc(), Product.id.desc()),
    )
    return (
        select(Product.enterprise_id, Product.published_at, Product.id, place.label("place"))
        .join(Enterprise, Enterprise.id == Product.enterprise_id)
        # The shelves first: they are few, and the products are not.
        .where(Product.enterprise_id.in_(select(OpenShelf.enterprise_id)))
        .where(shown_where(_day()), Product.published_at.is_not(None))
        .where(first_image_id().is_not(None))
    )


def _first_places(pictured: Any) -> Any:
    ranked = pictured.subquery()
    told = select(ranked.c.enterprise_id, ranked.c.published_at, ranked.c.id)
    return told.where(ranked.c.place <= PIECES).order_by(ranked.c.enterprise_id, ranked.c.place)


def _day() -> Any:
    return bindparam("day", type_=Date)
