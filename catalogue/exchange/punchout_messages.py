"""What came in by cXML and was acted on: a message counts once, however often it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict
from catalogue.core.text import lazy as _

from .cxml import UnreadableMessage
from .cxml_reading import Asking
from .punchout_models import PunchOutConnection, PunchOutMessage


class NotKnown(UnreadableMessage):
    """The sender is not who it says, or the connection is closed."""

    def __init__(self) -> None:
        super().__init__(_("Identity and shared secret do not go together here."), 401)


class Replayed(Conflict):
    """A message with this payloadID came before."""

    title = _("The message came before")


def find(
    session: Session, connection: PunchOutConnection, asking: Asking
) -> PunchOutMessage | None:
    """Return the message that came before with the same payloadID.

    Raises Replayed when it asked for something else.
    """
    query = select(PunchOutMessage).where(
        PunchOutMessage.connection_id == connection.id,
        PunchOutMessage.payload_id == asking.payload_id,
    )
    found = session.scalars(query).first()
    if found is not None and found.digest != asking.digest:
        raise Replayed(_("Another message with this payloadID came before."))
    return found


def find_order(
    session: Session, connection: PunchOutConnection, order_id: str
) -> PunchOutMessage | None:
    """Return the message that sent in the order which has that number over there."""
    query = select(PunchOutMessage).where(
        PunchOutMessage.connection_id == connection.id,
        PunchOutMessage.facts["order_id"].as_string() == order_id,
    )
    return session.scalars(query.order_by(PunchOutMessage.id).limit(1)).first()


def lock(session: Session, connection: PunchOutConnection) -> None:
    """Let one message of a connection be taken at a time: of two that are the same, one is late.

    Raises NotKnown when staff have closed it since it was let in.
    """
    held = session.get_one(PunchOutConnection, connection.id, with_for_update=True)
    if held.closed_at is not None:
        raise NotKnown


def take(
    session: Session, connection: PunchOutConnection, asking: Asking, now: datetime
) -> PunchOutMessage:
    """Keep that a message came; raises Replayed when it came before."""
    lock(session, connection)
    if find(session, connection, asking) is not None:
        raise Replayed(_("This message came before; a new one needs a payloadID of its own."))
    made = PunchOutMessage(
        connection_id=connection.id,
        payload_id=asking.payload_id,
        digest=asking.digest,
        received_at=now,
    )
    session.add(made)
    session.flush()
    return made
