"""What is under way, and how many orders stand where, is read without all that was ever ordered.

Told by how SQLite finds the rows: it plans by its indexes alone, however few rows there are, and
PostgreSQL reads a table that is small as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import cast
import pytest
from conftest import on_sqlite
from ordering.world import World, make
from sqlalchemy import event
from sqlalchemy.orm import Session

from catalogue.core.who import Role, Who
from catalogue.coverage import spending
from catalogue.ordering import approval_news, order_lacks, order_lists, reminders
from catalogue.ordering.order_lacks import Lacking
from catalogue.ordering.order_lists import Lack, Sought

WORDS = Sought(words="legehus")
LEFT = Lacking(2, (), gone=(1, 2)).narrow(Sought(lacks=Lack.BUYER))
Question = Callable[[Session, dict[Role, Who]], object]
UNREAD: dict[str, tuple[Question, str]] = {  # by what is asked for, how orders are found
    "staff's numbers by state": (
        lambda session, people: order_lists.count(session, people[Role.STAFF], Sought()),
        "COVERING INDEX",
    ),
    "an enterprise's numbers by state": (
        lambda session, people: order_lists.count(session, people[Role.ENTERPRISE], Sought()),
        "COVERING INDEX",
    ),
    "a buyer's numbers by state": (
        lambda session, people: order_lists.count(session, people[Role.BUYER], Sought()),
        "COVERING INDEX ix_catalogue_orders_buyer (buyer_id=? AND municipality_id=?)",
    ),
    "a page of a buyer's list": (
        lambda session, people: order_lists.list_found(
            session, people[Role.BUYER], Sought(), limit=25
        ),
        "ix_catalogue_orders_buyer (buyer_id=? AND municipality_id=?)",
    ),
    "what nobody moves": (
        lambda session, people: order_lacks.find(session, people[Role.STAFF], cast.TODAY),
        "ix_catalogue_orders_state",
    ),
    "words in what a town ordered": (
        lambda session, people: order_lists.find_few(session, people[Role.STAFF], WORDS),
        "COVERING INDEX ix_catalogue_orders_words (municipality_id=?)",
    ),
    "staff's numbers by state of those that have words": (
        lambda session, people: order_lists.count(session, people[Role.STAFF], WORDS),
        "COVERING INDEX ix_catalogue_orders_words (municipality_id=?)",
    ),
    "a page of the orders found by words": (
        lambda session, people: order_lists.list_found(
            session, people[Role.STAFF], WORDS.only([1, 2]), limit=25
        ),
        "INTEGER PRIMARY KEY (rowid=?)",
    ),
    "the orders whose buyer has left": (
        lambda session, people: order_lists.find_few(session, people[Role.STAFF], LEFT),
        "COVERING INDEX ix_catalogue_orders_state (state=? AND municipality_id=? AND buyer_id=?)",
    ),
    "what awaits approval anywhere": (
        lambda session, _people: approval_news.tell_all(session, cast.NOW),
        "ix_catalogue_orders_state",
    ),
    "what awaits an answer": (
        lambda session, _people: reminders.remind(session, cast.NOW),
        "ix_catalogue_orders_state",
    ),
    "a page of staff's list": (
        lambda session, people: order_lists.list_found(
            session, people[Role.STAFF], Sought(), limit=25
        ),
        "ix_catalogue_orders_standing (municipality_id=?)",
    ),
    "a page of an enterprise's list": (
        lambda session, people: order_lists.list_incoming(
            session, people[Role.ENTERPRISE], Sought(), limit=25
        ),
        "ix_catalogue_orders_enterprise (enterprise_id=?)",
    ),
}


@on_sqlite
@pytest.mark.parametrize("what", UNREAD)
def test_orders_are_found_without_reading_all(session: Session, what: str) -> None:
    world: World = make(session)
    people = {
        Role.STAFF: cast.who(session, cast.staff(session, world.home)),
        Role.BUYER: world.who,
        Role.ENTERPRISE: world.worker_who,
    }
    ask, wanted = UNREAD[what]
    with planned(session) as plans:
        ask(session, people)
    of_orders = [step for plan in plans for step in plan if " catalogue_orders" in step]
    assert of_orders
    assert all(wanted in step for step in of_orders), of_orders


@on_sqlite
def test_who_buys_is_asked_once_and_not_of_each_order(session: Session) -> None:
    world: World = make(session)
    staff = cast.who(session, cast.staff(session, world.home))
    with planned(session) as plans:
        order_lacks.find(session, staff, cast.TODAY)
    steps = [step for plan in plans for step in plan]
    assert any("COVERING INDEX ix_catalogue_orders_state" in step for step in steps)
    assert not any(step.startswith("CORRELATED") for step in steps), steps


@on_sqlite
def test_what_a_town_ordered_is_read_from_indexes_alone(session: Session) -> None:
    """A line's agreement lay beside the index once: each of a million was read for it."""
    world: World = make(session)
    with planned(session) as plans:
        spending.read(session, world.home.id, cast.TODAY)
    steps = [step for plan in plans for step in plan if "catalogue_order" in step]
    assert len(steps) == 5  # of the years before, when orders of the year were placed, their lines
    assert all("USING COVERING INDEX" in step for step in steps), steps


@contextmanager
def planned(session: Session) -> Iterator[list[list[str]]]:
    """Collect how the database finds the rows of each question within the block."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    plans: list[list[str]] = []
    yield plans
    event.remove(connection, "before_cursor_execute", note)
    for statement, parameters in asked:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plans.append([row[-1] for row in rows])
