"""What a municipality's own system sends: orders (T01), their cancellation (T115), and the word
on what an enterprise proposes, as the order is to be (T114).

An order that an enterprise has changes by what the enterprise proposes and the buyer accepts: so a
change is taken that is such an answer, or that changes nothing. Else it is refused, and says what
to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Conflict, Invalid, Missing
from catalogue.core.fields import MESSAGES
from catalogue.core.personal import has_cpr_number
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.ordering import changing, service, steps
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.rules import OPEN_STATES, Step

from . import documents, order_intake
from .order_delivery import last_day
from .order_document import AskedLine, AskedOrder, Cancelled, LineStatus
from .order_intake import refused
from .peppol_prices import UNITS
from .route_models import DocumentRoute, TakenOrder

READ = (documents.ORDER, documents.CHANGE, documents.CANCELLATION)
NOT_READ = _(
    "Only orders (T01), order changes (T114) and cancellations (T115) are taken from here."
)
Terms = tuple[Decimal, int]  # quantity, and price in øre for as many units as the line's is for


class NoSystem(Conflict):
    """The staff of the municipality have not said that its system sends orders."""

    title = _("Orders of this system are not taken")


def take(session: Session, municipality_id: int, content: bytes, now: datetime) -> str:
    """Take a document of a municipality's system and return our number of the order.

    What came before is not taken again. Raises a CatalogueError that says what is wrong.
    """
    query = select(DocumentRoute).where(DocumentRoute.municipality_id == municipality_id)
    route = session.scalars(query.with_for_update()).first()
    if route is None or route.person_id is None or not route.contact_email:
        raise NoSystem(
            _("Procurement staff must say at Orders as documents that the system sends orders, and"
              " give a mail address for their news.")
        )  # fmt: skip
    dialect = documents.recognise(content, READ)
    if dialect is None:
        raise refused(NOT_READ)
    said = documents.read(content, dialect)
    if dialect is documents.ORDER:
        return order_intake.take(session, route, said, now).number
    taken = order_intake.find(session, route, said.order)
    if taken is None:
        raise Missing(_("There is no order %(number)s.", number=said.order))
    who = order_intake.buyer_of(route)
    number = session.get_one(Order, taken.order_id).number
    if dialect is documents.CANCELLATION:
        return _cancel(session, who, number, said, now)
    return _change(session, who, (number, taken), said, now)


def _cancel(session: Session, who: Who, number: str, said: Cancelled, now: datetime) -> str:
    reason = said.reason or said.note
    if has_cpr_number(reason):
        raise Invalid({"note": [MESSAGES["cpr"]]})
    if steps.lock(session, who, number).state != "cancelled":
        service.take_step(session, who, number, Step.CANCEL, now=now, reason=reason[:1000] or None)
    return number


def _change(
    session: Session, who: Who, about: tuple[str, TakenOrder], said: AskedOrder, now: datetime
) -> str:
    """Take the buyer's word on what is proposed; a change that changes nothing is well."""
    number, taken = about
    order = steps.lock(session, who, number)
    wanted = _wanted(order, taken, said)
    change = changing.find_open(session, order.id) if order.state in OPEN_STATES else None
    _check_address(order, said)
    if change is not None and _says_yes(order, change, wanted, last_day(said)):
        changing.accept(session, who, number, now)
    elif wanted == _stands(order) and order.state == "proposed":
        changing.refuse(session, who, number, now)
    elif wanted != _stands(order):
        raise refused(
            _("The enterprise has order %(number)s as it was sent. A change is taken as the answer"
              " to what the enterprise proposes; for another, cancel the order (T115) and send a"
              " new one.", number=taken.number)
        )  # fmt: skip
    return number


def _says_yes(
    order: Order, change: OrderChange, wanted: Mapping[int, Terms], day: date | None
) -> bool:
    """Tell whether a change is what the enterprise proposes: its lines, and its day where told."""
    if wanted != _proposed(order, change):
        return False
    other_lines = wanted != _stands(order)
    return change.delivery_on is None or day == change.delivery_on or (day is None and other_lines)


def _check_address(order: Order, said: AskedOrder) -> None:
    at = said.delivery.address if said.delivery else None
    if at is not None and (at.postcode, at.city) != (order.postcode, order.city):
        raise refused(
            _("The address of an order that the enterprise has cannot change. Cancel it (T115) and"
              " send a new one.")
        )  # fmt: skip


def _stands(order: Order) -> dict[int, Terms]:
    return {each.position: (each.quantity, each.price_ore) for each in order.lines}


def _proposed(order: Order, change: OrderChange) -> dict[int, Terms]:
    """Return the order as it will be when the buyer accepts; lines of nothing are left out."""
    found = {}
    for line in order.lines:
        new = change.lines.get(str(line.position), {})
        quantity = Decimal(new.get("quantity", line.quantity))
        if quantity:
            found[line.position] = quantity, int(new.get("price_ore", line.price_ore))
    return found


def _wanted(order: Order, taken: TakenOrder, said: AskedOrder) -> dict[int, Terms]:
    """Return the order as a change has it; a line that it leaves out stays as it is."""
    positions = {theirs: int(position) for position, theirs in taken.lines.items()}
    stands: Mapping[int, Terms] = _stands(order)
    lines = {each.position: each for each in order.lines}
    found = dict(stands)
    for line in said.lines:
        position = positions.get(line.number)
        gone = line.status == LineStatus.DELETED
        if position is None or (position not in stands and not gone):
            raise refused(_("Line %(line)s is not on the order.", line=line.number))
        if gone:
            found.pop(position, None)
        elif line.status != LineStatus.AS_IT_WAS:
            found[position] = _terms(line, lines[position])
    return {position: terms for position, terms in found.items() if terms[0]}


def _terms(said: AskedLine, line: OrderLine) -> Terms:
    if said.quantity is not None and UNITS.get(said.quantity.unit) != line.unit:
        raise refused(
            _("Line %(line)s: the unit is another than that of the product.", line=said.number)
        )
    quantity = said.quantity.number if said.quantity else line.quantity
    price = order_intake.price_ore(said, line.price_base_quantity)
    return quantity, line.price_ore if price is None else price
