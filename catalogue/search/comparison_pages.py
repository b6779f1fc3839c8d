"""Up to four products side by side; the address carries which, so that it can be sent on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for

from catalogue.agreements import queries as agreements
from catalogue.core.http import FINDERS, flash, reading, render, route, today
from catalogue.core.http import who as asking
from catalogue.core.text import lazy as _
from catalogue.core.text import slug
from catalogue.core.who import Role
from catalogue.products.rules import UNIT_NAMES

from . import comparing, rules, schema
from .comparing import MOST_COMPARED
from .screens import blueprint

PARAMETER = "vare"
QUERY = ("q", *schema.NAMES)


@route(blueprint, "/sammenlign", access=FINDERS)
def comparison() -> Response:
    """Compare the products of the address, fact by fact."""
    ids = comparing.read_ids(request.args.getlist(PARAMETER))
    if len(ids) > MOST_COMPARED:
        flash(_("Four products can be compared at a time; the first four are shown."), "info")
    chosen = ids[:MOST_COMPARED]
    with reading() as session:
        applies = agreements.in_force(session, asking().municipality_id or 0, today())
        found = comparing.list_compared(session, chosen, applies)
    if len(found) < len(chosen):
        flash(_("What is no longer for sale is left out."), "info")
    shown = [each.card.product.id for each in found]
    return render(
        "search/comparison.html",
        found=found,
        most=MOST_COMPARED,
        more_url=_address("catalogue.search.results", _more(found), shown),
        without={id_: _address("catalogue.search.comparison", carried(), [
            each for each in shown if each != id_]) for id_ in shown},
        record_url=_address("catalogue.search.new_choice_record", carried(), shown),
        may_order=asking().role == Role.BUYER,
        unit_names=UNIT_NAMES,
        kind_names=rules.KIND_NAMES,
        slug=slug,
    )  # fmt: skip


def carried() -> list[tuple[str, str]]:
    """List the parameters of the search that the address carries along."""
    given = request.args.items(multi=True)
    return [(name, value) for name, value in given if value and name in QUERY and name != "side"]


def _more(found: list[comparing.Compared]) -> list[tuple[str, str]]:
    """Return where to look for more to compare: the search one came from, else the category."""
    if searched := carried():
        return searched
    codes = {each.card.product.category_code for each in found}
    return [("kategori", code) for code in codes if code and len(codes) == 1]


def _address(endpoint: str, searched: list[tuple[str, str]], ids: list[int]) -> str:
    parameters: list[tuple[str, Any]] = [*searched, *((PARAMETER, each) for each in ids)]
    return url_for(endpoint) + ("?" + urlencode(parameters) if parameters else "")
