"""The pages of approvers: what waits for them, one order with what they need, their absences."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import (
    APPROVERS,
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
from catalogue.core.text import lazy as _

from . import approval, approval_queries, approval_schema, budget_hints, policy, queries
from .approval_lists import WAITING
from .screens import NAMES

blueprint = Blueprint("approvals", __name__)
FEW = 10  # orders that are seen at a glance need no tools


@route(blueprint, "/godkendelser", access=APPROVERS)
def approvals() -> Response:
    """List what awaits approval, hers first, and her coming absences."""
    return _draw_list({}, 200)


@route(blueprint, "/godkendelser.csv", access=APPROVERS)
def approvals_csv() -> Response:
    """Send the same orders as a file for spreadsheets."""
    with reading() as session:
        waiting = approval_queries.list_waiting(session, who(), today())
    return send_list(WAITING, waiting, "godkendelser")


@route(blueprint, "/godkendelser/fravaer", access=APPROVERS, methods=["POST"])
@once
def be_away() -> Response:
    """Let a deputy approve on some days."""
    try:
        away = approval_schema.read_away(request.form)
        with transaction() as session:
            policy.be_away(session, who(), away, now())
    except Invalid as error:
        return _draw_list(error.problems, 422)
    flash(_("Your deputy can approve on these days."))
    return go("catalogue.approvals.approvals")


@route(blueprint, "/godkendelser/fravaer/<int:absence_id>/slet", access=APPROVERS, methods=["POST"])
def be_back(absence_id: int) -> Response:
    """Take an absence out."""
    with transaction() as session:
        policy.be_back(session, who(), absence_id, now())
    flash(_("The absence is taken out."))
    return go("catalogue.approvals.approvals")


@route(blueprint, "/godkendelser/<number>", access=APPROVERS)
def case(number: str) -> Response:
    """Show an order with agreement, ceiling, last prices and alternatives."""
    return _draw_case(number, {}, 200)


@route(blueprint, "/godkendelser/<number>/godkend", access=APPROVERS, methods=["POST"])
def approve(number: str) -> Response:
    """Approve what was shown, without the lines struck."""
    try:
        seen = approval_schema.read_seen(request.form, request.form.getlist("struck"))
        with transaction() as session:
            order = approval.approve(session, who(), number, seen, now())
    except Invalid as error:
        return _draw_case(number, error.problems, 422)
    except approval.NotApprovable as error:
        return _refuse(number, error)
    if order.state == "awaiting":
        flash(_("You have approved. The order now waits for the next approver."))
    elif order.state == "confirmed":
        flash(_("You have approved the change, and the enterprise is told."))
    else:
        flash(_("You have approved, and the order goes to the enterprise."))
    return go("catalogue.approvals.approvals")


@route(blueprint, "/godkendelser/<number>/afvis", access=APPROVERS, methods=["POST"])
def decline(number: str) -> Response:
    """Refuse the whole order."""
    try:
        with transaction() as session:
            reason = approval_schema.read_reason(request.form)
            approval.decline(session, who(), number, reason, now())
    except Invalid as error:
        return _draw_case(number, error.problems, 422)
    flash(_("The order is not approved, and the buyer is told why."))
    return go("catalogue.approvals.approvals")


@route(blueprint, "/godkendelser/<number>/send-tilbage", access=APPROVERS, methods=["POST"])
def send_back(number: str) -> Response:
    """Send the order back to the buyer with a comment."""
    try:
        with transaction() as session:
            comment = approval_schema.read_reason(request.form)
            approval.send_back(session, who(), number, comment, now())
    except Invalid as error:
        return _draw_case(number, error.problems, 422)
    flash(_("The order is sent back with your comment."))
    return go("catalogue.approvals.approvals")


def _refuse(number: str, error: Conflict) -> Response:
    """Tell why the order cannot be approved, on the page where she can do something about it."""
    flash(str(error.detail), "error")
    return _draw_case(number, {}, 409)


def _draw_list(errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        waiting = approval_queries.list_waiting(session, who(), today())
        absences = policy.list_absences(session, who(), today())
        deputies = approval_queries.list_deputies(session, who())
    return render(
        "ordering/approvals.html", status, waiting=waiting, absences=absences,
        deputies=deputies, errors=errors, few=FEW, typed=request.form.to_dict(),
        **look_through(WAITING, waiting), **NAMES,
    )  # fmt: skip


def _draw_case(number: str, errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        page = queries.get_order(session, who(), number)
        more = approval_queries.extras(session, who(), page.order, today())
        basis = approval_queries.basis(session, page.order, today())
        budgets = budget_hints.list_of_order(session, page.order, page.coded, today())
    is_mine = more.case is not None and who().person_id in more.case.acting
    return render(
        "ordering/approval.html", status, page=page, more=more, basis=basis, budgets=budgets,
        errors=errors, is_mine=is_mine and page.order.state == "awaiting", typed=request.form,
        struck=request.form.getlist("struck"), **NAMES,
    )  # fmt: skip
