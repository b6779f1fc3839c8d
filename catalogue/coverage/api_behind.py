"""What stands behind the figures of coverage, for systems: orders, products, who could deliver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from sqlalchemy import and_, true

from catalogue.core.http import STAFF, contract, reading, today
from catalogue.core.http.answering import read_asked, show_slice
from catalogue.core.http.operations import Operation, serve
from catalogue.core.listing import has
from catalogue.enterprises.models import Enterprise
from catalogue.products.models import Product

from . import api_behind_schema as shapes
from . import behind, behind_schema
from .api_answers import NAMES, PAGED, READ, address_of, home, versioned
from .behind import Lines, Offers
from .behind_schema import ListAsked


@serve(
    versioned, "GET", "/coverage/orders",
    Operation(
        "List the lines of orders that make up an ordered amount, the newest first", STAFF, READ,
        query=shapes.BehindOrdersQuerySchema, answer=shapes.OrderedLineSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_ordered_lines() -> Response:
    """List the lines of orders of a category and of some days."""
    query = contract.read_query()
    asked, about = read_asked(query), _about(query)
    lines = Lines(about.part, about.span, query.get("q", "").strip())
    with reading() as session:
        rows = behind.list_orders(session, home(), lines, asked.slice)
    return show_slice(rows, asked, shapes.OrderedLineSchema().dump)


@serve(
    versioned, "GET", "/coverage/products",
    Operation(
        "List published products of a category, or those that may be ordered on a day", STAFF, READ,
        query=shapes.BehindProductsQuerySchema, answer=shapes.OfferedSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_offered_products() -> Response:
    """List published products, and which of them may be ordered."""
    query = contract.read_query()
    asked, about = read_asked(query), _about(query)
    orderable = behind.orderable_where(home(), about.day)
    where = and_(
        orderable if about.only_orderable else true(),
        has(query.get("q", "").strip(), Product.title, Enterprise.name),
    )
    with reading() as session:
        rows = behind.list_products(session, Offers(about.part, orderable, where), asked.slice)
    return show_slice(rows, asked, shapes.OfferedSchema().dump)


@serve(
    versioned, "GET", "/coverage/enterprises",
    Operation(
        "List the enterprises that could deliver something of a category here, by name", STAFF,
        READ, query=shapes.PartQuerySchema, answer=shapes.DelivererSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_deliverers() -> Response:
    """List who could deliver."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        found = behind.list_deliverers(session, home(), _about(query).part, today())
    return show_slice(found[asked.slice], asked, shapes.DelivererSchema().dump)


def _about(query: Mapping[str, Any]) -> ListAsked:
    """Read which category and days are asked about; raises Invalid."""
    flags = {"kun": str(int(query.get("alone", False))),
             "bestilles": str(int(query.get("orderable", False)))}  # fmt: skip
    with contract.named(NAMES):
        return behind_schema.read_list(address_of(query) | flags, today())
