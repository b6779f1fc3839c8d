"""The page on which a person chooses her password, by the link in her mail."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    EVERYONE,
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import password_links
from .factor_schema import PasswordSchema
from .factor_screens import Errors

blueprint = Blueprint("passwords", __name__)


@route(blueprint, "/medarbejdere/<int:person_id>/kodeord", access=STAFF, methods=["POST"])
def mail_link(person_id: int) -> Response:
    """Mail a person of the municipality a link to choose a password."""
    with transaction() as session:
        person = password_links.put(session, who(), person_id, now())
    flash(_("We mail a link to %(email)s.", email=person.email))
    return go("catalogue.colleagues.people")


@route(blueprint, "/kodeord/<token>", access=EVERYONE)
def link(token: str) -> Response:
    """Show the form of a link; nothing is decided by opening it."""
    return _draw(token, {})


@route(blueprint, "/kodeord/<token>", access=EVERYONE, methods=["POST"])
def choose(token: str) -> Response:
    """Choose the password."""
    try:
        typed = load(PasswordSchema(), request.form)
        with transaction() as session:
            password_links.choose(session, token, typed["password"], now())
    except Invalid as error:
        return _draw(token, error.problems)
    flash(_("Your password is kept. Sign in with it."))
    return go("catalogue.accounts.sign_in")


def _draw(token: str, errors: Errors) -> Response:
    with reading() as session:
        person = password_links.open_(session, token, now())
    return render(
        "accounts/password.html", 422 if errors else 200, email=person.email, token=token,
        errors=errors,
    )  # fmt: skip
