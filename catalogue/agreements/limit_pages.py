"""The pages of limits: procurement staff keep their own beside those of the law."""

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
from catalogue.core.text import gettext
from catalogue.core.text import lazy as _

from . import limits
from .limit_rules import LIMIT_NAMES, LIMIT_UNITS
from .limit_schema import read_last_day, read_terms
from .models import Limit, LimitKind
from .rules import AgreementState

blueprint = Blueprint("limits", __name__)
# Words and colours of values, for all templates of limits.
NAMES: dict[str, Any] = {
    "limit_names": LIMIT_NAMES,
    "limit_units": LIMIT_UNITS,
    "state_names": {
        AgreementState.COMING: _("Coming"),
        AgreementState.IN_FORCE: _("In force"),
        AgreementState.EXPIRED: _("Expired"),
    },
    "state_colours": {
        AgreementState.COMING: "waiting",
        AgreementState.IN_FORCE: "active",
        AgreementState.EXPIRED: "expired",
    },
}


@route(blueprint, "/beloebsgraenser", access=STAFF, endpoint="limits")
def list_limits() -> Response:
    """List the limits of law and municipality, and name those that are not known today."""
    with reading() as session:
        entries = limits.list_entries(session, who().municipality_id or 0, today())
    known = {each.limit.kind for each in entries if each.state == AgreementState.IN_FORCE}
    unknown = [kind for kind in LimitKind if kind not in known]
    return render("agreements/limits.html", entries=entries, unknown=unknown, **NAMES)


@route(blueprint, "/beloebsgraenser/ny", access=STAFF)
def new() -> Response:
    """Show the form of a limit, of the kind in the address."""
    asked = request.args.get("art", LimitKind.DIRECT_PURCHASE.value)
    return _draw_form({"kind": asked, "valid_from": today().isoformat()}, {})


@route(blueprint, "/beloebsgraenser/ny", access=STAFF, methods=["POST"])
@once
def create() -> Response:
    """Enter a limit of the own municipality."""
    try:
        terms = read_terms(request.form)
        with transaction() as session:
            limits.create(session, who(), terms, now())
    except Invalid as error:
        return _draw_form(request.form.to_dict(), error.problems)
    flash(_("The limit is saved."))
    return go("catalogue.limits.limits")


@route(blueprint, "/beloebsgraenser/<int:limit_id>", access=STAFF)
def limit(limit_id: int) -> Response:
    """Show an own limit, to end it or to delete it."""
    return _draw_limit(limit_id, {})


@route(blueprint, "/beloebsgraenser/<int:limit_id>/afslut", access=STAFF, methods=["POST"])
def end(limit_id: int) -> Response:
    """Let an own limit hold until a last day."""
    try:
        with transaction() as session:
            limits.end(session, who(), limit_id, read_last_day(request.form), now())
    except Invalid as error:
        return _draw_limit(limit_id, error.problems)
    flash(_("The last day of the limit is saved."))
    return go("catalogue.limits.limits")


@route(blueprint, "/beloebsgraenser/<int:limit_id>/slet", access=STAFF, methods=["POST"])
def delete(limit_id: int) -> Response:
    """Take out an own limit that was entered by mistake."""
    with transaction() as session:
        limits.delete(session, who(), limit_id, now())
    flash(_("The limit is deleted."))
    return go("catalogue.limits.limits")


def _draw_form(values: dict[str, Any], errors: dict[str, list[Any]]) -> Response:
    return render(
        "agreements/limit_form.html", 422 if errors else 200, values=values, errors=errors,
        labels=_labels(), **NAMES,
    )  # fmt: skip


def _draw_limit(limit_id: int, errors: dict[str, list[Any]]) -> Response:
    with reading() as session:
        found: Limit = limits.get_own(session, who().municipality_id, limit_id)
    typed = request.form.get("last_day") or today().isoformat()
    return render(
        "agreements/limit.html", 422 if errors else 200, limit=found, errors=errors, typed=typed,
        **NAMES,
    )  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "kind": gettext("What it bounds"),
        "value": gettext("Limit"),
        "valid_from": gettext("Holds from"),
        "valid_until": gettext("Holds until"),
        "source": gettext("Source"),
        "url": gettext("Web address of the source"),
    }
