"""The pages of staff about approval: the municipality's rules, and who approves instead."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import STAFF, flash, go, now, reading, render, route, transaction, who
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _

from . import approval, approval_schema, policy, policy_queries
from .screens import draw_order

blueprint = Blueprint("policy", __name__)


@route(blueprint, "/godkendelsesregler", access=STAFF, endpoint="rules")
def list_rules() -> Response:
    """List the rules of approval in force."""
    with reading() as session:
        entries = policy_queries.list_entries(session, who(), current_locale())
        holders = policy_queries.list_approvers(session, who())
    return render("ordering/approval_rules.html", entries=entries, holders=holders)


@route(blueprint, "/godkendelsesregler/ny", access=STAFF)
def new() -> Response:
    """Show the form of a rule."""
    return _draw_form({"escalate_days": "3"}, {})


@route(blueprint, "/godkendelsesregler/ny", access=STAFF, methods=["POST"])
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


def _draw_form(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        holders = policy_queries.list_approvers(session, who())
        enterprises = policy_queries.list_parties(session, who())
    return render(
        "ordering/approval_rule_form.html", 422 if errors else 200, values=values, errors=errors,
        holders=holders, enterprises=enterprises,
    )  # fmt: skip
