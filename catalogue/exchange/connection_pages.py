"""The pages on which staff connect purchasing systems: set up, change, renew the key, close."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask import session as cookie

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
    state,
    transaction,
    who,
)
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _

from . import punchout_connections as connections
from . import punchout_drawing, punchout_words
from .punchout_models import PunchOutConnection
from .punchout_schema import LABELS, read_terms

blueprint = Blueprint("connections", __name__)
SHOWN_ONCE = "catalogue_punchout_key"


@route(blueprint, "/indkoebssystemer", access=STAFF, endpoint="connections")
def list_connections() -> Response:
    """List the purchasing systems that may open the catalogue."""
    with reading() as session:
        listed = connections.list_own(session, who())
    return render("exchange/connections.html", listed=listed, **punchout_words.NAMES)


@route(blueprint, "/indkoebssystemer/ny", access=STAFF)
def new() -> Response:
    """Show the form of a new connection."""
    return _draw_form(None, {"contact_email": who().email}, {})


@route(blueprint, "/indkoebssystemer/ny", access=STAFF, methods=["POST"])
@once
def create() -> Response:
    """Set a connection up, and show its key once."""
    try:
        terms = read_terms(request.form)
        with transaction() as session:
            connection_id, secret = connections.create(session, who(), terms, now())
    except Invalid as error:
        return _draw_form(None, request.form.to_dict(), error.problems)
    cookie[SHOWN_ONCE] = [connection_id, secret]
    return go("catalogue.connections.connection", connection_id=connection_id)


@route(blueprint, "/indkoebssystemer/<int:connection_id>", access=STAFF)
def connection(connection_id: int) -> Response:
    """Show a connection: what to enter in the purchasing system, its keys and its sessions."""
    with reading() as session:
        found = connections.show(session, who(), connection_id, now())
    settings = state().settings
    shown = cookie.pop(SHOWN_ONCE, None)
    one = found.connection
    return render(
        "exchange/connection.html",
        found=found,
        one=one,
        secret=shown[1] if shown and shown[0] == connection_id else None,
        address=settings.address("punchout", one.kind, one.key),
        news_secret=punchout_drawing.outgoing_secret(settings, one.key) if one.news_url else None,
        now=now(),
        labels=LABELS,
        **punchout_words.NAMES,
    )


@route(blueprint, "/indkoebssystemer/<int:connection_id>/ret", access=STAFF)
def edit(connection_id: int) -> Response:
    """Show the form of a connection."""
    with reading() as session:
        one = connections.get_open(session, who(), connection_id)
    return _draw_form(one, _typed(one), {})


@route(blueprint, "/indkoebssystemer/<int:connection_id>/ret", access=STAFF, methods=["POST"])
@once
def amend(connection_id: int) -> Response:
    """Change a connection."""
    with reading() as session:
        one = connections.get_open(session, who(), connection_id)
    form = request.form.to_dict() | {"kind": one.kind}  # its addresses and its key are of a kind
    try:
        terms = read_terms(form)
        with transaction() as session:
            kept = connections.get_open(session, who(), connection_id)
            refuse_unless_seen(mark_of(_typed(kept)), form.get("seen"))
            connections.amend(session, who(), connection_id, terms, now())
    except Invalid as error:
        return _draw_form(one, form, error.problems)
    except ChangedMeanwhile as error:
        flash(error.detail, "warning")
        return _draw_form(one, form | {"seen": ""}, {})
    flash(_("The connection is changed."))
    return go("catalogue.connections.connection", connection_id=connection_id)


@route(blueprint, "/indkoebssystemer/<int:connection_id>/ny-noegle", access=STAFF, methods=["POST"])
@once
def rotate(connection_id: int) -> Response:
    """Make a new key, shown once; the present one holds for a fortnight more."""
    with transaction() as session:
        secret = connections.rotate(session, who(), connection_id, now())
    cookie[SHOWN_ONCE] = [connection_id, secret]
    return go("catalogue.connections.connection", connection_id=connection_id)


@route(
    blueprint, "/indkoebssystemer/<int:connection_id>/gamle-noegler", access=STAFF,
    methods=["POST"],
)  # fmt: skip
def drop_old(connection_id: int) -> Response:
    """Let only the newest key hold from now on."""
    with transaction() as session:
        connections.drop_old_secrets(session, who(), connection_id, now())
    flash(_("Only the newest key opens the catalogue now."))
    return go("catalogue.connections.connection", connection_id=connection_id)


@route(blueprint, "/indkoebssystemer/<int:connection_id>/luk", access=STAFF, methods=["POST"])
def close(connection_id: int) -> Response:
    """Close a connection for good."""
    with transaction() as session:
        connections.close(session, who(), connection_id, now())
    flash(_("The connection is closed. The purchasing system cannot open the catalogue any more."))
    return go("catalogue.connections.connections")


def _typed(one: PunchOutConnection) -> dict[str, Any]:
    typed = {name: getattr(one, name) for name in LABELS}
    return typed | {name: "\n".join(typed[name]) for name in ("return_hosts", "frame_origins")}


def _draw_form(
    one: PunchOutConnection | None, values: dict[str, Any], errors: dict[str, list[Any]]
) -> Response:
    return render(
        "exchange/connection_form.html", 422 if errors else 200, one=one, values=values,
        errors=errors, seen=values.get("seen") or (mark_of(_typed(one)) if one else ""),
        labels={name: str(text) for name, text in LABELS.items()},
        **punchout_words.NAMES,
    )  # fmt: skip
