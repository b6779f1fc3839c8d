"""The enterprise's own page of its verification: confirm the five points, add evidence; and the
evidence itself, for those who may read it.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from catalogue.core import receiving, shelves
from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ADMINISTRATORS,
    ENTERPRISES,
    STAFF,
    flash,
    go,
    hand_out,
    now,
    once,
    reading,
    render,
    route,
    state,
    today,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import evidence, reverification, service
from .models import Criterion
from .schema import ConfirmationSchema
from .screens import Errors, blueprint
from .words import CRITERIA, LABELS, STATES

READERS = STAFF | ENTERPRISES | ADMINISTRATORS


@route(blueprint, "/virksomhed/verificering", access=ENTERPRISES, methods=["GET", "POST"])
@once
def own_verification() -> Response:
    """Show how the verification stands, or take the confirmation of the five points in."""
    if request.method == "GET":
        return _draw({})
    try:
        values = load(ConfirmationSchema(), request.form)
    except Invalid as error:
        return _draw(error.problems)
    how = {each: values[f"{each}_how"] for each in Criterion}
    with transaction() as session:
        reverification.confirm(session, who(), how, now())
    flash(_("Thank you. The municipality reads your confirmation."))
    return go("catalogue.enterprises.own_verification")


@route(blueprint, "/virksomhed/bilag", access=ENTERPRISES, methods=["POST"])
@once
def add_evidence() -> Response:
    """Take a file as evidence of the enterprise."""
    file = request.files.get("evidence")
    settings = state().settings
    try:
        if file is None or not file.filename:
            raise Invalid({"evidence": [_("Choose a file first")]})
        with file.stream as stream:
            content = stream.read()
        door = receiving.door(state().parts, "evidence", settings.evidence_max_bytes)
        shelf = shelves.open_shelf(settings, shelves.EVIDENCE)
        received = receiving.receive(shelf, door, file.filename, content)
        with transaction() as session:
            evidence.add(session, who(), received, now())
    except Invalid as error:
        return _draw(error.problems)
    flash(_("The file is added."))
    return go("catalogue.enterprises.own_verification", _anchor="evidence")


@route(blueprint, "/bilag/<int:evidence_id>", access=READERS)
def evidence_file(evidence_id: int) -> Response:
    """Hand a file out as a download, to those who may read it; nobody on the way may keep it."""
    with reading() as session:
        found = evidence.get(session, who(), evidence_id)
    return hand_out(shelves.EVIDENCE, found.sha256, found.file_type, found.name)


def _draw(errors: Errors) -> Response:
    with reading() as session:
        own = service.get_own(session, who().enterprise_id or 0)
        status = reverification.status(session, own.id, today())
        files = evidence.list_of(session, own.id)
    said: dict[str, Any] = {f"{each.criterion}_how": each.explanation for each in own.criteria}
    return render(
        "enterprises/own_verification.html", 422 if errors else 200, own=own, standing=status,
        files=files, values=request.form if _typed() else said,
        errors=errors, labels=LABELS, criteria=CRITERIA, states=STATES,
    )  # fmt: skip


def _typed() -> bool:
    """Tell whether the form of the five points was sent, so that what was typed is kept."""
    return any(f"{each}_how" in request.form for each in Criterion)
