"""The pages of frames: what is left of each, and the form that calls a part off."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import (
    delivery_forms,
    form_advice,
    frame_queries,
    frame_rules,
    frame_schema,
    frames,
    quote_lists,
    schema,
    screens,
)
from .quote_screens import NAMES, Errors, blueprint
from .service import CannotBePlaced, Placing

READERS = BUYERS | STAFF | ENTERPRISES


@route(blueprint, "/rammer", access=READERS)
def own_frames() -> Response:
    """List the frames of the buyer, of the municipality, or of the enterprise."""
    with reading() as session:
        found = frame_queries.list_frames(session, who())
    return render(
        "ordering/frames.html", today=today(),
        **look_through(quote_lists.of_frames(today()), found), **NAMES,
    )  # fmt: skip


@route(blueprint, "/rammer.csv", access=READERS)
def own_frames_csv() -> Response:
    """Send the same frames as a file for spreadsheets."""
    with reading() as session:
        found = frame_queries.list_frames(session, who())
    return send_list(quote_lists.of_frames(today()), found, "rammer")


@route(blueprint, "/rammer/<int:quote_id>", access=READERS)
def frame(quote_id: int) -> Response:
    """Show what is left of a frame and what was called off; the buyer calls off here."""
    return _draw(quote_id, {}, {})


@route(blueprint, "/rammer/<int:quote_id>", access=BUYERS, methods=["POST"])
def call_off(quote_id: int) -> Response:
    """Order a part of the frame, or look what it takes; sent twice, it is the same order."""
    if request.form.get("look"):
        return _draw(quote_id, request.form.to_dict(), {})
    key = schema.read_placing_key(request.form)
    try:
        wanted = frame_schema.read_wanted(request.form)
        placing = Placing(who(), schema.read_delivery(request.form), key, now())
        with transaction() as session:
            order = frames.call_off(session, placing, quote_id, wanted)
    except Invalid as error:
        return _draw(quote_id, request.form.to_dict(), error.problems)
    except (CannotBePlaced, frames.NothingLeft) as error:
        flash(str(error.detail), "error")
        return _draw(quote_id, request.form.to_dict(), {})
    flash(_("The part is ordered on the terms of the frame."))
    return go("catalogue.ordering.order", number=order.number)


@route(blueprint, "/rammer/<int:quote_id>/afslut", access=BUYERS, methods=["POST"])
def end_frame(quote_id: int) -> Response:
    """Call nothing off the frame any more."""
    with transaction() as session:
        frames.end(session, who(), quote_id, now())
    flash(_("The frame is ended. Orders already placed go on."))
    return go("catalogue.quotes.frame", quote_id=quote_id)


def _draw(quote_id: int, values: dict[str, Any], errors: Errors) -> Response:
    form = advice = refusal = None
    with reading() as session:
        page = frame_queries.get_frame(session, who(), quote_id)
        if who().role == Role.BUYER:
            address_id = request.args.get("adresse", type=whole)
            form = delivery_forms.start(session, who(), address_id)
            wanted = frame_schema.glimpse_wanted(values)
            items = frame_queries.list_items(session, page, wanted, today())
            refusal, planned = items[0].refusal, form_advice.of_items(items)
            place = values or form.values
            advice = form_advice.read_competed(session, who(), planned, place, today())
    return render(
        "ordering/frame.html", 422 if errors else 200, page=page, form=form, advice=advice,
        refusal=refusal, values=values or (form.values if form else {}), errors=errors,
        begun=form.begun if form and not values else None,
        kept_codings=form.kept if form else [], closed=page.closed(today()),
        frame_kinds=frame_rules.KIND_NAMES, **screens.NAMES,
    )  # fmt: skip
