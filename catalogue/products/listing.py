"""Work of the outbox: proposed prices become list prices on their day.

What buyers under agreements pay does not wait for this; see `price_rules.price_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.core import audit
from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import today_in_copenhagen

from . import proposing
from .models import PriceProposal, ProposalState


def list_batch(database: Database, batch: Sequence[Work], clock: Callable[[], datetime]) -> None:
    """Make the prices of the proposals named by `proposal_id` the list prices."""
    for work in batch:
        with database.transaction() as session:
            make_listed(session, int(work.payload["proposal_id"]), clock())


def make_listed(session: Session, proposal_id: int, now: datetime) -> None:
    """Make the prices of a sent proposal the list prices, on or after its day; once.

    A product on the shelf gets a version and is indexed anew.
    """
    query = select(PriceProposal).where(PriceProposal.id == proposal_id)
    query = query.options(selectinload(PriceProposal.lines)).with_for_update()
    found = session.scalars(query).first()
    if found is None or found.state != ProposalState.SENT or found.listed_at is not None:
        return
    if found.from_on > today_in_copenhagen(now):
        return
    proposing.put_list_prices(session, found.lines, now)
    found.listed_at = now
    audit.record(session, "prices.listed", ("price_proposal", found.id), person_id=None, now=now)
