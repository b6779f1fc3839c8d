"""Standing orders for systems: list, make one of an earlier order, pause, go on, end."""

from __future__ import annotations

from flask import Response

from catalogue.core.http import BUYERS, STAFF, contract, now, reading, today, who
from catalogue.core.http.answering import (
    Deed,
    deed,
    need_key,
    open_api,
    read_asked,
    show,
    show_page,
)
from catalogue.core.http.operations import Operation, Trait, serve

from . import api_standing, standing_orders, standing_schema
from . import standing_api_schema as schema
from .api_schema import DELIVERY

blueprint = open_api("standing_orders_api", __name__)
READ, WRITE = "orders:read", "orders:write"
ONE = "/standing-orders/<int:standing_id>"
SHOWN = schema.StandingShownSchema
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/standing-orders",
    Operation(
        "List standing orders, the newest first", BUYERS | STAFF, READ,
        answer=schema.StandingListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_standing_orders() -> Response:
    """List the buyer's own; for staff, all of the municipality."""
    asked, day = read_asked(contract.read_query()), today()
    with reading() as session:
        rows = api_standing.list_standing(session, who(), asked.after, asked.limit + 1)
    return show_page(
        rows, asked, lambda row: api_standing.show_listed(row, day), lambda row: row.standing.id
    )


@serve(
    blueprint, "POST", "/standing-orders",
    Operation(
        "Order products of an earlier order again by a rhythm, one standing order for each"
        " enterprise",
        BUYERS, WRITE, status=201, body=schema.StandingBodySchema,
        answer=schema.StandingMadeSchema, traits=frozenset({Trait.KEY_OWED}),
        example={
            "order_number": "0330-2026-00001", "name": "Frugt", "rhythm": "weekly", "weekday": 0,
            "days_ahead": 3, "first_on": "2026-12-07", "last_on": "2027-06-28",
            "rise_percent": 2, "lines": [{"product_id": 1, "quantity": 4}],
            "delivery": DELIVERY,
        },
    ),
)  # fmt: skip
def make_standing_orders() -> Response:
    """Make standing orders; the same key never makes them twice."""
    body, key = contract.read_body(), need_key()
    named = {f"{api_standing.PREFIX}{each['product_id']}": f"lines.{place}.quantity"
             for place, each in enumerate(body["lines"])}  # fmt: skip
    with contract.named(named), deed() as doing:
        wanted = api_standing.read_wanted(body, key)
        made = api_standing.make(doing.session, who(), body["order_number"], wanted, now())
        return doing.answer({"standing_orders": made}, 201, tagged=False)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get a standing order with its dates", BUYERS | STAFF, READ, answer=SHOWN,
        traits=frozenset({Trait.TAG}),
    ),
)  # fmt: skip
def get_standing_order(standing_id: int) -> Response:
    """Show a standing order."""
    with reading() as session:
        return show(api_standing.show(session, who(), standing_id, today()))


@serve(
    blueprint, "POST", f"{ONE}/pause",
    Operation(
        "Deliver nothing from one day to another", BUYERS, WRITE, answer=SHOWN,
        body=schema.PauseBodySchema, traits=KEYED,
        example={"paused_from": "2026-12-21", "paused_until": "2027-01-03"},
    ),
)  # fmt: skip
def pause_standing_order(standing_id: int) -> Response:
    """Pause a standing order; it goes on by itself."""
    days = standing_schema.read_pause(contract.read_body())
    with deed() as doing:
        standing_orders.pause(doing.session, who(), standing_id, days, now())
        return _answer(doing, standing_id)


@serve(
    blueprint, "POST", f"{ONE}/resume",
    Operation("Take the pause back", BUYERS, WRITE, answer=SHOWN, traits=KEYED),
)  # fmt: skip
def resume_standing_order(standing_id: int) -> Response:
    """Go on."""
    with deed() as doing:
        standing_orders.go_on(doing.session, who(), standing_id, now())
        return _answer(doing, standing_id)


@serve(
    blueprint, "POST", f"{ONE}/end",
    Operation(
        "Order nothing more of it; orders already placed go on", BUYERS | STAFF, WRITE,
        answer=SHOWN, traits=KEYED,
    ),
)  # fmt: skip
def end_standing_order(standing_id: int) -> Response:
    """End a standing order."""
    with deed() as doing:
        standing_orders.end(doing.session, who(), standing_id, now())
        return _answer(doing, standing_id)


def _answer(doing: Deed, standing_id: int) -> Response:
    doing.session.flush()
    return doing.answer(api_standing.show(doing.session, who(), standing_id, today()))
