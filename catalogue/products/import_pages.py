"""The views of the price list: send it, see what it would do, do it, or stop."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from catalogue.core.errors import Conflict, Invalid
from catalogue.core.http import (
    ENTERPRISES,
    State,
    flash,
    go,
    now,
    reading,
    render,
    route,
    state,
    transaction,
    who,
)
from catalogue.core.text import Text, ngettext
from catalogue.core.text import lazy as _
from catalogue.media import service as media

from . import list_report, list_steps, list_store, price_list, sent_lists
from .entries import Outcome
from .list_models import ListState, SentList
from .list_steps import Workshop
from .list_store import Upload
from .screens import NAMES, blueprint
from .sent_lists import Stored, Which

HERE = "catalogue.products.import_preview"
IMPORT: dict[str, Any] = {
    "outcomes": {
        Outcome.REFUSED: _("Cannot be taken"),
        Outcome.CHANGED: _("Changed"),
        Outcome.CREATED: _("New"),
        Outcome.UNCHANGED: _("Unchanged"),
    },
    "list_states": {
        ListState.CHECKING: _("Being checked"),
        ListState.CHECKED: _("Ready to import"),
        ListState.TAKING: _("Being imported"),
        ListState.TAKEN: _("Imported"),
        ListState.STOPPED: _("Stopped"),
        ListState.FAILED: _("Cannot be read"),
    },
    "list_colours": {
        ListState.CHECKING: "waiting",
        ListState.CHECKED: "approval",
        ListState.TAKING: "waiting",
        ListState.TAKEN: "completed",
        ListState.STOPPED: "withdrawn",
        ListState.FAILED: "failed",
    },
    "running": sent_lists.RUNNING,
    "most": list_report.MOST_SHOWN,
}


@route(blueprint, "/varer-hos-os/import", access=ENTERPRISES)
def import_products() -> Response:
    """Show how to send a price list, and what was sent before."""
    return _draw({}, 200)


@route(blueprint, "/varer-hos-os/import", access=ENTERPRISES, methods=["POST"])
def send_price_list() -> Response:
    """Store a sent list with its pictures and check it: a small one at once, else aside."""
    shop, file = workshop(state()), request.files.get("price_list")
    if file and (file.filename or "").lower().endswith(".xml"):
        return _send_on()
    if file is None or not file.filename:
        return _draw({"price_list": [_("Choose your price list")]}, 422)
    pictures = [each for each in request.files.getlist("images") if each.filename]
    list_store.forget_old(shop.settings, now())
    try:
        small = _is_small(file, pictures)
        token = list_store.keep(shop.settings, _upload(file), map(_upload, pictures))
    except Invalid as error:
        return _draw(error.problems, 422)
    list_id = list_steps.receive(shop, who(), Stored(file.filename, token), small=small)
    return go(HERE, list_id=list_id)


@route(blueprint, "/varer-hos-os/import/<int:list_id>", access=ENTERPRISES)
def import_preview(list_id: int) -> Response:
    """Show what a sent list would do row by row, how far it is, or what it did."""
    with reading() as session:
        sent = sent_lists.get_own(session, who().enterprise_id, list_id)
    return render("products/import_preview.html", sent=sent, facts=sent.facts, **IMPORT, **NAMES)


@route(blueprint, "/varer-hos-os/import/<int:list_id>", access=ENTERPRISES, methods=["POST"])
def apply_import(list_id: int) -> Response:
    """Import the rows of a checked list: all, or the good ones."""
    shop = workshop(state())
    which = Which.GOOD if request.form.get("which") == Which.GOOD else Which.ALL
    try:
        with transaction() as session:
            sent = sent_lists.begin(session, who(), list_id, which, now())
            small = sent.rows <= list_steps.AT_ONCE_ROWS
            sent_lists.put(session, sent, sent_lists.TAKE, now(), wait=small)
    except Conflict as error:
        flash(error.detail or error.title, "warning")
        return go(HERE, list_id=list_id)
    if not small:
        return go(HERE, list_id=list_id)
    list_steps.run(shop, sent_lists.TAKE, list_id)
    with reading() as session:
        taken = sent_lists.get_own(session, who().enterprise_id, list_id).facts["taken"]
    if taken["moved"]:
        return go(HERE, list_id=list_id)
    flash(_summary(taken))
    return go("catalogue.products.products")


@route(blueprint, "/varer-hos-os/import/<int:list_id>/stop", access=ENTERPRISES, methods=["POST"])
def stop_import(list_id: int) -> Response:
    """Give a list up: what is written of it stays."""
    try:
        with transaction() as session:
            was = sent_lists.get_own(session, who().enterprise_id, list_id).state
            sent = sent_lists.stop(session, who(), list_id, now())
    except Conflict as error:
        flash(error.detail or error.title, "warning")
        return go(HERE, list_id=list_id)
    if was == ListState.CHECKED:  # else the step at work does so when it ends
        list_store.forget(state().settings, sent.token)
    return go(HERE, list_id=list_id)


def workshop(here: State) -> Workshop:
    """Return what the long steps of a list work with."""
    return Workshop(here.database, here.parts[media.PART], here.settings, here.clock)


def _send_on() -> Response:
    """Have the browser send an XML file to who reads such; 307 keeps the files."""
    response = go("catalogue.exchange.send_catalogue")
    response.status_code = 307
    return response


def _draw(errors: dict[str, list[Text | str]], status: int) -> Response:
    with reading() as session:
        latest: list[SentList] = sent_lists.list_latest(session, who().enterprise_id)
    return render(
        "products/import.html", status, latest=latest, errors=errors, **IMPORT, **NAMES
    )  # fmt: skip


def _is_small(file: FileStorage, pictures: list[FileStorage]) -> bool:
    """Tell whether a list is checked within the request; raises UnreadableList."""
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > list_steps.AT_ONCE_BYTES:
        return False
    rows = price_list.read(file.stream.read(), file.filename or "")
    file.stream.seek(0)
    return list_steps.is_small(len(rows), [each.filename or "" for each in pictures])


def _upload(file: FileStorage) -> Upload:
    return Upload(file.filename or "", file.stream)


def _summary(taken: dict[str, int]) -> str:
    created = ngettext("%(num)s new product", "%(num)s new products", taken["created"])
    changed = ngettext("%(num)s changed", "%(num)s changed", taken["changed"])
    return f"{created}, {changed}."
