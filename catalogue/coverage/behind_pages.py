"""The lists behind the numbers of the overview: products, enterprises, and lines of orders."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, request
from sqlalchemy import true
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, Page, here_with, reading, render, route, today, who
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.ordering.rules import STATE_NAMES
from catalogue.products.rules import UNIT_NAMES

from . import behind, behind_schema
from .behind import Span
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
    with reading() as session:
        found = behind.sum_orders(session, _municipality_id(), asked.part, asked.span)
        page = _page(found.lines)
        lines = behind.list_orders(session, _municipality_id(), asked.part, asked.span, page.slice)
        labels = _labels(session, asked, {line.category_code for line in lines})
    return render(
        "coverage/orders.html", 422 if errors else 200, asked=asked, found=found, lines=lines,
        page=page, labels=labels, errors=errors, states=STATE_NAMES, names=LABELS,
        typed={"fra": request.args.get("fra", ""), "til": request.args.get("til", "")},
    )  # fmt: skip


@route(blueprint, "/daekning/varer", access=STAFF, endpoint="products_behind")
def products() -> Response:
    """List the published products of a category, or those that may be ordered on a day."""
    asked, errors = _asked()
    orderable = behind.orderable_where(_municipality_id(), asked.day)
    counted = orderable if asked.only_orderable else true()
    with reading() as session:
        page = _page(behind.count_products(session, asked.part, counted))
        found = behind.list_products(
            session, asked.part, orderable, asked.only_orderable, page.slice
        )
        labels = _labels(session, asked, {each.category_code for each in found})
    return render(
        "coverage/products.html", 422 if errors else 200, asked=asked, products=found, page=page,
        labels=labels, errors=errors, names=LABELS, unit_names=UNIT_NAMES, today=today(),
        typed_day=request.args.get("dag", "") if errors else asked.day.isoformat(),
    )  # fmt: skip


@route(blueprint, "/daekning/virksomheder", access=STAFF, endpoint="enterprises_behind")
def enterprises() -> Response:
    """List the enterprises that could deliver something of a category here."""
    asked, _errors = _asked()
    with reading() as session:
        found = behind.list_deliverers(session, _municipality_id(), asked.part, today())
        labels = _labels(session, asked, set())
    return render("coverage/deliverers.html", asked=asked, enterprises=found, labels=labels)


def _asked() -> tuple[ListAsked, dict[str, list[Any]]]:
    """Read the address; with days that cannot be read, as of today, with the problem."""
    try:
        return behind_schema.read_list(request.args, today()), {}
    except Invalid as error:
        asked = behind_schema.list_on(request.args, Span(None, today()), today())
        return asked, error.problems


def _page(rows: int) -> ListPage:
    return ListPage(request.args.get("side", 1, type=int), rows, PER_PAGE)


def _labels(session: Session, asked: ListAsked, codes: Collection[str]) -> dict[str, str]:
    own = [asked.part.code] if asked.part.code else []
    return agreements.category_labels(session, {*codes, *own}, current_locale())


def _municipality_id() -> int:
    return who().municipality_id or 0  # staff have one; 0 belongs to nobody
