"""What the pages about standing orders show, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.accounts.models import Person
from catalogue.agreements import queries as agreements
from catalogue.agreements.rules import judge
from catalogue.core.errors import Missing
from catalogue.core.listing import MOST_ROWS
from catalogue.core.money import line_net_ore
from catalogue.core.text import Text
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import (
    filling,
    form_advice,
    frame_queries,
    frames,
    lists,
    standing_placing,
    standing_rules,
)
from . import items as judging
from .filling import Filling
from .form_advice import Planned
from .frame_queries import FramePage
from .items import Item
from .models import Order
from .standing_models import StandingLine, StandingOrder, StandingRun
from .standing_orders import NONE, basket_lines
from .standing_rules import Occasion

AHEAD = 8  # of the dates to come, those that are shown
MOST_RUNS = 60


@dataclass(frozen=True)
class Listed:
    """A standing order in a list, with its names and why the last date came to nothing, if so."""

    standing: StandingOrder
    enterprise_name: str
    buyer_name: str
    last_problem: str | None

    @property
    def rhythm(self) -> Text:
        """Return the rhythm in words."""
        return standing_rules.describe(self.standing.plan)

    def state(self, today: date) -> str:
        """Return how it stands: ended, done, paused, or runs."""
        of = self.standing
        if of.ended_at is not None:
            return "ended"
        if of.next_on is None:
            return "done"
        resting = of.paused_from and of.paused_until and of.paused_from <= today <= of.paused_until
        return "paused" if resting else "runs"


@dataclass(frozen=True)
class Run:
    """What came of a date, with the order if there is one."""

    run: StandingRun
    number: str | None
    state: str | None
    net_ore: int | None


@dataclass(frozen=True)
class StandingPage(Listed):
    """A standing order with its dates to come and those done, newest first.

    `items`: its products as they are today, by product; empty where it calls off a frame.
    """

    ahead: Sequence[Occasion]
    runs: Sequence[Run]
    items: dict[int, Item]

    @property
    def problems(self) -> list[Text]:
        """List what would stand in the way if it were ordered today."""
        return standing_placing.list_problems(list(self.items.values()))

    @property
    def prices_to_accept(self) -> list[Item]:
        """List the products whose price has risen above what the buyer allows."""
        return [each for each in self.items.values() if each.must_be_accepted]

    @property
    def net_ore(self) -> int:
        """Return what one delivery costs today without VAT, as far as prices are known."""
        return sum(self.line_ore(line) for line in self.standing.lines)

    def line_ore(self, line: StandingLine) -> int:
        """Return what a line costs today without VAT."""
        item = self.items.get(line.product_id or 0)
        if item is not None:
            return item.net_ore
        return line_net_ore(line.price_ore, line.quantity, line.price_base_quantity)


@dataclass(frozen=True)
class Source:
    """What a new standing order is begun from: lines of an order or a list, or a frame."""

    name: str
    filling: Filling | None = None
    frame: FramePage | None = None
    order: Order | None = None


def list_standing(session: Session, who: Who) -> list[Listed]:
    """List the standing orders that `who` may see: those that run first, then newest. One query."""
    query = named(who).order_by(
        StandingOrder.next_on.is_(None), StandingOrder.next_on, StandingOrder.id.desc()
    )
    return [Listed(*row) for row in session.execute(query.limit(MOST_ROWS))]


def get(session: Session, who: Who, standing_id: int, today: date) -> StandingPage:
    """Return a standing order that `who` may see; raises Missing for all others."""
    query = named(who).where(StandingOrder.id == standing_id)
    rows: Any = session.execute(query.options(joinedload(StandingOrder.lines)))
    row = rows.unique().first()
    if row is None:
        raise Missing(NONE)
    standing: StandingOrder = row.StandingOrder
    runs = session.execute(
        select(StandingRun, Order.number, Order.state, Order.net_ore)
        .outerjoin(Order, Order.id == StandingRun.order_id)
        .where(StandingRun.standing_order_id == standing.id)
        .order_by(StandingRun.planned_on.desc())
        .limit(MOST_RUNS)
    )
    lines = basket_lines(standing)
    judged = judging.check_lines(session, who, lines, today) if lines else []
    return StandingPage(
        **vars(Listed(*row)),
        ahead=standing_rules.list_ahead(standing.plan, standing.next_on, AHEAD),
        runs=[Run(*each) for each in runs],
        items={each.product.id: each for each in judged},
    )


def begin(session: Session, who: Who, given: dict[str, Any], today: date) -> Source:
    """Return what a new one is begun from: `ordre`, `liste` or `ramme` of the address.

    Raises Missing when there is none of them, or it is not hers.
    """
    if given.get("ramme"):
        frame = frame_queries.get_frame(session, who, given["ramme"])
        if problem := frame.closed(today):
            raise frames.NothingLeft(problem)
        return Source(frame.request.title, frame=frame)
    if given.get("liste"):
        page = lists.get(session, who, given["liste"], today)
        return Source(page.list.name, filling=page.filling)
    number = str(given.get("ordre") or "")
    order = filling.get_ordered(session, who, number)
    wishes = filling.wishes_of(order)
    return Source(number, filling=filling.foresee(session, who, wishes, today), order=order)


def plan_new(
    session: Session, source: Source, typed: Mapping[int, Decimal] | None, today: date
) -> list[Planned]:
    """Return what a new one would order each time; `typed`: how many, None while the form begins.

    Of a frame by position of its lines, else by product.
    """
    if source.frame is not None:
        return frame_queries.plan(session, source.frame, typed or {}, today)
    outlooks = source.filling.filling if source.filling else []
    return [
        filling.plan(each, each.quantity if typed is None else typed[each.wish.product_id or 0])
        for each in outlooks
        if typed is None or each.wish.product_id in typed
    ]


def plan_own(session: Session, page: StandingPage, today: date) -> list[Planned]:
    """Return what a standing order orders each time. Two queries where it calls off a frame."""
    standing = page.standing
    if standing.quote_id is None:
        return form_advice.of_items(page.items.values())
    code = frame_queries.get_category_code(session, standing.quote_id)
    applies = agreements.in_force(session, standing.municipality_id, today)
    judged = judge(
        applies, published=True, enterprise_id=standing.enterprise_id, category_code=code
    )
    return [
        Planned(standing.enterprise_id, code, page.line_ore(line), judged.voluntary)
        for line in standing.lines
    ]


def named(who: Who) -> Any:  # SQLAlchemy 2.0 and 2.1 write its type differently
    """Return the query of what `Listed` holds of the standing orders that `who` may see."""
    last = (
        select(StandingRun.problem)
        .where(StandingRun.standing_order_id == StandingOrder.id)
        .order_by(StandingRun.planned_on.desc())
        .limit(1)
        .correlate(StandingOrder)
        .scalar_subquery()
    )
    return (
        select(StandingOrder, Enterprise.name, Person.name, last)
        .join(Enterprise, Enterprise.id == StandingOrder.enterprise_id)
        .join(Person, Person.id == StandingOrder.buyer_id)
        .where(StandingOrder.visible_to(who))
    )
