"""The front page counts shelves once: what changes shows at once, and what does not costs nothing.

That every deed shows at once is told by house/test_audit.py, which looks after each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import cast
import pytest
from cast import NOW, TODAY
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product, ProductState
from catalogue.search.public import front, shelf_counts
from catalogue.search.public import service as shelves
from catalogue.search.public.models import OpenShelf
from catalogue.search.public.shelf_counts import Counts

STANDING = 4  # what happened last, the newest products, the places, and the members
UNTIL = date(2100, 1, 1)


@dataclass(frozen=True)
class Shops:
    """A database with two enterprises, of which one shows its shelf to everybody."""

    database: Database
    shown: int
    closed: int

    def read(self, today: date = TODAY) -> tuple[front.Front, list[str]]:
        """Return the front page and the statements it was read by; it must be true."""
        with (
            self.database.reading() as session,
            cast.counted_queries(self.database) as sent,
        ):
            found = front.get_front(session, today)
        self.check(today)
        return found, list(sent)

    def check(self, today: date) -> None:
        """Hold what is remembered against the rows."""
        with self.database.reading() as session:
            kept: Counts = shelf_counts.read(session, today)
            assert kept == shelf_counts.count(session, today, kept.heads)


@pytest.fixture
def shops(app: Flask) -> Shops:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        shown, closed = (cast.enterprise(session, each, verified_until=UNTIL) for each in "ÅL")
        who = replace(cast.who(session, cast.worker(session, shown)), role=Role.ENTERPRISE)
        shelves.open_shelf(session, who, NOW)
        for shop in (shown, closed):
            cast.product(session, shop)
        ids = shown.id, closed.id
    return Shops(state.database, *ids)


def note(session: Session, kind: str, object_id: int) -> None:
    """Record an event as the deed would that changed the object."""
    audit.record(session, f"{kind}.changed", (kind, object_id), person_id=None, now=NOW)


def test_front_page_counts_nothing_while_nothing_changes(shops: Shops) -> None:
    first, _sent = shops.read()
    again, sent = shops.read()
    assert len(sent) == STANDING
    assert not [each for each in sent if "count(" in each]
    assert (first.products, first.enterprises) == (again.products, again.enterprises) == (2, 2)


@pytest.mark.parametrize("state", [ProductState.WITHDRAWN, ProductState.PUBLISHED])
def test_product_that_leaves_or_comes_is_counted_at_once(shops: Shops, state: ProductState) -> None:
    with shops.database.transaction() as session:
        made = cast.product(session, session.get_one(Enterprise, shops.shown), state="draft")
        note(session, "product", made.id)
        old = session.scalars(select(Product).where(Product.id != made.id).order_by(Product.id))
        changed = made if state == ProductState.PUBLISHED else old.first()
        assert changed is not None
        product_id = changed.id
    before, _sent = shops.read()
    with shops.database.transaction() as session:
        session.get_one(Product, product_id).state = state
        note(session, "product", product_id)
    after, sent = shops.read()
    step = 1 if state == ProductState.PUBLISHED else -1
    assert after.products == before.products + step == 2 + step
    shown = [each.product.id for each in after.shown]
    assert (product_id in shown) == (state == ProductState.PUBLISHED)
    standing = STANDING if shown else STANDING - 1  # where there are none, none are looked up
    assert len(sent) == standing + 3  # which enterprises, what they have, and their newest


def test_events_of_other_things_count_nothing_anew(shops: Shops) -> None:
    shops.read()
    with shops.database.transaction() as session:
        note(session, "order", shops.shown)
    _found, sent = shops.read()
    assert len(sent) == STANDING + 1
    _found, sent = shops.read()
    assert len(sent) == STANDING


def test_enterprise_that_is_suspended_takes_its_products_along(shops: Shops) -> None:
    shops.read()
    with shops.database.transaction() as session:
        session.get_one(Enterprise, shops.closed).state = EnterpriseState.SUSPENDED
        note(session, "enterprise", shops.closed)
    found, _sent = shops.read()
    assert (found.products, found.enterprises) == (1, 1)


def test_shelf_that_is_closed_shows_nothing_more(shops: Shops) -> None:
    assert shops.read()[0].shown
    with shops.database.transaction() as session:
        session.execute(delete(OpenShelf))
        note(session, "enterprise", shops.shown)
    assert not shops.read()[0].shown


def test_verification_that_ends_with_the_day_is_seen_without_an_event(shops: Shops) -> None:
    with shops.database.transaction() as session:
        session.get_one(Enterprise, shops.closed).verified_until = TODAY
    assert shops.read()[0].enterprises == 2
    assert shops.read(TODAY + timedelta(days=1))[0].enterprises == 1


def test_what_comes_without_an_event_shows_by_its_number(shops: Shops) -> None:
    shops.read()
    with shops.database.transaction() as session:
        made = cast.enterprise(session, "Ny", verified_until=UNTIL)
        cast.product(session, made)
        cast.product(session, session.get_one(Enterprise, shops.shown))
    found, _sent = shops.read()
    assert (found.products, found.enterprises) == (4, 3)


def test_more_changes_than_are_looked_at_one_by_one_are_counted_together(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_counts, "MOST_ONE_BY_ONE", 1)
    shops.read()
    with shops.database.transaction() as session:
        for each in session.scalars(select(Enterprise)).all():
            cast.product(session, each)
            note(session, "enterprise", each.id)
    assert shops.read()[0].products == 4


def test_session_that_writes_counts_its_own_rows(shops: Shops) -> None:
    shops.read()
    with shops.database.transaction() as session:
        cast.product(session, session.get_one(Enterprise, shops.shown))
        assert shelf_counts.read(session, TODAY).products == 3
        events = session.scalar(select(func.count()).select_from(AuditEvent))
    assert events
