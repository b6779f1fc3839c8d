"""The pages of demands: buyers ask for what they lack, enterprises answer."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from catalogue.agreements import entries
from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    ENTERPRISES,
    STAFF,
    Page,
    flash,
    go,
    look_through,
    now,
    once,
    reading,
    render,
    route,
    send_list,
    today,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import current_locale, typed_kroner
from catalogue.core.text import lazy as _
from catalogue.products import queries as products
from catalogue.products.rules import STATE_NAMES

from . import demand as service
from . import demand_queries as queries
from . import demand_schema as schema
from . import inquiry_queries, lists
from .models import DemandAnswer
from .screens import blueprint

DEMANDS_PER_PAGE = 25
# Names of fields, for the forms and their summaries of errors.
WANTED_LABELS: dict[str, Any] = {
    "text": _("What do you need?"),
    "details": _("Details"),
    "category_code": _("Category"),
    "needed_on": _("Needed by"),
    "enterprise_id": _("Who shall answer?"),
}
GIVEN_LABELS: dict[str, Any] = {
    "text": _("Your answer"),
    "price": _("Price excl. VAT"),
    "product_id": _("One of your products"),
}


class WantedPage(Page):
    """A page of the list for enterprises, which is drawn under two addresses."""

    def url(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return url_for("catalogue.search.wanted", page=number)


@route(blueprint, "/efterlysninger", access=BUYERS | STAFF)
def demands() -> Response:
    """List the buyer's own demands; for staff, all of the municipality."""
    with reading() as session:
        found = queries.list_demands(session, who())
    return render("search/demands.html", **look_through(lists.DEMANDS, found, DEMANDS_PER_PAGE))


@route(blueprint, "/efterlysninger.csv", access=BUYERS | STAFF)
def demands_csv() -> Response:
    """Send the same demands as a file for spreadsheets."""
    with reading() as session:
        found = queries.list_demands(session, who())
    return send_list(lists.DEMANDS, found, "efterlysninger")


@route(blueprint, "/efterlysninger/ny", access=BUYERS)
def ask() -> Response:
    """Show the form of a demand, begun with what was searched for in vain."""
    given = request.args
    values = {
        "text": given.get("q", "").strip()[: schema.LONGEST_TEXT],
        "category_code": given.get("kategori", "").partition("-")[0],
        "enterprise_id": given.get("enterprise", ""),
    }
    return _draw_ask(values, {}, 200)


@route(blueprint, "/efterlysninger/ny", access=BUYERS, methods=["POST"], endpoint="send_demand")
@once
def send() -> Response:
    """Send a demand to the enterprises."""
    try:
        wanted = schema.read_wanted(request.form, today())
        with transaction() as session:
            made = service.ask(session, who(), wanted, now())
    except Invalid as error:
        return _draw_ask(request.form.to_dict(), error.problems, 422)
    flash(_("Your request is sent. The answers stand here."))
    return go("catalogue.search.demand", demand_id=made.id)


@route(blueprint, "/efterlysninger/<int:demand_id>", access=BUYERS | STAFF)
def demand(demand_id: int) -> Response:
    """Show a demand with its answers."""
    return _draw_demand(demand_id, {}, 200)


@route(blueprint, "/efterlysninger/<int:demand_id>/luk", access=BUYERS | STAFF, methods=["POST"])
def close_demand(demand_id: int) -> Response:
    """Close a demand, with a reason."""
    try:
        reason = schema.read_reason(request.form)
    except Invalid as error:
        return _draw_demand(demand_id, error.problems, 422)
    with transaction() as session:
        service.close(session, who(), demand_id, reason, now())
    flash(_("The request is closed. No more answers can come."))
    return go("catalogue.search.demand", demand_id=demand_id)


@route(blueprint, "/efterlysninger/modtagne", access=ENTERPRISES)
def wanted() -> Response:
    """List the open demands the enterprise may answer, with the form for the chosen one."""
    return _draw_wanted(schema.read_chosen(request.args), {}, 200)


@route(blueprint, "/efterlysninger/<int:demand_id>/svar", access=ENTERPRISES, methods=["POST"])
@once
def answer_demand(demand_id: int) -> Response:
    """Answer a demand, or change the answer given before."""
    try:
        given = schema.read_given(request.form)
        with transaction() as session:
            service.answer(session, who(), demand_id, given, now())
    except Invalid as error:
        return _draw_wanted(demand_id, error.problems, 422)
    flash(_("Your answer is sent. You can change it as long as the request is open."))
    return go("catalogue.search.wanted")


def _draw_ask(values: dict[str, Any], errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        categories = _categories(session, values.get("category_code", ""))
        parties = entries.list_parties(session, who().municipality_id or 0, today())
    return render(
        "search/ask.html", status, values=values, errors=errors, labels=WANTED_LABELS,
        categories=categories, parties=parties,
    )  # fmt: skip


def _categories(session: Session, chosen: str) -> list[tuple[str, str]]:
    """List (code, name) of the categories that are sold in, and the chosen one, by name."""
    locale = current_locale()
    named = {each.code: each.label(locale) for each in products.list_categories_in_use(session)}
    if chosen not in named:
        found = products.find_categories_by_code(session, [chosen])
        named |= {code: each.label(locale) for code, each in found.items()}
    return sorted(named.items(), key=lambda each: each[1].casefold())


def _draw_demand(demand_id: int, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        page = queries.get_demand(session, who(), demand_id)
    typed = request.form.get("reason", "")
    return render("search/demand.html", status, page=page, errors=errors, typed=typed)


def _draw_wanted(demand_id: int | None, errors: dict[str, list[Any]], status: int) -> Response:
    """Draw the list; with a demand chosen, its form above, as typed or as answered before."""
    enterprise_id = who().enterprise_id
    with reading() as session:
        chosen = None if demand_id is None else queries.get_open(session, enterprise_id, demand_id)
        offered = [] if chosen is None else queries.list_offered(session, enterprise_id)
        verified = queries.is_verified(session, enterprise_id)
        page = WantedPage(_number(), queries.count_open(session, enterprise_id), DEMANDS_PER_PAGE)
        found = queries.list_open(session, enterprise_id, offset=page.offset, limit=page.size)
        received = inquiry_queries.list_received(session, enterprise_id)
    values = request.form.to_dict() if errors else _values_of(chosen.answer if chosen else None)
    return render(
        "search/wanted.html", status, chosen=chosen, offered=offered, verified=verified,
        demands=found, page=page, values=values, errors=errors, labels=GIVEN_LABELS,
        inquiries=received, state_names=STATE_NAMES,
    )  # fmt: skip


def _values_of(answer: DemandAnswer | None) -> dict[str, Any]:
    """Return an answer as its form shows it."""
    if answer is None:
        return {}
    price = typed_kroner(answer.price_ore)
    return {"text": answer.text, "price": price, "product_id": answer.product_id}


def _number() -> int:
    return request.args.get("page", 1, type=whole)
