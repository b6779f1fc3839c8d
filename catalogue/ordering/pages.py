"""The pages of ordering: the buyer's basket, check-out and orders; the enterprise's orders."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.fetching import taken_apart
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    go_to,
    now,
    reading,
    render,
    route,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import (
    addresses,
    basket_advice,
    basket_queries,
    change_schema,
    changing,
    coding_schema,
    codings,
    order_list_screens,
    queries,
    schema,
    service,
    shipments,
)
from . import basket as baskets
from .basket_queries import BasketPage
from .coding_rules import MOST_PARTS
from .rules import Step
from .screens import NAMES, draw_incoming_order, draw_order, open_incoming_order
from .shipments import Sending

blueprint = Blueprint("ordering", __name__)


@route(blueprint, "/kurv/tilfoej", access=BUYERS, methods=["POST"])
def add() -> Response:
    """Put a product into the basket; when it may not be ordered, say why and go back."""
    try:
        choice = schema.read_choice(request.form)
        with transaction() as session:
            product = baskets.add(session, who(), choice.product_id, choice.quantity, now())
    except Invalid as error:
        told = "; ".join(str(text) for texts in error.problems.values() for text in texts)
        flash(_("The quantity could not be read: %(problem)s", problem=told), "error")
        return _back()
    except baskets.NotOrderable as error:
        flash(str(error.detail), "error")
        return _back()
    flash(_("%(title)s is in your basket.", title=product.name))
    return go("catalogue.ordering.basket")


@route(blueprint, "/kurv", access=BUYERS)
def basket() -> Response:
    """Show the basket, by enterprise, judged by today's rules; it may begin as an order did."""
    return _draw_basket({}, 200)


@route(blueprint, "/kurv/antal", access=BUYERS, methods=["POST"])
def update() -> Response:
    """Change the quantities in the basket."""
    try:
        quantities = schema.read_quantities(request.form)
    except Invalid as error:
        return _draw_basket(error.problems, 422)
    with transaction() as session:
        baskets.update(session, who(), quantities, now())
    flash(_("The quantities are changed."))
    return go("catalogue.ordering.basket", som=request.args.get("som"))


@route(blueprint, "/kurv/fjern", access=BUYERS, methods=["POST"])
def remove() -> Response:
    """Take one product out of the basket."""
    choice = schema.read_choice(request.form)
    with transaction() as session:
        baskets.remove(session, who(), choice.product_id, now())
    flash(_("The product is taken out of your basket."))
    return go("catalogue.ordering.basket", som=request.args.get("som"))


@route(blueprint, "/kurv/godkend-priser", access=BUYERS, methods=["POST"])
def accept_prices() -> Response:
    """Accept the prices the buyer has just seen in the basket."""
    with transaction() as session:
        baskets.accept_prices(session, who(), schema.read_versions(request.form), now())
    return go("catalogue.ordering.basket", som=request.args.get("som"))


@route(blueprint, "/kurv/bestil", access=BUYERS)
def checkout() -> Response:
    """Show the form of delivery and reference, started from an address or an order."""
    chosen_id, alike = request.args.get("adresse", type=whole), request.args.get("som")
    with reading() as session:
        found = basket_queries.basket(session, who(), today())
        begun = addresses.begin(session, who(), chosen_id, alike)
        if not found.ready:
            return _back_to_basket(found)
        values = {"placing_key": secrets.token_urlsafe(24), **begun.values}
        advice = basket_advice.read(session, who(), found, values, today())
    if not values.get("account_coding"):
        values["account_coding"] = codings.find_default(advice.kept, values.get("gln"))
    return _draw_checkout(found, advice, begun=begun, values=values, errors={})


@route(blueprint, "/kurv/bestil", access=BUYERS, methods=["POST"])
def place() -> Response:
    """Order the basket; the same form sent twice leads to the same receipt."""
    key = schema.read_placing_key(request.form)
    try:
        delivery = schema.read_delivery(request.form)
        parts = coding_schema.read_parts(request.form)
        with transaction() as session:
            seen = request.form.get("seen")
            service.place_coded(session, service.Placing(who(), delivery, key, now(), parts, seen))
    except Invalid as error:
        return _draw_checkout_again(request.form.to_dict(), error.problems)
    except service.BasketChanged as error:
        flash(str(error.detail), "warning")
        return _draw_checkout_again(request.form.to_dict() | {"seen": ""}, {})
    except service.CannotBePlaced as error:
        flash(str(error.detail), "error")
        flash(_("What you typed still stands here. Mend the basket in another tab."), "info")
        return _draw_checkout_again(request.form.to_dict() | {"seen": ""}, {})
    return go("catalogue.ordering.receipt", placing_key=key)


@route(blueprint, "/kvittering/<placing_key>", access=BUYERS)
def receipt(placing_key: str) -> Response:
    """Show the orders that one placing made."""
    with reading() as session:
        placed = queries.list_receipt(session, who(), placing_key)
    return render("ordering/receipt.html", placed=placed, **NAMES)


@route(blueprint, "/ordrer", access=BUYERS | STAFF)
def orders() -> Response:
    """List the buyer's own orders; for staff, all of the municipality."""
    return order_list_screens.draw_orders()


@route(blueprint, "/ordrer.csv", access=BUYERS | STAFF)
def orders_csv() -> Response:
    """Send the orders of the list for a spreadsheet."""
    return order_list_screens.send("ordrer")


@route(blueprint, "/ordrer/<number>", access=BUYERS | STAFF)
def order(number: str) -> Response:
    """Show one order with what has happened to it."""
    return draw_order(number, {}, 200)


@route(blueprint, "/ordrer/<number>/modtag", access=BUYERS, methods=["POST"])
def receive(number: str) -> Response:
    """Confirm that the order has come, with what was not as ordered."""
    try:
        arrived = change_schema.read_arrived(request.form)
        with transaction() as session:
            shipments.receive(session, who(), number, arrived, now())
    except Invalid as error:
        return draw_order(number, error.problems, 422)
    flash(_("Thank you. The order is marked as received."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/annuller", access=BUYERS, methods=["POST"])
def cancel(number: str) -> Response:
    """Cancel an order that is not confirmed, or whose confirmed terms the enterprise takes back."""
    with transaction() as session:
        service.take_step(session, who(), number, Step.CANCEL, now=now())
    flash(_("The order is cancelled. An enterprise that had it is told."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/indkomne-ordrer", access=ENTERPRISES)
def incoming() -> Response:
    """List the orders placed with the enterprise."""
    return order_list_screens.draw_incoming()


@route(blueprint, "/indkomne-ordrer.csv", access=ENTERPRISES)
def incoming_csv() -> Response:
    """Send the incoming orders of the list for a spreadsheet."""
    return order_list_screens.send("indkomne-ordrer")


@route(blueprint, "/indkomne-ordrer/<number>", access=ENTERPRISES)
def incoming_order(number: str) -> Response:
    """Show one order placed with the enterprise, and the steps it may take: now it is seen."""
    return open_incoming_order(number)


@route(blueprint, "/indkomne-ordrer/<number>/bekraeft", access=ENTERPRISES, methods=["POST"])
def confirm(number: str) -> Response:
    """Confirm the order to the buyer, with the day it comes when one is given."""
    try:
        with transaction() as session:
            day = change_schema.read_delivery_day(request.form)
            changing.confirm(session, who(), number, day, now())
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("The order is confirmed, and the buyer is told."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/afvis", access=ENTERPRISES, methods=["POST"])
def reject(number: str) -> Response:
    """Reject the order with a reason for the buyer."""
    try:
        with transaction() as session:
            reason = schema.read_reason(request.form)
            service.take_step(session, who(), number, Step.REJECT, now=now(), reason=reason)
    except Invalid as error:
        return draw_incoming_order(number, error.problems, 422)
    flash(_("The order is rejected, and the buyer is told why."))
    return go("catalogue.ordering.incoming_order", number=number)


@route(blueprint, "/indkomne-ordrer/<number>/afsend", access=ENTERPRISES, methods=["POST"])
def dispatch(number: str) -> Response:
    """Say that all that is left of the order is on its way."""
    with transaction() as session:
        shipments.dispatch(session, who(), number, Sending(), now())
    flash(_("The order is marked as dispatched, and the buyer is told."))
    return go("catalogue.ordering.incoming_order", number=number)


def _draw_basket(errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        found = basket_queries.basket(session, who(), today())
        begun = addresses.begin(session, who(), None, request.args.get("som"))
        advice = basket_advice.read(session, who(), found, begun.values, today())
    typed = request.form.to_dict() if errors else {}
    return render(
        "ordering/basket.html", status, basket=found, advice=advice, errors=errors, typed=typed,
        alike=begun.alike, basket_count=found.count, **NAMES,
    )  # fmt: skip


def _draw_checkout_again(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        found = basket_queries.basket(session, who(), today())
        advice = basket_advice.read(session, who(), found, values, today())
    return _draw_checkout(found, advice, begun=None, values=values, errors=errors)


def _draw_checkout(
    found: BasketPage,
    advice: basket_advice.Advice,
    *,
    begun: addresses.Begun | None,
    values: dict[str, Any],
    errors: dict[str, list[Any]],
) -> Response:
    """Draw the form; the addresses to begin from are offered until something is typed."""
    return render(
        "ordering/checkout.html", 422 if errors else 200, basket=found, values=values,
        errors=errors, begun=begun, advice=advice, kept_codings=advice.kept,
        most_parts=MOST_PARTS, basket_count=found.count, **NAMES,
    )  # fmt: skip


def _back_to_basket(found: BasketPage) -> Response:
    if found.shares:  # an empty one says so itself
        text = _("The basket cannot be ordered yet; see what is missing at the lines.")
        flash(text, "warning")
    return go("catalogue.ordering.basket")


def _back() -> Response:
    """Lead back to where the buyer came from, on this site only."""
    came_from = taken_apart(request.referrer or "")
    if came_from.netloc != request.host:
        return go("catalogue.ordering.basket")
    return go_to(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
