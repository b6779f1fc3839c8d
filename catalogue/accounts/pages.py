"""Sign-in, roles, language and persons."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask import session as cookie

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ADMINISTRATORS,
    EVERYONE,
    SIGNED_IN,
    State,
    flash,
    go,
    go_to,
    lasting,
    look_through,
    now,
    once,
    path_here,
    read_anew,
    reading,
    render,
    route,
    send_list,
    state,
    transaction,
    who,
)
from catalogue.core.text import LOCALES, Text
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import (
    browser,
    colleagues,
    devices,
    known_browsers,
    new_passwords,
    outside_pages,
    queries,
    service,
    sessions,
)
from .browser import TOKEN
from .hosted import HostPerson, admit
from .person_lists import PERSONS
from .rules import ROLE_NAMES
from .schema import PersonSchema, SignInSchema

blueprint = Blueprint("accounts", __name__)
log = logging.getLogger("catalogue.accounts")
HOSTED = "catalogue_hosted"  # what the host told of her when that session began


def identity(here: State) -> Who:
    """Tell who is asking by the token in the signed cookie."""
    token = cookie.get(TOKEN)
    if not token:
        return Who()
    moment, idle = here.clock(), here.settings.session_idle
    with reading() as session:
        signed = queries.find_signed(session, token, moment, idle)
    if signed is None:
        return Who()
    device = devices.kind(request.user_agent.string)
    if sessions.is_to_be_noted(signed, device, moment, idle):
        note = partial(
            sessions.note_use, sign_in_id=signed.sign_in_id, device=device, now=moment
        )  # fmt: skip
        here.database.write_if_free(note)
        read_anew()
    return signed.who


def hosted(tell: Callable[[], HostPerson | None]) -> Callable[[State], Who]:
    """Return an identity for a host: who is asking is whom it has signed in, told by `tell`.

    She becomes a person here at her first request, and what the host tells anew of her is taken
    over; all other requests cost what they cost with our own sign-in. Where the host knows nobody,
    people of enterprises may have signed in here.
    """

    def identity_of_host(here: State) -> Who:
        told = tell()
        if told is None:
            return Who() if HOSTED in cookie else identity(here)
        if cookie.get(HOSTED) == told.digest:
            found = identity(here)
            if found.signed_in:
                return found
        with transaction() as session:
            token = admit(session, told, here.clock(), here.settings.session_hours)
        if token is None:
            return Who()
        cookie[TOKEN], cookie[HOSTED] = token, told.digest
        return identity(here)

    return identity_of_host


@route(blueprint, "/log-ind", access=EVERYONE, methods=["GET", "POST"])
def sign_in() -> Response:
    """Show the sign-in form, or sign in. Where the host signs in, lead there."""
    if (lead := state().sign_in) is not None:
        return make_response(redirect(lead(path_here(request.values.get("next", ""))), 303))
    if request.method == "GET":
        return _sign_in_form({}, request.args.get("next", ""))
    back = request.form.get("next", "")
    try:
        typed = load(SignInSchema(), request.form)
    except Invalid as error:
        return _sign_in_form(error.problems, back)
    settings = state().settings
    limits = service.Limits(
        settings.sign_in_attempts, settings.sign_in_attempts_per_address, settings.session_hours
    )
    known = lasting.kept(known_browsers.COOKIE, known_browsers.AGE)
    typed_in = service.Credentials(
        typed["email"], typed["password"], request.remote_addr or "",
        known_browsers.mark_of(known, typed["email"]),
    )  # fmt: skip
    with transaction() as session:
        outcome, token = service.sign_in(session, typed_in, now(), limits)
    log.info("sign-in", extra={"outcome": str(outcome)})
    if outcome == service.Outcome.TOO_MANY:
        text = _("Too many tries. Wait a quarter of an hour and try again.")
        return _sign_in_form({"password": [text]}, back, 429)
    if outcome == service.Outcome.WRONG:
        return _sign_in_form({"password": [_("E-mail or password is not right. Try again.")]}, back)
    answer = _led_on(outcome, token, back)
    marks = known_browsers.with_mark(known, typed["email"])
    lasting.keep(answer, known_browsers.COOKIE, marks, known_browsers.AGE)
    return answer


def _led_on(outcome: service.Outcome, token: str, back: str) -> Response:
    if outcome in (service.Outcome.CODE, service.Outcome.SET_UP):
        browser.hold_half(token)
        return go(f"catalogue.factor.owe_{outcome}", next=back or None)
    browser.hold(token)
    return go_to(back) if back else go("catalogue.front")


@route(blueprint, "/log-ud", access=SIGNED_IN, methods=["POST"])
def sign_out() -> Response:
    """End the session on the server and in the browser."""
    if farewell := outside_pages.leave(cookie.get(TOKEN, "")):
        return farewell
    flash(_("You have signed out."))
    return go("catalogue.front")


@route(blueprint, "/roller", access=SIGNED_IN)
def roles() -> Response:
    """Show the roles one holds."""
    with reading() as session:
        held = queries.list_roles(session, who().person_id or 0)
    return render("accounts/roles.html", held=held, names=ROLE_NAMES)


@route(blueprint, "/roller", access=SIGNED_IN, methods=["POST"])
def choose_role() -> Response:
    """Act in another role."""
    role_id = request.form.get("role_id", "")
    with transaction() as session:
        service.choose_role(
            session,
            cookie.get(TOKEN, ""),
            who().person_id or 0,
            int(role_id) if role_id.isdecimal() and len(role_id) < 10 else 0,
        )
    return go("catalogue.front")


@route(blueprint, "/sprog", access=EVERYONE, methods=["POST"])
def language() -> Response:
    """Read in Danish or English from now on."""
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        cookie["catalogue_locale"] = locale
        if who().person_id is not None and who().punchout_id is None:
            with transaction() as session:
                service.choose_locale(session, who().person_id or 0, locale)
    return go_to(request.form.get("next", ""))


@route(blueprint, "/personer", access=ADMINISTRATORS, methods=["GET", "POST"])
@once
def persons() -> Response:
    """List persons with their roles, or add one."""
    if request.method == "GET":
        return _persons({})
    try:
        values = load(PersonSchema(), request.form)
        named = (values["name"], values["email"])
        new_passwords.check(values["password"], named, state().settings.leaked_passwords)
        with transaction() as session:
            made = service.register_person(
                session,
                service.Newcomer(values["name"], values["email"], values["password"]),
                now(),
                by=who().person_id,
            )
            service.grant(
                session,
                made.id,
                values["role"],
                municipality_id=values["municipality_id"],
                enterprise_id=values["enterprise_id"],
                now=now(),
                by=who().person_id,
            )
    except Invalid as error:
        return _persons(error.problems)
    flash(_("%(name)s can now sign in.", name=values["name"]))
    return go("catalogue.accounts.persons")


@route(blueprint, "/personer.csv", access=ADMINISTRATORS)
def persons_csv() -> Response:
    """Send the same persons as a file for spreadsheets."""
    with reading() as session:
        people = queries.list_persons(session)
    return send_list(PERSONS, people, "personer")


def _sign_in_form(errors: dict[str, list[Text | str]], back: str, status: int = 0) -> Response:
    return render(
        "accounts/sign_in.html",
        status or (422 if errors else 200),
        errors=errors,
        values=request.form,
        back=back,
        ended=TOKEN in cookie and not who().signed_in and not errors,
        waits=back == url_for("catalogue.held.own"),
        **outside_pages.doors(),
    )


def _persons(errors: dict[str, list[Text | str]]) -> Response:
    with reading() as session:
        people = queries.list_persons(session)
        municipalities = queries.list_municipalities(session)
        shown = look_through(PERSONS, people)
        ids = [person.id for person, _held in shown["rows"]]
        two_steps = colleagues.list_with_factor(session, ids)
    return render(
        "accounts/persons.html",
        422 if errors else 200,
        **shown,
        two_steps=two_steps,
        municipalities=municipalities,
        names=ROLE_NAMES,
        errors=errors,
        values=request.form,
    )
