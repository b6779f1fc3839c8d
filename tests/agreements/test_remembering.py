"""What applies is remembered between pages, and asked for anew as soon as anything changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import cast
import pytest
from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from catalogue.agreements import applying
from catalogue.agreements.models import (
    Agreement,
    AgreementCategory,
    CarveOut,
    FormerTerms,
    InForceVersion,
)
from catalogue.agreements.rules import InForce
from catalogue.core.db import Database
from catalogue.enterprises.models import MunicipalDecision, Recognition, RegisterFact

DAY = timedelta(days=1)
HOME, SELLER, VOLUNTARY, MANDATORY = 1, 1, 1, 2  # the ids of the world
BEFORE, AFTER = cast.TODAY - DAY, cast.TODAY + DAY
# Every way by which what applies may change, past the code that otherwise does it.
CHANGES = {
    "an agreement is made": lambda session: cast.mandatory(
        session, session.get(cast.Municipality, HOME), categories=["18000000"]
    ),
    "an agreement ends": "UPDATE catalogue_agreements SET ends_on = :before WHERE id = 1",
    "an agreement is deleted": "DELETE FROM catalogue_agreements WHERE id = 2",
    "a category is added": insert(AgreementCategory).values(
        agreement_id=VOLUNTARY, category_code="18000000", prefix="18"
    ),
    "a category ends": "UPDATE catalogue_agreement_categories SET until_on = :before WHERE id = 1",
    "a category is deleted": "DELETE FROM catalogue_agreement_categories WHERE id = 1",
    "something is carved out": insert(CarveOut).values(
        agreement_id=MANDATORY, prefix="", enterprise_id=SELLER, reason="Rammen er lukket.",
        starts_on=BEFORE, ends_on=AFTER, made_at=cast.NOW,
    ),
    "terms are former ones": insert(FormerTerms).values(
        agreement_id=MANDATORY, from_on=BEFORE, until_on=AFTER, title="Før", ends_on=AFTER,
        supplier_name="En anden", where_to_buy="Ring.", amended_at=cast.NOW, reason="Fusion",
    ),
    "a verification runs out": "UPDATE catalogue_enterprises SET verified_until = :before",
    "an enterprise is suspended": "UPDATE catalogue_enterprises SET state = 'suspended'",
    "an enterprise is not recognised": insert(MunicipalDecision).values(
        enterprise_id=SELLER, municipality_id=HOME, recognition=Recognition.NOT_RECOGNISED,
        reason="Vi kender den ikke.", decided_at=cast.NOW, is_current=True,
    ),
    "the register is demanded": "UPDATE catalogue_municipalities SET requires_registered = true",
}  # fmt: skip


@pytest.fixture
def world(database: Database) -> Database:
    """A municipality with an agreement of each kind, which has been asked about."""
    with database.transaction() as session:
        home, seller = cast.municipality(session), cast.enterprise(session)
        cast.category(session, "18000000")
        cast.voluntary(session, home, seller)
        cast.mandatory(session, home, categories=["18000000"])
    remembered(database)
    return database


def remembered(database: Database) -> InForce:
    """Return what a page is told."""
    with database.reading() as session:
        return applying.in_force(session, HOME, cast.TODAY)


def asked(database: Database) -> InForce:
    """Return what the database says."""
    with database.transaction() as session:
        return applying.in_force(session, HOME, cast.TODAY)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_is_seen_by_the_next_page(
    world: Database, change: Callable[[Session], object] | str
) -> None:
    before = remembered(world)
    with world.transaction() as session:
        if isinstance(change, str):
            given = {"before": BEFORE} if ":before" in change else {}
            session.execute(text(change), given)
        elif callable(change):
            change(session)
        else:
            session.execute(change)
    assert remembered(world) == asked(world) != before


def test_register_that_is_written_and_mended_is_seen(world: Database) -> None:
    facts = {"enterprise_id": SELLER, "checked_on": BEFORE, "source": "rsv.dk"}
    seen = []
    with world.transaction() as session:
        session.execute(text("UPDATE catalogue_municipalities SET requires_registered = true"))
        session.execute(insert(RegisterFact).values(status="registered", **facts))
    seen.append(remembered(world).verified)
    with world.transaction() as session:
        session.execute(update(RegisterFact).values(status="deregistered"))
    seen.append(remembered(world).verified)
    assert seen == [{SELLER}, frozenset()]


def test_tables_that_decide_are_watched_wholly(world: Database) -> None:
    statement = applying._in_force()
    decide = {each.name for each in visitors.iterate(statement) if isinstance(each, Table)}
    decide.remove(InForceVersion.__tablename__)
    found = (
        "SELECT name || ' ' || sql FROM sqlite_master WHERE type = 'trigger'"
        if world.is_sqlite
        else "SELECT tgname || ' ' || pg_get_triggerdef(oid) FROM pg_trigger"
    )
    with world.reading() as session:
        triggers = [each.lower() for each in session.scalars(text(found)) if "in_force" in each]
    for table in decide:
        own = " ".join(
            each for each in triggers if f" on {table} " in f"{each} ".replace("public.", "")
        )
        assert all(event in own for event in ("insert", "update", "delete")), table


def test_nothing_is_read_again_that_has_not_changed(world: Database) -> None:
    first = remembered(world)
    with cast.counted_queries(world) as seen:
        assert remembered(world) is first
    assert len(seen) == 1
    assert "catalogue_agreements" not in seen[0]


def test_what_is_taken_back_is_not_remembered(world: Database) -> None:
    before = remembered(world)
    with pytest.raises(ZeroDivisionError), world.transaction() as session:
        session.execute(update(Agreement).values(ends_on=BEFORE))
        assert applying.in_force(session, HOME, cast.TODAY) != before
        raise ZeroDivisionError
    with world.transaction() as session:
        session.execute(update(Agreement).where(Agreement.id == MANDATORY).values(ends_on=BEFORE))
    assert remembered(world) == asked(world)
    assert len(remembered(world).voluntary) == 1


def test_other_changes_leave_it(world: Database) -> None:
    before = remembered(world)
    with world.transaction() as session:
        session.execute(text("UPDATE catalogue_enterprises SET email = 'ny@legehytten.example'"))
        session.execute(
            text("UPDATE catalogue_municipalities SET name = 'Slagelse by' WHERE id = 1")
        )
    assert remembered(world) is before


def test_two_who_change_agreements_do_not_wait_for_each_other(world: Database) -> None:
    if world.is_sqlite:
        pytest.skip("there is one writer at a time")
    change = update(Agreement).values(title="Ny")
    with world.transaction() as one:
        one.execute(change.where(Agreement.id == VOLUNTARY))
        with world.transaction() as two:
            two.execute(text("SET LOCAL lock_timeout = '2s'"))
            two.execute(change.where(Agreement.id == MANDATORY))
        between = number(world)
    assert number(world) == between + 1


def number(database: Database) -> int:
    """Return the version of what applies."""
    with database.reading() as session:
        return session.scalars(select(InForceVersion.number)).one()
