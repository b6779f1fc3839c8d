"""Mail to a person about her second factor and her password: she must know when it was not she."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.accounts.factor_models import FactorNews
from catalogue.accounts.factor_rules import News
from catalogue.accounts.models import Person, PersonRole
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

PATH, SESSIONS = "totrin", "logget-ind"
SUBJECTS: dict[News, Text] = {
    News.ON: _("Sign-in in two steps is on"),
    News.OFF: _("Sign-in in two steps is off"),
    News.RESET: _("Your sign-in in two steps was reset"),
    News.RECOVERED: _("A recovery code was used to sign in"),
    News.PASSWORD: _("Your password is another"),
}


@dataclass(frozen=True)
class Owed:
    """News that is to go out, with all that its mail shows."""

    news_id: int
    news: News
    at: datetime
    recipient: str
    locale: str
    done_by: str | None
    audience: str | None


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the news of a batch that did not go out yet; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["news_id"]))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (FactorNews, each.news_id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: f"news {each.news_id}")


def find(session: Session, news_id: int) -> Owed | None:
    """Return news of a factor; None when they went out."""
    row = session.get(FactorNews, news_id)
    if row is None or row.sent_at is not None:
        return None
    person = session.get_one(Person, row.person_id)
    by = session.get(Person, row.done_by) if row.done_by else None
    held = session.scalars(
        select(PersonRole).where(PersonRole.person_id == person.id).order_by(PersonRole.id)
    ).first()
    reader = None
    if held is not None:
        place_id = held.municipality_id or held.enterprise_id
        reader = audience(Role(held.role), place_id, person.id)
    return Owed(
        row.id, News(row.news), row.at, person.email, person.locale, by.name if by else None, reader
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the news in the language of the person."""
    path = SESSIONS if owed.news == News.PASSWORD else PATH
    cause = Cause(
        mail_kinds.SECOND_FACTOR, f"totrin-{owed.news_id}", event=str(owed.news), about="",
        audience=owed.audience, path=path,
    )  # fmt: skip
    with reading_in(owed.locale):
        facts = {"owed": owed, "link": settings.address(path)}
        draft = Draft(owed.recipient, SUBJECTS[owed.news], cause, "factor", facts)
        return posting.compose(settings, templates, draft, now)
