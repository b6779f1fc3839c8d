"""The verb of a buyer who wants a standing order otherwise: from its next order on.

What is ordered already goes on as it was. The enterprise is told how the standing order is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.core import audit, jobs
from catalogue.core.errors import Conflict, Invalid
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who
from catalogue.products.models import Product

from . import filling, rules, standing_orders, standing_rules
from . import frames as of_frames
from . import items as judging
from .filling import Outlook, Wish
from .form_advice import Planned
from .quote_trace import iso
from .rules import Delivery
from .standing_models import StandingLine, StandingOrder, StandingRun
from .standing_rules import Occasion, Plan

MAIL = "standing.changed"
MOST_OFFERED = 200
UNTOLD = frozenset({"contact_name", "contact_email", "contact_phone", "reference", "note"})


class BeingPlaced(Conflict):
    """Its next order is due this morning and not placed yet, so it is too late to change it."""

    title = _("The next order is just being placed")


@dataclass(frozen=True)
class Changed:
    """A standing order as its buyer wants it: `plan` without first day and pause, which stay.

    `quantities`: by position; a line without one is left out. `added`: a product and how many.
    """

    name: str
    plan: Plan
    rise_percent: int
    delivery: Delivery
    quantities: Mapping[int, Decimal]
    added: tuple[int, Decimal] | None = None


def change(session: Session, who: Who, standing_id: int, wanted: Changed, now: datetime) -> bool:
    """Change rhythm, days, address and lines from the next order on; tell whether anything is new.

    Raises Missing, Ended, BeingPlaced, and Invalid by field.
    """
    found = standing_orders.lock_own(session, who, standing_id)
    today = today_in_copenhagen(now)
    if found.due_on is not None and found.due_on <= today:
        raise BeingPlaced(_("Wait a moment, and change it when today's order is placed."))
    plan = _plan(found, wanted.plan, today)
    occasion, problems = _next(session, found, plan, today)
    lines, wrong = _lines(session, who, found, (wanted, today))
    if problems | wrong:
        raise Invalid(problems | wrong)
    before = _facts(found)
    for name, value in asdict(plan).items():
        setattr(found, name, value)
    found.name, found.rise_percent = wanted.name, wanted.rise_percent
    found.delivery, found.lines = asdict(wanted.delivery), lines
    standing_orders.set_next(found, occasion)
    facts = _told(audit.changes(before, _facts(found)))
    if facts == audit.changes({}, {}):
        return False
    standing_orders.record(session, who, "changed", found, facts, now)
    found.changed_at = now
    session.flush()
    jobs.put(session, MAIL, {"standing_id": found.id}, now=now)
    return True


def list_offered(session: Session, who: Who, of: StandingOrder, today: date) -> list[Outlook]:
    """List the products of its enterprise that may be added, by title."""
    return offered_of(of, list_sold(session, who, of, today))


def offered_of(of: StandingOrder, sold: Sequence[Outlook]) -> list[Outlook]:
    """List those of what its enterprise sells that may be added. Pure."""
    there = {line.product_id for line in of.lines}
    return [each for each in sold if each.fills and each.wish.product_id not in there]


def list_sold(session: Session, who: Who, of: StandingOrder, today: date) -> list[Outlook]:
    """List what its enterprise sells: what it orders already first, then by title. Three queries.

    Only those are listed that have a price.
    """
    there = [line.product_id for line in of.lines if line.product_id is not None]
    query = (
        filling.sold()
        .where(Product.enterprise_id == of.enterprise_id, Product.price_ore.is_not(None))
        .order_by(Product.id.not_in(there), Product.title, Product.id)
        .limit(MOST_OFFERED + len(there))
    )
    names: dict[Product, str] = {product: name for product, name in session.execute(query)}
    wishes = [
        Wish(each.id, each.name, Decimal(each.minimum_quantity or 1), each.unit) for each in names
    ]
    found = filling.foresee_of(session, who, wishes, names, today).outlooks
    return [each for each in found if each.price is not None]


def plan(
    of: StandingOrder, sold: Sequence[Outlook], typed: Mapping[int, Decimal],
    added: tuple[int, Decimal] | None,
) -> list[Planned]:  # fmt: skip
    """Return what it would order each time: lines by position, and a product more. Pure."""
    by_product = {each.wish.product_id: each for each in sold}
    wanted = [
        (line.product_id, typed[line.position]) for line in of.lines if line.position in typed
    ]
    return [
        filling.plan(by_product[product_id], quantity)
        for product_id, quantity in [*wanted, *([added] if added else [])]
        if product_id in by_product
    ]


def _plan(of: StandingOrder, wanted: Plan, today: date) -> Plan:
    """Return the new plan; another rhythm begins with the date that would have come next."""
    kept = replace(of.plan, days_ahead=wanted.days_ahead, last_on=wanted.last_on)
    beat = {"rhythm": wanted.rhythm, "weekday": wanted.weekday, "week": wanted.week}
    if replace(kept, **beat) == kept:  # type: ignore[arg-type]  # names of three of its fields
        return kept
    return replace(kept, first_on=of.next_on or today, **beat)  # type: ignore[arg-type]  # as above


def _next(
    session: Session, of: StandingOrder, plan: Plan, today: date
) -> tuple[Occasion | None, dict[str, list[Any]]]:
    last = session.scalar(
        select(func.max(StandingRun.planned_on)).where(StandingRun.standing_order_id == of.id)
    )
    occasion = standing_rules.find_in_time(plan, today, last)
    problems = standing_rules.plan_problems(plan, today)
    if occasion is None and not problems:
        problems["last_on"] = [_("No delivery lies between these days that can be ordered in time")]
    return occasion, problems


def _lines(
    session: Session, who: Who, of: StandingOrder, what: tuple[Changed, date]
) -> tuple[list[StandingLine], dict[str, list[Any]]]:
    """Return the lines as they are wanted, and what is wrong with them by field."""
    problems: dict[str, list[Any]] = {}
    if of.quote_id is not None:
        lines = _of_frame(session, who, of, what[0].quantities)
    else:
        lines, problems = _of_products(session, who, of, what)
    if not lines and not problems:
        problems["lines"] = [_("Write how many of at least one line")]
    return lines, problems


def _of_frame(
    session: Session, who: Who, of: StandingOrder, quantities: Mapping[int, Decimal]
) -> list[StandingLine]:
    frame = of_frames.lock_own(session, who, of.quote_id or 0)
    there = {line.position: line for line in of.lines}
    found = []
    for each in frame.quote.lines:
        if each.position not in quantities:
            continue
        line = there.get(each.position) or StandingLine(
            position=each.position, title=each.title, unit=each.unit, price_ore=each.price_ore,
            price_base_quantity=1,
        )  # fmt: skip
        line.quantity = quantities[each.position]
        found.append(line)
    return found


def _of_products(
    session: Session, who: Who, of: StandingOrder, what: tuple[Changed, date]
) -> tuple[list[StandingLine], dict[str, list[Any]]]:
    wanted, today = what
    judged = judging.check_lines(session, who, standing_orders.basket_lines(of), today)
    least = {each.product.id: each.product.minimum_quantity for each in judged}
    lines: list[StandingLine] = []
    problems: dict[str, list[Any]] = {}
    for line in of.lines:
        quantity = wanted.quantities.get(line.position)
        if quantity is None:
            continue
        if problem := rules.below_minimum(quantity, least.get(line.product_id or 0, 0)):
            problems[f"quantity_{line.position}"] = [problem]
        line.quantity = quantity
        lines.append(line)
    if wanted.added is not None:
        added, wrong = _added(session, who, of, (wanted.added, today))
        lines += added
        problems |= wrong
    return lines, problems


def _added(
    session: Session, who: Who, of: StandingOrder, what: tuple[tuple[int, Decimal], date]
) -> tuple[list[StandingLine], dict[str, list[Any]]]:
    """Return a product that is added as a line, at the price of today, which is accepted so."""
    (product_id, quantity), today = what
    offered: Sequence[Outlook] = list_offered(session, who, of, today)
    found = next((each for each in offered if each.wish.product_id == product_id), None)
    if found is None or found.price is None or found.today is None:
        return [], {"product_id": [_("Choose a product that may be ordered from the enterprise")]}
    if problem := rules.below_minimum(quantity, found.today.product.minimum_quantity):
        return [], {"added": [problem]}
    place = max((line.position for line in of.lines), default=0) + 1
    price = found.price
    line = StandingLine(
        position=place, product_id=product_id, title=found.name, unit=price.unit,
        quantity=quantity, price_ore=price.ore, price_base_quantity=price.base_quantity,
    )  # fmt: skip
    return [line], {}


def _facts(of: StandingOrder) -> dict[str, Any]:
    return of.delivery | {
        "title": of.name, "rhythm": str(of.rhythm), "weekday": str(of.weekday),
        "week": str(of.week),
        "days_ahead": of.days_ahead, "first_on": iso(of.first_on), "last_on": iso(of.last_on),
        "rise_percent": of.rise_percent,
        "quantities": {str(line.position): str(line.quantity) for line in of.lines},
    }  # fmt: skip


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts without what is of a person, or might be: that it changed is told."""
    told = {
        side: {name: value for name, value in values.items() if name not in UNTOLD}
        for side, values in facts.items()
    }
    untold = sorted(UNTOLD & {*facts["before"], *facts["after"]})
    return told | ({"untold": untold} if untold else {})
