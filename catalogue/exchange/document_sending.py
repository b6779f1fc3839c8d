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
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import changing
from catalogue.ordering.models import Order
from catalogue.ordering.rules import OPEN_STATES

from . import document_carriers, order_documents
from .document_carriers import NotCarried, OrderCarrier, Parcel
from .order_drawing import Told
from .route_models import DocumentRoute, SentDocument

TOPIC = "order.documents"
# What a state of an order calls for: the order at first, the answers and the cancellation after.
OF_STATE: dict[str, tuple[str, Callable[[Told], bytes]]] = {
    "placed": ("T01", order_documents.order),
    "cancelled": ("T115", order_documents.cancellation),
    "proposed": ("T76", order_documents.answer),
    "confirmed": ("T76", order_documents.answer),
    "rejected": ("T76", order_documents.answer),
}


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
        for each in due:
            try:
                _send(database, carriers, each, clock)
            except NotCarried as error:
                failures.append(f"{each.parcel.key}: {error.detail}")
    if failures:
        raise DocumentsNotSent("; ".join(failures))


def owed(session: Session, order_id: int, state: str) -> Iterator[Due]:
    """Yield the documents that an order in a state calls for and that were not sent yet.

    Nothing is owed when the order has moved on, but for the order itself; and no cancellation to
    those who never got the order.
    """
    if state not in OF_STATE:
        return
    told = _load(session, order_id)
    kind, draw = OF_STATE[state]
    if told.order.withheld or (kind != "T01" and told.order.state != state):
        return
    sent = _sent_keys(session, order_id)
    for route in _routes(session, told.order):
        if kind == "T76" and route.municipality_id is None:
            continue  # the enterprise knows what it answered
        due = _due(told, kind, draw, route)
        first = _key(told, "T01", route)
        if due.parcel.key not in sent and (kind != "T115" or first in sent):
            yield due


def _due(told: Told, kind: str, draw: Callable[[Told], bytes], route: DocumentRoute) -> Due:
    parcel = Parcel(_key(told, kind, route), kind, _cvr(told, route), draw(told))
    return Due(told.order.id, route.carrier, parcel)


def _key(told: Told, kind: str, route: DocumentRoute) -> str:
    """Return order number and carrier, with what else may differ: document, receiver, step."""
    step = f".{told.order.events[-1].id}" if kind == "T76" else ""
    return f"{told.order.number}.{kind}{step}.{_cvr(told, route)}.{route.carrier}"


def _cvr(told: Told, route: DocumentRoute) -> str:
    return told.municipality.cvr if route.municipality_id else told.enterprise.cvr


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


def _load(session: Session, order_id: int) -> Told:
    query = select(Order).where(Order.id == order_id)
    query = query.options(selectinload(Order.lines), selectinload(Order.events))
    order = session.scalars(query).one()
    change = changing.find_open(session, order.id) if order.state in OPEN_STATES else None
    return Told(
        order,
        session.get_one(Enterprise, order.enterprise_id),
        session.get_one(Municipality, order.municipality_id),
        change,
    )


def _routes(session: Session, order: Order) -> list[DocumentRoute]:
    own = or_(
        DocumentRoute.enterprise_id == order.enterprise_id,
        DocumentRoute.municipality_id == order.municipality_id,
    )
    return list(session.scalars(select(DocumentRoute).where(own).order_by(DocumentRoute.id)))


def _sent_keys(session: Session, order_id: int) -> set[str]:
    return set(session.scalars(select(SentDocument.key).where(SentDocument.order_id == order_id)))
