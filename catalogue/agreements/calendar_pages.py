"""The deadlines of agreements as files for calendar programs."""

from __future__ import annotations

from flask import Response, make_response

from catalogue.core.errors import Missing
from catalogue.core.http import (
    STAFF,
    now,
    reading,
    route,
    state,
    today,
)
from catalogue.core.text import lazy as _
from catalogue.core.text import slug

from . import calendar, entries
from .entries import Entry
from .rules import AgreementState
from .screens import (
    blueprint,
    municipality_id,
)


@route(blueprint, "/aftaler/frister.ics", access=STAFF)
def deadlines_ics() -> Response:
    """Send the deadlines of all agreements that have not expired, for a calendar program.

    A draft binds nobody, so nothing of it is due.
    """
    with reading() as session:
        found = entries.list_agreements(session, municipality_id(), today())
    idle = (AgreementState.DRAFT, AgreementState.EXPIRED)
    running = [entry for entry in found if entry.state not in idle]
    if not running:  # a calendar of nothing is no valid file
        raise Missing(_("No agreement is in force or coming, so there are no deadlines."))
    return _calendar(running, "aftalefrister")


@route(blueprint, "/aftaler/<int:agreement_id>/frist.ics", access=STAFF)
def deadline_ics(agreement_id: int) -> Response:
    """Send the deadline of one agreement, for a calendar program."""
    with reading() as session:
        entry = entries.get_entry(session, municipality_id(), agreement_id, today())
    return _calendar([entry], f"aftalefrist-{slug(entry.agreement.number)}")


def _calendar(found: list[Entry], name: str) -> Response:
    response = make_response(calendar.draw(state().settings, found, now()))
    response.headers["Content-Type"] = calendar.MIME_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
