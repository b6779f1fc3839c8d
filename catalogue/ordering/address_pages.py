"""The buyer's delivery addresses: list, keep, change, take out, choose the usual one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import BUYERS, flash, go, now, once, reading, render, route, transaction
from catalogue.core.http import who as asking
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _

from . import addresses
from .address_schema import read_address
from .buyer_screens import blueprint

Errors = dict[str, list[Any]]


@route(blueprint, "/leveringsadresser", access=BUYERS)
def own_addresses() -> Response:
    """List the addresses of the institutions the buyer orders for."""
    with reading() as session:
        found = addresses.list_own(session, asking())
    return render("ordering/addresses.html", found=found)


@route(blueprint, "/leveringsadresser/ny", access=BUYERS)
def new_address() -> Response:
    """Show the form of a new address, started from an order when the address names one."""
    number = request.args.get("ordre")
    values: dict[str, Any] = {"contact_name": asking().name, "contact_email": asking().email}
    if number:
        with reading() as session:
            values = asdict(addresses.of_order(session, asking(), number))
    return _draw(None, values, {})


@route(blueprint, "/leveringsadresser/ny", access=BUYERS, methods=["POST"])
def keep_address() -> Response:
    """Keep a new address."""
    try:
        facts = read_address(request.form)
    except Invalid as error:
        return _draw(None, request.form.to_dict(), error.problems)
    with transaction() as session:
        addresses.keep(session, asking(), facts, now())
    flash(_("The address is kept. You can choose it when you order."))
    return go("catalogue.buyer.own_addresses")


@route(blueprint, "/leveringsadresser/<int:address_id>", access=BUYERS)
def one_address(address_id: int) -> Response:
    """Show the form of an address."""
    with reading() as session:
        values = _typed(session, address_id)
    return _draw(address_id, values | {"seen": mark_of(values)}, {})


@route(blueprint, "/leveringsadresser/<int:address_id>", access=BUYERS, methods=["POST"])
@once
def change_address(address_id: int) -> Response:
    """Change an address for all who share it."""
    try:
        facts = read_address(request.form)
    except Invalid as error:
        return _draw(address_id, request.form.to_dict(), error.problems)
    try:
        with transaction() as session:
            addresses.take_turn_changing(session, asking())
            refuse_unless_seen(mark_of(_typed(session, address_id)), request.form.get("seen"))
            addresses.change(session, asking(), address_id, facts, now())
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        with reading() as session:
            newest = mark_of(_typed(session, address_id))
        return _draw(address_id, request.form.to_dict() | {"seen": newest}, {})
    flash(_("The address is changed for all who order for the institution."))
    return go("catalogue.buyer.own_addresses")


@route(blueprint, "/leveringsadresser/<int:address_id>/slet", access=BUYERS, methods=["POST"])
def remove_address(address_id: int) -> Response:
    """Take an address out for all who share it."""
    with transaction() as session:
        addresses.remove(session, asking(), address_id, now())
    flash(_("The address is taken out. Orders already placed keep it."))
    return go("catalogue.buyer.own_addresses")


@route(blueprint, "/leveringsadresser/<int:address_id>/vanlig", access=BUYERS, methods=["POST"])
def make_usual(address_id: int) -> Response:
    """Let the buyer's orders begin with this address."""
    with transaction() as session:
        addresses.make_usual(session, asking(), address_id)
    flash(_("Your next order begins with this address."))
    return go("catalogue.buyer.own_addresses")


def _typed(session: Session, address_id: int) -> dict[str, Any]:
    return asdict(addresses.facts_of(addresses.get_own(session, asking(), address_id)))


def _draw(address_id: int | None, values: dict[str, Any], errors: Errors) -> Response:
    status = 422 if errors else 200
    return render(
        "ordering/address.html", status, address_id=address_id, values=values, errors=errors
    )
