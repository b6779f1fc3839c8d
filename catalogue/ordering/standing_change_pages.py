"""The page on which a buyer changes a standing order: when, where to and what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import BUYERS, flash, go, now, reading, render, route, today, transaction
from catalogue.core.http import who as asking
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_number

from . import (
    codings,
    form_advice,
    frame_queries,
    frame_schema,
    schema,
    standing_changing,
    standing_orders,
    standing_schema,
)
from .standing_changing import Changed
from .standing_models import StandingOrder
from .standing_pages import NAMES

blueprint = Blueprint("standing_changes", __name__)
Errors = dict[str, list[Any]]


@route(blueprint, "/loebende-bestillinger/<int:standing_id>/ret", access=BUYERS)
def edit(standing_id: int) -> Response:
    """Show the form, as the standing order is now."""
    return _draw(standing_id, {}, {})


@route(blueprint, "/loebende-bestillinger/<int:standing_id>/ret", access=BUYERS, methods=["POST"])
def save(standing_id: int) -> Response:
    """Change it from its next order on, or look what it takes then."""
    if request.form.get("look"):
        return _draw(standing_id, request.form.to_dict(), {})
    try:
        wanted = _read()
        with transaction() as session:
            new = standing_changing.change(session, asking(), standing_id, wanted, now())
    except Invalid as error:
        return _draw(standing_id, request.form.to_dict(), error.problems)
    if new:
        flash(
            _("The standing order is changed from its next order on, and the enterprise is told.")
        )
    return go("catalogue.standing.one", standing_id=standing_id)


def _read() -> Changed:
    """Read the form; raises Invalid with the problems of all its parts."""
    problems: Errors = {}
    read: list[Any] = []
    for reader in (standing_schema.read_changed, schema.read_delivery, frame_schema.read_wanted):
        try:
            read.append(reader(request.form))
        except Invalid as error:
            problems |= error.problems
    if problems:
        raise Invalid(problems)
    (name, rise_percent, plan, added), delivery, quantities = read
    return Changed(name, plan, rise_percent, delivery, quantities, added)


def _draw(standing_id: int, typed: dict[str, Any], errors: Errors) -> Response:
    with reading() as session:
        standing = standing_orders.get_open(session, asking(), standing_id)
        values = typed or _values(standing)
        draw = _draw_frame if standing.quote_id else _draw_products
        shown = draw(session, standing, values)
        kept = codings.list_kept(session, asking())
    return render(
        "ordering/standing_change.html", 422 if errors else 200, standing=standing,
        kept_codings=kept, errors=errors, values=values, **shown, **NAMES,
    )  # fmt: skip


def _draw_frame(
    session: Session, standing: StandingOrder, values: dict[str, Any]
) -> dict[str, Any]:
    """Return what is drawn of one that calls off a frame."""
    frame = frame_queries.get_frame(session, asking(), standing.quote_id or 0)
    quantities = frame_schema.glimpse_wanted(values)
    planned = frame_queries.plan(session, frame, quantities, today())
    advice = form_advice.read_competed(session, asking(), planned, values, today())
    return {"frame": frame, "offered": [], "advice": advice}


def _draw_products(
    session: Session, standing: StandingOrder, values: dict[str, Any]
) -> dict[str, Any]:
    """Return what is drawn of one that orders from the shelf."""
    sold = standing_changing.list_sold(session, asking(), standing, today())
    typed = frame_schema.glimpse_wanted(values), standing_schema.glimpse_added(values)
    planned = standing_changing.plan(standing, sold, *typed)
    advice = form_advice.read(session, asking(), planned, values, today())
    offered = standing_changing.offered_of(standing, sold)
    return {"frame": None, "offered": offered, "advice": advice}


def _values(of: StandingOrder) -> dict[str, Any]:
    plan = {name: value for name, value in asdict(of.plan).items() if not name.startswith("paused")}
    quantities = {f"quantity_{line.position}": typed_number(line.quantity) for line in of.lines}
    named = {"name": of.name, "rise_percent": of.rise_percent}
    return of.delivery | plan | quantities | named | {"last_on": of.last_on.isoformat()}
