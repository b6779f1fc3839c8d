"""Applying, the own profile, and all enterprises; the blueprint of the feature's other views."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.accounts import new_passwords, throttling
from catalogue.accounts import queries as accounts
from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ADMINISTRATORS,
    ENTERPRISES,
    EVERYONE,
    flash,
    go,
    look_through,
    now,
    once,
    reading,
    render,
    route,
    send_list,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.seen import ChangedMeanwhile, mark_of, refuse_unless_seen
from catalogue.core.text import lazy as _
from catalogue.core.text import typed_kroner
from catalogue.core.turns import hold

from . import effect_pages, lists, own_pages, queries, review_pages, service
from .models import Enterprise
from .schema import LEGAL_FORMS, ApplicationSchema, ProfileSchema
from .screens import Errors, blueprint
from .words import CRITERIA, LABELS, LAPSED, STATES

# The views of the review, and of one's own verification and effect, stand in modules of their own.
__all__ = ["blueprint", "effect_pages", "own_pages", "review_pages"]


@route(blueprint, "/virksomheder/ansoeg", access=EVERYONE, methods=["GET", "POST"])
def apply() -> Response:
    """Show the application form, or take an application in."""
    if request.method == "GET":
        return _form("enterprises/apply.html", {}, {})
    try:
        values = load(ApplicationSchema(), request.form)
        own = (values["person_name"], values["person_email"], values["name"])
        new_passwords.check(values["password"], own, state().settings.leaked_passwords)
        _take_turn()
        with transaction() as session:
            service.apply(session, values, now())
    except Invalid as error:
        return _form("enterprises/apply.html", request.form, error.problems)
    flash(_("Thank you. The municipality reviews your application; sign in to follow it."))
    return go("catalogue.accounts.sign_in")


@route(blueprint, "/virksomhed", access=ENTERPRISES, methods=["GET", "POST"])
@once
def edit_profile() -> Response:
    """Show or save the enterprise's own profile."""
    if request.method == "POST":
        try:
            values = load(ProfileSchema(), request.form)
            with transaction() as session:
                own = service.get_own(session, who().enterprise_id or 0)
                hold(session, own)
                refuse_unless_seen(mark_of(_typed(own)), request.form.get("seen"))
                service.save_profile(session, who(), values, now())
        except Invalid as error:
            return _form("enterprises/edit_profile.html", request.form, error.problems)
        except ChangedMeanwhile as error:
            flash(error.detail, "warning")
            typed = request.form.to_dict() | {"seen": mark_of(_typed(_get_own()))}
            return _form("enterprises/edit_profile.html", typed, {})
        flash(_("Your profile is saved."))
        return go("catalogue.enterprises.edit_profile")
    own = _get_own()
    values = _typed(own)
    return _form("enterprises/edit_profile.html", values | {"seen": mark_of(values)}, {})


@route(blueprint, "/virksomheder/alle", access=ADMINISTRATORS)
def enterprises() -> Response:
    """List every enterprise of the installation."""
    with reading() as session:
        rows = queries.list_all(session)
    return render(
        "enterprises/all.html", states=STATES, lapsed=LAPSED, today=today(),
        **look_through(lists.of_all(today()), rows),
    )  # fmt: skip


@route(blueprint, "/virksomheder/alle.csv", access=ADMINISTRATORS)
def enterprises_csv() -> Response:
    """Send the same enterprises as a file for spreadsheets."""
    with reading() as session:
        rows = queries.list_all(session)
    return send_list(lists.of_all(today()), rows, "virksomheder")


def _take_turn() -> None:
    """Count an application from this network address; raises Invalid for one too many.

    Whoever applies is told whether a mail address has a log-in: no list is to be tried that way.
    """
    limit = state().settings.sign_in_attempts
    subjects = {throttling.subject("apply", request.remote_addr or ""): limit}
    with transaction() as session:
        throttling.forget_old(session, now())
        if throttling.is_throttled(session, subjects, now()):
            text = _("Too many tries. Wait a quarter of an hour and try again.")
            raise Invalid({"person_email": [text]})
        throttling.note_failure(session, subjects, now())


def _form(template: str, values: Any, errors: Errors) -> Response:
    with reading() as session:
        municipalities = accounts.list_municipalities(session)
        own = service.get(session, who().enterprise_id or 0) if who().enterprise_id else None
        logo = queries.find_logo(session, own) if own else None
    return render(
        template,
        422 if errors else 200,
        values=values,
        errors=errors,
        municipalities=municipalities,
        legal_forms=LEGAL_FORMS,
        labels=LABELS,
        criteria=CRITERIA,
        own=own,
        logo=logo,
        states=STATES,
        lapsed=LAPSED,
        today=today(),
    )


def _get_own() -> Enterprise:
    with reading() as session:
        return service.get_own(session, who().enterprise_id or 0)


def _typed(own: Enterprise) -> dict[str, Any]:
    values = {name: getattr(own, name) for name in (*service.FACTS, "postcode")}
    values["municipality_id"] = str(own.municipality_id)
    values["turnover"] = typed_kroner(own.turnover_ore)
    return values | {f"{each.criterion}_how": each.explanation for each in own.criteria}
