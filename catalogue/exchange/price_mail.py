"""Mail about new prices: drawn from the state at sending, sent outside of any transaction, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.core.db import Database
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in
from catalogue.core.who import Role
from catalogue.settings import Settings

from . import mail_kinds, posting, price_letters
from .models import SentPriceMail
from .notices import audience, say
from .outgoing import Carry, Once, send_all
from .posting import Cause, Draft, Mail, Office
from .price_letters import TO_STAFF, WORDINGS, PriceLetter


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send what the proposals of a batch call for; raises MailNotSent when any letter failed."""
    owed = [letter for work in batch for letter in _owed(office.database, work)]

    def send(carry: Carry, letter: PriceLetter) -> None:
        mail = office.draw(compose, letter)

        def is_sent(session: Session) -> bool:
            return price_letters.is_sent(session, letter)

        def note(session: Session) -> None:
            session.add(SentPriceMail(**letter.key, sent_at=mail.message["Date"].datetime))

        carry(mail, Once(is_sent, note))

    send_all(office, owed, send, lambda letter: str(letter.proposal.id))


def compose(
    settings: Settings, templates: jinja2.Environment, letter: PriceLetter, now: datetime
) -> Mail:
    """Draw a letter in the reader's language."""
    wording = WORDINGS[letter.event]
    decision = letter.decision
    days = {"day": letter.proposal.from_on, "begins": decision.in_force_from}
    subject = Text(wording.subject.message, letter.names)
    with reading_in(letter.locale):
        facts = {
            "letter": letter,
            "opening": say(Text(wording.opening.message, letter.names | days)),
            "link": settings.address(letter.path),
        }
        draft = Draft(letter.recipient, subject, _cause(letter), "price_mail", facts)
        return posting.compose(settings, templates, draft, now)


def _cause(letter: PriceLetter) -> Cause:
    proposal, municipality_id = letter.proposal, letter.decision.municipality_id
    to_staff = letter.event in TO_STAFF
    reader = (
        audience(Role.STAFF, municipality_id)
        if to_staff
        else audience(Role.ENTERPRISE, proposal.enterprise_id)
    )
    return Cause(
        mail_kinds.PRICES,
        f"prices.{proposal.id}.{municipality_id}.{letter.event}",
        event=letter.event,
        about=letter.names["enterprise"],
        municipality_id=municipality_id,
        audience=reader,
        path=letter.path,
    )


def _owed(database: Database, work: Work) -> list[PriceLetter]:
    with database.reading() as session:
        return price_letters.write(session, work.payload)
