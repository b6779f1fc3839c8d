"""Mail about orders: drawn from the state at sending, sent outside of any transaction, once.

When the process dies between sending and writing that it was sent, the mail goes out again with
the same Message-ID, by which mail programs know it for the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage

import jinja2

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import gettext, reading_in, today_in_copenhagen
from catalogue.ordering import rules as ordering
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import letters, links
from .carriers import Carry
from .letters import Letter, Reader
from .links import Issued
from .models import SentMail
from .posting import envelope, one_line, send_all

PAGES = {
    Reader.BUYER: "ordrer",
    Reader.APPROVER: "godkendelser",
    Reader.ENTERPRISE: "indkomne-ordrer",
}

ANSWERS = "ordrelink"


def send_batch(
    database: Database,
    settings: Settings,
    templates: jinja2.Environment,
    batch: Sequence[Work],
    clock: Callable[[], datetime],
) -> None:
    """Send what the orders of a batch call for now; raises MailNotSent when any letter failed."""
    owed = [letter for work in batch for letter in _owed(database, work, clock())]

    def send(carry: Carry, letter: Letter) -> None:
        link = _link(database, settings, letter, clock())
        _send(database, carry, letter, compose(settings, templates, letter, clock(), link))

    send_all(settings, owed, send, lambda letter: letter.names["number"])


def compose(
    settings: Settings,
    templates: jinja2.Environment,
    letter: Letter,
    now: datetime,
    link: Issued | None = None,
) -> EmailMessage:
    """Draw a letter as a message of plain text and HTML in the reader's language.

    `link` answers the order without signing in.
    """
    order, names = letter.order, letter.names
    with reading_in(letter.locale):
        subject = one_line(gettext(letter.wording.subject.message, **names))
        facts = {
            "letter": letter,
            "order": order,
            "lines": order.lines,
            "totals": ordering.Totals(order.net_ore, order.vat_ore),
            "unit_names": UNIT_NAMES,
            "subject": subject,
            "opening": gettext(letter.wording.opening.message, **names),
            "link": settings.address(PAGES[letter.reader], order.number),
            "locale": letter.locale,
            "answer": link and settings.address(ANSWERS, link.token),
            "answer_until": link and link.expires_at,
        }
        plain = templates.get_template("catalogue/exchange/mail.txt").render(facts)
        rich = templates.get_template("catalogue/exchange/mail.html").render(facts)
    message = envelope(settings, letter.recipient, subject, _key(letter), now)
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(rich, subtype="html", cte="quoted-printable")
    return message


def _key(letter: Letter) -> str:
    reader = hashlib.sha256(letter.recipient.encode()).hexdigest()[:16]
    return f"{letter.order.number}.{letter.mark.replace(':', '-')}.{reader}"


def _owed(database: Database, work: Work, now: datetime) -> list[Letter]:
    order_id, state = work.payload["order_id"], work.payload["state"]
    with database.reading() as session:
        return letters.write(session, order_id, state, today_in_copenhagen(now))


def _link(database: Database, settings: Settings, letter: Letter, now: datetime) -> Issued | None:
    """Make the link by which the enterprise answers; None in letters that call for no answer.

    One is made at each try: of an earlier one it is not known whether it has arrived.
    """
    if letter.reader != Reader.ENTERPRISE:
        return None
    with database.transaction() as session:
        if letters.is_sent(session, letter):
            return None
        return links.issue(session, letter.order, now, settings.order_link_days)


def _send(database: Database, carry: Carry, letter: Letter, message: EmailMessage) -> None:
    """Send one letter and write that it went out; one that went out meanwhile is let be."""
    with database.reading() as session:
        if letters.is_sent(session, letter):
            return
    carry(message)
    with database.transaction() as session:
        session.add(
            SentMail(
                order_id=letter.order.id,
                state=letter.mark,
                recipient=letter.recipient,
                subject=str(message["Subject"]),
                message_id=str(message["Message-ID"]),
                sent_at=message["Date"].datetime,
            )
        )
