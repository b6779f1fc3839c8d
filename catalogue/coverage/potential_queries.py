"""Reads what the catalogue could deliver for a planned purchase; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from catalogue.agreements import limits
from catalogue.agreements import queries as agreements
from catalogue.agreements.limit_rules import Bounds
from catalogue.agreements.models import Agreement, FormerTerms
from catalogue.agreements.rules import InForce, Mandatory, ancestors, covers, find_carve_out, prefix
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import ceilings
from catalogue.products.models import Product
from catalogue.products.queries import delivered_where, leading_where

from . import watch, watch_queries, ways
from .potential_schema import Plan
from .watch_queries import Asked
from .ways import Case, Cover, Judged


@dataclass(frozen=True)
class Candidate:
    """An enterprise that has published products in the category, below it or above it.

    `delivering` of its `products` are delivered to the place, the first after `fastest_days`.
    """

    enterprise_id: int
    name: str
    city: str
    turnover_ore: int | None
    turnover_year: int | None
    capacity: str | None
    is_demo: bool
    products: int
    close: int  # in the category or below it; the rest stand above it
    delivering: int
    fastest_days: int | None
    is_verified: bool
    ordered_ore: int
    share_percent: int | None


@dataclass(frozen=True)
class Offer:
    """A voluntary agreement in reach of the category; `left_ore` of its ceiling is not used."""

    agreement_id: int
    number: str
    title: str
    enterprise_name: str
    ends_on: date
    covers_all: bool
    is_verified: bool
    left_ore: int | None

    def has_room(self, amount_ore: int) -> bool:
        """Tell whether the amount may be ordered on it."""
        return self.is_verified and (self.left_ore is None or amount_ore <= self.left_ore)


@dataclass(frozen=True)
class Potential:
    """All that the page of a planned purchase shows."""

    case: Case
    judged: Sequence[Judged]
    candidates: Sequence[Candidate]
    offers: Sequence[Offer]
    mandatory: Sequence[Mandatory]
    bounds: Bounds


def potential(session: Session, asked: Asked, code: str, plan: Plan) -> Potential:
    """Return what the catalogue could deliver, and which ways are open on the first day.

    Seven queries at most: limits, agreements with the verified, what is used of ceilings, offers,
    orders in the group, enterprises. What was ordered before is counted up to `asked.day`.
    """
    bounds = limits.in_force(session, asked.municipality_id, plan.starts_on)
    in_force = agreements.in_force(session, asked.municipality_id, plan.starts_on)
    offers = _offers(session, in_force, code)
    group = watch.group_of(code)
    rows = watch_queries.list_ordered(session, asked.municipality_id, asked.span)
    ordered: dict[int, int] = {}
    for row in rows:
        if row.category_code.startswith(group):
            ordered[row.enterprise_id] = ordered.get(row.enterprise_id, 0) + row.net_ore
    mandatory = [
        each
        for each in in_force.mandatory
        if _touches(each.prefixes, code) and find_carve_out(each, None, code) is None
    ]
    the_case = Case(
        amount_ore=plan.amount_ore,
        before_ore=sum(ordered.values()),
        days=plan.days,
        bounds=bounds,
        mandatory=_cover_of(mandatory, code),
        voluntary=ways.cover((each.prefixes for each in in_force.voluntary), code),
        has_room=any(each.covers_all and each.has_room(plan.amount_ore) for each in offers),
        is_listed=code in limits.reservable_codes(),
        is_service=ways.is_service(code),
        is_works=code.startswith(watch.WORKS_DIVISION),
    )
    candidates = _candidates(session, asked, code, plan, ordered)
    return Potential(the_case, ways.ways(the_case), candidates, offers, mandatory, bounds)


def _touches(prefixes: tuple[str, ...], code: str) -> bool:
    return ways.cover([prefixes], code) != Cover.NONE


def _cover_of(mandatory: Sequence[Mandatory], code: str) -> Cover:
    """Return how much of a category must be bought on mandatory agreements.

    One of which something in the category is carved out binds to a part of it.
    """
    whole = [each for each in mandatory if not _lets_some_go(each, code)]
    if ways.cover((each.prefixes for each in whole), code) == Cover.FULL:
        return Cover.FULL
    return Cover.PART if mandatory else Cover.NONE


def _lets_some_go(mandatory: Mandatory, code: str) -> bool:
    return any(
        code.startswith(each.prefix) or each.prefix.startswith(prefix(code))
        for each in mandatory.carve_outs
    )


def _offers(session: Session, in_force: InForce, code: str) -> list[Offer]:
    """List the voluntary agreements in reach, that cover all of it first. Two queries at most."""
    found = {
        each.agreement_id: each for each in in_force.voluntary if _touches(each.prefixes, code)
    }
    limited = [each.ceiling for each in found.values() if each.ceiling is not None]
    taken = ceilings.list_taken(session, limited, in_force.day)
    left = {each.agreement_id: max(0, each.ceiling_ore - each.bound_ore) for each in taken}
    rows = session.execute(
        select(Agreement.id, Agreement.number, agreements.said("title"), Agreement.ends_on,
               Agreement.enterprise_id, Enterprise.name)
        .join(Enterprise, Enterprise.id == Agreement.enterprise_id)
        .outerjoin(FormerTerms, agreements.former_on(in_force.day))
        .where(Agreement.id.in_(found))
        .order_by(Agreement.number)
    )  # fmt: skip
    offers = [
        Offer(
            agreement_id=row.id,
            number=row.number,
            title=row.title,
            enterprise_name=row.name,
            ends_on=row.ends_on,
            covers_all=covers(found[row.id].prefixes, code),
            is_verified=row.enterprise_id in in_force.verified,
            left_ore=left.get(row.id),
        )
        for row in rows
    ]
    return sorted(offers, key=lambda each: not each.covers_all)


def _candidates(
    session: Session, asked: Asked, code: str, plan: Plan, ordered: dict[int, int]
) -> list[Candidate]:
    """List enterprises with products that fit: verified here and delivering first. One query."""
    yearly = ways.yearly_ore(plan.amount_ore, plan.days)
    found = [
        Candidate(
            **(row._asdict() | {"is_verified": bool(row.is_verified)}),
            ordered_ore=ordered.get(row.enterprise_id, 0),
            share_percent=ways.share_percent(yearly, row.turnover_ore),
        )
        for row in session.execute(_fitting(asked, code, plan.place_id))
    ]
    return sorted(
        found,
        key=lambda each: (not each.is_verified, not each.delivering, not each.close, each.name),
    )


def _fitting(asked: Asked, code: str, place_id: int) -> Any:
    # SQLAlchemy 2.0 and 2.1 write the type of this query differently.
    close = Product.category_code.startswith(prefix(code))
    here = delivered_where(place_id)
    verified = case((enterprises.verified_where(asked.municipality_id, asked.day), 1), else_=0)
    facts = (Enterprise.id.label("enterprise_id"), Enterprise.name, Enterprise.city,
             Enterprise.turnover_ore, Enterprise.turnover_year, Enterprise.capacity,
             Enterprise.is_demo)  # fmt: skip
    return (
        select(
            *facts,
            func.count().label("products"),
            func.sum(case((close, 1), else_=0)).label("close"),
            func.sum(case((here, 1), else_=0)).label("delivering"),
            func.min(case((here, Product.delivery_days))).label("fastest_days"),
            func.max(verified).label("is_verified"),
        )
        .join(Product, Product.enterprise_id == Enterprise.id)
        .where(leading_where())
        .where(enterprises.reviewed_where(asked.day))
        .where(or_(close, Product.category_code.in_(ancestors(code))))
        .group_by(Enterprise.id)
    )
