"""Frames for systems: list, read what is left, call a part off, end."""

from __future__ import annotations

from flask import Response, url_for

from catalogue.core.http import BUYERS, ENTERPRISES, STAFF, contract, now, reading, today, who
from catalogue.core.http.answering import deed, need_key, open_api, read_asked, show, show_page
from catalogue.core.http.operations import Operation, Trait, serve

from . import api_orders, api_quotes, frames
from . import quote_api_schema as schema
from . import quote_api_shown as shown
from .api_schema import DELIVERY, OrderShownSchema
from .service import Placing

blueprint = open_api("frames_api", __name__)
READ, WRITE = "quotes:read", "quotes:write"
READERS = BUYERS | STAFF | ENTERPRISES
ONE = "/frames/<int:quote_id>"
SHOWN = shown.FrameShownSchema


@serve(
    blueprint, "GET", "/frames",
    Operation(
        "List frames, the newest quote first", READERS, READ, answer=shown.FrameListedSchema,
        traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_frames() -> Response:
    """List the frames of the buyer, of the municipality, or of the enterprise."""
    asked, day = read_asked(contract.read_query()), today()
    with reading() as session:
        rows = api_quotes.list_frames(session, who(), asked.after, asked.limit + 1)
    return show_page(
        rows, asked, lambda row: api_quotes.show_frame_listed(row, day), lambda row: row.quote.id
    )


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get a frame with what is left of it", READERS, READ, answer=SHOWN,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_frame(quote_id: int) -> Response:
    """Show a frame."""
    with reading() as session:
        return show(api_quotes.show_frame(session, who(), quote_id, today()))


@serve(
    blueprint, "POST", f"{ONE}/orders",
    Operation(
        "Call a part off a frame", BUYERS, "orders:write", answer=OrderShownSchema, status=201,
        body=schema.CallOffBodySchema, traits=frozenset({Trait.TAG, Trait.KEY_OWED}),
        example={"lines": [{"position": 1, "quantity": 1}], "delivery": DELIVERY},
    ),
)  # fmt: skip
def call_off_frame(quote_id: int) -> Response:
    """Order a part of a frame; the same key never orders twice."""
    body, key = contract.read_body(), need_key()
    named = {f"quantity_{each['position']}": f"lines.{place}.quantity"
             for place, each in enumerate(body["lines"])}  # fmt: skip
    with contract.named(named):
        wanted = api_quotes.read_called(body["lines"])
    placing = Placing(who(), api_orders.read_delivery(body["delivery"]), key, now())
    with contract.named(named), deed() as doing:
        number = frames.call_off(doing.session, placing, quote_id, wanted).number
        doing.session.flush()
        told = api_orders.show(doing.session, who(), number)
        address = url_for("catalogue.ordering_api.get_order", number=number)
        return doing.answer(told, 201, location=address)


@serve(
    blueprint, "POST", f"{ONE}/end",
    Operation(
        "Call nothing off a frame any more", BUYERS, WRITE, answer=SHOWN,
        traits=frozenset({Trait.TAG, Trait.KEY}),
    ),
)  # fmt: skip
def end_frame(quote_id: int) -> Response:
    """End a frame; orders already placed go on."""
    with deed() as doing:
        frames.end(doing.session, who(), quote_id, now())
        doing.session.flush()
        return doing.answer(api_quotes.show_frame(doing.session, who(), quote_id, today()))
