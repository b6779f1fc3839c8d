"""The views of the price list: send it, see what it would do, do it."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core.errors import Invalid, Missing
from catalogue.core.http import (
    ENTERPRISES,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.text import lazy as _
from catalogue.core.text import ngettext
from catalogue.media import service as media

from . import deliveries, plan, price_list
from .deliveries import Delivery, Sent
from .plan import Outcome, Plan
from .screens import NAMES, blueprint

MOST_SHOWN = 200  # rows of one outcome on the page of the preview
OUTCOMES: dict[str, Any] = {
    Outcome.REFUSED: _("Cannot be taken"),
    Outcome.CREATED: _("New"),
    Outcome.CHANGED: _("Changed"),
    Outcome.UNCHANGED: _("Unchanged"),
}


@route(blueprint, "/varer-hos-os/import", access=ENTERPRISES)
def import_products() -> Response:
    """Show how to send a price list."""
    return render("products/import.html", errors={}, **NAMES)


@route(blueprint, "/varer-hos-os/import", access=ENTERPRISES, methods=["POST"])
def send_price_list() -> Response:
    """Read a sent price list with its pictures, keep it, and lead on to the preview."""
    file = request.files.get("price_list")
    if file and (file.filename or "").lower().endswith(".xml"):
        return _send_on()
    settings = state().settings
    deliveries.forget_old(settings, now())
    try:
        sent, delivery = _read_sent()
    except Invalid as error:
        return render("products/import.html", 422, errors=error.problems, **NAMES)
    token = deliveries.keep(settings, _enterprise_id(), sent.name, delivery)
    return go("catalogue.products.import_preview", token=token)


@route(blueprint, "/varer-hos-os/import/<token>", access=ENTERPRISES)
def import_preview(token: str) -> Response:
    """Show what a kept price list would do, row by row."""
    name, delivery = deliveries.kept(state().settings, _enterprise_id(), token)
    with reading() as session:
        found = plan.preview(session, _enterprise_id(), delivery, today())
    return render(
        "products/import_preview.html",
        plan=found,
        name=name,
        token=token,
        shown={each: found.by(each)[:MOST_SHOWN] for each in Outcome},
        outcomes=OUTCOMES,
        most=MOST_SHOWN,
        **NAMES,
    )


@route(blueprint, "/varer-hos-os/import/<token>", access=ENTERPRISES, methods=["POST"])
def apply_import(token: str) -> Response:
    """Do what the preview said, or show it anew when something has changed since."""
    _name, delivery = deliveries.kept(state().settings, _enterprise_id(), token)
    try:
        with transaction() as session:
            done = plan.apply(session, who(), delivery, request.form.get("fingerprint", ""), now())
    except (plan.Refused, plan.Moved) as error:
        flash(error.detail, "warning")
        return go("catalogue.products.import_preview", token=token)
    deliveries.forget(state().settings, _enterprise_id(), token)
    flash(_summary(done))
    return go("catalogue.products.products")


def _send_on() -> Response:
    """Have the browser send an XML file to who reads such; 307 keeps the files."""
    response = go("catalogue.exchange.send_catalogue")
    response.status_code = 307
    return response


def _read_sent() -> tuple[Sent, Delivery]:
    """Read the files of the request; raises Invalid at the field of the list."""
    file = request.files.get("price_list")
    if file is None or not file.filename:
        raise Invalid({"price_list": [_("Choose your price list")]})
    sent = Sent(file.filename, file.read())
    rows = price_list.read(sent.content, sent.name)
    wanted = {deliveries.picture_key(name) for row in rows for name in row.images}
    pictures = (
        Sent(each.filename or "", each.read())
        for each in request.files.getlist("images")
        if deliveries.picture_key(each.filename or "") in wanted
    )
    received = deliveries.receive_pictures(state().parts[media.PART], pictures)
    return sent, Delivery(tuple(rows), received, state().settings.images_per_product)


def _enterprise_id() -> int:
    enterprise_id = who().enterprise_id
    if enterprise_id is None:  # the role of an enterprise always has one
        raise Missing()
    return enterprise_id


def _summary(done: Plan) -> str:
    counts = done.counts
    created = ngettext("%(num)s new product", "%(num)s new products", counts[Outcome.CREATED])
    changed = ngettext("%(num)s changed", "%(num)s changed", counts[Outcome.CHANGED])
    return f"{created}, {changed}."
