"""Buyers' lists for systems: favourites, templates of orders, and those that colleagues share.

There is no basket here: a list tells what of it may be ordered today and at what price, and those
lines go to `/orders`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from catalogue.core import fields
from catalogue.core.errors import Missing
from catalogue.core.http import BUYERS, contract, now, reading, today, transaction, who
from catalogue.core.http.answering import (
    Deed,
    deed,
    need_match,
    open_api,
    read_asked,
    show,
    show_slice,
)
from catalogue.core.http.operations import Operation, Trait, serve

from . import list_api_schema as schema
from . import lists
from .list_schema import Added

blueprint = open_api("lists_api", __name__)
READ, WRITE = "orders:read", "orders:write"
SHOWN = schema.ListShownSchema
ONE = "/lists/<int:list_id>"
PRODUCT = f"{ONE}/products/<int:product_id>"
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/lists",
    Operation(
        "List our own lists by name, then those that colleagues share", BUYERS, READ,
        answer=schema.ListListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_lists() -> Response:
    """List the lists a buyer may read."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        found = lists.list_visible(session, who())
    return show_slice(found[asked.slice], asked, schema.show_listed)


@serve(
    blueprint, "POST", "/lists",
    Operation(
        "Make a list, empty or of what an order has", BUYERS, WRITE, body=schema.ListBodySchema,
        answer=SHOWN, status=201, traits=KEYED, example={"name": "Værksted", "shared": True},
    ),
)  # fmt: skip
def make_list() -> Response:
    """Make a list."""
    body = contract.read_body()
    named, number = schema.named(body), body.get("order_number", "").strip()
    with deed() as doing:
        if number:
            made = lists.make_from_order(doing.session, who(), named, number, now())
        else:
            made = lists.make(doing.session, who(), named, now())
        return _answer(doing, made.id, 201)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get a list with what of it may be ordered today, and at what price", BUYERS, READ,
        answer=SHOWN, traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_list(list_id: int) -> Response:
    """Show a list."""
    with reading() as session:
        return show(_show(session, list_id))


@serve(
    blueprint, "PUT", ONE,
    Operation(
        "Name a list of our own anew, and share it or not", BUYERS, WRITE, answer=SHOWN,
        body=schema.ListNamedSchema, traits=KEYED | {Trait.MATCH},
    ),
)  # fmt: skip
def rename_list(list_id: int) -> Response:
    """Change the name of a list, and who sees it."""
    named = schema.named(contract.read_body())
    with deed() as doing:
        lists.lock_own(doing.session, who(), list_id)
        need_match(_show(doing.session, list_id))
        lists.rename(doing.session, who(), list_id, named, now())
        return _answer(doing, list_id)


@serve(
    blueprint, "DELETE", ONE,
    Operation("Delete a list of our own", BUYERS, WRITE, status=204),
)  # fmt: skip
def delete_list(list_id: int) -> Response:
    """Delete a list; what was ordered from it stays ordered."""
    with transaction() as session:
        lists.remove(session, who(), list_id)
    return Response(status=204)


@serve(
    blueprint, "PUT", PRODUCT,
    Operation(
        "Put a product on a list of our own, or say how many", BUYERS, WRITE, answer=SHOWN,
        body=schema.ListQuantitySchema, traits=KEYED, example={"quantity": 4},
    ),
)  # fmt: skip
def put_on_list(list_id: int, product_id: int) -> Response:
    """Put a product on a list."""
    quantity = _quantity(contract.read_body())
    with deed() as doing:
        lists.add(doing.session, who(), Added(product_id, quantity, list_id), now())
        return _answer(doing, list_id)


@serve(
    blueprint, "DELETE", PRODUCT,
    Operation("Take a product off a list of our own", BUYERS, WRITE, status=204),
)  # fmt: skip
def take_off_list(list_id: int, product_id: int) -> Response:
    """Take a product off; one that is not on it is missing."""
    with transaction() as session:
        page = lists.get(session, who(), list_id, today())
        if product_id not in {each.wish.product_id for each in page.filling.outlooks}:
            raise Missing(lists.NO_PRODUCT)
        lists.take_off(session, who(), list_id, product_id, now())
    return Response(status=204)


@serve(
    blueprint, "POST", "/favourites",
    Operation(
        "Put a product among our favourites, a list that is made on first use", BUYERS, WRITE,
        body=schema.FavouriteSchema, answer=SHOWN, traits=KEYED, example={"product_id": 1},
    ),
)  # fmt: skip
def add_favourite() -> Response:
    """Put a product among the favourites."""
    body = contract.read_body()
    added = Added(body["product_id"], _quantity(body))
    with deed() as doing:
        found, _product = lists.add(doing.session, who(), added, now())
        return _answer(doing, found.id)


def _quantity(body: dict[str, Any]) -> Decimal | None:
    found: Decimal | None = fields.load(schema.ListQuantitySchema(), body).get("quantity")
    return found


def _answer(doing: Deed, list_id: int, status: int = 200) -> Response:
    address = url_for("catalogue.lists_api.get_list", list_id=list_id)
    return doing.answer(_show(doing.session, list_id), status, location=address)


def _show(session: Session, list_id: int) -> dict[str, Any]:
    session.flush()
    return schema.show(session, lists.get(session, who(), list_id, today()))
