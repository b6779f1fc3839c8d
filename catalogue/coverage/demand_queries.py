"""Reads what buyers look for in vain; writes nothing, and reads nobody's name but enterprises'.

Six queries, however much was searched: searches, notes, questions, requests for quotes that nobody
met, the state of the words, and enterprises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.core.db import ask
from catalogue.core.errors import Missing
from catalogue.core.text import COPENHAGEN
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product
from catalogue.products.queries import leading_where
from catalogue.search import inquiry_queries as inquiries
from catalogue.search import understanding
from catalogue.search.models import Asked, AskedMonth, Demand, DemandAnswer
from catalogue.search.rules import Outcome

from . import demand_rules as rules
from . import remembering
from .demand_quotes import list_unquoted
from .demand_rules import Group, Material, Noted, Searched, Shop

ASKED_MONTHS = 12  # whom one asked within a year is told, whatever period is chosen


@dataclass(frozen=True)
class Desk:
    """All groups of a period, and the enterprises that could be asked, by name."""

    since: date
    groups: Sequence[Group]
    shops: Sequence[Shop]

    def get(self, name: str) -> Group:
        """Return the group in which a text of that name in addresses stands; raises Missing."""
        for group in self.groups:
            if name in group.slugs:
                return group
        raise Missing(_("Nobody has looked for this in vain in the period."))


def read(
    session: Session, parts: dict[str, Any], municipality_id: int, today: date, months: int
) -> Desk:
    """Return the desk of a municipality over so many months, the present one included."""
    found = list_groups(session, parts, municipality_id, today, months)
    return Desk(rules.first_month(today, months), found, _shops(session, municipality_id, today))


def list_groups(
    session: Session, parts: dict[str, Any], municipality_id: int, today: date, months: int
) -> list[Group]:
    """List what was looked for in so many months, the present one included. Five queries."""
    since = rules.first_month(today, months)
    material = Material(
        searched=_searched(session, municipality_id, since),
        noted=_noted(session, municipality_id, _begin_of(since)),
        sent=inquiries.list_sent(
            session, municipality_id, _begin_of(rules.first_month(today, ASKED_MONTHS))
        ),
        unquoted=list_unquoted(session, municipality_id, _begin_of(since), today),
    )
    speech = understanding.speech(session, parts, municipality_id)
    # Gathering by meaning takes longer than reading, and the material is the same most of the time.
    return remembering.of(parts).ask(
        ("demand", municipality_id, since),
        (speech, material),
        lambda: rules.groups(speech, material),
    )


def list_in_vain(
    session: Session, parts: dict[str, Any], municipality_id: int, span: tuple[date, date]
) -> list[Group]:
    """List what was searched for in vain in the months of a span, most searched first.

    Without notes and questions: their texts are somebody's own words.
    """
    searched = _searched(session, municipality_id, *span)
    speech = understanding.speech(session, parts, municipality_id)
    return rules.groups(speech, Material(searched, noted=(), sent=()))


def _searched(
    session: Session, municipality_id: int, since: date, until: date = date.max
) -> list[Searched]:
    asked = {"municipality_id": municipality_id, "since": since, "until": until}
    return [
        Searched(text, Outcome(outcome), int(times), code, first, last)
        for text, outcome, times, code, first, last in ask(session, _searches(), asked)
    ]


# Asked by each look at coverage: to write these takes longer than to answer them.
@cache
def _searches() -> Any:
    month = AskedMonth.month
    return (
        select(
            Asked.text, AskedMonth.outcome, func.sum(AskedMonth.times), AskedMonth.category_code,
            func.min(month), func.max(month),
        )
        .join(Asked, Asked.id == AskedMonth.asked_id)
        .where(Asked.municipality_id == bindparam("municipality_id"))
        .where(month.between(bindparam("since"), bindparam("until")))
        .group_by(Asked.id, Asked.text, AskedMonth.outcome, AskedMonth.category_code)
        .order_by(Asked.id, AskedMonth.outcome, AskedMonth.category_code)
    )  # fmt: skip


def _noted(session: Session, municipality_id: int, since: datetime) -> list[Noted]:
    asked = {"municipality_id": municipality_id, "since": since}
    return [Noted(*row) for row in ask(session, _notes(), asked)]


@cache
def _notes() -> Any:
    answers = (
        select(func.count())
        .select_from(DemandAnswer)
        .where(DemandAnswer.demand_id == Demand.id)
        .scalar_subquery()
    )
    return (
        select(
            Demand.id, Demand.text, Demand.category_code, Demand.created_at,
            Demand.closed_at.isnot(None), answers,
        )
        .where(Demand.municipality_id == bindparam("municipality_id"))
        .where(Demand.created_at >= bindparam("since"))
        .order_by(Demand.created_at.desc(), Demand.id.desc())
    )  # fmt: skip


def _shops(session: Session, municipality_id: int, today: date) -> list[Shop]:
    published = and_(
        Product.enterprise_id == Enterprise.id,
        leading_where(),
        Product.category_code.is_not(None),
    )
    rows = session.execute(
        select(Enterprise.id, Enterprise.name, Product.category_code, func.count(Product.id))
        .outerjoin(Product, published)
        .where(enterprises.verified_where(municipality_id, today))
        .group_by(Enterprise.id, Enterprise.name, Enterprise.name_folded, Product.category_code)
        .order_by(Enterprise.name_folded, Enterprise.id)
    )
    names: dict[int, str] = {}
    products: dict[int, dict[str, int]] = {}
    for id_, name, code, count in rows:
        names[id_] = name
        counts = products.setdefault(id_, {})
        if code is not None:
            counts[code] = count
    return [Shop(id_, name, products[id_]) for id_, name in names.items()]


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, COPENHAGEN).astimezone(UTC)
