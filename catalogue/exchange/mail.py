"""Mail about orders: drawn from the state at sending, sent outside of any transaction, once.

When the process dies between sending and writing that it was sent, the mail goes out again with
the same Message-ID, by which mail programs know it for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import Text, gettext, reading_in, today_in_copenhagen
from catalogue.core.who import Role
from catalogue.ordering import rules as ordering
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import letters, links, mail_kinds, posting
from .letters import Letter, Reader
from .links import Issued
from .models import SentMail
from .notices import audience
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office

PAGES = {
    Reader.BUYER: "ordrer",
    Reader.APPROVER: "godkendelser",
    Reader.ENTERPRISE: "indkomne-ordrer",
    Reader.STAFF: "ordrer",
}
KINDS = {Reader.APPROVER: mail_kinds.APPROVAL, Reader.STAFF: mail_kinds.UNAPPROVABLE}

ANSWERS = "ordrelink"


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send what the orders of a batch call for now; raises MailNotSent when any letter failed."""
    owed = [letter for work in batch for letter in _owed(office.database, work, office.clock())]

    def send(carry: Carry, letter: Letter) -> None:
        link = _link(office, letter)
        mail = compose(office.settings, office.templates, letter, office.clock(), link)

        def is_sent(session: Session) -> bool:
            return letters.is_sent(session, letter)

        def note(session: Session) -> None:
            session.add(_sent(letter, mail))

        carry(mail, Once(is_sent, note))

    send_all(office, owed, send, lambda letter: letter.names["number"])


def compose(
    settings: Settings,
    templates: jinja2.Environment,
    letter: Letter,
    now: datetime,
    link: Issued | None = None,
) -> Mail:
    """Draw a letter in the reader's language. `link` answers the order without signing in."""
    order, names = letter.order, letter.names
    subject = Text(letter.wording.subject.message, names)
    cause = _cause(letter)
    with reading_in(letter.locale):
        facts = {
            "letter": letter,
            "order": order,
            "lines": order.lines,
            "totals": ordering.Totals(order.net_ore, order.vat_ore),
            "unit_names": UNIT_NAMES,
            "opening": gettext(letter.wording.opening.message, **names),
            "link": settings.address(cause.path),
            "answer": link and settings.address(ANSWERS, link.token),
            "answer_until": link and link.expires_at,
        }
        draft = Draft(letter.recipient, subject, cause, "mail", facts)
        return posting.compose(settings, templates, draft, now)


def _cause(letter: Letter) -> Cause:
    order, reader = letter.order, letter.reader
    place_id = order.enterprise_id if reader == Reader.ENTERPRISE else order.municipality_id
    return Cause(
        KINDS.get(reader, mail_kinds.ORDER),
        f"{order.number}.{letter.mark.replace(':', '-')}",
        event=str(order.state),
        about=order.number,
        municipality_id=order.municipality_id,
        audience=audience(Role(reader), place_id, letter.person_id),
        path=f"{PAGES[reader]}/{order.number}",
    )


def _owed(database: Database, work: Work, now: datetime) -> list[Letter]:
    order_id, state = work.payload["order_id"], work.payload["state"]
    with database.reading() as session:
        return letters.write(session, order_id, state, today_in_copenhagen(now))


def _link(office: Office, letter: Letter) -> Issued | None:
    """Make the link by which the enterprise answers; None in letters that call for no answer.

    One is made at each try: of an earlier one it is not known whether it has arrived.
    """
    if letter.reader != Reader.ENTERPRISE:
        return None
    with office.database.transaction() as session:
        if letters.is_sent(session, letter):
            return None
        return links.issue(session, letter.order, office.clock(), office.settings.order_link_days)


def _sent(letter: Letter, mail: Mail) -> SentMail:
    message = mail.message
    return SentMail(
        order_id=letter.order.id,
        state=letter.mark,
        recipient=letter.recipient,
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        sent_at=message["Date"].datetime,
    )
