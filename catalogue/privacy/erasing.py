"""Take a person out: what was hers alone goes, and where she must stay told she has no name.

Orders, decisions and the chain of the audit stay whole: they know her by her number, and her row
stays under that number without name, address and log-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, union, update
from sqlalchemy.orm import Session

from catalogue.accounts import passwords, service, sessions
from catalogue.accounts.directory_models import Membership
from catalogue.accounts.factor_models import FactorNews, HalfSignIn, PasswordLink, SecondFactor
from catalogue.accounts.models import HeldForm, Person, PersonRole, SignIn
from catalogue.accounts.outside_models import OutsideIdentity, OutsideSession
from catalogue.accounts.token_models import ApiToken
from catalogue.core import audit
from catalogue.core.errors import Conflict, Missing, NotAllowed
from catalogue.core.text import lazy as _
from catalogue.core.who import Role, Who
from catalogue.exchange.mail_models import FailingAddress, MailChoice
from catalogue.exchange.notice_models import Notice, NoticeRead
from catalogue.ordering.address_models import BuyerInstitution, DeliveryAddress
from catalogue.ordering.message_models import MessageRead
from catalogue.ordering.models import Basket, BasketLine, Order, OrderState
from catalogue.ordering.policy_models import Absence
from catalogue.ordering.standing_models import StandingOrder
from catalogue.products.models import TypedDraft

from . import sweeping
from .sweeping import Marks

NEW_EMAIL = "slettet-{}@slettet.invalid"
ERASED: ColumnElement[bool] = Person.email_folded.like("slettet-%@slettet.invalid")
OVER = (
    OrderState.DECLINED, OrderState.REJECTED, OrderState.CANCELLED, OrderState.RECEIVED,
    OrderState.ACCEPTED, OrderState.CLOSED,
)  # fmt: skip
LEAST_PHONE = 8  # digits: fewer may be a part of any number


@dataclass(frozen=True)
class Erased:
    """What was done: rows whose texts were changed, and what was left, by table."""

    changed: int
    kept: dict[str, int]


def busy() -> ColumnElement[bool]:
    """Return the condition of a person with orders under way: they need somebody to ask."""
    order = exists().where(Order.buyer_id == Person.id, Order.state.not_in(OVER))
    standing = StandingOrder.ended_at.is_(None) & (StandingOrder.buyer_id == Person.id)
    return or_(order, exists().where(standing))


def get_person(session: Session, who: Who, person_id: int) -> Person:
    """Return a person whose data `who` may hand out and take out; raises Missing, NotAllowed.

    Staff may for people of their municipality alone, administrators for everybody.
    """
    person = session.get(Person, person_id, populate_existing=True)
    held = session.scalars(select(PersonRole).where(PersonRole.person_id == person_id)).all()
    theirs = any(each.municipality_id == who.municipality_id for each in held)
    if person is None or person.is_system or not (who.role == Role.ADMINISTRATOR or theirs):
        raise Missing(_("There is no such person among yours."))
    elsewhere = any(each.municipality_id != who.municipality_id for each in held)
    if who.role != Role.ADMINISTRATOR and elsewhere:
        raise NotAllowed(
            _("%(name)s has roles elsewhere too. Ask whoever runs the catalogue.", name=person.name)
        )
    return person


def erase(session: Session, who: Who, person_id: int, now: datetime) -> Erased:
    """Take a person out on request.

    Raises Missing, NotAllowed; Conflict for herself, and while an order of hers is under way.
    """
    get_person(session, who, person_id)
    if person_id == who.person_id:
        raise Conflict(_("You cannot take yourself out. Ask a colleague to do it."))
    # An order of hers that is being placed keeps her row till it is there to be seen.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    if session.scalar(select(Person.id).where(Person.id == person_id, busy())):
        raise Conflict(_("She has orders under way. Hand them over to another buyer first."))
    return take_out(session, person_id, now, by=who)


def take_out(session: Session, person_id: int, now: datetime, *, by: Who | None) -> Erased:
    """Do it; `by` None: a rule of retention does."""
    person = session.get_one(Person, person_id, with_for_update=True)
    marks = marks_of(session, person)
    _end_roles(session, person_id, now, by.person_id if by else None)
    for table, own in _hers_alone(person):
        session.execute(delete(table).where(own).execution_options(synchronize_session=False))
    session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.flush()
    changed = sweeping.sweep(session, marks)
    kept = sweeping.count_kept(session, marks)
    person.name, person.email = marks.new_name, marks.new_email
    person.email_folded, person.password_hash = marks.new_email, passwords.NONE
    person.disabled_at = person.disabled_at or now
    audit.record(
        session, "person.erased", ("person", person_id), person_id=by.person_id if by else None,
        now=now, facts=audit.changes({"known_by_name": True}, {"known_by_name": False}),
        municipality_id=by.municipality_id if by else None,
    )  # fmt: skip
    session.flush()
    session.expire_all()
    return Erased(changed, kept)


def marks_of(session: Session, person: Person) -> Marks:
    """Return by what she is known in texts."""
    same = select(Person.id).where(func.lower(Person.name) == func.lower(person.name))
    others = session.scalar(same.where(Person.id != person.id).limit(1))
    return Marks(
        person.id, person.email, person.name, others is None and " " in person.name.strip(),
        tuple(_phones(session, person)), f"Slettet person {person.id}",
        NEW_EMAIL.format(person.id),
    )  # fmt: skip


def _phones(session: Session, person: Person) -> Iterable[str]:
    """List the numbers she gave beside her address, on orders and in kept addresses."""
    given = [
        select(table.contact_phone).where(
            func.lower(table.contact_email) == func.lower(person.email)
        )
        for table in (Order, DeliveryAddress)
    ]
    for phone in sorted(filter(None, session.scalars(union(*given)))):
        if sum(map(str.isdigit, phone)) >= LEAST_PHONE:
            yield phone


def _end_roles(session: Session, person_id: int, now: datetime, by: int | None) -> None:
    query = select(PersonRole).where(PersonRole.person_id == person_id).order_by(PersonRole.id)
    own = select(SignIn.id).where(SignIn.person_id == person_id)
    session.execute(delete(OutsideSession).where(OutsideSession.sign_in_id.in_(own)))
    sessions.end_all(session, person_id)
    for held in session.scalars(query).all():
        service.withdraw(session, held, now, by=by)
    session.flush()


def _hers_alone(person: Person) -> Sequence[tuple[Any, ColumnElement[bool]]]:
    """List what serves nobody when she is gone, in an order in which it can be deleted."""
    id_, folded = person.id, person.email_folded
    baskets = select(Basket.id).where(Basket.person_id == id_)
    notices = Notice.audience.like(f"%:%:{id_}")
    told = select(Notice.id).where(notices)
    own: list[Any] = [  # tables that have a person_id, which the base does not know
        HalfSignIn, SecondFactor, FactorNews, PasswordLink, Membership, OutsideIdentity, TypedDraft,
        NoticeRead, MessageRead, BuyerInstitution, HeldForm,
    ]  # fmt: skip
    return [
        *((each, each.person_id == id_) for each in own),
        (BasketLine, BasketLine.basket_id.in_(baskets)),
        (Basket, Basket.person_id == id_),
        (NoticeRead, NoticeRead.notice_id.in_(told)),
        (Notice, notices),
        (Absence, or_(Absence.person_id == id_, Absence.deputy_id == id_)),
        (MailChoice, MailChoice.address_folded == folded),
        (FailingAddress, FailingAddress.address_folded == folded),
    ]
