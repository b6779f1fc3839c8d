"""The pages on which an enterprise is asked "can you make this?" and says no or yes."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    ENTERPRISES,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.text import lazy as _
from catalogue.products.rules import STATE_NAMES

from . import inquiries as service
from . import inquiry_queries as queries
from . import inquiry_schema as schema
from .screens import blueprint

LABELS: dict[str, Any] = {
    "title": _("Title"),
    "text": _("What you can make"),
    "reason": _("Why not"),
}


@route(blueprint, "/efterlysninger/kan-i-lave/<int:inquiry_id>", access=ENTERPRISES)
def inquiry(inquiry_id: int) -> Response:
    """Show what the enterprise is asked, with the forms of a yes and a no."""
    return _draw(inquiry_id, {})


@route(
    blueprint,
    "/efterlysninger/kan-i-lave/<int:inquiry_id>/ja",
    access=ENTERPRISES,
    methods=["POST"],
)
@once
def accept_inquiry(inquiry_id: int) -> Response:
    """Say yes: make a draft, and lead on to it."""
    try:
        offer = schema.read_offer(request.form)
        with transaction() as session:
            product = service.accept(session, who(), inquiry_id, offer, now())
    except Invalid as error:
        return _draw(inquiry_id, error.problems)
    flash(_("Your yes is sent. Complete the draft and publish it; the municipality sees it then."))
    return go("catalogue.products.edit", product_id=product.id)


@route(
    blueprint,
    "/efterlysninger/kan-i-lave/<int:inquiry_id>/nej",
    access=ENTERPRISES,
    methods=["POST"],
)
@once
def decline_inquiry(inquiry_id: int) -> Response:
    """Say no, with or without a reason."""
    try:
        reason = schema.read_reason(request.form)
        with transaction() as session:
            service.decline(session, who(), inquiry_id, reason, now())
    except Invalid as error:
        return _draw(inquiry_id, error.problems)
    flash(_("Your answer is sent. You can change it if you can make it later."))
    return go("catalogue.search.wanted")


def _draw(inquiry_id: int, errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        found = queries.get_received(session, who().enterprise_id, inquiry_id)
    words = found.words[:1].upper() + found.words[1:]
    begun = {"title": words[: schema.LONGEST_TITLE], "text": "", "reason": found.own.reason}
    return render(
        "search/inquiry.html", 422 if errors else 200, one=found, errors=errors, labels=LABELS,
        values=begun | request.form.to_dict(), state_names=STATE_NAMES,
    )  # fmt: skip
