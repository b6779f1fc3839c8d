"""Documents about orders: drawn when they are sent, outside of any transaction, each key once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality
from catalogue.core.db import Database
from catalogue.core.errors import Unavailable
from catalogue.core.jobs import Work
from catalogue.core.text import gettext
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import changing
from catalogue.ordering.models import Order
from catalogue.ordering.rules import OPEN_STATES

from . import document_carriers, due_documents, order_documents
from .document_carriers import NotCarried, OrderCarrier, Parcel
from .due_documents import Case
from .route_models import DocumentRoute, SentDocument, TakenOrder
from .route_schema import NONE
from .told import Told

TOPIC = "order.documents"


class DocumentsNotSent(Unavailable):
    """Some documents of a batch did not go out; the others did, and will not be sent again."""

    title = _("Documents could not be sent")


@dataclass(frozen=True)
class Due:
    """A document that is owed, and the carrier it goes by."""

    order_id: int
    carrier: str
    parcel: Parcel


def send_batch(
    database: Database,
    carriers: Mapping[str, OrderCarrier],
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send what the orders of a batch call for; raises DocumentsNotSent when any did not go."""
    failures = []
    for work in batch:
        with database.reading() as session:
            due = list(owed(session, work.payload["order_id"], work.payload["state"]))
        failing = set()
        for each in due:
            if (to := (each.carrier, each.parcel.receiver_cvr)) in failing:
                continue  # a cancellation before its order is read by nobody
            try:
                _send(database, carriers, each, clock)
            except NotCarried as error:
                failing.add(to)
                failures.append(f"{each.parcel.key}: {error.detail}")
    if failures:
        raise DocumentsNotSent("; ".join(failures))


def owed(session: Session, order_id: int, state: str) -> Iterator[Due]:
    """Yield the documents that an order in a state calls for and that were not sent yet."""
    if state not in due_documents.STATES:
        return
    case = _case(session, order_id, state)
    for route in _routes(session, case.told.order):
        for paper in due_documents.papers(case, route):
            key = due_documents.key_of(case, route, paper)
            if key not in case.sent:
                cvr = due_documents.cvr_of(case.told, route)
                yield Due(order_id, route.carrier, Parcel(key, paper.kind, cvr, paper.draw()))


def _send(
    database: Database,
    carriers: Mapping[str, OrderCarrier],
    due: Due,
    clock: Callable[[], datetime],
) -> None:
    with database.reading() as session:
        if due.parcel.key in _sent_keys(session, due.order_id):
            return
    document_carriers.carry(carriers, due.carrier, due.parcel)
    with database.transaction() as session:
        session.add(
            SentDocument(
                key=due.parcel.key, order_id=due.order_id, kind=due.parcel.kind,
                carrier=due.carrier, sent_at=clock(),
            )
        )  # fmt: skip


def _case(session: Session, order_id: int, state: str) -> Case:
    query = select(Order).where(Order.id == order_id)
    query = query.options(selectinload(Order.lines), selectinload(Order.events))
    order = session.scalars(query).one()
    change = changing.find_open(session, order.id) if order.state in OPEN_STATES else None
    told = Told(
        order,
        session.get_one(Enterprise, order.enterprise_id),
        session.get_one(Municipality, order.municipality_id),
        change,
        tuple(changing.list_accepted(session, order_id)),
    )
    return Case(
        told, state, session.get(TakenOrder, order_id),
        _sent_keys(session, order_id), gettext(order_documents.WITHOUT_REASON.message),
    )  # fmt: skip


def _routes(session: Session, order: Order) -> list[DocumentRoute]:
    own = or_(
        DocumentRoute.enterprise_id == order.enterprise_id,
        DocumentRoute.municipality_id == order.municipality_id,
    )
    query = select(DocumentRoute).where(own, DocumentRoute.carrier != NONE)
    return list(session.scalars(query.order_by(DocumentRoute.id)))


def _sent_keys(session: Session, order_id: int) -> set[str]:
    return set(session.scalars(select(SentDocument.key).where(SentDocument.order_id == order_id)))
