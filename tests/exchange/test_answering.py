"""Answers by document: each becomes the step that the enterprise's own pages would take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import cast
import pytest
from ordering.world import DELIVERY, KEY, World, make, put
from sqlalchemy.orm import Session, selectinload

from catalogue.core.errors import CatalogueError, Invalid, Missing
from catalogue.exchange import answering, documents, order_documents
from catalogue.exchange.order_document import Answer, AnsweredLine, OrderAnswer
from catalogue.exchange.peppol_document import CVR_SCHEME, Identifier, Period, Quantity
from catalogue.ordering import changing, service
from catalogue.ordering.models import Order

DAY = date(2026, 12, 24)
NUMBER = "0330-2026-00001"


@pytest.fixture
def world(session: Session) -> World:
    """An order of two and a half play houses, placed."""
    made = make(session)
    put(session, made, "2.5")
    service.place(session, made.who, DELIVERY, KEY, cast.NOW)
    session.flush()
    return made


def said(session: Session, world: World, answer: str, **changes: object) -> OrderAnswer:
    """Return an answer as the enterprise's program would send it: our own, said anew."""
    told = order_documents.load(session, world.worker_who, NUMBER)
    own = documents.read(order_documents.answer(told), documents.ANSWER)
    assert isinstance(own, OrderAnswer)
    return replace(own, answer=answer, **changes)  # type: ignore[arg-type]


def line(answer: str = "3", **changes: object) -> AnsweredLine:
    """Return the answer to the only line."""
    return AnsweredLine(number="1", answer=answer, line="1", name="Legehus", **changes)  # type: ignore[arg-type]


def take(session: Session, world: World, answer: OrderAnswer) -> Order:
    """Take an answer and return the order."""
    answering.take(session, world.worker_who, answer, cast.NOW)
    query = session.query(Order).options(selectinload(Order.events), selectinload(Order.lines))
    return query.populate_existing().one()


@pytest.mark.parametrize(
    ("answer", "state"), [("AB", "placed"), ("AP", "confirmed"), ("RE", "rejected")]
)
def test_answer_takes_its_step(session: Session, world: World, answer: str, state: str) -> None:
    given = said(session, world, answer, note="Lukket", promised=Period(DAY, DAY))
    order = take(session, world, given)
    assert order.state == state
    assert order.delivery_on == (DAY if answer == "AP" else None)
    assert order.events[-1].reason == ("Lukket" if answer == "RE" else None)


def test_conditions_become_a_change_and_its_answer_says_the_same(
    session: Session, world: World
) -> None:
    new = line(quantity=Quantity(Decimal(2), "H87"), price=Decimal("1200.00"),
               base=Quantity(Decimal("0.1"), "H87"))  # fmt: skip
    given = said(session, world, "CA", lines=(new,), note="Kun to", promised=Period(None, DAY))
    assert take(session, world, given).state == "proposed"
    told = order_documents.load(session, world.worker_who, NUMBER)
    again = documents.read(order_documents.answer(told), documents.ANSWER)
    assert (again.answer, again.note, again.promised.ends_on) == ("CA", "Kun to", DAY)
    (back,) = again.lines
    assert (back.answer, back.quantity, back.price) == ("3", new.quantity, Decimal("12000.00"))
    order = changing.accept(session, world.who, NUMBER, cast.NOW)
    assert (order.state, order.net_ore) == ("confirmed", 2_400_000)


def test_refused_line_becomes_none_of_it(session: Session, world: World) -> None:
    take(session, world, said(session, world, "CA", lines=(line("7"),)))
    told = order_documents.load(session, world.worker_who, NUMBER)
    assert told.change is not None
    assert Decimal(told.change.lines["1"]["quantity"]) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"lines": (line(),)}, Invalid),
        ({"lines": (line("1", quantity=Quantity(Decimal(2), "H87")),)}, Invalid),
        ({"lines": (line(quantity=Quantity(Decimal(2), "KGM")),)}, Invalid),
        ({"lines": (line(quantity=Quantity(Decimal(3), "H87")),)}, Invalid),
        ({"lines": (line(price=Decimal("1.005")),)}, Invalid),
        ({"lines": (replace(line(), line="9"),)}, Invalid),
        ({"lines": (line("7"),), "currency": "SEK"}, Invalid),
        ({"order": "0330-2026-00002"}, Missing),
    ],
)
def test_what_our_orders_cannot_take_is_refused_whole(
    session: Session, world: World, changes: dict[str, object], error: type[CatalogueError]
) -> None:
    with pytest.raises(error):
        answering.take(
            session, world.worker_who, said(session, world, Answer.CONDITIONAL, **changes), cast.NOW
        )


def test_answer_of_another_enterprise_is_refused(session: Session, world: World) -> None:
    given = said(session, world, "AP")
    other = replace(given.seller, endpoint=Identifier("DK10000009", CVR_SCHEME))
    with pytest.raises(Invalid):
        answering.take(session, world.worker_who, replace(given, seller=other), cast.NOW)
    stranger = cast.who(session, cast.worker(session, cast.enterprise(session, "Grennessminde")))
    with pytest.raises(Missing):
        answering.take(session, stranger, given, cast.NOW)
