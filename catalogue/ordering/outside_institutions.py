"""Buyers order for the institutions that their municipality's sign-in names, from then on.

It only adds: which institutions a buyer orders for is no right, and she may have chosen others.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.core.db import Database, insert_for
from catalogue.core.jobs import Work

from .address_models import BuyerInstitution


def join_batch(database: Database, batch: Sequence[Work]) -> None:
    """Have the persons of a batch order for what is named there; the same twice is once."""
    with database.transaction() as session:
        for work in batch:
            told = work.payload
            for gln in told["glns"]:
                made = insert_for(session, BuyerInstitution).values(
                    person_id=told["person_id"], municipality_id=told["municipality_id"], gln=gln
                )
                session.execute(made.on_conflict_do_nothing())
