"""What staff keep an eye on, for systems: ceilings, conflicts, and orders near limits."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from catalogue.agreements import conflict_words
from catalogue.agreements.conflict_facts import Conflict, ConflictKind
from catalogue.core.errors import Missing
from catalogue.core.http import STAFF, contract, reading, state, today
from catalogue.core.http.answering import read_asked, show_slice
from catalogue.core.http.operations import Operation, serve
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _
from catalogue.enterprises import queries as enterprises

from . import api_behind_schema as shapes
from . import conflict_queries, matrix, watch_queries
from .api_answers import PAGED, READ, home, read_day, versioned, watching
from .conflict_queries import Conflicts
from .overview import Spend
from .rules import Asked
from .watch import Watched

GROUP = {"group": {"type": "string", "pattern": "^[0-9]{3}$"}}


@serve(
    versioned, "GET", "/coverage/ceilings",
    Operation(
        "List voluntary agreements of a day with what is used of their ceilings, those near it"
        " first", STAFF, READ, query=shapes.DayQuerySchema, answer=shapes.CeilingSchema,
        traits=PAGED,
    ),
)  # fmt: skip
def list_ceilings() -> Response:
    """List what is ordered on agreements, and what they have left."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        about = Asked(home(), day, today(), current_locale())
        found = matrix.read_overview(session, state().parts, about).spend
    return show_slice(found[asked.slice], asked, _dump_ceiling)


@serve(
    versioned, "GET", "/coverage/conflicts",
    Operation(
        "List what does not go together among agreements and products from a day on, the severe"
        " first", STAFF, READ, query=shapes.DayQuerySchema, answer=shapes.ConflictSchema,
        traits=PAGED,
    ),
)  # fmt: skip
def list_conflicts() -> Response:
    """List conflicts, why they matter, and what to do."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        found = conflict_queries.list_conflicts(session, home(), day, current_locale())
    both = [*found.agreements, *found.outside]
    return show_slice(both[asked.slice], asked, lambda each: _dump_conflict(found, each))


@serve(
    versioned, "GET", "/coverage/thresholds",
    Operation(
        "List what was ordered by enterprise and group beside the limits of a day, the largest"
        " share of a limit first", STAFF, READ, query=shapes.DayQuerySchema,
        answer=shapes.WatchedSchema, traits=PAGED,
    ),
)  # fmt: skip
def list_thresholds() -> Response:
    """List the threshold watch."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    with reading() as session:
        page = watch_queries.page(session, watching(day), current_locale())
    rows = page.lines[asked.slice]
    return show_slice(rows, asked, lambda line: _dump_watched(line, page.labels))


@serve(
    versioned, "GET", "/coverage/thresholds/<int:enterprise_id>/<group>/orders",
    Operation(
        "List the lines of orders behind an amount of the threshold watch, the newest first", STAFF,
        READ, query=shapes.DayQuerySchema, answer=shapes.WatchedLineSchema, traits=PAGED,
        places=GROUP,
    ),
)  # fmt: skip
def list_threshold_orders(enterprise_id: int, group: str) -> Response:
    """List the lines of orders of an enterprise in a group."""
    query = contract.read_query()
    asked, day = read_asked(query), read_day(query)
    if not re.fullmatch(GROUP["group"]["pattern"], group):
        raise Missing(_("There is no category %(code)s.", code=group))
    with reading() as session:
        if not enterprises.names(session, {enterprise_id}):
            raise Missing(_("The enterprise does not exist."))
        rows = watch_queries.list_lines(session, watching(day), enterprise_id, group)
    return show_slice(rows[asked.slice], asked, shapes.WatchedLineSchema().dump)


def _dump_ceiling(one: Spend) -> Any:
    used, cover = one.used, one.cover
    told = vars(cover) | {
        "id": cover.agreement_id,
        "ordered_ore": one.ordered_ore,
        "ceiling_ore": used and used.ceiling_ore,
        "ceiling_months": used and used.ceiling_months,
        "counted_ore": used and used.ordered_ore,
        "reserved_ore": used and used.reserved_ore,
        "near": used and used.is_near,
    }
    return shapes.CeilingSchema().dump(told)


def _dump_conflict(found: Conflicts, each: Conflict) -> Any:
    outside = []
    if each.kind == ConflictKind.PRODUCTS_OUTSIDE:
        codes = {shelf.category_code for shelf in each.shelves}
        named = found.products.get(each.agreements[0].enterprise_id or 0, [])
        outside = [product for product in named if product.category_code in codes]
    told = vars(each) | {
        "name": str(conflict_words.NAMES[each.kind]),
        "why": str(conflict_words.why(each)),
        "what_to_do": str(conflict_words.what_to_do(each)),
        "category_codes": each.codes or sorted({one.category_code for one in each.shelves}),
        "product_count": each.products,
        "products": outside,
    }
    return shapes.ConflictSchema().dump(told)


def _dump_watched(line: Watched, labels: dict[str, str]) -> Any:
    compared = [
        {"kind": each.kind, "level": each.level, "percent": each.percent,
         "limit_ore": each.bound and each.bound.value}
        for each in line.compared
    ]  # fmt: skip
    label = labels.get(line.group.ljust(8, "0"), "")
    told = vars(line) | {"level": line.level, "compared": compared, "label": label}
    return shapes.WatchedSchema().dump(told)
