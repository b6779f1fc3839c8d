"""Approval for the systems of approvers: what awaits them, and their decision on what they read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from catalogue.core.http import APPROVERS, contract, now, reading, today, who
from catalogue.core.http.answering import Deed, deed, open_api, read_asked, show, show_page
from catalogue.core.http.operations import Operation, Trait, serve
from catalogue.core.who import Who

from . import api_approvals, approval, approval_schema
from . import approval_api_schema as schema
from .api_schema import NUMBER
from .models import Order

blueprint = open_api("approvals_api", __name__)
READ, WRITE = "approvals:read", "approvals:write"
ONE = "/approvals/<number>"
SHOWN = schema.ApprovalShownSchema
KEYED = frozenset({Trait.TAG, Trait.KEY})


@serve(
    blueprint, "GET", "/approvals",
    Operation(
        "List what awaits approval, the oldest first", APPROVERS, READ,
        query=schema.ApprovalQuerySchema, answer=schema.ApprovalListedSchema,
        traits=frozenset({Trait.PAGED}),
    ),
)  # fmt: skip
def list_approvals() -> Response:
    """List what awaits approval in the municipality."""
    query = contract.read_query()
    asked, mine = read_asked(query), bool(query.get("mine", False))
    with reading() as session:
        rows = api_approvals.list_waiting(session, who(), asked.after, mine=mine, today=today())
    return show_page(rows, asked, api_approvals.show_listed, lambda row: row.listed.order.id)


@serve(
    blueprint, "GET", ONE,
    Operation(
        "Get an order with what an approver decides on", APPROVERS, READ, answer=SHOWN,
        traits=frozenset({Trait.TAG}), places=NUMBER,
    ),
)  # fmt: skip
def get_approval(number: str) -> Response:
    """Show an order, whose turn it is, and what stands in its way."""
    with reading() as session:
        return show(api_approvals.show(session, who(), number, today()))


@serve(
    blueprint, "POST", f"{ONE}/approve",
    Operation(
        "Approve an order as it was read, without the lines struck", APPROVERS, WRITE,
        answer=SHOWN, body=schema.ApproveBodySchema, traits=KEYED, places=NUMBER,
        example={"digest": 64 * "0", "struck": [2], "reason": "Vi har gyngen i forvejen."},
    ),
)  # fmt: skip
def approve_order(number: str) -> Response:
    """Approve; an order that has changed since is refused."""
    body = contract.read_body()
    seen = approval_schema.read_seen(body, map(str, body.get("struck", [])))
    with deed() as doing:
        approval.approve(doing.session, who(), number, seen, now())
        return _answer(doing, number)


@serve(
    blueprint, "POST", f"{ONE}/reject",
    Operation(
        "Refuse the whole order for good; its buyer is told why", APPROVERS, WRITE, answer=SHOWN,
        body=schema.DecisionBodySchema, traits=KEYED, places=NUMBER,
        example={"reason": "Vi køber ikke legehuse i år."},
    ),
)  # fmt: skip
def reject_order(number: str) -> Response:
    """Refuse an order."""
    return _decide(number, approval.decline)


@serve(
    blueprint, "POST", f"{ONE}/send-back",
    Operation(
        "Send an order back to its buyer with a comment", APPROVERS, WRITE, answer=SHOWN,
        body=schema.DecisionBodySchema, traits=KEYED, places=NUMBER,
        example={"reason": "Skriv, hvilken konto det skal stå på."},
    ),
)  # fmt: skip
def send_order_back(number: str) -> Response:
    """Send an order back; it still reserves its amount."""
    return _decide(number, approval.send_back)


def _decide(number: str, verb: Callable[[Session, Who, str, str, datetime], Order]) -> Response:
    reason = approval_schema.read_reason(contract.read_body())
    with deed() as doing:
        verb(doing.session, who(), number, reason, now())
        return _answer(doing, number)


def _answer(doing: Deed, number: str) -> Response:
    doing.session.flush()
    return doing.answer(api_approvals.show(doing.session, who(), number, today()))
