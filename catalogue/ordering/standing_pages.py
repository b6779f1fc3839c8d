"""The pages of standing orders: make one, see what comes and what came, pause, change, end."""

from __future__ import annotations

from dataclasses import fields as fields_of
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    BUYERS,
    STAFF,
    flash,
    go,
    look_through,
    now,
    reading,
    render,
    route,
    send_list,
    today,
    transaction,
)
from catalogue.core.http import who as asking
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _
from catalogue.core.who import Role

from . import (
    delivery_forms,
    form_advice,
    frame_schema,
    schema,
    screens,
    standing_lists,
    standing_making,
    standing_orders,
    standing_queries,
    standing_rules,
    standing_schema,
)
from .frames import NothingLeft
from .rules import Delivery
from .standing_lists import STATE_NAMES
from .standing_making import Wanted
from .standing_queries import Source, StandingPage

blueprint = Blueprint("standing", __name__)
Errors = dict[str, list[Any]]
USUAL_MONTHS = 183  # days from the first to the last date that a new form begins with
NAMES: dict[str, Any] = screens.NAMES | {
    "rhythm_names": standing_rules.RHYTHM_NAMES,
    "weekday_names": standing_rules.WEEKDAY_NAMES,
    "week_names": standing_rules.WEEK_NAMES,
}


@route(blueprint, "/loebende-bestillinger", access=BUYERS | STAFF)
def own() -> Response:
    """List the buyer's standing orders; for staff, all of the municipality."""
    with reading() as session:
        found = standing_queries.list_standing(session, asking())
    return render(
        "ordering/standing_orders.html", today=today(), standing_state_names=STATE_NAMES,
        **look_through(standing_lists.on(today()), found), **NAMES,
    )  # fmt: skip


@route(blueprint, "/loebende-bestillinger.csv", access=BUYERS | STAFF)
def own_csv() -> Response:
    """Send the same standing orders as a file for spreadsheets."""
    with reading() as session:
        found = standing_queries.list_standing(session, asking())
    return send_list(standing_lists.on(today()), found, "loebende-bestillinger")


@route(blueprint, "/loebende-bestillinger/ny", access=BUYERS)
def new() -> Response:
    """Show the form of a new one, begun from an order, a list or a frame."""
    return _draw_new({}, {})


@route(blueprint, "/loebende-bestillinger/ny", access=BUYERS, methods=["POST"])
def make() -> Response:
    """Make a standing order, of a list one for each enterprise, or look what it takes."""
    if request.form.get("look"):
        return _draw_new(request.form.to_dict(), {})
    key = schema.read_placing_key(request.form)
    try:
        wanted = _read_wanted(key)
        with transaction() as session:
            source = standing_queries.begin(session, asking(), _given(), today())
            if source.frame is not None:
                quote_id = source.frame.quote.id
                made = [standing_making.make_on_frame(session, asking(), wanted, quote_id, now())]
            else:
                outlooks = source.filling.outlooks if source.filling else []
                made = standing_making.make(session, asking(), wanted, outlooks, now())
    except Invalid as error:
        return _draw_new(request.form.to_dict(), error.problems)
    flash(_("The standing order is made. You need do nothing on its dates."))
    if len(made) > 1:
        flash(_("There is one for each enterprise, so that each can be paused by itself."))
        return go("catalogue.standing.own")
    return go("catalogue.standing.one", standing_id=made[0].id)


@route(blueprint, "/loebende-bestillinger/<int:standing_id>", access=BUYERS | STAFF)
def one(standing_id: int) -> Response:
    """Show a standing order with its next dates and what came of the earlier ones."""
    return _draw_one(standing_id, {})


@route(blueprint, "/loebende-bestillinger/<int:standing_id>/pause", access=BUYERS, methods=["POST"])
def pause(standing_id: int) -> Response:
    """Deliver nothing for a while."""
    try:
        days = standing_schema.read_pause(request.form)
        with transaction() as session:
            standing_orders.pause(session, asking(), standing_id, days, now())
    except Invalid as error:
        return _draw_one(standing_id, error.problems)
    flash(_("The standing order pauses. It goes on by itself after the last day."))
    return go("catalogue.standing.one", standing_id=standing_id)


@route(
    blueprint, "/loebende-bestillinger/<int:standing_id>/genoptag", access=BUYERS, methods=["POST"]
)
def go_on(standing_id: int) -> Response:
    """Take the pause back."""
    with transaction() as session:
        standing_orders.go_on(session, asking(), standing_id, now())
    flash(_("The pause is taken back."))
    return go("catalogue.standing.one", standing_id=standing_id)


@route(blueprint, "/loebende-bestillinger/<int:standing_id>/antal", access=BUYERS, methods=["POST"])
def set_quantities(standing_id: int) -> Response:
    """Change how many come from the next date on."""
    try:
        quantities = schema.read_quantities(request.form)
    except Invalid as error:
        return _draw_one(standing_id, error.problems)
    with transaction() as session:
        standing_orders.set_quantities(session, asking(), standing_id, quantities, now())
    flash(_("The quantities are changed."))
    return go("catalogue.standing.one", standing_id=standing_id)


@route(
    blueprint, "/loebende-bestillinger/<int:standing_id>/godkend-priser", access=BUYERS,
    methods=["POST"],
)  # fmt: skip
def accept_prices(standing_id: int) -> Response:
    """Accept the prices the buyer has just seen."""
    with transaction() as session:
        seen = schema.read_versions(request.form)
        standing_orders.accept_prices(session, asking(), standing_id, seen, now())
    flash(_("The prices of today are accepted for the coming dates."))
    return go("catalogue.standing.one", standing_id=standing_id)


@route(
    blueprint, "/loebende-bestillinger/<int:standing_id>/afslut", access=BUYERS | STAFF,
    methods=["POST"],
)  # fmt: skip
def end(standing_id: int) -> Response:
    """Order nothing more of it."""
    with transaction() as session:
        standing_orders.end(session, asking(), standing_id, now())
    flash(_("The standing order is ended. Orders already placed go on."))
    return go("catalogue.standing.one", standing_id=standing_id)


def _given() -> dict[str, Any]:
    given = request.values
    return {
        "ordre": given.get("ordre"),
        "liste": given.get("liste", type=whole),
        "ramme": given.get("ramme", type=whole),
    }


def _read_wanted(key: str) -> Wanted:
    """Read the form; raises Invalid with the problems of all its parts."""
    problems: Errors = {}
    read: list[Any] = []
    for reader in (standing_schema.read_plan, schema.read_delivery, frame_schema.read_wanted):
        try:
            read.append(reader(request.form))
        except Invalid as error:
            problems |= error.problems
    if problems:
        raise Invalid(problems)
    (name, rise_percent, plan), delivery, quantities = read
    return Wanted(name, plan, rise_percent, delivery, quantities, key)


def _draw_new(values: dict[str, Any], errors: Errors) -> Response:
    try:
        with reading() as session:
            source = standing_queries.begin(session, asking(), _given(), today())
            form = delivery_forms.start(session, asking(), request.args.get("adresse", type=whole))
            shown = values or _begun(source, form)
            typed = frame_schema.glimpse_wanted(values) if values else None
            planned = standing_queries.plan_new(session, source, typed, today())
            read = form_advice.read_competed if source.frame else form_advice.read
            advice = read(session, asking(), planned, shown, today())
    except NothingLeft as error:
        flash(str(error.detail), "error")
        return go("catalogue.quotes.frame", quote_id=request.values.get("ramme", 0, type=whole))
    return render(
        "ordering/standing_new.html", 422 if errors else 200, source=source, given=_given(),
        values=shown, errors=errors, advice=advice, kept_codings=form.kept,
        begun=None if values or source.order else form.begun, **NAMES,
    )  # fmt: skip


def _begun(source: Source, form: delivery_forms.Form) -> dict[str, Any]:
    """Return what the form begins with: next week, for half a year, to where the order went."""
    first = today() + timedelta(days=7)
    begun: dict[str, Any] = {
        **form.values,
        "name": source.name if not source.order else "",
        "rhythm": "weekly", "weekday": 0, "week": 1, "days_ahead": 3, "rise_percent": 0,
        "first_on": first.isoformat(),
        "last_on": (first + timedelta(days=USUAL_MONTHS)).isoformat(),
    }  # fmt: skip
    if source.order is not None:
        begun |= {each.name: getattr(source.order, each.name) for each in fields_of(Delivery)}
    return begun


def _draw_one(standing_id: int, errors: Errors) -> Response:
    with reading() as session:
        page = standing_queries.get(session, asking(), standing_id, today())
        advice = _advise(session, page)
    return render(
        "ordering/standing_order.html", 422 if errors else 200, page=page, errors=errors,
        advice=advice, values=request.form.to_dict() if errors else {}, today=today(), **NAMES,
    )  # fmt: skip


def _advise(session: Session, page: StandingPage) -> form_advice.FormAdvice | None:
    """Tell the buyer what holds for each coming order; staff and what is over need none."""
    if asking().role != Role.BUYER or page.standing.next_on is None:
        return None
    planned = standing_queries.plan_own(session, page, today())
    read = form_advice.read_competed if page.standing.quote_id else form_advice.read
    return read(session, asking(), planned, page.standing.delivery, today())
