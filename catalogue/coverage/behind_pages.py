"""The lists behind the numbers of the overview: products, enterprises, and lines of orders."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, request
from sqlalchemy import and_, true
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core import listing
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    Page,
    file_url,
    here_with,
    look_through,
    reading,
    render,
    route,
    send_csv,
    send_list,
    today,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.listing import Sought, has
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.enterprises.models import Enterprise
from catalogue.ordering.rules import STATE_NAMES
from catalogue.products.models import Product
from catalogue.products.rules import UNIT_NAMES

from . import behind, behind_schema, lists
from .behind import Lines, Offers, Span
from .behind_schema import ListAsked
from .screens import blueprint

PER_PAGE = 50
LABELS: dict[str, Any] = {"fra": _("First day"), "til": _("Last day"), "dag": _("As of")}


class ListPage(Page):
    """A page of such a list: its number travels as `side`."""

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return here_with(side=str(number))


@route(blueprint, "/daekning/ordrer", access=STAFF, endpoint="orders_behind")
def orders() -> Response:
    """List the lines of orders that make up an ordered amount."""
    asked, errors = _asked()
    sought, lines = _lines(asked)
    with reading() as session:
        found = behind.sum_orders(session, _municipality_id(), lines)
        page = _page(found.lines)
        rows = behind.list_orders(session, _municipality_id(), lines, page.slice)
        labels = _labels(session, asked, {line.category_code for line in rows})
    return render(
        "coverage/orders.html", 422 if errors else 200, asked=asked, found=found, lines=rows,
        page=page, labels=labels, errors=errors, states=STATE_NAMES, names=LABELS, sought=sought,
        sorts=lists.choices(lists.LINE_SORTS),
        file=file_url("catalogue.coverage.orders_behind_csv"),
        typed={"fra": request.args.get("fra", ""), "til": request.args.get("til", "")},
    )  # fmt: skip


@route(blueprint, "/daekning/ordrer.csv", access=STAFF)
def orders_behind_csv() -> Response:
    """Send the same lines as a file for spreadsheets."""
    _sought, lines = _lines(_asked()[0])
    with reading() as session:
        rows = behind.list_orders(session, _municipality_id(), lines, slice(0, listing.MOST_ROWS))
    return send_csv(listing.as_csv(lists.LINE_COLUMNS, rows), "bestilt")


@route(blueprint, "/daekning/varer", access=STAFF, endpoint="products_behind")
def products() -> Response:
    """List the published products of a category, or those that may be ordered on a day."""
    asked, errors = _asked()
    sought, offers = _offers(asked)
    with reading() as session:
        page = _page(behind.count_products(session, asked.part, offers.where))
        found = behind.list_products(session, offers, page.slice)
        labels = _labels(session, asked, {each.category_code for each in found})
    return render(
        "coverage/products.html", 422 if errors else 200, asked=asked, products=found, page=page,
        labels=labels, errors=errors, names=LABELS, unit_names=UNIT_NAMES, today=today(),
        sought=sought, sorts=lists.choices(lists.PRODUCT_SORTS),
        file=file_url("catalogue.coverage.products_behind_csv"),
        typed_day=request.args.get("dag", "") if errors else asked.day.isoformat(),
    )  # fmt: skip


@route(blueprint, "/daekning/varer.csv", access=STAFF)
def products_behind_csv() -> Response:
    """Send the same products as a file for spreadsheets."""
    _sought, offers = _offers(_asked()[0])
    with reading() as session:
        found = behind.list_products(session, offers, slice(0, listing.MOST_ROWS))
    return send_csv(listing.as_csv(lists.PRODUCT_COLUMNS, found), "varer")


@route(blueprint, "/daekning/virksomheder", access=STAFF, endpoint="enterprises_behind")
def enterprises() -> Response:
    """List the enterprises that could deliver something of a category here."""
    asked, _errors = _asked()
    with reading() as session:
        found = behind.list_deliverers(session, _municipality_id(), asked.part, today())
        labels = _labels(session, asked, set())
    return render(
        "coverage/deliverers.html", asked=asked, labels=labels,
        **look_through(lists.DELIVERERS, found),
    )  # fmt: skip


@route(blueprint, "/daekning/virksomheder.csv", access=STAFF)
def enterprises_behind_csv() -> Response:
    """Send the same enterprises as a file for spreadsheets."""
    with reading() as session:
        found = behind.list_deliverers(session, _municipality_id(), _asked()[0].part, today())
    return send_list(lists.DELIVERERS, found, "virksomheder")


def _lines(asked: ListAsked) -> tuple[Sought, Lines]:
    sought = listing.read(request.args, lists.LINE_SORTS)
    _label, order = lists.LINE_SORTS[sought.sort]
    return sought, Lines(asked.part, asked.span, sought.words, order)


def _offers(asked: ListAsked) -> tuple[Sought, Offers]:
    sought = listing.read(request.args, lists.PRODUCT_SORTS)
    orderable = behind.orderable_where(_municipality_id(), asked.day)
    where = and_(
        orderable if asked.only_orderable else true(),
        has(sought.words, Product.title, Enterprise.name),
    )
    _label, order = lists.PRODUCT_SORTS[sought.sort]
    return sought, Offers(asked.part, orderable, where, order)


def _asked() -> tuple[ListAsked, dict[str, list[Any]]]:
    """Read the address; with days that cannot be read, as of today, with the problem."""
    try:
        return behind_schema.read_list(request.args, today()), {}
    except Invalid as error:
        asked = behind_schema.list_on(request.args, Span(None, today()), today())
        return asked, error.problems


def _page(rows: int) -> ListPage:
    return ListPage(request.args.get("side", 1, type=whole), rows, PER_PAGE)


def _labels(session: Session, asked: ListAsked, codes: Collection[str]) -> dict[str, str]:
    own = [asked.part.code] if asked.part.code else []
    return agreements.category_labels(session, {*codes, *own}, current_locale())


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody
