"""The verbs of demands: a buyer asks for what she lacks, an enterprise answers, one closes it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.agreements.models import Category
from catalogue.core import audit
from catalogue.core.errors import Conflict, Invalid, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who
from catalogue.enterprises import queries as enterprises

from . import demand_queries as queries
from .models import Demand, DemandAnswer
from .rules import Given, Wanted


class DemandClosed(Conflict):
    """The demand is closed: it is neither answered nor closed again."""

    title = _("The request is closed")


class NotVerified(NotAllowed):
    """Only verified enterprises answer demands."""

    title = _("Your enterprise is not verified")


def ask(session: Session, who: Who, wanted: Wanted, now: datetime) -> Demand:
    """Tell the enterprises, or one of them, what the buyer lacks.

    Raises Invalid by field for a category that does not exist, or an enterprise that is not
    verified in the buyer's municipality.
    """
    if who.municipality_id is None or who.person_id is None:
        raise NotAllowed(_("Only a buyer of a municipality can make a request."))
    today = today_in_copenhagen(now)
    problems = _wanted_problems(session, who.municipality_id, wanted, today)
    if problems:
        raise Invalid(problems)
    made = Demand(
        municipality_id=who.municipality_id,
        person_id=who.person_id,
        created_at=now,
        **asdict(wanted),
    )
    session.add(made)
    session.flush()
    _record(session, who, "demand.asked", made, now, audit.changes({}, _asked(made)))
    return made


def close(session: Session, who: Who, demand_id: int, reason: str, now: datetime) -> Demand:
    """Close a demand `who` may see, with a reason; raises Missing, DemandClosed."""
    query = select(Demand).where(Demand.id == demand_id, queries.visible_to(who)).with_for_update()
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_("There is no such request."))
    _refuse_closed(found)
    found.closed_at, found.closed_reason = now, reason
    _record(
        session, who, "demand.closed", found, now, audit.changes({"open": True}, {"open": False})
    )
    return found


def answer(session: Session, who: Who, demand_id: int, given: Given, now: datetime) -> DemandAnswer:
    """Answer a demand for the enterprise `who` acts for; a second answer replaces its first.

    Raises NotVerified, Missing for a demand to another enterprise, DemandClosed, and Invalid when
    the product is not one of its own that is published.
    """
    if not queries.is_verified(session, who.enterprise_id):
        raise NotVerified(_("You can answer requests as soon as your enterprise is verified."))
    # The locked row lets two answers of one enterprise in only one after the other.
    query = select(Demand).where(Demand.id == demand_id, queries.asked(who.enterprise_id))
    found = session.scalars(query.with_for_update()).first()
    if found is None:
        raise Missing(_("There is no such request."))
    _refuse_closed(found)
    if given.product_id is not None and not queries.offers(
        session, who.enterprise_id, given.product_id
    ):
        raise Invalid({"product_id": [_("Choose one of your own published products, or none")]})
    own = (DemandAnswer.demand_id == demand_id, DemandAnswer.enterprise_id == who.enterprise_id)
    kept = session.scalars(select(DemandAnswer).where(*own)).first()
    before = _answered(kept) if kept else {}
    if kept is None:
        kept = DemandAnswer(demand_id=demand_id, enterprise_id=who.enterprise_id)
        session.add(kept)
    kept.text, kept.price_ore, kept.product_id = given.text, given.price_ore, given.product_id
    kept.answered_at = now
    session.flush()
    _record(session, who, "demand.answered", found, now, audit.changes(before, _answered(kept)))
    return kept


def _wanted_problems(
    session: Session, municipality_id: int, wanted: Wanted, today: date
) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    code, enterprise_id = wanted.category_code, wanted.enterprise_id
    if code is not None and session.get(Category, code) is None:
        problems["category_code"] = [_("Choose a category of the list, or none")]
    if enterprise_id is not None and not enterprises.verified_ids(
        session, municipality_id, {enterprise_id}, today
    ):
        problems["enterprise_id"] = [_("Choose an enterprise of the list, or all of them")]
    return problems


def _refuse_closed(demand: Demand) -> None:
    if demand.closed_at is not None:
        raise DemandClosed(_("The request was closed. Nothing was changed."))


def _asked(demand: Demand) -> dict[str, Any]:
    """Return what the audit keeps of a demand; its words stay with it and may name people."""
    return {
        "category_code": demand.category_code,
        "needed_on": str(demand.needed_on) if demand.needed_on else None,
        "enterprise_id": demand.enterprise_id,
    }


def _answered(answer: DemandAnswer) -> dict[str, Any]:
    return {"price_ore": answer.price_ore, "product_id": answer.product_id}


def _record(
    session: Session, who: Who, action: str, demand: Demand, now: datetime, facts: dict[str, Any]
) -> None:
    if who.enterprise_id is not None:
        facts = facts | {"enterprise_id": who.enterprise_id}
    audit.record(
        session, action, ("demand", demand.id), person_id=who.person_id, now=now,
        facts=facts, municipality_id=demand.municipality_id,
    )  # fmt: skip
