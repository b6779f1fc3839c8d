"""Applying, the own profile, the public profile, and the staff's review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from catalogue.accounts import queries as accounts
from catalogue.core.errors import Invalid, Missing
from catalogue.core.fields import load
from catalogue.core.http import (
    ADMINISTRATORS,
    ENTERPRISES,
    EVERYONE,
    STAFF,
    flash,
    go,
    now,
    reading,
    render,
    route,
    today,
    transaction,
    who,
)
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import queries, rules, service
from .models import Criterion, Enterprise, EnterpriseState, Recognition, RegisterStatus
from .schema import (
    LEGAL_FORMS,
    ApplicationSchema,
    DecisionSchema,
    ProfileSchema,
    ReasonSchema,
    RegisterSchema,
)
from .words import BECAUSE, CRITERIA, LABELS, RECOGNITIONS, REGISTER, STATES

blueprint = Blueprint("enterprises", __name__)
Errors = dict[str, list[Text | str]]


@route(blueprint, "/virksomheder/ansoeg", access=EVERYONE, methods=["GET", "POST"])
def apply() -> Response:
    """Show the application form, or take an application in."""
    if request.method == "GET":
        return _form("enterprises/apply.html", {}, {})
    try:
        values = load(ApplicationSchema(), request.form)
        with transaction() as session:
            service.apply(session, values, now())
    except Invalid as error:
        return _form("enterprises/apply.html", request.form, error.problems)
    flash(_("Thank you. The municipality reviews your application; sign in to follow it."))
    return go("catalogue.accounts.sign_in")


@route(blueprint, "/virksomhed", access=ENTERPRISES, methods=["GET", "POST"])
def edit_profile() -> Response:
    """Show or save the enterprise's own profile."""
    if request.method == "POST":
        try:
            values = load(ProfileSchema(), request.form)
            with transaction() as session:
                service.save_profile(session, who(), values, now())
        except Invalid as error:
            return _form("enterprises/edit_profile.html", request.form, error.problems)
        flash(_("Your profile is saved."))
        return go("catalogue.enterprises.edit_profile")
    with reading() as session:
        own = service.get_own(session, who().enterprise_id or 0)
    return _form("enterprises/edit_profile.html", _typed(own), {})


@route(blueprint, "/ansoegninger", access=STAFF)
def applications() -> Response:
    """List applications to review, and the verified for own decisions."""
    with reading() as session:
        rows = queries.list_applications(session, who().municipality_id or 0)
    return render("enterprises/applications.html", rows=rows, states=STATES)


@route(blueprint, "/ansoegninger/<int:enterprise_id>", access=STAFF)
def application(enterprise_id: int) -> Response:
    """Show all about one enterprise, with the decisions that can be taken."""
    return _application(enterprise_id, {}, "")


@route(blueprint, "/ansoegninger/<int:enterprise_id>/verificer", access=STAFF, methods=["POST"])
def verify(enterprise_id: int) -> Response:
    """Verify the enterprise."""
    with transaction() as session:
        service.verify(session, who(), enterprise_id, now())
    flash(_("The enterprise is verified."))
    return go("catalogue.enterprises.application", enterprise_id=enterprise_id)


@route(blueprint, "/ansoegninger/<int:enterprise_id>/send-tilbage", access=STAFF, methods=["POST"])
def send_back(enterprise_id: int) -> Response:
    """Send the application back with a reason."""
    return _decision(
        enterprise_id,
        "send_back",
        ReasonSchema,
        lambda session, values: service.send_back(
            session, who(), enterprise_id, values["reason"], now()
        ),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/suspender", access=STAFF, methods=["POST"])
def suspend(enterprise_id: int) -> Response:
    """Suspend the enterprise with a reason."""
    return _decision(
        enterprise_id,
        "suspend",
        ReasonSchema,
        lambda session, values: service.suspend(
            session, who(), enterprise_id, values["reason"], now()
        ),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/register", access=STAFF, methods=["POST"])
def record_register(enterprise_id: int) -> Response:
    """Write down what the register says."""
    return _decision(
        enterprise_id,
        "record_register",
        RegisterSchema,
        lambda session, values: service.record_register(
            session, who(), enterprise_id, values, now()
        ),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/afgoer", access=STAFF, methods=["POST"])
def decide(enterprise_id: int) -> Response:
    """Write down the own municipality's decision."""
    return _decision(
        enterprise_id,
        "decide",
        DecisionSchema,
        lambda session, values: service.decide(session, who(), enterprise_id, values, now()),
    )


@route(blueprint, "/virksomheder/alle", access=ADMINISTRATORS)
def enterprises() -> Response:
    """List every enterprise of the installation."""
    with reading() as session:
        rows = queries.list_all(session)
    return render("enterprises/all.html", rows=rows, states=STATES)


def _decision(
    enterprise_id: int,
    form: str,
    schema: type[Any],
    verb: Callable[[Session, dict[str, Any]], None],
) -> Response:
    try:
        values = load(schema(), request.form)
        with transaction() as session:
            verb(session, values)
    except Invalid as error:
        return _application(enterprise_id, error.problems, form)
    flash(_("The decision is saved."))
    return go("catalogue.enterprises.application", enterprise_id=enterprise_id)


def _application(enterprise_id: int, errors: Errors, form: str) -> Response:
    with reading() as session:
        dossier = queries.get_dossier(session, enterprise_id, who().municipality_id)
        logo = queries.find_logo(session, dossier.enterprise)
    enterprise = dossier.enterprise
    reviews = enterprise.reviewer_id == who().municipality_id
    if not reviews and not enterprise.is_verified:
        raise Missing(_("The enterprise does not exist."))
    moves = [to for to, sources in service.MOVES.items() if enterprise.state in sources]
    return render(
        "enterprises/application.html",
        422 if errors else 200,
        dossier=dossier,
        logo=logo,
        standing=_stands(dossier),
        moves=moves if reviews else [],
        errors=errors,
        form=form,
        values=request.form,
        today=today(),
        **_words(),
    )


def _stands(dossier: queries.Dossier) -> rules.Standing:
    """Sum up for the municipality of whoever asks."""
    register = RegisterStatus(dossier.register.status) if dossier.register else None
    recognition = Recognition(dossier.decision.recognition) if dossier.decision else None
    return rules.standing(
        EnterpriseState(dossier.enterprise.state),
        recognition,
        register,
        requires_registered=dossier.requires_registered,
    )


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
    )


def _typed(own: Enterprise) -> dict[str, Any]:
    values = {name: getattr(own, name) for name in (*service.FACTS, "postcode")}
    values["municipality_id"] = str(own.municipality_id)
    turnover = own.turnover_ore
    # With a comma in every language of the page: the field reads a lone point as thousands.
    values["turnover"] = None if turnover is None else f"{turnover // 100},{turnover % 100:02d}"
    return values | {f"{each.criterion}_how": each.explanation for each in own.criteria}


def _words() -> dict[str, Any]:
    return {
        "states": STATES,
        "criteria": CRITERIA,
        "because": BECAUSE,
        "register_words": REGISTER,
        "recognitions": RECOGNITIONS,
        "criterion_order": list(Criterion),
    }
