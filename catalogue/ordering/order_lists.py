"""Lists of orders as they are looked through: narrowed by state and words, in a chosen order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from catalogue.core import listing
from catalogue.core.listing import LONGEST_WORDS, MOST_ROWS, has, has_together, kroner
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from . import next_rules
from .models import Order, OrderLine
from .next_rules import Next
from .queries import Listed, listed, named
from .rules import STATE_NAMES, given

# By the value in the address; the first is what a list begins with.
SORTS: dict[str, Text] = {
    "nyeste": _("Newest first"),
    "aeldste": _("Oldest first"),
    "beloeb": _("Largest amount first"),
    "virksomhed": _("Enterprise"),
    "institution": _("Institution"),
}
NEWEST = "nyeste"
FEW = 1_000  # orders that are named by their ids, so that they are looked for but once


class Lack(StrEnum):
    """What an order lacks that nobody moves, by the value in the address."""

    BUYER = "indkoeber"
    APPROVER = "godkender"


LACKS = {Lack.BUYER: _("Buyer has left"), Lack.APPROVER: _("Nobody can approve")}
_COLUMNS: listing.Columns[Listed] = (
    (_("Order number"), lambda each: each.order.number),
    (_("Enterprise"), lambda each: each.enterprise_name),
    (_("Municipality"), lambda each: each.municipality_name),
    (_("Institution"), lambda each: each.order.institution),
    (_("Buyer"), lambda each: each.buyer_name),
    (_("Placed on"), lambda each: each.order.placed_at),
    (_("Amount excl. VAT"), lambda each: kroner(each.order.net_ore)),
    (_("VAT"), lambda each: kroner(each.order.vat_ore)),
    (_("State"), lambda each: STATE_NAMES[each.order.state]),
    (_("Account coding"), lambda each: each.order.account_coding),
    (_("Reference"), lambda each: each.order.reference),
)


@dataclass(frozen=True)
class Sought:
    """What of the orders is looked at, and in which order.

    `lacks`: only orders that lack this; `among` is the condition of them, for staff alone.
    """

    state: str | None = None
    words: str = ""
    sort: str = NEWEST
    lacks: Lack | None = None
    among: ColumnElement[bool] | None = None

    def only(self, found: Iterable[int] | None) -> Sought:
        """Return the same of orders whose ids are known to be all that is sought, if they are."""
        if found is None:
            return self
        return replace(self, words="", among=Order.id.in_(tuple(found)))


@dataclass(frozen=True)
class Incoming(Listed):
    """An order as its enterprise lists it, with the kinds of its lines: goods, work or both."""

    kinds: frozenset[str]

    @property
    def next_step(self) -> Next | None:
        """Return what comes next of it for the enterprise, if anything."""
        order = self.order
        known = given(self.kinds, seen=order.seen_at is not None, withheld=order.withheld)
        return next_rules.next_of_enterprise(order.state, known)


def read(args: Mapping[str, str]) -> Sought:
    """Read an address; what it does not know is left out. Pure."""
    state, sort = args.get("state"), args.get("sortering", NEWEST)
    lacks = args.get("mangler")
    return Sought(
        state if state in STATE_NAMES else None,
        args.get("q", "").strip()[:LONGEST_WORDS],
        sort if sort in SORTS else NEWEST,
        Lack(lacks) if lacks in set(Lack) else None,
    )


def find_few(session: Session, who: Who, sought: Sought) -> dict[int, str] | None:
    """Return the states of the orders that have the words or the lack, by id, in whichever state.

    None where they are more than a few, or nothing narrows the list. At most one query, which an
    index alone answers: what has to be looked through for a list is looked through once.
    """
    if not sought.words and sought.among is None:
        return None
    query = select(Order.id, Order.state).where(Order.visible_to(who), _fits(sought))
    found = {id_: str(state) for id_, state in session.execute(query.limit(FEW + 1))}
    return found if len(found) <= FEW else None


def count(session: Session, who: Who, sought: Sought) -> dict[str, int]:
    """Count the orders `who` may see that have the words, by state. One query.

    It is answered by an index alone, so that what a town ever ordered stays unread.
    """
    query = select(Order.state, func.count()).where(Order.visible_to(who), _fits(sought))
    return {str(state): number for state, number in session.execute(query.group_by(Order.state))}


def list_found(
    session: Session, who: Who, sought: Sought, *, offset: int = 0, limit: int = MOST_ROWS
) -> list[Listed]:
    """List the orders `who` may see that are sought, in their order. One query."""
    query = _found(who, sought).offset(offset).limit(limit)
    return [listed(*row) for row in session.execute(query)]


def list_incoming(
    session: Session, who: Who, sought: Sought, *, offset: int = 0, limit: int = MOST_ROWS
) -> list[Incoming]:
    """List the orders placed with an enterprise, with what comes next of each. One query."""
    query = _found(who, sought).add_columns(_kind(func.min), _kind(func.max))
    rows = session.execute(query.offset(offset).limit(limit))
    return [
        Incoming(order, enterprise.name, municipality, buyer.name, frozenset({least, most}))
        for order, enterprise, municipality, buyer, least, most in rows
    ]


def as_csv(found: Iterable[Listed]) -> str:
    """Return orders as a file for spreadsheets, with decimal commas."""
    return listing.as_csv(_COLUMNS, found)


def _found(who: Who, sought: Sought) -> Any:  # SQLAlchemy 2.0 and 2.1 type it differently
    query = named().where(Order.visible_to(who), _fits(sought))
    if sought.state is not None:
        query = query.where(Order.state == sought.state)
    return query.order_by(*_order(sought.sort), Order.placed_at.desc(), Order.id.desc())


def _kind(end: Any) -> Any:
    """Return the first or the last kind of an order's lines: both, where it has two."""
    own = OrderLine.order_id == Order.id
    return select(end(OrderLine.kind)).where(own).correlate(Order).scalar_subquery()


def _fits(sought: Sought) -> ColumnElement[bool]:
    found = _has(sought.words) if sought.words else true()
    return found if sought.among is None else and_(found, sought.among)


def _has(words: str) -> ColumnElement[bool]:
    """Return the condition of orders that have the words; of columns of one index alone."""
    shops = select(Enterprise.id).where(has(words, Enterprise.name))
    own = has_together(words, Order.number, Order.institution, Order.reference)
    return or_(Order.enterprise_id.in_(shops), own)


def _order(sort: str) -> tuple[Any, ...]:
    return {
        "nyeste": (),
        "aeldste": (Order.placed_at, Order.id),
        "beloeb": (Order.net_ore.desc(),),
        "virksomhed": (Enterprise.name_folded,),
        "institution": (func.lower(Order.institution),),
    }[sort]
