"""Mail that tells an enterprise how a standing order is now that its buyer has changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import standing_rules
from catalogue.ordering.standing_models import StandingOrder
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, Once, list_owed, send_all
from .posting import Cause, Draft, Mail, Office

SUBJECT = _("%(municipality)s has changed a standing order: %(name)s")


@dataclass(frozen=True)
class Owed:
    """A changed standing order, loaded with its lines, with all that the mail shows."""

    standing: StandingOrder
    enterprise: Enterprise
    municipality_name: str

    @property
    def rhythm(self) -> Text:
        """Return how often and when it is delivered, in words."""
        return standing_rules.describe(self.standing.plan)


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Tell of the changes of a batch, all of one standing order in one letter; raises MailNotSent.

    What is changed while a letter is on its way has work of its own, and is told by the next.
    """

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["standing_id"]))

    def send(carry: Carry, each: Owed) -> None:
        id_, changed_at = each.standing.id, each.standing.changed_at

        def is_sent(session: Session) -> bool:
            return find(session, id_) is None

        def note(session: Session) -> None:
            session.get_one(StandingOrder, id_).told_at = changed_at

        carry(office.draw(compose, each), Once(is_sent, note))

    owed = list_owed(office, batch, owes)
    send_all(office, owed, send, lambda each: f"standing order {each.standing.id}")


def find(session: Session, standing_id: int) -> Owed | None:
    """Return what an enterprise is to be told; None when it knows, or the standing order ended."""
    row = session.execute(
        select(StandingOrder, Enterprise, Municipality.name)
        .join(Enterprise, Enterprise.id == StandingOrder.enterprise_id)
        .join(Municipality, Municipality.id == StandingOrder.municipality_id)
        .where(StandingOrder.id == standing_id, StandingOrder.ended_at.is_(None))
        .where(StandingOrder.changed_at.is_not(None))
        .where(StandingOrder.changed_at.is_distinct_from(StandingOrder.told_at))
        .options(selectinload(StandingOrder.lines))
    ).first()
    return None if row is None else Owed(*row)


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a letter as the standing order is now."""
    standing = owed.standing
    changed = (standing.changed_at or now).strftime("%Y%m%dT%H%M%S%f")
    cause = Cause(
        mail_kinds.STANDING_CHANGE,
        f"standing-change.{standing.id}.{changed}",
        event="changed",
        about=standing.name,
        municipality_id=standing.municipality_id,
        audience=audience(Role.ENTERPRISE, standing.enterprise_id),
        path="indkomne-ordrer",
    )
    names = {"municipality": owed.municipality_name, "name": standing.name}
    facts = {
        "owed": owed,
        "unit_names": UNIT_NAMES,
        "next_on": standing_rules.list_ahead(standing.plan, standing.next_on, 1),
        "link": settings.address(cause.path),
    }
    subject = Text(SUBJECT.message, names)
    draft = Draft(owed.enterprise.email, subject, cause, "standing_change_mail", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
