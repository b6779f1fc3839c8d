"""The views of checks: send in and take back, and the staff's list of what waits."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import (
    DRAFTERS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import check_queries, lists, revisions
from . import checks as verbs
from .check_rules import FIRST_PRODUCTS, Checked
from .models import ProductState
from .screens import blueprint, draw_edit

OWN, DESK = "/varer-hos-os", "/gennemsyn"
CHOICES: dict[Checked, Text] = {
    Checked.NONE: _("Nothing: what enterprises publish is seen at once"),
    Checked.FIRST: _(
        "The first %(count)s products of each enterprise; after that nothing", count=FIRST_PRODUCTS
    ),
    Checked.ALL: _("All products and all changes"),
}


@route(blueprint, f"{OWN}/<int:product_id>/send-ind", access=DRAFTERS, methods=["POST"])
def submit(product_id: int) -> Response:
    """Send a draft or a change in."""
    try:
        with transaction() as session:
            verbs.submit(session, who(), product_id, now())
    except Invalid as error:
        return draw_edit(product_id, problems=error.problems)
    except Conflict as error:
        flash(error.detail, "warning")
        return _edit(product_id)
    flash(_("It is sent in. You get a mail when it is decided."))
    return _edit(product_id)


@route(blueprint, f"{OWN}/<int:product_id>/tag-tilbage", access=DRAFTERS, methods=["POST"])
def take_back(product_id: int) -> Response:
    """Take back what waits, to change it."""
    with transaction() as session:
        verbs.take_back(session, who(), product_id, now())
    flash(_("It is yours again. Send it in when you have changed it."))
    return _edit(product_id)


@route(blueprint, f"{OWN}/<int:product_id>/ret", access=DRAFTERS, methods=["POST"])
def begin_change(product_id: int) -> Response:
    """Begin a change beside a published product."""
    with transaction() as session:
        draft = revisions.begin(session, who(), product_id, now())
    return _edit(draft.id)


@route(blueprint, f"{OWN}/<int:product_id>/kasser", access=DRAFTERS, methods=["POST"])
def discard_change(product_id: int) -> Response:
    """Throw a change away."""
    with transaction() as session:
        kept = revisions.discard(session, who(), product_id, now())
    flash(_("The change is thrown away. The product is as buyers see it."))
    return _edit(kept)


@route(
    blueprint, f"{OWN}/gennemsyn/<int:check_id>/godkend", access=ENTERPRISES, methods=["POST"]
)  # fmt: skip
def approve_own(check_id: int) -> Response:
    """Approve what a facilitator has prepared for the enterprise."""
    with transaction() as session:
        shown = verbs.approve(session, who(), check_id, now())
    seen = shown.state == ProductState.PUBLISHED
    flash(_("Approved. Buyers see it now.") if seen else _("Approved. The municipality reads it."))
    return _edit(shown.id)


@route(
    blueprint, f"{OWN}/gennemsyn/<int:check_id>/send-tilbage", access=ENTERPRISES, methods=["POST"]
)  # fmt: skip
def send_back_own(check_id: int) -> Response:
    """Send what a facilitator has prepared back."""
    try:
        with transaction() as session:
            reason = verbs.read_reason(request.form.get("reason", ""))
            draft_id = verbs.send_back(session, who(), check_id, reason, now())
    except Invalid as error:
        with reading() as session:
            draft_id = check_queries.get_draft_id(session, who(), check_id)
        return draw_edit(draft_id, problems=error.problems)
    flash(_("Sent back. Whoever prepared it gets a mail."))
    return _edit(draft_id)


@route(blueprint, DESK, access=STAFF)
def checks() -> Response:
    """List what waits for the municipality, and what it checks."""
    return _desk({})


@route(blueprint, f"{DESK}.csv", access=STAFF)
def checks_csv() -> Response:
    """Send what waits as a file for spreadsheets."""
    with reading() as session:
        rows = check_queries.list_waiting(session, who())
    return send_list(lists.CHECKS, rows, "gennemsyn")


@route(blueprint, DESK, access=STAFF, methods=["POST"])
def set_checked() -> Response:
    """Say what the municipality checks."""
    typed = request.form.get("checked", "")
    if typed not in list(Checked):
        return _desk({"checked": [_("Choose what you check")]})
    with transaction() as session:
        verbs.set_checked(session, who(), Checked(typed), now())
    flash(_("Saved. It counts from now on; what waits already is still decided here."))
    return go("catalogue.products.checks")


@route(blueprint, f"{DESK}/<int:check_id>", access=STAFF)
def check(check_id: int) -> Response:
    """Show what was sent in beside what buyers see."""
    return _case(check_id, {})


@route(blueprint, f"{DESK}/<int:check_id>/godkend", access=STAFF, methods=["POST"])
def approve(check_id: int) -> Response:
    """Approve what was sent in."""
    try:
        with transaction() as session:
            shown = verbs.approve(session, who(), check_id, now())
    except Invalid as error:
        return _case(check_id, error.problems)
    flash(_("“%(title)s” is approved. Buyers see it now.", title=shown.title))
    return go("catalogue.products.checks")


@route(blueprint, f"{DESK}/<int:check_id>/send-tilbage", access=STAFF, methods=["POST"])
def send_back(check_id: int) -> Response:
    """Send it back with what is to be mended."""
    try:
        with transaction() as session:
            reason = verbs.read_reason(request.form.get("reason", ""))
            verbs.send_back(session, who(), check_id, reason, now())
    except Invalid as error:
        return _case(check_id, error.problems)
    flash(_("Sent back. The enterprise gets a mail with your reason."))
    return go("catalogue.products.checks")


def _edit(product_id: int) -> Response:
    return go("catalogue.products.edit", product_id=product_id)


def _desk(errors: dict[str, Any]) -> Response:
    with reading() as session:
        rows = check_queries.list_waiting(session, who())
        which = check_queries.get_checked(session, who().municipality_id)
    return render(
        "products/checks.html", 422 if errors else 200, which=which, errors=errors,
        choices=[(str(key), text) for key, text in CHOICES.items()],
        **look_through(lists.CHECKS, rows),
    )  # fmt: skip


def _case(check_id: int, errors: dict[str, Any]) -> Response:
    with reading() as session:
        case = check_queries.get_case(session, who(), check_id)
    return render(
        "products/check.html", 422 if errors else 200, case=case, errors=errors,
        values=request.form,
    )  # fmt: skip
