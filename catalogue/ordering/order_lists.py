"""Lists of orders as they are looked through: narrowed by state and words, in a chosen order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from catalogue.core.sheets import danish_csv
from catalogue.core.text import Text, gettext, today_in_copenhagen
from catalogue.core.text import lazy as _
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise

from .models import Order
from .queries import Listed, listed, named
from .rules import STATE_NAMES

LONGEST_WORDS = 80
MOST_ROWS = 10_000  # of a file
# By the value in the address; the first is what a list begins with.
SORTS: dict[str, Text] = {
    "nyeste": _("Newest first"),
    "aeldste": _("Oldest first"),
    "beloeb": _("Largest amount first"),
    "virksomhed": _("Enterprise"),
    "institution": _("Institution"),
}
NEWEST = "nyeste"


@dataclass(frozen=True)
class Sought:
    """What of the orders is looked at, and in which order."""

    state: str | None = None
    words: str = ""
    sort: str = NEWEST


def read(args: Mapping[str, str]) -> Sought:
    """Read an address; what it does not know is left out. Pure."""
    state, sort = args.get("state"), args.get("sortering", NEWEST)
    return Sought(
        state if state in STATE_NAMES else None,
        args.get("q", "").strip()[:LONGEST_WORDS],
        sort if sort in SORTS else NEWEST,
    )


def count(session: Session, who: Who, sought: Sought) -> dict[str, int]:
    """Count the orders `who` may see that have the words, by state. One query."""
    query = (
        select(Order.state, func.count())
        .join(Enterprise, Enterprise.id == Order.enterprise_id)
        .where(Order.visible_to(who), _has(sought.words))
        .group_by(Order.state)
    )
    return {str(state): number for state, number in session.execute(query)}


def list_found(
    session: Session, who: Who, sought: Sought, *, offset: int = 0, limit: int = MOST_ROWS
) -> list[Listed]:
    """List the orders `who` may see that are sought, in their order. One query."""
    query = named().where(Order.visible_to(who), _has(sought.words))
    if sought.state is not None:
        query = query.where(Order.state == sought.state)
    query = query.order_by(*_order(sought.sort), Order.placed_at.desc(), Order.id.desc())
    return [listed(*row) for row in session.execute(query.offset(offset).limit(limit))]


def as_csv(found: Iterable[Listed]) -> str:
    """Return orders as a file for spreadsheets, with decimal commas."""
    heads = [
        gettext("Order number"), gettext("Enterprise"), gettext("Municipality"),
        gettext("Institution"), gettext("Buyer"), gettext("Placed on"),
        gettext("Amount excl. VAT"), gettext("VAT"), gettext("State"), gettext("Account coding"),
        gettext("Reference"),
    ]  # fmt: skip
    return danish_csv([heads, *map(_cells, found)])


def _cells(each: Listed) -> list[str]:
    order = each.order
    return [
        order.number, each.enterprise_name, each.municipality_name, order.institution,
        each.buyer_name, today_in_copenhagen(order.placed_at).isoformat(), _kroner(order.net_ore),
        _kroner(order.vat_ore), str(STATE_NAMES[order.state]), order.account_coding or "",
        order.reference,
    ]  # fmt: skip


def _kroner(ore: int) -> str:
    return f"{Decimal(ore) / 100:.2f}".replace(".", ",")


def _has(words: str) -> ColumnElement[bool]:
    if not words:
        return true()
    texts = (Order.number, Order.institution, Order.reference, Enterprise.name)
    # SQLite folds no Danish letters, so what is typed is sought as it is and with a capital.
    written = {words, words.capitalize()}
    return or_(*(text.icontains(each, autoescape=True) for text in texts for each in written))


def _order(sort: str) -> tuple[Any, ...]:
    return {
        "nyeste": (),
        "aeldste": (Order.placed_at, Order.id),
        "beloeb": (Order.net_ore.desc(),),
        "virksomhed": (Enterprise.name_folded,),
        "institution": (func.lower(Order.institution),),
    }[sort]
