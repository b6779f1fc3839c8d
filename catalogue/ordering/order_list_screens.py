"""How lists of orders are drawn and sent, for the buyer, for staff and for the enterprise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.http import Page, reading, render, send_csv, today, who
from catalogue.core.ids import whole
from catalogue.core.who import Role

from . import messages, next_rules, order_lacks, order_lists
from .order_lacks import Lacking
from .order_lists import Sought
from .queries import Listed
from .screens import NAMES

ORDERS_PER_PAGE = 25


def draw_orders() -> Response:
    """Draw a page of the orders the person may see, as the address asks for them."""
    return _draw("ordering/orders.html", order_lists.list_found)


def draw_incoming() -> Response:
    """Draw such a page for an enterprise, with what comes next of each order."""
    return _draw("ordering/incoming.html", order_lists.list_incoming)


def send(name: str) -> Response:
    """Send the same orders, all of them, as a file for spreadsheets."""
    with reading() as session:
        sought = _sought(session)[0]
        few = order_lists.find_few(session, who(), sought)
        found = order_lists.list_found(session, who(), sought.only(few))
    return send_csv(order_lists.as_csv(found), name)


def _sought(session: Session) -> tuple[Sought, Lacking | None]:
    """Read the address; staff see besides what orders lack that nobody moves."""
    sought = order_lists.read(request.args)
    if who().role != Role.STAFF:
        return replace(sought, lacks=None), None
    lacking = order_lacks.find(session, who(), today())
    return lacking.narrow(sought), lacking


def _draw(template: str, list_found: Callable[..., Sequence[Listed]]) -> Response:
    with reading() as session:
        sought, lacking = _sought(session)
        few = order_lists.find_few(session, who(), sought)
        counts = order_lists.count(session, who(), sought) if few is None else Counter(few.values())
        total = counts.get(sought.state, 0) if sought.state else sum(counts.values())
        page = Page(request.args.get("page", 1, type=whole), total, ORDERS_PER_PAGE)
        found = list_found(session, who(), sought.only(few), offset=page.offset, limit=page.size)
        new = messages.list_new(session, who(), [each.order.id for each in found])
    return render(
        template, orders=found, page=page, state=sought.state, counts=counts, new_messages=new,
        to_do=next_rules.count_to_do(counts), sought=sought,
        sorts=list(order_lists.SORTS.items()), lacking=lacking,
        lacks=order_lists.LACKS, **NAMES,
    )  # fmt: skip
