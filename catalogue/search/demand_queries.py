"""What the pages of demands show: a buyer's and a municipality's own, and those to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.agreements.models import Category
from catalogue.core.errors import Missing
from catalogue.core.listing import MOST_ROWS
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product
from catalogue.products.queries import leading_where

from .models import Demand, DemandAnswer


@dataclass(frozen=True)
class Listed:
    """A demand in the list of those who asked; `enterprise_name` None: all were asked."""

    demand: Demand
    buyer_name: str
    enterprise_name: str | None
    answers: int


@dataclass(frozen=True)
class Answer:
    """An answer with the names of who gave it and of the product it points at."""

    answer: DemandAnswer
    enterprise_name: str
    product: Product | None


@dataclass(frozen=True)
class DemandPage:
    """A demand with all its answers, the oldest first."""

    demand: Demand
    buyer_name: str
    enterprise_name: str | None
    category: Category | None
    answers: list[Answer]


@dataclass(frozen=True)
class Open:
    """An open demand as an enterprise may see it: of the buyer, the municipality alone."""

    id: int
    text: str
    details: str
    needed_on: date | None
    created_at: datetime
    for_us_alone: bool
    municipality_name: str
    category: Category | None
    answer: DemandAnswer | None  # the enterprise's own
    product: Product | None  # that its answer points at


def is_verified(session: Session, enterprise_id: int | None) -> bool:
    """Tell whether the enterprise may see and answer demands."""
    return bool(session.scalar(select(_verified(enterprise_id))))


def list_demands(session: Session, who: Who) -> list[Listed]:
    """List a buyer's own demands, or for staff the municipality's; open ones first, newest first.

    One query.
    """
    answers = (
        select(func.count())
        .select_from(DemandAnswer)
        .where(DemandAnswer.demand_id == Demand.id)
        .scalar_subquery()
    )
    query = (
        select(Demand, Person.name, Enterprise.name, answers)
        .join(Person, Person.id == Demand.person_id)
        .outerjoin(Enterprise, Enterprise.id == Demand.enterprise_id)
        .where(visible_to(who))
        .order_by(Demand.closed_at.isnot(None), Demand.created_at.desc(), Demand.id.desc())
        .limit(MOST_ROWS)
    )
    return [Listed(*row) for row in session.execute(query)]


def get_demand(session: Session, who: Who, demand_id: int) -> DemandPage:
    """Return a demand `who` may see with its answers; raises Missing. Two queries."""
    row = session.execute(
        select(Demand, Person.name, Enterprise.name, Category)
        .join(Person, Person.id == Demand.person_id)
        .outerjoin(Enterprise, Enterprise.id == Demand.enterprise_id)
        .outerjoin(Category, Category.code == Demand.category_code)
        .where(Demand.id == demand_id, visible_to(who))
    ).first()
    if row is None:
        raise Missing(_("There is no such request."))
    answers = session.execute(
        select(DemandAnswer, Enterprise.name, Product)
        .join(Enterprise, Enterprise.id == DemandAnswer.enterprise_id)
        .outerjoin(Product, Product.id == DemandAnswer.product_id)
        .where(DemandAnswer.demand_id == demand_id)
        .order_by(DemandAnswer.answered_at, DemandAnswer.id)
    )
    return DemandPage(*row, answers=[Answer(*each) for each in answers])


def count_open(session: Session, enterprise_id: int | None) -> int:
    """Count the open demands the enterprise may answer."""
    query = select(func.count()).select_from(Demand).where(_open_to(enterprise_id))
    return session.scalar(query) or 0


def list_open(
    session: Session, enterprise_id: int | None, *, offset: int, limit: int
) -> list[Open]:
    """List the open demands the enterprise may answer, unanswered first, newest first. One query.

    Empty for an enterprise that is not verified.
    """
    query = _open(enterprise_id).order_by(
        DemandAnswer.id.isnot(None), Demand.created_at.desc(), Demand.id.desc()
    )
    return [Open(*row) for row in session.execute(query.offset(offset).limit(limit))]


def get_open(session: Session, enterprise_id: int | None, demand_id: int) -> Open:
    """Return one open demand the enterprise may answer; raises Missing for all others."""
    row = session.execute(_open(enterprise_id).where(Demand.id == demand_id)).first()
    if row is None:
        raise Missing(_("There is no such request, or it is closed."))
    return Open(*row)


def list_offered(session: Session, enterprise_id: int | None) -> list[tuple[int, str]]:
    """List (id, title) of the enterprise's published products, by title."""
    query = select(Product.id, Product.title).where(_offered(enterprise_id))
    return [(id_, title) for id_, title in session.execute(query.order_by(Product.title))]


def visible_to(who: Who) -> ColumnElement[bool]:
    """Return the condition of the demands `who` asked, or for staff their municipality did."""
    own = Demand.municipality_id == who.municipality_id
    if who.role == Role.BUYER:
        return and_(own, Demand.person_id == who.person_id)
    return own if who.role == Role.STAFF else false()


def asked(enterprise_id: int | None) -> ColumnElement[bool]:
    """Return the condition of the demands that are to all enterprises or to this one."""
    return or_(Demand.enterprise_id.is_(None), Demand.enterprise_id == enterprise_id)


def offers(session: Session, enterprise_id: int | None, product_id: int) -> bool:
    """Tell whether the product is a published one of the enterprise."""
    query = select(Product.id).where(Product.id == product_id, _offered(enterprise_id))
    return session.scalar(query) is not None


def _open_to(enterprise_id: int | None) -> ColumnElement[bool]:
    return and_(Demand.closed_at.is_(None), asked(enterprise_id), _verified(enterprise_id))


def _open(enterprise_id: int | None) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    own = and_(DemandAnswer.demand_id == Demand.id, DemandAnswer.enterprise_id == enterprise_id)
    return (
        select(
            Demand.id, Demand.text, Demand.details, Demand.needed_on, Demand.created_at,
            Demand.enterprise_id.isnot(None), Municipality.name, Category, DemandAnswer, Product,
        )
        .join(Municipality, Municipality.id == Demand.municipality_id)
        .outerjoin(Category, Category.code == Demand.category_code)
        .outerjoin(DemandAnswer, own)
        .outerjoin(Product, Product.id == DemandAnswer.product_id)
        .where(_open_to(enterprise_id))
    )  # fmt: skip


def _offered(enterprise_id: int | None) -> ColumnElement[bool]:
    return and_(Product.enterprise_id == enterprise_id, leading_where())


def _verified(enterprise_id: int | None) -> ColumnElement[bool]:
    own = (Enterprise.id == enterprise_id, Enterprise.state == EnterpriseState.VERIFIED)
    return exists().where(*own).correlate(None)
