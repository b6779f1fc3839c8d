"""Making a standing order: from the lines of an order or a list, or on a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import lazy as _
from catalogue.core.text import today_in_copenhagen
from catalogue.core.who import Who

from . import frames, rules, standing_rules
from .filling import Outlook
from .quote_trace import iso
from .rules import Delivery
from .standing_models import StandingLine, StandingOrder
from .standing_orders import NONE, record, set_next
from .standing_rules import Plan


@dataclass(frozen=True)
class Wanted:
    """A standing order as its buyer writes it; the same form sent twice has the same key."""

    name: str
    plan: Plan
    rise_percent: int
    delivery: Delivery
    quantities: Mapping[int, Decimal]
    key: str


def make(
    session: Session, who: Who, wanted: Wanted, outlooks: Sequence[Outlook], now: datetime
) -> list[StandingOrder]:
    """Make a standing order for each enterprise, of products beside what they are today.

    The quantities are by product; a product without one is left out. The price of today is the
    one the buyer accepts. Raises Invalid by field when the plan or the choice is none.
    """
    if there := _list_made(session, who, wanted.key):
        return there
    chosen = [each for each in outlooks if each.fills and _id(each) in wanted.quantities]
    _refuse_unless_planned(wanted, chosen, today_in_copenhagen(now))
    _refuse_too_few(wanted, chosen)
    chosen.sort(key=_enterprise_id)
    made = []
    for enterprise_id, share in groupby(chosen, _enterprise_id):
        lines = [_line(place, each, wanted) for place, each in enumerate(share, start=1)]
        made.append(_add(session, who, wanted, (enterprise_id, None, lines), now))
    return made


def make_on_frame(
    session: Session, who: Who, wanted: Wanted, quote_id: int, now: datetime
) -> StandingOrder:
    """Make a standing order that calls parts off a frame, by position of its lines.

    Raises Missing, NothingLeft when the frame has run out, and Invalid by field.
    """
    if there := _list_made(session, who, wanted.key):
        return there[0]
    frame = frames.lock_own(session, who, quote_id)
    frames.refuse_unless_open(frame, today_in_copenhagen(now))
    chosen = [each for each in frame.quote.lines if each.position in wanted.quantities]
    _refuse_unless_planned(wanted, chosen, today_in_copenhagen(now))
    lines = [
        StandingLine(
            position=each.position, title=each.title, unit=each.unit, price_ore=each.price_ore,
            quantity=wanted.quantities[each.position], price_base_quantity=1,
        )
        for each in chosen
    ]  # fmt: skip
    return _add(session, who, wanted, (frame.recipient.enterprise_id, quote_id, lines), now)


def _refuse_unless_planned(wanted: Wanted, chosen: Sequence[Any], today: date) -> None:
    problems = standing_rules.plan_problems(wanted.plan, today)
    if not chosen:
        problems["lines"] = [_("Write how many of at least one line")]
    if problems:
        raise Invalid(problems)


def _refuse_too_few(wanted: Wanted, chosen: Sequence[Outlook]) -> None:
    problems: dict[str, list[Any]] = {}
    for each in chosen:
        least = each.today.product.minimum_quantity if each.today else 0
        if problem := rules.below_minimum(wanted.quantities[_id(each)], least):
            problems[f"quantity_{_id(each)}"] = [problem]
    if problems:
        raise Invalid(problems)


def _add(
    session: Session,
    who: Who,
    wanted: Wanted,
    what: tuple[int, int | None, list[StandingLine]],
    now: datetime,
) -> StandingOrder:
    """Add a standing order of an enterprise, on a frame or not, with its lines."""
    enterprise_id, quote_id, lines = what
    made = StandingOrder(
        **asdict(wanted.plan),
        municipality_id=who.municipality_id,
        buyer_id=who.person_id,
        enterprise_id=enterprise_id,
        quote_id=quote_id,
        making_key=wanted.key,
        name=wanted.name,
        rise_percent=wanted.rise_percent,
        delivery=asdict(wanted.delivery),
        created_at=now,
        lines=lines,
    )
    set_next(made, standing_rules.find_in_time(wanted.plan, today_in_copenhagen(now)))
    session.add(made)
    session.flush()
    after = {
        "enterprise_id": enterprise_id, "rhythm": made.rhythm, "lines": len(lines),
        "first_on": iso(made.first_on), "last_on": iso(made.last_on),
        "rise_percent": made.rise_percent,
    }  # fmt: skip
    record(session, who, "made", made, audit.changes({}, after), now)
    return made


def _line(place: int, outlook: Outlook, wanted: Wanted) -> StandingLine:
    price = outlook.price
    if price is None:  # of what fills a basket the price is known
        raise Missing(NONE)
    return StandingLine(
        position=place, product_id=_id(outlook), title=outlook.name, unit=price.unit,
        quantity=wanted.quantities[_id(outlook)], price_ore=price.ore,
        price_base_quantity=price.base_quantity,
    )  # fmt: skip


def _id(outlook: Outlook) -> int:
    return outlook.wish.product_id or 0


def _enterprise_id(outlook: Outlook) -> int:
    return outlook.today.product.enterprise_id if outlook.today else 0


def _list_made(session: Session, who: Who, key: str) -> list[StandingOrder]:
    own = (StandingOrder.buyer_id == who.person_id, StandingOrder.making_key == key)
    return list(session.scalars(select(StandingOrder).where(*own).order_by(StandingOrder.id)))
