"""The pages of orders in free text: the buyer's form, and the permission that staff give."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    today,
    transaction,
)
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import current_locale
from catalogue.core.text import lazy as _

from . import delivery_forms, form_advice, free_permits, free_schema, free_text, schema
from .coding_rules import MOST_PARTS
from .cost_screens import Errors, blueprint
from .screens import NAMES
from .service import CannotBePlaced, Placing


@route(blueprint, "/fritekstordre", access=BUYERS)
def free_choice() -> Response:
    """List the agreements that may be ordered on in free text."""
    with reading() as session:
        choices = free_text.list_choices(session, asking(), today())
    return render("ordering/free_choice.html", choices=choices)


@route(blueprint, "/fritekstordre/<int:agreement_id>", access=BUYERS)
def free_order(agreement_id: int) -> Response:
    """Show the form of an order in free text."""
    return _draw(agreement_id, {}, {})


@route(blueprint, "/fritekstordre/<int:agreement_id>", access=BUYERS, methods=["POST"])
def place_free(agreement_id: int) -> Response:
    """Order what is not listed, or look what it takes; sent twice, it is the same order."""
    if request.form.get("look"):
        return _draw(agreement_id, request.form.to_dict(), {})
    key = schema.read_placing_key(request.form)
    try:
        lines = free_schema.read_lines(request.form)
        placing = Placing(asking(), free_schema.read_agreed_delivery(request.form), key, now())
        with transaction() as session:
            order = free_text.place(session, placing, agreement_id, lines)
    except Invalid as error:
        return _draw(agreement_id, request.form.to_dict(), error.problems)
    except CannotBePlaced as error:
        flash(str(error.detail), "error")
        return _draw(agreement_id, request.form.to_dict(), {})
    flash(_("The order is written. The enterprise confirms the price with it."))
    return go("catalogue.ordering.order", number=order.number)


@route(blueprint, "/aftaler/<int:agreement_id>/fritekst", access=STAFF)
def free_permit(agreement_id: int) -> Response:
    """Show whether an agreement may be ordered on in free text, and what was."""
    return _draw_permit(agreement_id, {})


@route(blueprint, "/aftaler/<int:agreement_id>/fritekst", access=STAFF, methods=["POST"])
def permit_free(agreement_id: int) -> Response:
    """Allow orders in free text up to an amount, or no more."""
    try:
        most_ore = free_schema.read_permit(request.form)
    except Invalid as error:
        return _draw_permit(agreement_id, error.problems)
    with transaction() as session:
        free_permits.allow(session, asking(), agreement_id, most_ore, now())
    flash(_("Saved. It holds for orders placed from now on."))
    return go("catalogue.costs.free_permit", agreement_id=agreement_id)


def _draw(agreement_id: int, values: dict[str, Any], errors: Errors) -> Response:
    with reading() as session:
        choices = free_text.list_choices(session, asking(), today())
        choice = free_text.get_choice(choices, agreement_id)
        found = free_text.list_categories(session, asking(), choice, today())
        form = delivery_forms.start(session, asking(), request.args.get("adresse", type=whole))
        planned = free_text.plan(choice, free_schema.glimpse_lines(values), found)
        place = values or form.values
        advice = form_advice.read(session, asking(), planned, place, today())
    categories = [(each.code, f"{each.code} {each.label(current_locale())}") for each in found]
    return render(
        "ordering/free_order.html", 422 if errors else 200, choice=choice, categories=categories,
        values=values or form.values, errors=errors, begun=None if values else form.begun,
        advice=advice, kept_codings=form.kept, most_lines=free_text.MOST_LINES,
        most_parts=MOST_PARTS, **NAMES,
    )  # fmt: skip


def _draw_permit(agreement_id: int, errors: Errors) -> Response:
    with reading() as session:
        agreement = free_permits.get_agreement(session, asking(), agreement_id)
        most_ore = free_permits.find_most(session, agreement_id)
        ordered = free_permits.list_ordered(session, agreement_id)
    most = "" if most_ore is None else f"{most_ore // 100},{most_ore % 100:02d}"
    values = request.form.to_dict() if errors else {"allowed": most_ore, "most": most}
    return render(
        "ordering/free_permit.html", 422 if errors else 200, agreement=agreement, values=values,
        errors=errors, ordered=ordered, **NAMES,
    )  # fmt: skip
