"""The demand desk for systems of staff: what is looked for in vain; asking who could make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from catalogue.agreements import queries as agreements
from catalogue.core.http import STAFF, contract, now, reading, state, today, who
from catalogue.core.http.answering import deed, open_api, read_asked, show, show_slice
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.text import current_locale
from catalogue.search import inquiries
from catalogue.search.inquiry_schema import read_text
from catalogue.search.rules import Inquired

from . import demand_api_schema as shapes
from . import demand_queries as queries
from . import demand_rules as rules
from .demand_api_schema import Months
from .demand_queries import Desk
from .demand_schema import refuse_asked

blueprint = open_api("demand_desk_api", __name__)
READ, WRITE = "demands:read", "demands:write"
ONE = "/demand-desk/<name>"
NAME = {"name": {"type": "string", "minLength": 1, "maxLength": 200}}
# What the verb calls what programs name otherwise.
NAMES = {"enterprises": "enterprise_ids"}


@serve(
    blueprint, "GET", "/demand-desk",
    Operation(
        "List what was looked for in vain, most often first", STAFF, READ,
        query=shapes.DeskQuerySchema, answer=shapes.DeskGroupListedSchema,
        traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_demand_groups() -> Response:
    """List the lines of the desk."""
    query = contract.read_query()
    asked = read_asked(query)
    with reading() as session:
        desk = _read(session, query)
    found = rules.wished(desk.groups, shapes.wish_of(query))
    return show_slice(found[asked.slice], asked, shapes.show_listed)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get what stands behind a line of the desk, and whom one could ask", STAFF, READ,
        query=shapes.MonthsQuerySchema, answer=shapes.DeskGroupSchema,
        traits=frozenset({Trait.TAG}), places=NAME,
    ),
)  # fmt: skip
def get_demand_group(name: str) -> Response:
    """Show a line of the desk."""
    query = contract.read_query()
    with reading() as session:
        desk = _read(session, query)
    return show(shapes.show(desk, desk.get(name)))


@serve(
    blueprint, "POST", f"{ONE}/inquiries",
    Operation(
        "Ask enterprises whether they can make it", STAFF, WRITE,
        body=shapes.DeskInquiryBodySchema, answer=shapes.DeskGroupSchema, status=201,
        traits=frozenset({Trait.TAG, Trait.KEY}), places=NAME,
        example={"text": "Kan I lave det eller noget, der ligner?", "enterprise_ids": [1]},
    ),
)  # fmt: skip
def ask_makers(name: str) -> Response:
    """Ask the chosen enterprises."""
    body = contract.read_body()
    with contract.named(NAMES), deed() as doing:
        inquiries.take_turn_asking(doing.session, who())
        group = _read(doing.session, {}).get(name)
        known = _known(doing.session, group.category_code)
        inquired = Inquired(group.words, read_text(body), frozenset(body["enterprise_ids"]), known)
        refuse_asked(group, inquired.enterprise_ids)
        inquiries.ask(doing.session, who(), inquired, now())
        desk = _read(doing.session, {})
        address = url_for("catalogue.demand_desk_api.get_demand_group", name=group.slug)
        return doing.answer(shapes.show(desk, desk.get(name)), 201, location=address)


def _read(session: Session, query: Mapping[str, Any]) -> Desk:
    months = int(query.get("months", Months.YEAR))
    return queries.read(session, state().parts, who().municipality_id or 0, today(), months)


def _known(session: Session, code: str | None) -> str | None:
    """Return the code of a group's category when there is one of that code."""
    labels = agreements.category_labels(session, [code] if code else [], current_locale())
    return next(iter(labels), None)
