"""Which documents of an order are owed to whom: pure decisions on an order as it was loaded.

An enterprise gets the order, its changes and its cancellation; a municipality gets the answers too.
Whose system sent the order has it: it gets the answers, by its own numbers, and what others did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from . import change_drawing, documents, order_drawing
from .order_document import Answer, Cancelled, OrderAnswer
from .route_models import DocumentRoute, TakenOrder
from .told import Told

# States that the enterprise's word leads to; what follows on them is no answer to an order.
ANSWERED = ("proposed", "partly", "confirmed", "rejected")
# Of an order whose buyer sent it in: what it is told beside.
AT_ONCE = ("awaiting", "placed")
REFUSED_HERE = "declined"
STATES = (*AT_ONCE, *ANSWERED, REFUSED_HERE, "cancelled")


@dataclass(frozen=True)
class Case:
    """An order with all that decides which documents of it are owed.

    `state` is the one that the work tells of; the order may have moved on since.
    """

    told: Told
    state: str
    taken: TakenOrder | None
    sent: Collection[str]  # keys
    without_reason: str  # what a cancellation says when the buyer gave no reason

    @property
    def is_now(self) -> bool:
        """Tell whether the order still stands where the work says."""
        return self.told.order.state == self.state


@dataclass(frozen=True)
class Paper:
    """A document that is owed: its kind, what tells it from others of the kind, and its text."""

    kind: str
    step: str
    draw: Callable[[], bytes]


def papers(case: Case, route: DocumentRoute) -> Iterator[Paper]:
    """Yield what is owed by a route, in the order in which it should come."""
    if route.municipality_id is not None and case.taken is not None:
        yield from _to_the_sender(case, route, case.taken)
    elif not case.told.order.withheld:
        yield from _to_others(case, route)


def key_of(case: Case, route: DocumentRoute, paper: Paper) -> str:
    """Return the key of a document: order, document, receiver, carrier."""
    step = f".{paper.step}" if paper.step else ""
    cvr = cvr_of(case.told, route)
    return f"{case.told.order.number}.{paper.kind}{step}.{cvr}.{route.carrier}"


def cvr_of(told: Told, route: DocumentRoute) -> str:
    """Return who a route leads to."""
    return told.municipality.cvr if route.municipality_id else told.enterprise.cvr


def _to_others(case: Case, route: DocumentRoute) -> Iterator[Paper]:
    """Yield the order at first, and what follows to those who got it."""
    first = Paper("T01", "", lambda: _order(case.told, route))
    had = key_of(case, route, first) in case.sent
    if case.state == "placed":
        yield first
        had = True
    # Also of an order that went out only after it was cancelled: the step itself told nothing.
    if case.told.order.state == "cancelled" and had:
        yield _cancellation(case)
    if not case.is_now:
        return
    if route.municipality_id and case.state in ANSWERED:
        yield _answer(case, route)
    if case.state == "confirmed" and had:
        yield from _change(case, route)


def _to_the_sender(case: Case, route: DocumentRoute, taken: TakenOrder) -> Iterator[Paper]:
    """Yield what the system that sent the order does not know yet."""
    if case.state in AT_ONCE:
        arrived = order_drawing.answer_document(case.told, Answer.ACKNOWLEDGED)
        yield _told(route, taken, arrived, "AB")
    if not case.is_now or case.state in AT_ONCE:
        return
    last = case.told.order.turns[-1]
    by_itself = last.person_id is not None and last.person_id == route.person_id
    if case.state == "cancelled":
        if not by_itself:
            yield _cancellation(case, taken)
        return
    answer = order_drawing.answer_of(case.state) or Answer.REJECTED
    yield _told(route, taken, order_drawing.answer_document(case.told, answer), str(last.id))
    if case.state == "confirmed" and not by_itself:
        yield from _change(case, route, taken)


def _order(told: Told, route: DocumentRoute) -> bytes:
    draw = change_drawing.order_document if route.advanced else order_drawing.order_document
    return documents.write(draw(told), documents.ORDER)


def _answer(case: Case, route: DocumentRoute) -> Paper:
    found = order_drawing.answer_of(case.state) or Answer.ACKNOWLEDGED
    drawn = order_drawing.answer_document(case.told, found)
    return _written(route, drawn, str(case.told.order.turns[-1].id))


def _told(route: DocumentRoute, taken: TakenOrder, answer: OrderAnswer, step: str) -> Paper:
    theirs = change_drawing.answer_in_words_of(answer, taken.number, taken.lines)
    return _written(route, theirs, step)


def _written(route: DocumentRoute, answer: OrderAnswer, step: str) -> Paper:
    dialect = documents.ADVANCED_ANSWER if route.advanced else documents.ANSWER
    said = change_drawing.in_advanced(answer) if route.advanced else answer
    return Paper(dialect.name, step, lambda: documents.write(said, dialect))


def _change(case: Case, route: DocumentRoute, taken: TakenOrder | None = None) -> Iterator[Paper]:
    """Yield the newest change that the buyer accepted, to a program that knows changes."""
    if not route.advanced or not case.told.agreed:
        return
    drawn = change_drawing.change_document(case.told)
    if taken is not None:
        drawn = change_drawing.change_in_words_of(drawn, taken.number, taken.lines)
    yield Paper("T114", drawn.sequence, lambda: documents.write(drawn, documents.CHANGE))


def _cancellation(case: Case, taken: TakenOrder | None = None) -> Paper:
    drawn: Cancelled = order_drawing.cancellation_document(case.told, case.without_reason)
    if taken is not None:
        drawn = change_drawing.cancellation_in_words_of(drawn, taken.number)
    return Paper("T115", "", lambda: documents.write(drawn, documents.CANCELLATION))
