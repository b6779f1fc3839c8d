"""Which mail an order calls for: derived from the order's state at sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalogue.accounts.models import Municipality, Person
from catalogue.core.text import DEFAULT_LOCALE, gettext, reading_in
from catalogue.enterprises.models import Enterprise
from catalogue.ordering import changing
from catalogue.ordering.approval_cases import load_case
from catalogue.ordering.coding_rules import Share
from catalogue.ordering.line_parts import Coded, list_coded
from catalogue.ordering.models import Order

from . import municipal_mail
from .letter_words import WORDINGS as WORDINGS  # noqa: PLC0414 - the words of these letters
from .letter_words import Reader as Reader  # noqa: PLC0414 - and their readers
from .letter_words import Wording as Wording  # noqa: PLC0414
from .letter_words import wordings
from .models import SentMail
from .punchout_models import PunchOutOrder

# States in which a buyer has to answer.
_ASKING = ("returned", "proposed", "partly")


@dataclass(frozen=True)
class Letter:
    """One mail to one address about an order, with all that its template shows."""

    order: Order
    reader: Reader
    recipient: str
    locale: str
    names: dict[str, str]
    person_id: int | None = None  # None: whoever acts for the enterprise, or is staff
    coded: Sequence[Coded] = ()  # its lines, with what they are booked on
    proposed_on: date | None = None  # the day of delivery that the enterprise proposes
    unanswerable: bool = False  # its buyer is a purchasing system, and somebody has to answer

    @property
    def split(self) -> dict[int, Sequence[Share]]:
        """Return what each coding bears of the lines that have codings of their own, by line."""
        return {each.line.position: each.shares for each in self.coded if each.parts}

    @property
    def wording(self) -> Wording:
        """Return the words for this reader and state."""
        return wordings(self.order)[self.reader]

    @property
    def opening(self) -> str:
        """Return the first sentence, in the language of this moment."""
        return gettext(self.wording.opening.message, **self.names)

    @property
    def reason(self) -> str | None:
        """Return why the order came into its state, when a reason was given."""
        turns = self.order.turns
        return turns[-1].reason if turns else None

    @property
    def mark(self) -> str:
        """Return what the letter is known by: an order may come into a state several times."""
        return mark(self.order)


def write(session: Session, order_id: int, state: str, today: date) -> list[Letter]:
    """List the letters that are owed for an order that came into `state` and not sent yet.

    None when the order has moved on since: the work of its newer state speaks for it.
    """
    found = session.execute(_in_state(order_id, state)).first()
    if found is None:
        return []
    order, enterprise, municipality_name, buyer = found
    asked = _asked(session, order, today)
    names = {
        "number": order.number,
        "enterprise": enterprise.name,
        "municipality": municipality_name,
        "buyer": buyer.name,
        "waits": _waits(asked, buyer),
    }
    enterprises = [] if order.withheld else [enterprise.email]
    coded = list_coded(session, order)
    to_enterprise = partial(Letter, order, Reader.ENTERPRISE, names=names, coded=coded)
    all_ = (
        *(to_enterprise(email, DEFAULT_LOCALE) for email in enterprises),
        *(
            Letter(order, Reader.APPROVER, each.email, each.locale, names, each.id, coded)
            for each in asked
        ),
        *(
            Letter(order, Reader.STAFF, email, DEFAULT_LOCALE, names, coded=coded)
            for email in _staff(session, order, asked)
        ),
        Letter(order, Reader.BUYER, buyer.email, buyer.locale, names, buyer.id, coded,
               _proposed_on(session, order), _is_unanswerable(session, order, buyer)),
    )  # fmt: skip
    sent = _sent(session, order)
    return [
        letter
        for letter in all_
        if letter.reader in wordings(order) and letter.recipient not in sent
    ]


def _in_state(order_id: int, state: str) -> Any:  # SQLAlchemy 2.0 and 2.1 type it differently
    """Return the query of an order in a state, with its two sides."""
    return (
        select(Order, Enterprise, Municipality.name, Person)
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .join(Municipality, Municipality.id == Order.municipality_id)
        .join(Person, Person.id == Order.buyer_id)
        .where(Order.id == order_id, Order.state == state)
        .options(selectinload(Order.lines), selectinload(Order.events))
    )


def mark(order: Order) -> str:
    """Return the order's state, with a number when it came into it before: `awaiting:2`."""
    times = sum(event.state == order.state for event in order.turns)
    return f"{order.state}:{times}" if times > 1 else str(order.state)


def is_sent(session: Session, letter: Letter) -> bool:
    """Tell whether the letter went out already."""
    return letter.recipient in _sent(session, letter.order)


def _asked(session: Session, order: Order, today: date) -> list[Person]:
    """List who may approve the order now, by name."""
    if order.state != "awaiting":
        return []
    case = load_case(session, order, today)
    return [person for id_, person in case.holders.items() if id_ in case.acting]


def _waits(asked: Sequence[Person], buyer: Person) -> str:
    """Return whom an order waits for, as its buyer reads it."""
    with reading_in(buyer.locale):
        return ", ".join(each.name for each in asked) or gettext("procurement staff")


def _proposed_on(session: Session, order: Order) -> date | None:
    if order.state != "proposed":
        return None
    change = changing.find_open(session, order.id)
    return change.delivery_on if change else None


def _is_unanswerable(session: Session, order: Order, buyer: Person) -> bool:
    """Tell whether the order asks something of a buyer who is nobody: only staff can move it on."""
    if not buyer.is_system or order.state not in _ASKING:
        return False
    return session.get(PunchOutOrder, order.id) is not None


def _staff(session: Session, order: Order, asked: Sequence[Person]) -> list[str]:
    """List where the staff are told that nobody can approve an order."""
    if order.state != "awaiting" or asked:
        return []
    found = municipal_mail.find_address(session, order.municipality_id)
    return [found] if found else []


def _sent(session: Session, order: Order) -> set[str]:
    own = (SentMail.order_id == order.id, SentMail.state == mark(order))
    return set(session.scalars(select(SentMail.recipient).where(*own)))
