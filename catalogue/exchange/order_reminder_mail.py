"""Mail that reminds an enterprise of an unanswered order, drawn as it stands at sending, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import jinja2
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, selectinload

from catalogue.accounts.models import Municipality
from catalogue.core.jobs import Work
from catalogue.core.text import DEFAULT_LOCALE, Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import reminders
from catalogue.ordering.models import Order
from catalogue.ordering.policy_models import OrderReminder
from catalogue.products.rules import UNIT_NAMES
from catalogue.settings import Settings

from . import links, mail_kinds, order_mail, posting
from .links import Issued
from .mail import ANSWERS
from .notices import audience
from .outgoing import Carry, list_owed, send_all, send_put
from .posting import Draft, Mail, Office

SUBJECT = _("Order %(number)s from %(municipality)s waits for your answer")


@dataclass(frozen=True)
class Owed:
    """A reminder that is to go out, with all that its mail shows.

    `order` is loaded with its lines and events.
    """

    reminder_id: int
    days: int
    asked_at: datetime
    order: Order
    enterprise: Enterprise
    municipality_name: str


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the reminders of a batch that still hold; raises MailNotSent when any failed."""

    def owes(session: Session, work: Work) -> Owed | None:
        return find(session, int(work.payload["reminder_id"]))

    def send(carry: Carry, each: Owed) -> None:
        with office.database.transaction() as session:
            days = office.settings.order_link_days
            link = links.issue(session, each.order, office.clock(), days)
        mail = compose(office.settings, office.templates, each, office.clock(), link)
        send_put(carry, (OrderReminder, each.reminder_id), mail)

    send_all(office, list_owed(office, batch, owes), send, lambda each: each.order.number)


def find(session: Session, reminder_id: int) -> Owed | None:
    """Return what a reminder calls for now; None when it went out or no longer holds.

    Since it was put, the order may have been answered or cancelled, or come back to the enterprise
    by another way, which counts anew; or a later reminder speaks for it.
    """
    later = aliased(OrderReminder)
    same = (
        later.order_id == OrderReminder.order_id,
        later.asked_at == OrderReminder.asked_at,
        later.days > OrderReminder.days,
    )
    row = session.execute(
        select(OrderReminder, Order, Enterprise, Municipality.name)
        .join(Order, Order.id == OrderReminder.order_id)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Municipality, Municipality.id == Order.municipality_id)
        .where(OrderReminder.id == reminder_id, OrderReminder.sent_at.is_(None))
        .where(~exists().where(*same))
        .options(selectinload(Order.lines), selectinload(Order.events))
    ).first()
    if row is None:
        return None
    found: OrderReminder = row[0]
    if reminders.find_asked_at(session, found.order_id) != found.asked_at:
        return None
    return Owed(found.id, found.days, found.asked_at, *row[1:])


def compose(
    settings: Settings,
    templates: jinja2.Environment,
    owed: Owed,
    now: datetime,
    link: Issued | None = None,
) -> Mail:
    """Draw a reminder, in Danish: an enterprise has no language of its own.

    `link` answers the order without signing in.
    """
    order = owed.order
    path = f"indkomne-ordrer/{order.number}"
    cause = order_mail.cause_of(
        order, mail_kinds.ORDER_REMINDER, f"reminder:{owed.reminder_id}", path=path,
        event=f"unanswered_{owed.days}", audience=audience(Role.ENTERPRISE, order.enterprise_id),
    )  # fmt: skip
    facts = {
        "owed": owed,
        "order": order,
        "unit_names": UNIT_NAMES,
        "since": today_in_copenhagen(owed.asked_at),
        "link": settings.address(path),
        "answer": link and settings.address(ANSWERS, link.token),
        "answer_until": link and link.expires_at,
    }
    names = {"number": order.number, "municipality": owed.municipality_name}
    subject = Text(SUBJECT.message, names)
    draft = Draft(owed.enterprise.email, subject, cause, "order_reminder", facts)
    with reading_in(DEFAULT_LOCALE):
        return posting.compose(settings, templates, draft, now)
