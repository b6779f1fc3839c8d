"""The verbs about delivery addresses: keep, change, take out, and choose the usual one.

An institution is known by its GLN. A buyer who keeps an address of one orders for it from then on
and shares all its addresses with the colleagues who do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from catalogue.accounts.models import Person
from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.text import lazy as _
from catalogue.core.turns import take_turn
from catalogue.core.who import Who

from .address_models import BuyerInstitution, DeliveryAddress
from .address_schema import AddressFacts
from .models import Order
from .queries import delivery_of, get_order
from .rules import Delivery

CONTACT = frozenset({"contact_name", "contact_email", "contact_phone"})  # of a person: untold


@dataclass(frozen=True)
class Listed:
    """An address the buyer may choose; `usual`: her forms begin with it."""

    address: DeliveryAddress
    usual: bool


@dataclass(frozen=True)
class Begun:
    """What a form of delivery begins with: its values, and the addresses to choose from."""

    values: dict[str, Any]
    choices: list[Listed]
    chosen_id: int | None
    alike: str | None = None  # the number of the order they are taken from, if one was named


def list_own(session: Session, who: Who) -> list[Listed]:
    """List the addresses of the institutions the buyer orders for, by name. One query."""
    query = (
        select(DeliveryAddress, BuyerInstitution.usual_address_id)
        .join(BuyerInstitution, _shared())
        .where(_own(who))
        .order_by(DeliveryAddress.institution, DeliveryAddress.street, DeliveryAddress.id)
    )
    return [Listed(each, each.id == usual_id) for each, usual_id in session.execute(query)]


def get_own(session: Session, who: Who, address_id: int) -> DeliveryAddress:
    """Return an address of an institution the buyer orders for; raises Missing for all others."""
    query = select(DeliveryAddress).join(BuyerInstitution, _shared())
    found = session.scalars(query.where(_own(who), DeliveryAddress.id == address_id)).first()
    if found is None:
        raise Missing(_("There is no such delivery address."))
    return found


def begin(session: Session, who: Who, chosen_id: int | None, alike: str | None = None) -> Begun:
    """Begin a form of delivery: the chosen address, else as in the order `alike`, if one is named,
    else the usual address, else the last order's.

    The reference is that of the last order, or of the one named: it names a person, not a place.
    One query; two where it begins as an order. Raises Missing when that is not the buyer's.
    """
    if alike and not chosen_id:
        return _begin_as(session, who, alike)
    last, choices = _known(session, who)
    wanted = [each for each in choices if each.address.id == chosen_id]
    usual = wanted or [each for each in choices if each.usual]
    values = dict(vars(last)) if last else {"contact_name": who.name, "contact_email": who.email}
    if not usual:
        return Begun(values, choices, None)
    return Begun(values | asdict(facts_of(usual[0].address)), choices, usual[0].address.id)


def _begin_as(session: Session, who: Who, number: str) -> Begun:
    own = (Order.visible_to(who), Order.number == number)
    order = session.scalars(select(Order).where(*own)).first()
    if order is None:
        raise Missing(_("There is no order %(number)s.", number=number))
    return Begun(dict(vars(delivery_of(order))), list_own(session, who), None, number)


def _known(session: Session, who: Who) -> tuple[Delivery | None, list[Listed]]:
    """Return where the buyer's newest order went, and the addresses she may choose."""
    asked = {"person_id": who.person_id, "municipality_id": who.municipality_id}
    rows = session.execute(_last_and_kept(), asked).all()
    choices = [Listed(each, each.id == usual_id) for _last, each, usual_id in rows if each]
    return (delivery_of(rows[0][0]) if rows and rows[0][0] else None), choices


@cache  # asked by each check-out: to write it takes longer than to answer it
def _last_and_kept() -> Any:
    person: Any = bindparam("person_id")
    home: Any = bindparam("municipality_id")
    own = aliased(Order)
    newest = select(own.id).where(own.buyer_id == person, own.municipality_id == home)
    last = newest.order_by(own.placed_at.desc(), own.id.desc()).limit(1).scalar_subquery()
    kept = and_(BuyerInstitution.person_id == person, BuyerInstitution.municipality_id == home)
    return (
        select(Order, DeliveryAddress, BuyerInstitution.usual_address_id)
        .select_from(Person)
        .outerjoin(Order, Order.id == last)
        .outerjoin(BuyerInstitution, kept)
        .outerjoin(DeliveryAddress, _shared())
        .where(Person.id == person)
        .order_by(DeliveryAddress.institution, DeliveryAddress.street, DeliveryAddress.id)
    )


def of_order(session: Session, who: Who, number: str) -> AddressFacts:
    """Return where an order of the buyer's went; raises Missing."""
    order = get_order(session, who, number).order
    return AddressFacts(**{each.name: getattr(order, each.name) for each in fields(AddressFacts)})


def keep(session: Session, who: Who, facts: AddressFacts, now: datetime) -> DeliveryAddress:
    """Keep an address and order for its institution from now on; the same twice is one address.

    A buyer's first address becomes her usual one.
    """
    take_turn_changing(session, who)
    found = _find_same(session, who, facts)
    if found is None:
        found = DeliveryAddress(
            municipality_id=who.municipality_id, updated_at=now, **asdict(facts)
        )
        session.add(found)
        session.flush()
        _record(session, who, "kept", found.id, (None, facts), now)
    _join(session, who, facts.gln)
    usual = select(BuyerInstitution.id).where(
        _own(who), BuyerInstitution.usual_address_id.is_not(None)
    )
    if session.scalars(usual).first() is None:
        make_usual(session, who, found.id)
    return found


def take_turn_changing(session: Session, who: Who) -> None:
    """Have others who keep or change addresses of the municipality wait."""
    take_turn(session, "delivery_address", who.municipality_id)


def change(
    session: Session, who: Who, address_id: int, facts: AddressFacts, now: datetime
) -> DeliveryAddress:
    """Change an address, for all who order for its institution; raises Missing."""
    take_turn_changing(session, who)
    found = get_own(session, who, address_id)
    before = facts_of(found)
    if before == facts:
        return found
    for name, value in asdict(facts).items():
        setattr(found, name, value)
    found.updated_at = now
    _record(session, who, "changed", found.id, (before, facts), now)
    _join(session, who, facts.gln)
    return found


def remove(session: Session, who: Who, address_id: int, now: datetime) -> None:
    """Take an address out, for all who order for its institution; orders keep their own copy."""
    take_turn(session, "delivery_address", who.municipality_id)
    found = get_own(session, who, address_id)
    _record(session, who, "removed", found.id, (facts_of(found), None), now)
    session.delete(found)


def make_usual(session: Session, who: Who, address_id: int) -> None:
    """Let the buyer's forms begin with this address; raises Missing."""
    found = get_own(session, who, address_id)
    session.execute(update(BuyerInstitution).where(_own(who)).values(usual_address_id=None))
    here = (_own(who), BuyerInstitution.gln == found.gln)
    session.execute(update(BuyerInstitution).where(*here).values(usual_address_id=found.id))


def facts_of(address: DeliveryAddress) -> AddressFacts:
    """Return what is kept of an address as a value."""
    return AddressFacts(**{each.name: getattr(address, each.name) for each in fields(AddressFacts)})


def _shared() -> ColumnElement[bool]:
    return and_(
        BuyerInstitution.gln == DeliveryAddress.gln,
        BuyerInstitution.municipality_id == DeliveryAddress.municipality_id,
    )


def _own(who: Who) -> ColumnElement[bool]:
    return and_(
        BuyerInstitution.person_id == who.person_id,
        BuyerInstitution.municipality_id == who.municipality_id,
    )


def _find_same(session: Session, who: Who, facts: AddressFacts) -> DeliveryAddress | None:
    of = (
        DeliveryAddress.municipality_id == who.municipality_id,
        DeliveryAddress.gln == facts.gln,
    )
    there = session.scalars(select(DeliveryAddress).where(*of).order_by(DeliveryAddress.id))
    return next((each for each in there if facts_of(each) == facts), None)


def _join(session: Session, who: Who, gln: str) -> None:
    own = select(BuyerInstitution.id).where(_own(who), BuyerInstitution.gln == gln)
    if session.scalars(own).first() is not None:
        return
    made = {"person_id": who.person_id, "municipality_id": who.municipality_id, "gln": gln}
    try:
        with session.begin_nested():
            session.add(BuyerInstitution(**made))
    except IntegrityError:
        pass  # the buyer's other request joined a moment ago


def _record(
    session: Session,
    who: Who,
    deed: str,
    address_id: int,
    facts: tuple[AddressFacts | None, AddressFacts | None],
    now: datetime,
) -> None:
    before, after = (asdict(each) if each else {} for each in facts)
    changed = audit.changes(before, after)
    untold = sorted(CONTACT & {*changed["before"], *changed["after"]})
    told = {
        side: {name: value for name, value in values.items() if name not in CONTACT}
        for side, values in changed.items()
    }
    audit.record(
        session,
        f"delivery_address.{deed}",
        ("delivery_address", address_id),
        person_id=who.person_id,
        now=now,
        facts=told | ({"untold": untold} if untold else {}),
        municipality_id=who.municipality_id,
    )
