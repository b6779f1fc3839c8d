"""What is remembered of coverage is reckoned once while what it is made of stands.

That every deed shows at once is told by house/test_audit.py, which looks after each.
"""

from __future__ import annotations

from collections.abc import Iterator

import cast
from coverage_world import world
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.db import Database
from catalogue.coverage import counting, matrix
from catalogue.coverage.remembering import MOST_CHANGES, MOST_KEPT, PRIVATE, Remembered
from catalogue.coverage.rules import Asked
from catalogue.ordering.models import Order, OrderLine, OrderState
from catalogue.products.models import Product, ProductState

ORDER_STATES = (OrderState.AWAITING, OrderState.PLACED, OrderState.AWAITING, OrderState.CANCELLED)
AGAIN_QUERIES = 7  # the last change, the ledger, and five of what was looked for in vain


def test_answer_is_reckoned_anew_when_its_basis_differs() -> None:
    kept, answers = Remembered(), iter(range(9))
    given = [kept.ask("q", basis, lambda: next(answers)) for basis in (1, 1, 2, 2, 1)]
    assert given == [0, 0, 1, 1, 2]
    assert kept.ask("other", 1, lambda: next(answers)) == 3


def test_answers_asked_for_last_are_kept() -> None:
    kept = Remembered()

    def reckoned(questions: range) -> Iterator[int]:
        for question in questions:
            before = len(made)
            kept.ask(question, 0, lambda: made.append(0))
            if len(made) > before:
                yield question

    made: list[int] = []
    assert list(reckoned(range(MOST_KEPT))) == list(range(MOST_KEPT))
    assert list(reckoned(range(1))) == []  # now the last one asked for
    assert list(reckoned(range(MOST_KEPT, MOST_KEPT + 1))) == [MOST_KEPT]
    assert list(reckoned(range(2))) == [1]


def test_last_events_are_told_without_looking_again_at_those_that_were_seen(
    database: Database,
) -> None:
    """Where many orders are placed, the last event about anything else may be far behind."""

    def happens(*kinds: str) -> None:
        for kind in kinds:
            with database.transaction() as session:
                audit.record(
                    session, "test.done", (kind, 1), person_id=None, now=cast.NOW, municipality_id=7
                )

    def looks(seen: audit.Last = audit.NEVER) -> audit.Last:
        with database.reading() as session:
            return audit.last(session, 7, PRIVATE, seen)

    def numbers(last: audit.Last) -> tuple[int, int, int]:
        return last.anywhere, last.here, last.newest

    assert numbers(looks()) == (0, 0, 0)
    happens("product", "order", "order")
    seen = looks()
    assert numbers(seen) == (1, 3, 3)
    for kinds, now in (((), (1, 3, 3)), (("order",), (1, 4, 4)), (("product",), (5, 5, 5))):
        happens(*kinds)
        seen = looks(seen)
        assert numbers(seen) == numbers(looks()) == now
    happens("order")
    # An untrue number of what was seen comes back: nothing before it was looked at.
    assert numbers(looks(audit.Last(2, 0, newest=5))) == (2, 6, 6)
    # A database put back has fewer events than were seen: all is looked at.
    assert numbers(looks(audit.Last(8, 9, newest=9))) == (5, 6, 6)


def test_matrix_is_read_anew_only_when_something_has_changed(app: Flask) -> None:
    state = app.extensions["catalogue"]
    database: Database = state.database
    with database.transaction() as session:
        home = world(session)
    asked = Asked(home.id, cast.TODAY, cast.TODAY, "da")

    def read() -> tuple[object, int]:
        with database.reading() as session, cast.counted_queries(database) as sent:
            found = matrix.read(session, state.parts, asked)
            matrix.count_conflicts(session, state.parts, asked, found.last_event)
        return found, len(sent)

    first, _queries = read()
    again, queries = read()
    assert again is first
    assert queries == AGAIN_QUERIES
    with database.transaction() as session:  # of another municipality, but of any product perhaps
        audit.record(session, "product.changed", ("product", 1), person_id=None, now=cast.NOW)
    changed, queries = read()
    assert changed is not first
    assert queries > AGAIN_QUERIES
    with database.transaction() as session:  # private to another municipality
        told = {"person_id": None, "now": cast.NOW, "municipality_id": home.id + 1}
        audit.record(session, "order.placed", ("order", 1), **told)
    assert read() == (changed, AGAIN_QUERIES)
    with database.transaction() as session:  # the same of her own
        audit.record(session, "order.placed", ("order", 2), **told | {"municipality_id": home.id})
    assert read()[0] is not changed


def test_what_events_tell_of_is_put_in_the_place_of_what_it_was(database: Database) -> None:
    with database.transaction() as session:
        home = world(session).id
    asked, kept = Asked(home, cast.TODAY, cast.TODAY, "da"), Remembered()

    def figures(remembered: Remembered) -> tuple[object, ...]:
        with database.reading() as session:
            version = counting.version(session, remembered, home)
            found = counting.count(session, asked, remembered, version)
        shelves, ordered = found.shelves, found.spent.ordered
        return (
            sorted(shelves.rows()), ordered.by_category(), ordered.by_agreement(),
            sorted(zip(*(each.tolist() for each in ordered.year.by_code()), strict=True)),
            found.booked, found.offered.products,
            found.offered.orderable, found.offered.delivered, found.offered.pairs,
            found.spent.bound.used,
        )  # fmt: skip

    def tell(session: Session, subject: tuple[str, int]) -> None:
        told = {"person_id": None, "now": cast.NOW, "municipality_id": home}
        audit.record(session, f"{subject[0]}.changed", subject, **told)

    before = figures(kept)
    with database.reading() as session:
        rows = [(row.__tablename__.split("_")[1][:-1], type(row), row.id)
                for kind in (Order, Product) for row in session.scalars(select(kind))]  # fmt: skip
    for name, kind, id_ in rows:
        states = OrderState if kind is Order else ProductState
        for state in ORDER_STATES if kind is Order else states:
            with database.transaction() as session:
                session.execute(update(kind).where(kind.id == id_).values(state=state))
                tell(session, (name, id_))
            assert figures(kept) == figures(Remembered()), (name, id_, state)
    assert figures(kept) != before
    with database.reading() as session:
        of_home = (Order.municipality_id == home, Order.placed_at == cast.NOW)
        ids = session.scalars(select(Order.id).where(*of_home).order_by(Order.id)).all()
    # What lines counted to that are taken off.
    for id_, state in zip(ids, (OrderState.AWAITING, OrderState.PLACED), strict=False):
        with database.transaction() as session:
            session.get_one(Order, id_).state = state
            tell(session, ("order", id_))
        bound = figures(kept)
        with database.transaction() as session:
            session.execute(delete(OrderLine).where(OrderLine.order_id == id_))
            tell(session, ("order", id_))
        assert bound != figures(kept) == figures(Remembered()), state
    with database.transaction() as session:
        session.execute(update(Order).values(state=OrderState.CANCELLED))
        for _each in range(MOST_CHANGES + 1):  # too many to be told one by one
            tell(session, ("order", 1))
    assert figures(kept) == figures(Remembered())
