"""Mail about messages on an order, to the other side: all that is new by then, in one letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person, PersonRole
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, gettext, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import handing
from catalogue.ordering import messages as talk
from catalogue.ordering.message_models import OrderMessage, Writer
from catalogue.ordering.models import Order
from catalogue.settings import Settings

from . import mail_kinds, mail_log, posting
from .letters import Reader
from .mail import PAGES
from .notices import audience
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("Message about order %(number)s from %(sender)s")
OPENING = _("%(sender)s has written a message about order %(number)s.")


@dataclass(frozen=True)
class Owed:
    """A letter that is to go out, with all that it shows."""

    order: Order
    reader: Reader
    recipient: str
    locale: str
    sender: str  # the municipality or enterprise
    messages: Sequence[OrderMessage]


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Tell of what is new in the talks of a batch; raises MailNotSent when any letter failed."""
    asked = sorted({(int(w.payload["order_id"]), str(w.payload["writer"])) for w in batch})
    with office.database.reading() as session:
        found = [each for side in asked if (each := find(session, *side)) is not None]
        owed = [part for each in found for part in _parts(session, office.settings, each)]

    def send(carry: Carry, each: Owed) -> None:
        ids = [one.id for one in each.messages]

        def is_sent(session: Session) -> bool:
            return session.get_one(OrderMessage, ids[-1]).mailed_at is not None

        def note(session: Session) -> None:
            for id_ in ids:
                session.get_one(OrderMessage, id_).mailed_at = office.clock()

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(office, owed, send, lambda each: each.order.number)


def find(session: Session, order_id: int, writer: str) -> Owed | None:
    """Return what one side of an order is to be told that the other wrote.

    None when all of it was told, or read in the meantime: by the buyer herself, or by anybody of
    the enterprise. A buyer who has left is told nothing: whoever takes the order over reads it.
    """
    order = session.get_one(Order, order_id)
    unmailed = talk.list_unmailed(session, order_id, writer)
    read = _read_until(session, order, writer) if unmailed else 0
    new = [each for each in unmailed if each.id > read]
    if not new:
        return None
    enterprise = session.get_one(Enterprise, order.enterprise_id)
    if writer == Writer.MUNICIPALITY:
        sender = session.get_one(Municipality, order.municipality_id).name
        return Owed(order, Reader.ENTERPRISE, enterprise.email, DEFAULT_LOCALE, sender, new)
    if handing.has_left(session, order.buyer_id, order.municipality_id):
        return None
    buyer = session.get_one(Person, order.buyer_id)
    return Owed(order, Reader.BUYER, buyer.email, buyer.locale, enterprise.name, new)


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a letter in the reader's language."""
    names = {"number": owed.order.number, "sender": owed.sender}
    cause = _cause(owed)
    with reading_in(owed.locale):
        facts = {
            "opening": gettext(OPENING.message, **names),
            "messages": owed.messages,
            "link": settings.address(cause.path),
        }
        subject = Text(SUBJECT.message, names)
        draft = Draft(owed.recipient, subject, cause, "message_mail", facts)
        return posting.compose(settings, templates, draft, now)


def _parts(session: Session, settings: Settings, owed: Owed) -> Iterator[Owed]:
    """Yield the letters by which messages are told: one, unless an earlier one may have arrived.

    That one goes out again as it was, for what it told must not come under another Message-ID.
    """
    ids = {
        posting.message_id(settings, _key(owed.order, each), owed.recipient): at
        for at, each in enumerate(owed.messages, start=1)
    }
    ends = {ids[each] for each in mail_log.find_arrived(session, ids)} | {len(owed.messages)}
    for begin, end in pairwise([0, *sorted(ends)]):
        yield replace(owed, messages=owed.messages[begin:end])


def _key(order: Order, last: OrderMessage) -> str:
    return f"message.{order.number}.{last.id}"


def _cause(owed: Owed) -> Cause:
    order, own = owed.order, owed.reader == Reader.BUYER
    return Cause(
        mail_kinds.MESSAGE,
        _key(order, owed.messages[-1]),
        event=str(owed.reader),
        about=order.number,
        municipality_id=order.municipality_id,
        audience=audience(Role.BUYER, order.municipality_id, order.buyer_id)
        if own
        else audience(Role.ENTERPRISE, order.enterprise_id),
        path=f"{PAGES[owed.reader]}/{order.number}#beskeder",
    )


def _read_until(session: Session, order: Order, writer: str) -> int:
    """Return the last message that the other side has read."""
    read = talk.list_readers(session, order.id)
    if writer == Writer.ENTERPRISE:
        return read.get(order.buyer_id, 0)
    of_enterprise = select(PersonRole.person_id).where(
        PersonRole.role == Role.ENTERPRISE, PersonRole.enterprise_id == order.enterprise_id
    )
    return max((read.get(each, 0) for each in session.scalars(of_enterprise)), default=0)
