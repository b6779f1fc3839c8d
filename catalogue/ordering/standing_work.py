"""What the worker does with standing orders: each due morning an order, once, or a notice why not.

A date is done when its `StandingRun` is written, in one transaction with its order; the row of the
standing order is locked while that happens, and the run's key of standing order and date forbids a
second. So a worker that dies, or two of them, order once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.core import audit, jobs
from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Conflict, Invalid, Missing
from catalogue.core.jobs import Work
from catalogue.core.text import lazy as _
from catalogue.core.text import reading_in, today_in_copenhagen
from catalogue.core.who import Role, Who

from . import standing_placing, standing_rules
from .standing_models import StandingOrder, StandingRun
from .standing_orders import set_next
from .standing_rules import Occasion

DAILY = Daily("standing.morning", time(6))  # ordered before the working day of the enterprise
PLACE = "standing.place"
MAIL = "standing.mail"


def plan_morning(session: Session, now: datetime) -> int:
    """Put the work of all standing orders that are due, and tomorrow's; return how many."""
    due = select(StandingOrder).where(StandingOrder.due_on <= today_in_copenhagen(now))
    found = session.scalars(due.order_by(StandingOrder.id)).all()
    for each in found:
        _put(session, each, now)
    DAILY.put_next(session, now)
    return len(found)


def place_batch(database: Database, batch: Sequence[Work], clock: Callable[[], datetime]) -> None:
    """Order what is due, each in a transaction of its own."""
    for work in batch:
        planned_on = date.fromisoformat(work.payload["planned_on"])
        place(database, int(work.payload["standing_id"]), planned_on, clock())


def place(database: Database, standing_id: int, planned_on: date, now: datetime) -> None:
    """Order what a standing order has for a date, or note why it cannot be; done once."""
    try:
        with database.transaction() as session:
            place_due(session, standing_id, planned_on, now)
    except (Conflict, Invalid, Missing) as error:
        with database.transaction() as session:
            _note_refused(session, standing_id, planned_on, error, now)


def place_due(session: Session, standing_id: int, planned_on: date, now: datetime) -> None:
    """Order what a standing order has for a date, unless that is done; raises why it cannot be."""
    found = _lock(session, standing_id, planned_on)
    if found is None:
        return
    standing, buyer = found
    with reading_in(buyer.locale):  # a refusal is written as it is raised
        occasion = _occasion(standing, planned_on)
        _refuse_what_is_late(occasion, today_in_copenhagen(now))
        who = _acting(session, standing, buyer)
        order = standing_placing.place(session, who, standing, occasion, now)
    _conclude(session, standing, occasion, StandingRun(order_id=order.id), now)


def _note_refused(
    session: Session, standing_id: int, planned_on: date, error: CatalogueError, now: datetime
) -> None:
    found = _lock(session, standing_id, planned_on)
    if found is None:
        return
    standing, buyer = found
    with reading_in(buyer.locale):
        run = StandingRun(problem=_text(error))
    _conclude(session, standing, _occasion(standing, planned_on), run, now)
    session.flush()
    jobs.put(session, MAIL, {"run_id": run.id}, now=now)
    audit.record(
        session, "standing_order.refused", ("standing_order", standing.id), person_id=None,
        now=now, facts=audit.changes({}, {"planned_on": planned_on.isoformat()}),
        municipality_id=standing.municipality_id,
    )  # fmt: skip


def _conclude(
    session: Session, standing: StandingOrder, occasion: Occasion, run: StandingRun, now: datetime
) -> None:
    """Write what came of a date, and turn to the next; one that is due already is put at once."""
    run.standing_order_id, run.planned_on = standing.id, occasion.planned_on
    run.delivery_on, run.ran_at = occasion.delivery_on, now
    session.add(run)
    set_next(standing, standing_rules.find_after(standing.plan, occasion.planned_on))
    if standing.due_on is not None and standing.due_on <= today_in_copenhagen(now):
        _put(session, standing, now)


def _put(session: Session, standing: StandingOrder, now: datetime) -> None:
    if standing.next_on is not None:
        payload = {"standing_id": standing.id, "planned_on": standing.next_on.isoformat()}
        jobs.put(session, PLACE, payload, now=now)


def _lock(
    session: Session, standing_id: int, planned_on: date
) -> tuple[StandingOrder, Person] | None:
    """Return a standing order, locked, with its buyer; None when that date is done or paused."""
    standing = session.scalars(
        select(StandingOrder)
        .where(StandingOrder.id == standing_id)
        .options(selectinload(StandingOrder.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if standing is None or standing.next_on != planned_on:
        return None
    return standing, session.get_one(Person, standing.buyer_id)


def _occasion(standing: StandingOrder, planned_on: date) -> Occasion:
    return standing_rules.list_ahead(standing.plan, planned_on, 1)[0]


def _refuse_what_is_late(occasion: Occasion, today: date) -> None:
    if occasion.delivery_on <= today:
        raise standing_placing.NotPlaced(
            _("The catalogue stood still when it was to be ordered. Order it yourself.")
        )


def _acting(session: Session, standing: StandingOrder, buyer: Person) -> Who:
    """Return the buyer in her role; raises NotPlaced when she holds it no more."""
    role_id = session.scalar(
        select(PersonRole.id).where(
            PersonRole.person_id == buyer.id,
            PersonRole.role == Role.BUYER,
            PersonRole.municipality_id == standing.municipality_id,
        )
    )
    if role_id is None or buyer.disabled_at is not None:
        raise standing_placing.NotPlaced(
            _(
                "%(name)s is no buyer of the municipality any more. End the standing order, and let"
                " a colleague make a new one.",
                name=buyer.name,
            )
        )
    place_ = session.get_one(Municipality, standing.municipality_id)
    return Who(
        person_id=buyer.id, name=buyer.name, email=buyer.email, locale=buyer.locale,
        role=Role.BUYER, role_id=role_id, municipality_id=place_.id, municipality_name=place_.name,
    )  # fmt: skip


def _text(error: CatalogueError) -> str:
    if isinstance(error, Invalid) and error.problems:
        return "\n".join(str(text) for texts in error.problems.values() for text in texts)
    return str(error.detail or error.title)
