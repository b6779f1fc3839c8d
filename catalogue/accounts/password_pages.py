"""The pages on which a person chooses her password: by the link in her mail, or by the old one."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask import session as cookie

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    EVERYONE,
    SIGNED_IN,
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
from catalogue.core.text import lazy as _

from . import new_passwords, own_password, password_links
from .browser import TOKEN
from .factor_schema import ChangeSchema, PasswordSchema
from .factor_screens import Errors, gate
from .own_password import Change
from .second_factor import Tried

blueprint = Blueprint("passwords", __name__)
_REFUSALS = {
    Tried.WRONG: _("This is not the password you have. Try again."),
    Tried.TOO_MANY: _("Too many tries. Wait a quarter of an hour and try again."),
}


@route(blueprint, "/adgangskode", access=SIGNED_IN)
def own() -> Response:
    """Show the form in which one changes one's password."""
    return _draw_own({})


@route(blueprint, "/adgangskode", access=SIGNED_IN, methods=["POST"])
def change() -> Response:
    """Change one's password."""
    try:
        typed = load(ChangeSchema(), request.form)
        _check(typed["password"], who().name, who().email, who().place)
        wanted = Change(typed["old_password"], typed["password"], cookie.get(TOKEN, ""))
        with transaction() as session:
            tried = own_password.change(session, who(), wanted, gate())
    except Invalid as error:
        return _draw_own(error.problems)
    if tried != Tried.RIGHT:
        told: Errors = {"old_password": [_REFUSALS[tried]]}
        return _draw_own(told, 429 if tried == Tried.TOO_MANY else 422)
    flash(_("Your password is changed. You are signed out everywhere but here."))
    return go("catalogue.accounts.roles")


@route(blueprint, "/medarbejdere/<int:person_id>/kodeord", access=STAFF, methods=["POST"])
@once
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
        with reading() as session:
            person = password_links.open_(session, token, now())
        _check(typed["password"], person.name, person.email)
        with transaction() as session:
            password_links.choose(session, token, typed["password"], now())
    except Invalid as error:
        return _draw(token, error.problems)
    flash(_("Your password is kept. Sign in with it."))
    return go("catalogue.accounts.sign_in")


def _check(password: str, *own: str) -> None:
    new_passwords.check(password, own, state().settings.leaked_passwords)


def _draw_own(errors: Errors, status: int = 422) -> Response:
    with reading() as session:
        has_one = own_password.has_one(session, who())
    return render(
        "accounts/own_password.html", status if errors else 200, errors=errors, has_one=has_one,
        email=who().email,
    )  # fmt: skip


def _draw(token: str, errors: Errors) -> Response:
    with reading() as session:
        person = password_links.open_(session, token, now())
    return render(
        "accounts/password.html", 422 if errors else 200, email=person.email, token=token,
        errors=errors,
    )  # fmt: skip
