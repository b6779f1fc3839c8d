"""Demands for systems: buyers ask for what they lack, enterprises answer, one closes it."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from catalogue.core.http import BUYERS, ENTERPRISES, STAFF, contract, now, reading, today, who
from catalogue.core.http.answering import Deed, deed, open_api, read_asked, show, show_slice
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import typed_kroner

from . import demand as service
from . import demand_api_schema as shapes
from . import demand_queries as queries
from . import demand_schema as schema

blueprint = open_api("demands_api", __name__)
READ, WRITE = "demands:read", "demands:write"
ONE, INCOMING = "/demands/<int:demand_id>", "/incoming-demands/<int:demand_id>"
PAGED, TAGGED = frozenset({Trait.PAGED}), frozenset({Trait.TAG})
KEYED = frozenset({Trait.TAG, Trait.KEY})
NAMES = {"price": "price_ore"}


@serve(
    blueprint, "GET", "/demands",
    Operation(
        "List our demands, those of the municipality for staff; open ones first, newest first",
        BUYERS | STAFF, READ, answer=shapes.DemandListedSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_demands() -> Response:
    """List what was asked for."""
    asked = read_asked(contract.read_query())
    with reading() as session:
        found = queries.list_demands(session, who())
    return show_slice(found[asked.slice], asked, shapes.show_listed)


@serve(
    blueprint, "POST", "/demands",
    Operation(
        "Ask enterprises for what cannot be found", BUYERS, WRITE, body=shapes.DemandBodySchema,
        answer=shapes.DemandShownSchema, status=201, traits=KEYED,
        example={"text": "Genbrugte cykler", "details": "30 styk til sommerens lån."},
    ),
)  # fmt: skip
def ask_demand() -> Response:
    """Tell enterprises what is lacking."""
    wanted = schema.read_wanted(contract.read_body(), today())
    with deed() as doing:
        made = service.ask(doing.session, who(), wanted, now())
        return _answer(doing, made.id, 201)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get a demand with its answers", BUYERS | STAFF, READ, answer=shapes.DemandShownSchema,
        traits=TAGGED,
    ),
)  # fmt: skip
def get_demand(demand_id: int) -> Response:
    """Show a demand."""
    with reading() as session:
        return show(shapes.show(queries.get_demand(session, who(), demand_id)))


@serve(
    blueprint, "POST", f"{ONE}/close",
    Operation(
        "Close a demand with a reason: nobody can answer it any more", BUYERS | STAFF, WRITE,
        body=shapes.DemandClosingSchema, answer=shapes.DemandShownSchema, traits=KEYED,
        example={"reason": "Vi har fundet det."},
    ),
)  # fmt: skip
def close_demand(demand_id: int) -> Response:
    """Close a demand."""
    reason = schema.read_reason(contract.read_body())
    with deed() as doing:
        service.close(doing.session, who(), demand_id, reason, now())
        return _answer(doing, demand_id)


@serve(
    blueprint, "GET", "/incoming-demands",
    Operation(
        "List the open demands we may answer, unanswered first, newest first", ENTERPRISES, READ,
        answer=shapes.IncomingDemandSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_incoming_demands() -> Response:
    """List what buyers lack; empty for an enterprise that is not verified."""
    asked = read_asked(contract.read_query())
    part = asked.slice
    with reading() as session:
        rows = queries.list_open(
            session, who().enterprise_id, offset=part.start, limit=part.stop - part.start
        )
        return show_slice(rows, asked, shapes.show_open)


@serve(
    blueprint, "GET", INCOMING,
    Operation(
        "Get an open demand, with our answer", ENTERPRISES, READ,
        answer=shapes.IncomingDemandSchema, traits=TAGGED,
    ),
)  # fmt: skip
def get_incoming_demand(demand_id: int) -> Response:
    """Show a demand as an enterprise may read it."""
    with reading() as session:
        return show(_show_open(session, demand_id))


@serve(
    blueprint, "PUT", f"{INCOMING}/answer",
    Operation(
        "Answer a demand, or change our answer", ENTERPRISES, WRITE,
        body=shapes.DemandAnswerBodySchema, answer=shapes.IncomingDemandSchema, traits=KEYED,
        example={"text": "Vi kan levere 30 istandsatte cykler.", "price_ore": 95_000},
    ),
)  # fmt: skip
def answer_demand(demand_id: int) -> Response:
    """Answer a demand."""
    body = dict(contract.read_body())
    body["price"] = typed_kroner(body.pop("price_ore", None))
    with contract.named(NAMES), deed() as doing:
        service.answer(doing.session, who(), demand_id, schema.read_given(body), now())
        return doing.answer(_show_open(doing.session, demand_id))


def _answer(doing: Deed, demand_id: int, status: int = 200) -> Response:
    address = url_for("catalogue.demands_api.get_demand", demand_id=demand_id)
    facts = shapes.show(queries.get_demand(doing.session, who(), demand_id))
    return doing.answer(facts, status, location=address)


def _show_open(session: Session, demand_id: int) -> dict[str, Any]:
    session.flush()
    return shapes.show_open(queries.get_open(session, who().enterprise_id, demand_id))
