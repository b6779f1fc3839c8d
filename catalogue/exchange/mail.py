"""Mail about orders: drawn from the state at sending, sent outside of any transaction, once.

When the process dies between sending and writing that it was sent, the mail goes out again with
the same Message-ID, by which mail programs know it for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.jobs import Work
from catalogue.core.text import Text, gettext, reading_in, today_in_copenhagen
from catalogue.core.who import Role
from catalogue.ordering import rules as ordering
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import letters, links, mail_kinds, order_mail, posting
from .letters import Letter, Reader
from .links import Issued
from .notices import audience
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office
from .purchase_letters import Bundle, list_owed

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
    today = today_in_copenhagen(office.clock())
    with office.database.reading() as session:
        owed = [each for work in batch for each in list_owed(session, work.payload, today)]

    def send(carry: Carry, bundle: Bundle) -> None:
        with office.database.reading() as session:
            left = bundle.unsent(session)
        if left is not None:
            _send(office, carry, left)

    send_all(office, owed, send, lambda bundle: bundle.letters[0].names["number"])


def compose(
    settings: Settings,
    templates: jinja2.Environment,
    letter: Letter,
    now: datetime,
    link: Issued | None = None,
    key: str | None = None,
) -> Mail:
    """Draw a letter in the reader's language. `link` answers the order without signing in; `key`
    is that of a mail about several orders of which this one is left.
    """
    order = letter.order
    cause = _cause(letter)
    with reading_in(letter.locale):
        facts = {
            "letter": letter,
            "order": order,
            "lines": order.lines,
            "totals": ordering.Totals(order.net_ore, order.vat_ore),
            "unit_names": UNIT_NAMES,
            "opening": letter.opening,
            "link": settings.address(cause.path),
            "answer": link and settings.address(ANSWERS, link.token),
            "answer_until": link and link.expires_at,
        }
        draft = Draft(letter.recipient, _subject(letter), cause, "mail", facts, key=key)
        return posting.compose(settings, templates, draft, now)


def compose_purchase(
    settings: Settings, templates: jinja2.Environment, bundle: Bundle, now: datetime
) -> Mail:
    """Draw one mail about several orders; each keeps its notice and its line in the log."""
    first = bundle.letters[0]
    causes = [_cause(each) for each in bundle.letters]
    told = [(cause, _subject(each)) for cause, each in zip(causes, bundle.letters, strict=True)]
    with reading_in(first.locale):
        facts = {
            "letters": bundle.letters,
            "links": [settings.address(each.path) for each in causes],
            "order": first.order,
            "totals": bundle.totals,
            "unit_names": UNIT_NAMES,
            "opening": gettext(bundle.wording.opening.message, **bundle.names),
        }
        draft = Draft(
            first.recipient, bundle.subject, causes[0], "purchase_mail", facts,
            notice=told[0][1], key=bundle.key, beside=told[1:],
        )  # fmt: skip
        return posting.compose(settings, templates, draft, now)


def _send(office: Office, carry: Carry, bundle: Bundle) -> None:
    if len(bundle.letters) > 1:
        mail = office.draw(compose_purchase, bundle)
    else:
        letter, now = bundle.letters[0], office.clock()
        link = _link(office, letter)
        mail = compose(office.settings, office.templates, letter, now, link, bundle.key)

    def is_sent(session: Session) -> bool:
        return bundle.unsent(session) is None

    def note(session: Session) -> None:
        session.add_all(order_mail.sent(each.order.id, each.mark, mail) for each in bundle.letters)

    carry(mail, Once(is_sent, note))


def _subject(letter: Letter) -> Text:
    return Text(letter.wording.subject.message, letter.names)


def _cause(letter: Letter) -> Cause:
    order, reader = letter.order, letter.reader
    place_id = order.enterprise_id if reader == Reader.ENTERPRISE else order.municipality_id
    return order_mail.cause_of(
        order, KINDS.get(reader, mail_kinds.ORDER), letter.mark, event=str(order.state),
        audience=audience(Role(reader), place_id, letter.person_id),
        path=f"{PAGES[reader]}/{order.number}",
    )  # fmt: skip


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
