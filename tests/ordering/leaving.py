"""Orders whose people leave, and what is put for those who go on with them."""

from __future__ import annotations

from datetime import timedelta

import cast
from cast import NOW, TODAY
from ordering.approving import Town
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Person, PersonRole
from catalogue.core import jobs
from catalogue.core.who import Who
from catalogue.ordering import (
    handing,
)
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.models import Order

WHY = "Mette er rejst"


def colleague(session: Session, here: Town, name: str = "Hans Berg") -> tuple[Person, Who]:
    """Make another buyer of the municipality."""
    made = cast.buyer(session, here.world.home, name=name)
    return made, cast.who(session, made)


def leave(session: Session, person: Person) -> None:
    """Let a person leave as directories have it: her roles go, and her log-in with them."""
    for held in session.scalars(select(PersonRole).where(PersonRole.person_id == person.id)).all():
        session.delete(held)
    person.disabled_at = NOW
    session.flush()


def hand(session: Session, here: Town, made: Order, to: Person) -> Order:
    """Hand an order over."""
    found = handing.hand_over(session, here.staff_who, made.number, to.id, WHY, NOW)
    session.flush()
    return found


def waits_for(session: Session, made: Order, days: int = 0) -> list[str]:
    """List the names of those who may approve."""
    return load_case(session, made, TODAY + timedelta(days=days)).acting_names


def put_work(session: Session, topic: str) -> list[dict[str, object]]:
    """List what is put of a topic."""
    session.flush()
    query = select(jobs.Job.payload).where(jobs.Job.topic == topic).order_by(jobs.Job.id)
    return [dict(each) for each in session.scalars(query)]
