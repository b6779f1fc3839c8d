"""The page of one's own sessions, and the buttons by which others sign somebody out."""

from __future__ import annotations

from flask import Blueprint, Response
from flask import session as cookie

from catalogue.core.http import (
    ADMINISTRATORS,
    ENTERPRISES,
    SIGNED_IN,
    STAFF,
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
from catalogue.core.text import lazy as _

from . import devices, own_sessions
from .browser import TOKEN
from .rules import ROLE_NAMES

blueprint = Blueprint("sessions", __name__)


@route(blueprint, "/logget-ind", access=SIGNED_IN)
def own() -> Response:
    """Show where one is signed in."""
    settings = state().settings
    token, person_id = cookie.get(TOKEN, ""), who().person_id or 0
    with reading() as session:
        found = own_sessions.list_open(session, person_id, token, now(), settings.session_idle)
    return render(
        "accounts/sessions.html", sessions=found, device=devices.told, names=ROLE_NAMES,
        hours=settings.session_hours, minutes=settings.session_idle_minutes,
    )  # fmt: skip


@route(blueprint, "/logget-ind/<int:sign_in_id>/slut", access=SIGNED_IN, methods=["POST"])
def end_one(sign_in_id: int) -> Response:
    """End one of one's own sessions."""
    with transaction() as session:
        own_sessions.end_one(session, who(), sign_in_id, now())
    flash(_("You are signed out there."))
    return go("catalogue.sessions.own")


@route(blueprint, "/logget-ind/slut", access=SIGNED_IN, methods=["POST"])
def end_others() -> Response:
    """End all of one's own sessions but this one."""
    with transaction() as session:
        own_sessions.end_others(session, who(), cookie.get(TOKEN, ""), now())
    flash(_("You are signed out everywhere but here."))
    return go("catalogue.sessions.own")


@route(blueprint, "/medarbejdere/<int:person_id>/log-ud", access=STAFF, methods=["POST"])
def end_colleague(person_id: int) -> Response:
    """Sign a person of the municipality out everywhere."""
    return _end(person_id, "catalogue.colleagues.people")


@route(
    blueprint, "/virksomhed/personer/<int:person_id>/log-ud", access=ENTERPRISES, methods=["POST"]
)  # fmt: skip
def end_member(person_id: int) -> Response:
    """Sign a person of one's enterprise out everywhere."""
    return _end(person_id, "catalogue.people.members")


@route(blueprint, "/personer/<int:person_id>/log-ud", access=ADMINISTRATORS, methods=["POST"])
def end_any(person_id: int) -> Response:
    """Sign anybody out everywhere."""
    return _end(person_id, "catalogue.accounts.persons")


def _end(person_id: int, back: str) -> Response:
    with transaction() as session:
        person = own_sessions.end_all_of(session, who(), person_id, now())
    flash(_("%(name)s is signed out everywhere.", name=person.name))
    return go(back)
