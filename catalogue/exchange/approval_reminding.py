"""Mail that reminds an approver of an order that waits for her beyond the days of its rule.

Whether it still does is read at sending: what was decided, sent back or given to somebody else in
the meantime is not reminded of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import jinja2
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Person
from catalogue.core.jobs import Work
from catalogue.core.text import Text, reading_in, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import approval_rules
from catalogue.ordering.approval_cases import Case, load_case, turn_of
from catalogue.ordering.models import Order, OrderState
from catalogue.settings import Settings

from . import mail_kinds, order_mail, posting
from .letters import Reader
from .mail import PAGES
from .notices import audience
from .outgoing import Carry, send_all
from .posting import Draft, Mail, Office

SUBJECT = _("Order %(number)s still waits for your approval")


@dataclass(frozen=True)
class Owed:
    """A reminder to one who may approve an order now, with all that it shows."""

    order: Order
    reader: Person
    buyer: str
    enterprise: str
    since: date
    mark: str  # of the turn, and how many times it was reminded of


def send_batch(office: Office, batch: Sequence[Work]) -> None:
    """Send the reminders of a batch that still hold; raises MailNotSent when any failed."""
    today = today_in_copenhagen(office.clock())
    asked = sorted({int(work.payload["order_id"]) for work in batch})
    with office.database.reading() as session:
        owed = [each for order_id in asked for each in find(session, order_id, today)]

    def send(carry: Carry, each: Owed) -> None:
        order_mail.send_marked(carry, each, office.draw(compose, each))

    send_all(office, owed, send, lambda each: each.order.number)


def find(session: Session, order_id: int, today: date) -> list[Owed]:
    """List the reminders of an order that are owed now: to all who may approve it, by name."""
    found = session.execute(
        select(Order, Enterprise.name, Person.name)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Person, Person.id == Order.buyer_id)
        .where(Order.id == order_id, Order.state == OrderState.AWAITING)
        .options(selectinload(Order.lines), selectinload(Order.events))
    ).first()
    if found is None:
        return []
    order, enterprise, buyer = found
    case = load_case(session, order, today)
    times = _times(case, today)
    if times == 0:
        return []
    # Each turn begins with an event that leads here, so their number tells the turns apart.
    turns = [event for event in order.turns if event.state == OrderState.AWAITING]
    mark = f"late:{len(turns)}.{times}"
    told = order_mail.list_told(session, order.id, mark)
    since = today_in_copenhagen(turns[-1].at if turns else order.placed_at)
    return [
        Owed(order, person, buyer, enterprise, since, mark)
        for id_, person in case.holders.items()
        if id_ in case.acting and person.email not in told
    ]


def compose(settings: Settings, templates: jinja2.Environment, owed: Owed, now: datetime) -> Mail:
    """Draw a reminder in the reader's language."""
    order = owed.order
    path = f"{PAGES[Reader.APPROVER]}/{order.number}"
    cause = order_mail.cause_of(
        order, mail_kinds.APPROVAL_REMINDER, owed.mark, event="late", path=path,
        audience=audience(Role.APPROVER, order.municipality_id, owed.reader.id),
    )  # fmt: skip
    facts = {"owed": owed, "order": order, "link": settings.address(path)}
    text = Text(SUBJECT.message, {"number": order.number})
    with reading_in(owed.reader.locale):
        draft = Draft(owed.reader.email, text, cause, "approval_reminder", facts)
        return posting.compose(settings, templates, draft, now)


def _times(case: Case, today: date) -> int:
    step = case.step
    if step is None:
        return 0
    return approval_rules.reminder_due(step.due_on, today, step.escalate_days, turn_of(step))
