"""The tour of one's role: shown by itself on the first page until it is closed, and on its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.http import SIGNED_IN, framing, go, now, render, route, transaction, who
from catalogue.core.who import Role, Who

from . import tours

blueprint = Blueprint("tour", __name__)
# Where each role arrives.
FIRST = {
    Role.BUYER: "catalogue.front",
    Role.APPROVER: "catalogue.approvals.approvals",
    Role.STAFF: "catalogue.coverage.overview",
    Role.ENTERPRISE: "catalogue.products.products",
    Role.FACILITATOR: "catalogue.products.products",
    Role.ADMINISTRATOR: "catalogue.enterprises.enterprises",
}


@route(blueprint, "/rundvisning", access=SIGNED_IN)
def tour() -> Response:
    """Show the tour of one's role."""
    return render("accounts/tour.html", steps=tours.steps_of(who()))


@route(blueprint, "/rundvisning", access=SIGNED_IN, methods=["POST"])
def close() -> Response:
    """Close the tour for good."""
    with transaction() as session:
        tours.close(session, who(), now())
    return go("catalogue.front")


def page_facts(asking: Who) -> dict[str, Any]:
    """Return the steps to be shown on this page: on her first one, until she has closed them."""
    new = asking.role_id is not None and not asking.toured and framing.present() is None
    here = asking.role is not None and request.endpoint == FIRST[asking.role]
    return {"tour": tours.steps_of(asking) if new and here else ()}
