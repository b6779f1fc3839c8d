"""The staff's verification desk, the page of one enterprise, and the decisions taken there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid, Missing
from catalogue.core.fields import load
from catalogue.core.http import (
    STAFF,
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
from catalogue.core.listing import Sought
from catalogue.core.text import day
from catalogue.core.text import lazy as _

from . import desk as desks
from . import evidence, lists, queries, review, rules, service
from .models import Criterion, EnterpriseState, Recognition, RegisterStatus, ReverificationState
from .schema import DecisionSchema, ReasonSchema, RegisterSchema, SuspensionSchema
from .screens import Errors, blueprint
from .words import (
    BECAUSE,
    CONFIRMATIONS,
    CRITERIA,
    LABELS,
    LACKING,
    LAPSED,
    RECOGNITIONS,
    REGISTER,
    SECTIONS,
    STATES,
)

# The piles of the desk in addresses.
PILES = {
    "nye": desks.Section.NEW,
    "forfalder": desks.Section.DUE,
    "udloebet": desks.Section.LAPSED,
    "suspenderet": desks.Section.SUSPENDED,
    "alle": desks.Section.ALL,
}


@route(blueprint, "/verificering", access=STAFF)
def desk() -> Response:
    """Show the verification desk: a pile at a time, with what is missing."""
    pile = _pile()
    listing = lists.of_desk(today(), pile)
    with reading() as session:
        found = desks.entries(session, who().municipality_id or 0)
    with_words = listing.narrow(found, Sought(listing.read(request.args).words))
    return render(
        "enterprises/desk.html", pile=pile, piles=PILES, asked=request.args.get("vis"),
        counts=desks.counts(with_words, today()), today=today(), sections=SECTIONS,
        lacking=LACKING, **look_through(listing, desks.pile(found, pile, today())), **_words(),
    )  # fmt: skip


@route(blueprint, "/verificering.csv", access=STAFF)
def desk_csv() -> Response:
    """Send the same pile as a file for spreadsheets."""
    with reading() as session:
        found = desks.entries(session, who().municipality_id or 0)
    return send_list(
        lists.of_desk(today(), _pile()), desks.pile(found, _pile(), today()), "verificering"
    )  # fmt: skip


@route(blueprint, "/ansoegninger", access=STAFF)
def applications() -> Response:
    """Lead from the address the desk had before."""
    return go("catalogue.enterprises.desk")


@route(blueprint, "/ansoegninger/<int:enterprise_id>", access=STAFF)
def application(enterprise_id: int) -> Response:
    """Show all about one enterprise, with the decisions that can be taken."""
    return _application(enterprise_id, {}, "")


@route(blueprint, "/ansoegninger/<int:enterprise_id>/verificer", access=STAFF, methods=["POST"])
def verify(enterprise_id: int) -> Response:
    """Verify the enterprise."""
    with transaction() as session:
        review.verify(session, who(), enterprise_id, state().settings.verified_months, now())
    flash(_("The enterprise is verified."))
    return go("catalogue.enterprises.application", enterprise_id=enterprise_id)


@route(blueprint, "/ansoegninger/<int:enterprise_id>/send-tilbage", access=STAFF, methods=["POST"])
def send_back(enterprise_id: int) -> Response:
    """Send the application back with a reason."""
    return _decision(
        enterprise_id,
        "send_back",
        ReasonSchema,
        lambda session, values: review.send_back(
            session, who(), enterprise_id, values["reason"], now()
        ),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/suspender", access=STAFF, methods=["POST"])
def suspend(enterprise_id: int) -> Response:
    """Suspend the enterprise with a reason."""
    return _decision(
        enterprise_id,
        "suspend",
        SuspensionSchema,
        lambda session, values: review.suspend(session, who(), enterprise_id, values, now()),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/ophaev", access=STAFF, methods=["POST"])
def lift(enterprise_id: int) -> Response:
    """End the suspension of the enterprise."""
    with transaction() as session:
        review.lift(session, who(), enterprise_id, now())
    flash(_("The suspension is lifted."))
    return go("catalogue.enterprises.application", enterprise_id=enterprise_id)


@route(blueprint, "/ansoegninger/<int:enterprise_id>/forny", access=STAFF, methods=["POST"])
def renew(enterprise_id: int) -> Response:
    """Renew the verification of the enterprise."""
    with transaction() as session:
        months = state().settings.verified_months
        until = review.renew(session, who(), enterprise_id, months, now())
    flash(_("The verification is renewed; it counts until %(day)s.", day=day(until)))
    return go("catalogue.enterprises.application", enterprise_id=enterprise_id)


@route(blueprint, "/ansoegninger/<int:enterprise_id>/bekraeftelse", access=STAFF, methods=["POST"])
def return_confirmation(enterprise_id: int) -> Response:
    """Send the confirmation of the enterprise back with a reason."""
    return _decision(
        enterprise_id,
        "return_confirmation",
        ReasonSchema,
        lambda session, values: review.return_confirmation(
            session, who(), enterprise_id, values["reason"], now()
        ),
    )


@route(blueprint, "/ansoegninger/<int:enterprise_id>/register", access=STAFF, methods=["POST"])
@once
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
@once
def decide(enterprise_id: int) -> Response:
    """Write down the own municipality's decision."""
    return _decision(
        enterprise_id,
        "decide",
        DecisionSchema,
        lambda session, values: service.decide(session, who(), enterprise_id, values, now()),
    )


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
        if not service.may_see(enterprise, who().municipality_id):
            raise Missing(_("The enterprise does not exist."))
        files = evidence.list_of(session, enterprise_id) if reviews else []
    moves = [to for to, sources in review.MOVES.items() if enterprise.state in sources]
    waits = dossier.confirmation and dossier.confirmation.state == ReverificationState.SENT
    return render(
        "enterprises/application.html", 422 if errors else 200, dossier=dossier, logo=logo,
        standing=_stands(dossier), moves=moves if reviews else [], reviews=reviews, files=files,
        waits=bool(waits) and enterprise.state == EnterpriseState.VERIFIED, errors=errors,
        form=form, values=request.form, today=today(), **_words(),
    )  # fmt: skip


def _stands(dossier: queries.Dossier) -> rules.Standing:
    """Sum up for the municipality of whoever asks."""
    it = dossier.enterprise
    register = RegisterStatus(dossier.register.status) if dossier.register else None
    recognition = Recognition(dossier.decision.recognition) if dossier.decision else None
    return rules.standing(
        rules.Review(EnterpriseState(it.state), it.verified_until),
        recognition,
        register,
        requires_registered=dossier.requires_registered,
        day=today(),
    )


def _words() -> dict[str, Any]:
    return {
        "states": STATES,
        "lapsed": LAPSED,
        "labels": LABELS,
        "criteria": CRITERIA,
        "because": BECAUSE,
        "register_words": REGISTER,
        "recognitions": RECOGNITIONS,
        "confirmations": CONFIRMATIONS,
        "criterion_order": list(Criterion),
    }


def _pile() -> desks.Section:
    return PILES.get(request.args.get("vis", "nye"), desks.Section.NEW)
