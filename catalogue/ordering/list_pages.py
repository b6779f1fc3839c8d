"""The buyer's lists: favourites and templates of orders, her own and those colleagues share."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    today,
    transaction,
)
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import alike, lists
from .buyer_screens import NAMES, blueprint, tell_filled
from .list_schema import read_added, read_named
from .schema import QUANTITY_PREFIX, read_choice, read_quantities

Errors = dict[str, list[Any]]


@route(blueprint, "/lister", access=BUYERS)
def own_lists() -> Response:
    """List the buyer's lists, and those that colleagues share."""
    with reading() as session:
        found = lists.list_visible(session, asking())
    return render("ordering/lists.html", found=found)


@route(blueprint, "/lister/ny", access=BUYERS)
def new_list() -> Response:
    """Show the form of a new list, made from an order when the address names one."""
    return _draw_new({"ordre": request.args.get("ordre", "")}, {})


@route(blueprint, "/lister/ny", access=BUYERS, methods=["POST"])
@once
def make_list() -> Response:
    """Make a list, empty or of what an order has."""
    try:
        named = read_named(request.form)
        number = request.form.get("ordre")
        with transaction() as session:
            if number:
                made = lists.make_from_order(session, asking(), named, number, now())
            else:
                made = lists.make(session, asking(), named, now())
    except Invalid as error:
        return _draw_new(request.form.to_dict(), error.problems)
    flash(_("The list is made."))
    return go("catalogue.buyer.one_list", list_id=made.id)


@route(blueprint, "/lister/tilfoej", access=BUYERS)
def choose_list() -> Response:
    """Let the buyer choose on which of her lists a product goes."""
    return _draw_adding(request.args.get("vare", 0, type=whole), {}, {})


@route(blueprint, "/lister/tilfoej", access=BUYERS, methods=["POST"])
def add_to_list() -> Response:
    """Put a product on a list; without one named, among the favourites."""
    try:
        added = read_added(request.form)
        with transaction() as session:
            found, product = lists.add(session, asking(), added, now())
    except Invalid as error:
        product_id = request.form.get("product_id", 0, type=whole)
        return _draw_adding(product_id, request.form.to_dict(), error.problems)
    flash(_("%(title)s is on the list %(name)s.", title=product.name, name=found.name))
    return go("catalogue.buyer.one_list", list_id=found.id)


@route(blueprint, "/lister/<int:list_id>", access=BUYERS)
def one_list(list_id: int) -> Response:
    """Show a list with today's prices, and what of it may be ordered."""
    return _draw_one(list_id, {})


@route(blueprint, "/lister/<int:list_id>/navn", access=BUYERS, methods=["POST"])
def rename_list(list_id: int) -> Response:
    """Name the list anew, and share it or not."""
    try:
        named = read_named(request.form)
        with transaction() as session:
            lists.rename(session, asking(), list_id, named, now())
    except Invalid as error:
        return _draw_one(list_id, error.problems)
    flash(_("The list is changed."))
    return go("catalogue.buyer.one_list", list_id=list_id)


@route(blueprint, "/lister/<int:list_id>/antal", access=BUYERS, methods=["POST"])
def set_quantities(list_id: int) -> Response:
    """Change the quantities of the list."""
    try:
        quantities = read_quantities(request.form)
    except Invalid as error:
        return _draw_one(list_id, error.problems)
    with transaction() as session:
        lists.set_quantities(session, asking(), list_id, quantities, now())
    flash(_("The list is changed."))
    return go("catalogue.buyer.one_list", list_id=list_id)


@route(blueprint, "/lister/<int:list_id>/fjern", access=BUYERS, methods=["POST"])
def take_off_list(list_id: int) -> Response:
    """Take a product off the list."""
    choice = read_choice(request.form)
    with transaction() as session:
        lists.take_off(session, asking(), list_id, choice.product_id, now())
    return go("catalogue.buyer.one_list", list_id=list_id)


@route(blueprint, "/lister/<int:list_id>/slet", access=BUYERS, methods=["POST"])
def delete_list(list_id: int) -> Response:
    """Delete the list; what was ordered from it stays ordered."""
    with transaction() as session:
        lists.remove(session, asking(), list_id)
    flash(_("The list is deleted."))
    return go("catalogue.buyer.own_lists")


@route(blueprint, "/lister/<int:list_id>/bestil", access=BUYERS, methods=["POST"])
def order_list(list_id: int) -> Response:
    """Put what may be ordered today of the list into the basket."""
    with transaction() as session:
        found = lists.order(session, asking(), list_id, now())
        like = alike.find(session, asking(), list_id)
    if not found.filling:
        flash(_("Nothing of it can be ordered today; see why at the lines."), "error")
        return go("catalogue.buyer.one_list", list_id=list_id)
    tell_filled(found)
    return go("catalogue.ordering.basket", som=like.number if like else None)


def _draw_new(values: dict[str, Any], errors: Errors) -> Response:
    status = 422 if errors else 200
    return render("ordering/list_new.html", status, values=values, errors=errors)


def _draw_adding(product_id: int, values: dict[str, Any], errors: Errors) -> Response:
    with reading() as session:
        product, own = lists.choices(session, asking(), product_id)
    return render(
        "ordering/list_add.html", 422 if errors else 200, product=product, own=own,
        values=values, errors=errors, **NAMES,
    )  # fmt: skip


def _draw_one(list_id: int, errors: Errors) -> Response:
    with reading() as session:
        page = lists.get(session, asking(), list_id, today())
        like = alike.find(session, asking(), list_id)
    return render(
        "ordering/list.html", 422 if errors else 200, page=page, like=like, errors=errors,
        typed=request.form.to_dict() if errors else {}, prefix=QUANTITY_PREFIX, **NAMES,
    )  # fmt: skip
