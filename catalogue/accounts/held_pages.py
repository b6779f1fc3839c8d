"""The page of a form that came when its session had ended, and how it is held."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask import session as cookie

from catalogue.core.errors import NotAllowed
from catalogue.core.http import (
    SIGNED_IN,
    State,
    check_csrf,
    flash,
    go,
    now,
    path_here,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import held_forms, held_rules
from .browser import TOKEN
from .held_forms import Sent
from .rules import ROLE_NAMES

blueprint = Blueprint("held", __name__)


def hold(here: State) -> str | None:
    """Hold the form of this request, when it is one of ours; return the page where it waits.

    What a script sends is not held: the script knows what to do with it (autosave.js).
    """
    token = cookie.get(TOKEN, "")
    pairs = [each for each in request.form.items(multi=True) if each[0] != held_rules.OURS]
    path = request.script_root + request.full_path.removesuffix("?")
    by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    if not token or by_script or not held_rules.may_be_held(path, pairs):
        return None
    try:
        check_csrf()
    except NotAllowed:
        return None  # another site sent it
    with here.database.transaction() as session:
        is_held = held_forms.hold(session, token, Sent(path, pairs), here.clock())
    return url_for("catalogue.held.own") if is_held else None


@route(blueprint, "/log-ind/formular", access=SIGNED_IN)
def own() -> Response:
    """Show the form that waits; without one, go on to the front page."""
    with reading() as session:
        found = held_forms.find(session, who(), now())
        role = held_forms.find_role(session, found, who()) if found else None
    if found is None:
        return go("catalogue.front")
    pairs = [(name, value) for name, value in found.fields]
    return render(
        "accounts/held_form.html", found=found, pairs=pairs, shown=held_rules.shown(pairs),
        role=ROLE_NAMES[role.role] if role else None,
    )  # fmt: skip


@route(blueprint, "/log-ind/formular", access=SIGNED_IN, methods=["POST"])
def send() -> Response:
    """Let the browser send the form again, to where it was sent first."""
    with transaction() as session:
        path = held_forms.take(session, who(), cookie.get(TOKEN, ""), now())
    # 307: as it came here, with its fields.
    return make_response(redirect(path_here(path), HTTPStatus.TEMPORARY_REDIRECT))


@route(blueprint, "/log-ind/formular/smid-vaek", access=SIGNED_IN, methods=["POST"])
def drop() -> Response:
    """Throw the form away."""
    with transaction() as session:
        held_forms.drop(session, who())
    flash(_("The form is thrown away."))
    return go("catalogue.front")
