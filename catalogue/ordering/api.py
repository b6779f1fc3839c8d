"""Orders for systems: place lines in one call, list, read, and take the next step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Response, url_for

from catalogue.core import fields
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    APPROVERS,
    BUYERS,
    ENTERPRISES,
    STAFF,
    contract,
    now,
    reading,
    who,
)
from catalogue.core.http.answering import (
    deed,
    need_key,
    open_api,
    read_asked,
    show,
    show_page,
)
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import lazy as _

from . import api_orders, api_schema, direct, editing
from .direct import Wanted
from .service import Placing

blueprint = open_api("ordering_api", __name__)
READ, WRITE = "orders:read", "orders:write"
READERS = BUYERS | STAFF | ENTERPRISES | APPROVERS
SHOWN = api_schema.OrderShownSchema


@serve(
    blueprint, "GET", "/orders",
    Operation(
        "List orders, the newest first", READERS, READ, query=api_schema.OrderQuerySchema,
        answer=api_schema.OrderListedSchema, traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_orders() -> Response:
    """List the orders that the token's role may see."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        rows = api_orders.list_orders(
            session, who(), query.get("state"), asked.after, asked.limit + 1
        )
    return show_page(rows, asked, api_orders.show_listed, lambda row: row.order.id)


@serve(
    blueprint, "POST", "/orders",
    Operation(
        "Order lines, one order for each enterprise", BUYERS, WRITE, status=201,
        body=api_schema.PlacingBodySchema, answer=api_schema.PlacedSchema,
        traits=frozenset({Trait.KEY_OWED}),
    ),
)  # fmt: skip
def place_orders() -> Response:
    """Place orders; the same key never orders twice, not even when we crash in between."""
    body = contract.read_body()
    key = need_key()
    delivery = api_orders.read_delivery(body["delivery"])
    wanted = _read_lines(body["lines"])
    with deed() as doing:
        placing = Placing(who(), delivery, key, now())
        orders = direct.place(doing.session, placing, wanted)
        doing.session.flush()
        placed = api_orders.show_placed(doing.session, who(), key)
        first = url_for("catalogue.ordering_api.get_order", number=orders[0].number)
        return doing.answer({"orders": placed}, 201, location=first, tagged=False)


@serve(
    blueprint, "GET", "/orders/<number>",
    Operation(
        "Get an order, with the steps that are possible now", READERS, READ, answer=SHOWN,
        traits=frozenset({Trait.TAG}), places=api_schema.NUMBER,
    ),
)  # fmt: skip
def get_order(number: str) -> Response:
    """Show an order with what has happened to it."""
    with reading() as session:
        return show(api_orders.show(session, who(), number))


@serve(
    blueprint, "PUT", "/orders/<number>",
    Operation(
        "Change an order that came back from approval: address, quantities, lines out", BUYERS,
        WRITE, body=api_schema.EditBodySchema, answer=SHOWN,
        traits=frozenset({Trait.TAG, Trait.KEY}), places=api_schema.NUMBER,
        example={
            "delivery": api_schema.DELIVERY,
            "lines": [{"position": 1, "quantity": 3}],
        },
    ),
)  # fmt: skip
def edit_order(number: str) -> Response:
    """Change an order that the enterprise was never told of; `resubmit` sends it for approval."""
    sent = contract.read_body()
    with contract.named(api_orders.places_of(sent)), deed() as doing:
        editing.edit(doing.session, who(), number, api_orders.read_edit(sent), now())
        doing.session.flush()
        return doing.answer(api_orders.show(doing.session, who(), number))


@serve(
    blueprint, "POST", "/orders/<number>/steps",
    Operation(
        "Take an order a step on: confirm, reject, dispatch, receive, cancel, and so on",
        BUYERS | ENTERPRISES, WRITE, body=api_schema.StepBodySchema, answer=SHOWN,
        traits=frozenset({Trait.TAG, Trait.KEY}), places=api_schema.NUMBER,
    ),
)  # fmt: skip
def take_step(number: str) -> Response:
    """Take a step; out of turn, the refusal tells which ones are possible."""
    sent = contract.read_body()
    with deed() as doing:
        api_orders.take(doing.session, who(), number, sent, now())
        doing.session.flush()
        return doing.answer(api_orders.show(doing.session, who(), number))


def _read_lines(sent: list[dict[str, Any]]) -> list[Wanted]:
    """Read the lines by their schema; a product that stands twice would be counted twice."""
    times = Counter(each["product_id"] for each in sent)
    problems: dict[str, list[Any]] = {}
    wanted = []
    for place, each in enumerate(sent):
        if times[each["product_id"]] > 1:
            problems[f"lines.{place}.product_id"] = [_("Name each product once")]
        try:
            wanted.append(Wanted(**fields.load(api_schema.WantedLineSchema(), each)))
        except Invalid as error:
            problems |= {f"lines.{place}.{key}": said for key, said in error.problems.items()}
    if problems:
        raise Invalid(problems)
    return wanted
