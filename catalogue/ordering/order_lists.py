"""Lists of orders as they are looked through: narrowed by state and words, in a chosen order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from catalogue.core import listing
from catalogue.core.listing import LONGEST_WORDS, MOST_ROWS, has, kroner
from catalogue.core.text import Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from .models import Order
from .queries import Listed, listed, named
from .rules import STATE_NAMES

# By the value in the address; the first is what a list begins with.
SORTS: dict[str, Text] = {
    "nyeste": _("Newest first"),
    "aeldste": _("Oldest first"),
    "beloeb": _("Largest amount first"),
    "virksomhed": _("Enterprise"),
    "institution": _("Institution"),
}
NEWEST = "nyeste"


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


def count(session: Session, who: Who, sought: Sought) -> dict[str, int]:
    """Count the orders `who` may see that have the words, by state. One query."""
    query = (
        select(Order.state, func.count())
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .where(Order.visible_to(who), _fits(sought))
        .group_by(Order.state)
    )
    return {str(state): number for state, number in session.execute(query)}


def list_found(
    session: Session, who: Who, sought: Sought, *, offset: int = 0, limit: int = MOST_ROWS
) -> list[Listed]:
    """List the orders `who` may see that are sought, in their order. One query."""
    query = named().where(Order.visible_to(who), _fits(sought))
    if sought.state is not None:
        query = query.where(Order.state == sought.state)
    query = query.order_by(*_order(sought.sort), Order.placed_at.desc(), Order.id.desc())
    return [listed(*row) for row in session.execute(query.offset(offset).limit(limit))]


def as_csv(found: Iterable[Listed]) -> str:
    """Return orders as a file for spreadsheets, with decimal commas."""
    return listing.as_csv(_COLUMNS, found)


def _fits(sought: Sought) -> ColumnElement[bool]:
    columns = (Order.number, Order.institution, Order.reference, Enterprise.name)
    found = has(sought.words, *columns)
    return found if sought.among is None else and_(found, sought.among)


def _order(sort: str) -> tuple[Any, ...]:
    return {
        "nyeste": (),
        "aeldste": (Order.placed_at, Order.id),
        "beloeb": (Order.net_ore.desc(),),
        "virksomhed": (Enterprise.name_folded,),
        "institution": (func.lower(Order.institution),),
    }[sort]
