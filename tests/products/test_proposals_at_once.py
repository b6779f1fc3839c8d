"""An older proposal is answered in the moment in which its enterprise sends the next one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import on_postgresql
from products.proposing import DAY, NOTICE, THEN, World, make, send
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError
from catalogue.products import listing, proposals
from catalogue.products.proposals import Proposed

LATER, NEXT = THEN + timedelta(days=1), DAY + timedelta(days=60)


def _next_draft(database: Database) -> tuple[World, int, int]:
    """Have one proposal in force that nobody answered, and draft the next; return both ids."""
    with database.transaction() as session:
        world = make(session)
        older = send(session, world)
        older_id = older.id
        listing.make_listed(session, older_id, THEN)
    with database.transaction() as session:
        made = proposals.draft(session, world.seller, Proposed(NEXT), NOTICE, LATER)
        proposals.set_prices(session, world.seller, made.id, {world.product.id: 13_000}, LATER)
        return world, older_id, made.id


@on_postgresql
def test_who_sends_the_next_holds_up_whoever_answers(database: Database) -> None:
    world, older_id, next_id = _next_draft(database)
    with database.transaction() as session, database.transaction() as meanwhile:
        proposals.send(session, world.seller, next_id, NOTICE, LATER)
        meanwhile.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(
            OperationalError, match=r"(?s)lock timeout.*price_proposals.*FOR UPDATE"
        ):
            proposals.accept(meanwhile, world.staff["Vejle"], older_id, LATER)
    with database.transaction() as session, pytest.raises(CatalogueError, match="Afløst"):
        proposals.accept(session, world.staff["Vejle"], older_id, LATER)
