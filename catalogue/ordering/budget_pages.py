"""The pages of budgets: what is left of each, and the orders behind every number."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    APPROVERS,
    BUYERS,
    STAFF,
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
)
from catalogue.core.http import who as asking
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _
from catalogue.core.turns import hold

from . import budget_schema, budget_sums, budgets, codings
from .budget_lists import BUDGETS, COUNTED, Listed
from .budget_sums import Counted
from .coding_models import Budget
from .cost_screens import Errors, blueprint
from .screens import NAMES

PARTS = ("bestilt", "reserveret")  # how addresses name the two numbers of a budget


@route(blueprint, "/budgetter", access=BUYERS | STAFF | APPROVERS, endpoint="budgets")
def list_budgets() -> Response:
    """List the budgets that hold today, or all: for a buyer those of her institutions."""
    with reading() as session:
        listed = _listed(session)
        may_enter = asking().role in STAFF | APPROVERS and bool(
            budgets.list_kept(session, asking())
        )
    return render(
        "ordering/budgets.html", shows_all=_shows_all(), may_enter=may_enter,
        **look_through(BUDGETS, listed),
    )  # fmt: skip


@route(blueprint, "/budgetter.csv", access=BUYERS | STAFF | APPROVERS)
def budgets_csv() -> Response:
    """Send the same budgets as a file for spreadsheets."""
    with reading() as session:
        listed = _listed(session)
    return send_list(BUDGETS, listed, "budgetter")


@route(blueprint, "/budgetter/<int:budget_id>", access=BUYERS | STAFF | APPROVERS)
def budget(budget_id: int) -> Response:
    """Show a budget with the order lines that count to it."""
    with reading() as session:
        found = budgets.get(session, asking(), budget_id)
        counted = budget_sums.list_counted(session, found)
        names = budgets.list_category_names(session, [found])
        listed = look_through(COUNTED, _of_part(counted))
        visible = budget_sums.list_visible(session, asking(), listed["rows"])
        keeps = budgets.keeps(session, asking(), found.institution, found.gln)
    return render(
        "ordering/budget.html", budget=found, standing=budget_sums.stand(found, counted),
        part=_part(), sum_ore=sum(each.amount_ore for each in listed["found"]), visible=visible,
        category=names.get(found.category_code or ""), keeps=keeps, **listed, **NAMES,
    )  # fmt: skip


@route(blueprint, "/budgetter/<int:budget_id>/ordrer.csv", access=BUYERS | STAFF | APPROVERS)
def budget_csv(budget_id: int) -> Response:
    """Send the same order lines, all of them, as a file for spreadsheets."""
    with reading() as session:
        found = budgets.get(session, asking(), budget_id)
        counted = budget_sums.list_counted(session, found)
    return send_list(COUNTED, _of_part(counted), f"budget-{budget_id}")


@route(blueprint, "/budgetter/nyt", access=STAFF | APPROVERS)
def new_budget() -> Response:
    """Show the form of a budget, begun with the present year."""
    year = today().year
    values = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    return _draw_form(None, values, {})


@route(blueprint, "/budgetter/nyt", access=STAFF | APPROVERS, methods=["POST"])
@once
def enter_budget() -> Response:
    """Enter a budget."""
    try:
        terms = budget_schema.read_budget(request.form)
        with transaction() as session:
            made = budgets.enter(session, asking(), terms, now())
    except Invalid as error:
        return _draw_form(None, request.form.to_dict(), error.problems)
    flash(_("The budget is entered. Buyers see what is left of it in their basket."))
    return go("catalogue.costs.budget", budget_id=made.id)


@route(blueprint, "/budgetter/<int:budget_id>/ret", access=STAFF | APPROVERS)
def edit_budget(budget_id: int) -> Response:
    """Show the form of a budget there is."""
    with reading() as session:
        found = budgets.get(session, asking(), budget_id)
    ore = found.amount_ore
    values = vars(budgets.terms_of(found)) | {"amount": f"{ore // 100},{ore % 100:02d}"}
    return _draw_form(budget_id, values | {"seen": _mark_of(found)}, {})


@route(blueprint, "/budgetter/<int:budget_id>/ret", access=STAFF | APPROVERS, methods=["POST"])
@once
def change_budget(budget_id: int) -> Response:
    """Change a budget."""
    try:
        terms = budget_schema.read_budget(request.form)
        with transaction() as session:
            found = budgets.get(session, asking(), budget_id)
            hold(session, found)
            refuse_unless_seen(_mark_of(found), request.form.get("seen"))
            budgets.change(session, asking(), budget_id, terms, now())
    except Invalid as error:
        return _draw_form(budget_id, request.form.to_dict(), error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        with reading() as session:
            newest = _mark_of(budgets.get(session, asking(), budget_id))
        return _draw_form(budget_id, request.form.to_dict() | {"seen": newest}, {})
    flash(_("The budget is changed."))
    return go("catalogue.costs.budget", budget_id=budget_id)


@route(blueprint, "/budgetter/<int:budget_id>/slet", access=STAFF | APPROVERS, methods=["POST"])
def remove_budget(budget_id: int) -> Response:
    """Take a budget out."""
    with transaction() as session:
        budgets.remove(session, asking(), budget_id, now())
    flash(_("The budget is taken out. The orders behind it stay."))
    return go("catalogue.costs.budgets")


def _mark_of(found: Budget) -> str:
    return mark_of(vars(budgets.terms_of(found)))


def _draw_form(budget_id: int | None, values: dict[str, Any], errors: Errors) -> Response:
    with reading() as session:
        places = budgets.list_kept(session, asking())
        kept = codings.list_kept(session, asking())
    return render(
        "ordering/budget_form.html", 422 if errors else 200, budget_id=budget_id, values=values,
        errors=errors, places=[(each.gln, each.name) for each in places], kept_codings=kept,
    )  # fmt: skip


def _part() -> str | None:
    part = request.args.get("del")
    return part if part in PARTS else None


def _of_part(counted: list[Counted]) -> list[Counted]:
    part = _part()
    return [each for each in counted if part is None or each.is_reserved == (part == PARTS[1])]


def _shows_all() -> bool:
    return request.args.get("vis") == "alle"


def _listed(session: Session) -> list[Listed]:
    found = budgets.list_seen(session, asking(), None if _shows_all() else today())
    standing = budget_sums.list_standing(session, found)
    names = budgets.list_category_names(session, found)
    return [Listed(each, standing[each.id], names.get(each.category_code or "")) for each in found]
