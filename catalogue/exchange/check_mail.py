"""Mail about products that are checked: to the enterprise, or to the facilitator who helped it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy.orm import Session

from catalogue.accounts.models import Municipality, Person
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.products.check_models import CheckState, ProductCheck, Reader
from catalogue.products.models import Product
from catalogue.settings import Settings

from . import mail_kinds, posting
from .notices import audience
from .outgoing import Carry, Once, list_owed, send_all
from .posting import Cause, Draft, Mail, Office

SUBJECTS: dict[CheckState, Text] = {
    CheckState.WAITING: _("“%(title)s” is ready for you to approve"),
    CheckState.RETURNED: _("“%(title)s” was sent back"),
    CheckState.APPROVED: _("“%(title)s” is approved"),
}


@dataclass(frozen=True)
class Owed:
    """News of a check, with all that its mail shows."""

    check_id: int
    state: CheckState
    recipient: str
    product_id: int  # whose page is opened
    title: str
    enterprise: str
    by: str  # whoever sent it in, or the municipality that decided
    reason: str | None
    municipality_id: int
    audience: str


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the news of a batch that still hold; raises MailNotSent when any failed."""

    def send(carry: Carry, each: Owed) -> None:
        def is_sent(session: Session) -> bool:
            return find(session, each.check_id, each.state) is None

        def note(session: Session) -> None:
            session.get_one(ProductCheck, each.check_id).mailed = each.state

        carry(office.draw(compose, each), Once(is_sent, note))

    send_all(office, list_owed(office, batch, _find), send, lambda each: each.title)


def find(session: Session, check_id: int, state: CheckState) -> Owed | None:
    """Return the news of a check; None when it was told, or something else holds by now."""
    check = session.get(ProductCheck, check_id)
    if check is None or check.state != state or check.mailed == state or state not in SUBJECTS:
        return None
    product = session.get_one(Product, check.draft_id or check.product_id)
    enterprise = session.get_one(Enterprise, product.enterprise_id)
    made_by = session.get(Person, check.submitted_by) if check.submitted_by else None
    decided_by = session.get_one(Municipality, check.municipality_id).name
    helped = check.reader == Reader.ENTERPRISE
    if helped and state == CheckState.WAITING:
        decided_by = made_by.name if made_by else ""
    elif helped:
        decided_by = enterprise.name
    to_helper = helped and state == CheckState.RETURNED and made_by is not None
    return Owed(
        check_id=check.id,
        state=state,
        recipient=made_by.email if to_helper and made_by else enterprise.email,
        product_id=product.id,
        title=product.title,
        enterprise=enterprise.name,
        by=decided_by,
        reason=check.reason,
        municipality_id=check.municipality_id,
        audience=audience(Role.FACILITATOR, enterprise.id, made_by.id)
        if to_helper and made_by
        else audience(Role.ENTERPRISE, enterprise.id),
    )


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw the news; the address of an enterprise need not be that of one of our persons."""
    path = f"varer-hos-os/{owed.product_id}"
    cause = Cause(
        mail_kinds.CHECK,
        f"gennemsyn-{owed.check_id}.{owed.state}",
        event=str(owed.state),
        about=owed.title,
        municipality_id=owed.municipality_id,
        audience=owed.audience,
        path=path,
    )
    subject = Text(SUBJECTS[owed.state].message, {"title": owed.title})
    facts = {"owed": owed, "link": settings.address(path)}
    with reading_in(DEFAULT_LOCALE):
        draft = Draft(owed.recipient, subject, cause, "product_check", facts)
        return posting.compose(settings, templates, draft, now)


def _find(session: Session, work: Work) -> Owed | None:
    return find(session, int(work.payload["check_id"]), CheckState(work.payload["state"]))
