"""Standing orders as programs read them, and as they make one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import api_orders, standing_making, standing_queries, standing_schema
from .standing_api_schema import StandingListedSchema, StandingShownSchema
from .standing_making import Wanted
from .standing_models import StandingOrder
from .standing_queries import Listed

PREFIX = "quantity_"  # of the fields of a form, before the id of a product


def list_standing(session: Session, who: Who, before: int | None, limit: int) -> list[Listed]:
    """List the standing orders that `who` may see, newest first, below an id. One query."""
    query = standing_queries.named(who).order_by(StandingOrder.id.desc()).limit(limit)
    if before is not None:
        query = query.where(StandingOrder.id < before)
    return [Listed(*row) for row in session.execute(query)]


def show_listed(listed: Listed, today: date) -> dict[str, Any]:
    """Return a standing order as a list has it."""
    return dict(StandingListedSchema().dump(_told(listed, today)))


def show(session: Session, who: Who, standing_id: int, today: date) -> dict[str, Any]:
    """Return a standing order with its dates; raises Missing."""
    session.expire_all()
    page = standing_queries.get(session, who, standing_id, today)
    told = _told(page, today) | {
        "delivery": _NO_DELIVERY | page.standing.delivery,
        "lines": page.standing.lines,
        "ahead": page.ahead,
        "runs": [
            {"planned_on": each.run.planned_on, "delivery_on": each.run.delivery_on,
             "order_number": each.number, "problem": each.run.problem}
            for each in page.runs
        ],
    }  # fmt: skip
    return dict(StandingShownSchema().dump(told))


def read_wanted(sent: Mapping[str, Any], key: str) -> Wanted:
    """Read a new standing order by the schemas of the form; raises Invalid by field."""
    form = {f"{PREFIX}{each['product_id']}": each["quantity"] for each in sent["lines"]}
    if len(form) < len(sent["lines"]):
        raise Invalid({"lines": [_("Name each product once")]})
    quantities = fields.load_by_id(fields.Quantity(required=True), form, PREFIX)
    name, rise_percent, plan = standing_schema.read_plan(sent)
    delivery = api_orders.read_delivery(sent["delivery"])
    return Wanted(name, plan, rise_percent, delivery, quantities, key)


def make(
    session: Session, who: Who, number: str, wanted: Wanted, now: datetime
) -> list[dict[str, Any]]:
    """Make standing orders of products of an earlier order, and return them as a list has them.

    Raises Missing, Invalid by field.
    """
    today = today_in_copenhagen(now)
    source = standing_queries.begin(session, who, {"ordre": number}, today)
    outlooks = source.filling.outlooks if source.filling else []
    made = standing_making.make(session, who, wanted, outlooks, now)
    session.flush()
    ids = [each.id for each in made]
    rows = session.execute(standing_queries.named(who).where(StandingOrder.id.in_(ids)))
    return [show_listed(Listed(*row), today) for row in rows]


def _told(listed: Listed, today: date) -> dict[str, Any]:
    return {name: getattr(listed.standing, name) for name in _LISTED} | {
        "state": listed.state(today),
        "enterprise": listed.enterprise_name,
        "buyer": listed.buyer_name,
        "last_problem": listed.last_problem,
    }


_LISTED = (
    "id", "name", "enterprise_id", "rhythm", "weekday", "week", "days_ahead", "rise_percent",
    "first_on", "last_on", "next_on", "paused_from", "paused_until",
)  # fmt: skip
_NO_DELIVERY = dict.fromkeys(("contact_phone", "account_coding", "note"))
