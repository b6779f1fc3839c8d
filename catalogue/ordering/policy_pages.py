"""The pages of staff about who acts: rules of approval, absences, and who does it instead."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    once,
    reading,
    render,
    route,
    today,
    transaction,
    who,
)
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _

from . import approval, approval_schema, handing, institutions, policy, policy_queries
from .screens import draw_order

blueprint = Blueprint("policy", __name__)


@route(blueprint, "/godkendelsesregler", access=STAFF, endpoint="rules")
def list_rules() -> Response:
    """List the rules of approval in force, and who is away."""
    return _draw_list({}, 200)


@route(blueprint, "/godkendelsesregler/ny", access=STAFF)
def new() -> Response:
    """Show the form of a rule."""
    return _draw_form({"escalate_days": "3"}, {})


@route(blueprint, "/godkendelsesregler/ny", access=STAFF, methods=["POST"])
@once
def create() -> Response:
    """Make a rule for orders placed from now on."""
    try:
        terms = approval_schema.read_rule(request.form)
        with transaction() as session:
            policy.create_rule(session, who(), terms, now())
    except Invalid as error:
        return _draw_form(request.form.to_dict(), error.problems)
    flash(_("The rule is saved. It holds for orders placed from now on."))
    return go("catalogue.policy.rules")


@route(blueprint, "/godkendelsesregler/<int:rule_id>/afslut", access=STAFF, methods=["POST"])
def end(rule_id: int) -> Response:
    """End a rule; orders that await approval go on waiting."""
    with transaction() as session:
        policy.end_rule(session, who(), rule_id, now())
    flash(_("The rule is ended. Orders that await approval already go on doing so."))
    return go("catalogue.policy.rules")


@route(blueprint, "/godkendelsesregler/fravaer", access=STAFF, methods=["POST"])
@once
def enter_absence() -> Response:
    """Let a deputy approve for somebody who cannot say so herself."""
    try:
        person_id, away = approval_schema.read_absence(request.form)
        with transaction() as session:
            policy.enter_absence(session, who(), person_id, away, now())
    except Invalid as error:
        return _draw_list(error.problems, 422)
    flash(_("The absence is saved. The deputy can approve on these days, and is told what waits."))
    return go("catalogue.policy.rules")


@route(
    blueprint, "/godkendelsesregler/fravaer/<int:absence_id>/slet", access=STAFF, methods=["POST"]
)
def end_absence(absence_id: int) -> Response:
    """Take the absence of an approver out."""
    with transaction() as session:
        policy.end_absence(session, who(), absence_id, now())
    flash(_("The absence is taken out."))
    return go("catalogue.policy.rules")


@route(blueprint, "/ordrer/<number>/anden-godkender", access=STAFF, methods=["POST"])
def reroute(number: str) -> Response:
    """Let another approver decide an order that waits."""
    try:
        approver_id, reason = approval_schema.read_reroute(request.form)
        with transaction() as session:
            approval.reroute(session, who(), number, approver_id, reason, now())
    except Invalid as error:
        return draw_order(number, error.problems, 422)
    flash(_("The order now waits for the approver you chose."))
    return go("catalogue.ordering.order", number=number)


@route(blueprint, "/ordrer/<number>/anden-indkoeber", access=STAFF, methods=["POST"])
def hand_over(number: str) -> Response:
    """Hand an order over to another buyer."""
    try:
        buyer_id, reason = approval_schema.read_hand_over(request.form)
        with transaction() as session:
            handing.hand_over(session, who(), number, buyer_id, reason, now())
    except Invalid as error:
        return draw_order(number, error.problems, 422)
    flash(_("The order is handed over, and its new buyer is told."))
    return go("catalogue.ordering.order", number=number)


def _draw_list(errors: dict[str, list[Any]], status: int) -> Response:
    with reading() as session:
        entries = policy_queries.list_entries(session, who(), current_locale())
        holders = policy_queries.list_approvers(session, who())
        absences = policy.list_entered(session, who(), today())
    return render(
        "ordering/approval_rules.html", status, entries=entries, holders=holders,
        absences=absences, errors=errors, typed=request.form.to_dict() if errors else {},
    )  # fmt: skip


def _draw_form(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        holders = policy_queries.list_approvers(session, who())
        enterprises = policy_queries.list_parties(session, who())
        places = institutions.list_places(session, who().municipality_id)
    return render(
        "ordering/approval_rule_form.html", 422 if errors else 200, values=values, errors=errors,
        holders=holders, enterprises=enterprises, places=places,
    )  # fmt: skip
