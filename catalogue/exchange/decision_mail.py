"""Mail about a verification: what is decided, to the enterprise; who waits, to the municipality.

It is drawn as it stands at sending; what was overtaken by a later step is not told any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import jinja2
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises import queries
from catalogue.enterprises.models import (
    Enterprise,
    EnterpriseNews,
    EnterpriseState,
    ReverificationState,
)
from catalogue.enterprises.news import TO_REVIEWER, Event
from catalogue.settings import Settings

from . import mail_kinds, municipal_mail, posting
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Cause, Draft, Mail, Office

SUBJECTS: dict[Event, Text] = {
    Event.APPLIED: _("%(enterprise)s has applied to be verified"),
    Event.APPLIED_AGAIN: _("%(enterprise)s has mended its application"),
    Event.CONFIRMED: _("%(enterprise)s has confirmed its five points"),
    Event.VERIFIED: _("Your enterprise is verified"),
    Event.RETURNED: _("Your application was sent back"),
    Event.SUSPENDED: _("Your enterprise is suspended"),
    Event.LIFTED: _("Your enterprise is no longer suspended"),
    Event.RENEWED: _("Your verification is renewed"),
    Event.CONFIRMATION_RETURNED: _("Your confirmation was sent back"),
}
# The state in which it still holds: what another step has overtaken would mislead.
_HOLDS = {
    Event.APPLIED: EnterpriseState.APPLIED,
    Event.APPLIED_AGAIN: EnterpriseState.APPLIED,
    Event.RETURNED: EnterpriseState.RETURNED,
    Event.SUSPENDED: EnterpriseState.SUSPENDED,
}
_OF_CONFIRMATION = {
    Event.CONFIRMED: ReverificationState.SENT,
    Event.CONFIRMATION_RETURNED: ReverificationState.RETURNED,
}
_VERIFICATION = "virksomhed/verificering"
_PATHS = {
    Event.VERIFIED: "varer-hos-os",
    Event.LIFTED: "varer-hos-os",
    Event.RETURNED: "virksomhed",
}


@dataclass(frozen=True)
class Owed:
    """News that is to go out, with all that its mail shows."""

    news_id: int
    event: Event
    recipient: str
    enterprise_id: int
    enterprise: str
    municipality: str
    municipality_id: int
    verified_until: date | None
    suspended_until: date | None
    reason: str | None

    @property
    def to_reviewer(self) -> bool:
        """Tell whether the municipality reads it."""
        return self.event in TO_REVIEWER


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the news of a batch that still hold; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["news_id"]))

    def send(carry: Carry, each: Owed) -> None:
        send_put(carry, (EnterpriseNews, each.news_id), office.draw(compose, each))

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.enterprise)


def find(session: Session, news_id: int) -> Owed | None:
    """Return what news call for now; None when they went out or no longer hold."""
    row = session.get(EnterpriseNews, news_id)
    if row is None or row.sent_at is not None or _is_overtaken(session, row):
        return None
    event, found = Event(row.event), session.get_one(Enterprise, row.enterprise_id)
    reason = found.decision_reason
    if found.state != _HOLDS.get(event, EnterpriseState.VERIFIED):
        return None
    if event in _OF_CONFIRMATION:
        confirmation = queries.find_confirmation(session, found, _OF_CONFIRMATION[event])
        if confirmation is None:
            return None
        reason = confirmation.reason
    reviewer = session.get_one(Municipality, found.reviewer_id)
    to_reviewer = event in TO_REVIEWER
    recipient = municipal_mail.find_address(session, reviewer.id) if to_reviewer else found.email
    if not recipient:
        return None
    return Owed(
        news_id=row.id,
        event=event,
        recipient=recipient,
        enterprise_id=found.id,
        enterprise=found.name,
        municipality=reviewer.name,
        municipality_id=reviewer.id,
        verified_until=found.verified_until,
        suspended_until=found.suspended_until,
        reason=reason,
    )


def _is_overtaken(session: Session, row: EnterpriseNews) -> bool:
    """Tell whether the same reader is told of a later step."""
    to_reviewer = EnterpriseNews.event.in_(TO_REVIEWER)
    same = to_reviewer if row.event in TO_REVIEWER else ~to_reviewer
    own = EnterpriseNews.enterprise_id == row.enterprise_id
    later = exists().where(own, same, EnterpriseNews.id > row.id)
    return bool(session.scalar(select(later)))


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the news; contacts of enterprises and municipalities need not be our persons."""
    until = owed.verified_until
    lapsed = until is not None and until < today_in_copenhagen(now)
    cause = _cause(owed, lapsed=lapsed)
    subject = Text(SUBJECTS[owed.event].message, {"enterprise": owed.enterprise})
    facts = {"owed": owed, "lapsed": lapsed, "link": settings.address(cause.path)}
    with reading_in(DEFAULT_LOCALE):
        draft = Draft(owed.recipient, subject, cause, "decision_mail", facts)
        return posting.compose(settings, templates, draft, now)


def _cause(owed: Owed, *, lapsed: bool) -> Cause:
    own_path = _VERIFICATION if lapsed else _PATHS.get(owed.event, _VERIFICATION)
    return Cause(
        mail_kinds.APPLICATION if owed.to_reviewer else mail_kinds.DECISION,
        f"afgoerelse-{owed.news_id}",
        event=str(owed.event),
        about=owed.enterprise,
        municipality_id=owed.municipality_id,
        audience=audience(Role.STAFF, owed.municipality_id)
        if owed.to_reviewer
        else audience(Role.ENTERPRISE, owed.enterprise_id),
        path=f"ansoegninger/{owed.enterprise_id}" if owed.to_reviewer else own_path,
    )
