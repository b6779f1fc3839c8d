"""The views of carve-outs, which stand on the page of their agreement."""

from __future__ import annotations

from flask import Response, request

from catalogue.core.errors import Invalid
from catalogue.core.http import (
    STAFF,
    flash,
    go,
    now,
    once,
    route,
    transaction,
    who,
)
from catalogue.core.text import lazy as _

from . import carving, schema
from .screens import (
    blueprint,
    draw_agreement,
)


@route(blueprint, "/aftaler/<int:agreement_id>/undtagelser", access=STAFF, methods=["POST"])
@once
def carve_out(agreement_id: int) -> Response:
    """Carve something out of a mandatory agreement."""
    try:
        with transaction() as session:
            wanted = schema.read_carve_out(request.form)
            carving.carve_out(session, who(), agreement_id, wanted, now())
    except Invalid as error:
        return draw_agreement(agreement_id, error.problems, 422)
    flash(_("The carve-out is kept. Buyers may order what it holds, and see why."))
    return go("catalogue.agreements.agreement", agreement_id=agreement_id)


@route(blueprint, "/undtagelser/<int:carve_out_id>/afslut", access=STAFF, methods=["POST"])
def end_carve_out(carve_out_id: int) -> Response:
    """End a carve-out: from today on the agreement binds again."""
    with transaction() as session:
        ended = carving.end_carve_out(session, who(), carve_out_id, now())
    flash(_("The carve-out has ended. From today on the agreement binds again."))
    return go("catalogue.agreements.agreement", agreement_id=ended.agreement_id)
