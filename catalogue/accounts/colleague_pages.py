"""The staff's page of their municipality's people, and the buttons that reset a second factor."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.core import listing
from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import (
    ADMINISTRATORS,
    ENTERPRISES,
    STAFF,
    Page,
    flash,
    go,
    now,
    reading,
    render,
    route,
    send_csv,
    state,
    transaction,
    who,
)
from catalogue.core.ids import whole
from catalogue.core.text import lazy as _

from . import colleagues, token_rules
from .factor_rules import REQUIRED_NAMES, Required
from .factor_schema import RequiredSchema
from .factor_screens import Errors
from .models import Municipality
from .rules import ROLE_NAMES

blueprint = Blueprint("colleagues", __name__)


@route(blueprint, "/medarbejdere", access=STAFF)
def people() -> Response:
    """List the people of the municipality, and say who must have a second factor."""
    return draw({})


@route(blueprint, "/medarbejdere.csv", access=STAFF)
def people_csv() -> Response:
    """Send the same people, all of them, as a file for spreadsheets."""
    sought, part = listing.read(request.args, colleagues.SORTS), slice(0, listing.MOST_ROWS)
    with reading() as session:
        found = colleagues.list_people(session, who(), sought, Required.NONE, part)
    return send_csv(listing.as_csv(colleagues.COLUMNS, found), "medarbejdere")


@route(blueprint, "/medarbejdere", access=STAFF, methods=["POST"])
def require_factor() -> Response:
    """Say of whom the municipality asks a second factor."""
    try:
        typed = load(RequiredSchema(), request.form)
        with transaction() as session:
            colleagues.require(session, who(), typed["required"], now())
    except Invalid as error:
        return draw(error.problems)
    flash(_("Saved. It counts from each person's next sign-in."))
    return go("catalogue.colleagues.people")


@route(blueprint, "/medarbejdere/<int:person_id>/nulstil", access=STAFF, methods=["POST"])
def reset_factor(person_id: int) -> Response:
    """Reset the second factor of a person of the municipality."""
    return _reset(person_id, "catalogue.colleagues.people")


@route(
    blueprint, "/virksomhed/personer/<int:person_id>/nulstil", access=ENTERPRISES, methods=["POST"]
)  # fmt: skip
def reset_member(person_id: int) -> Response:
    """Reset the second factor of a person of one's enterprise."""
    return _reset(person_id, "catalogue.people.members")


@route(blueprint, "/personer/<int:person_id>/nulstil", access=ADMINISTRATORS, methods=["POST"])
def reset_any(person_id: int) -> Response:
    """Reset anybody's second factor."""
    return _reset(person_id, "catalogue.accounts.persons")


def _reset(person_id: int, back: str) -> Response:
    with transaction() as session:
        person = colleagues.reset(session, who(), person_id, now())
    flash(_("Reset. %(name)s is signed out and gets a mail about it.", name=person.name))
    return go(back)


def draw(errors: Errors) -> Response:
    """Draw the page of the municipality's people, with what is wrong in one of its forms."""
    sought = listing.read(request.args, colleagues.SORTS)
    with reading() as session:
        required = colleagues.get_required(session, who().municipality_id)
        counts = colleagues.count(session, who(), sought.words, required)
        page = Page(request.args.get("page", 1, type=whole), counts.people, colleagues.PER_PAGE)
        found = colleagues.list_people(session, who(), sought, required, page.slice)
        own = session.get_one(Municipality, who().municipality_id)
    return render(
        "accounts/colleagues.html", 422 if errors else 200, people=found, page=page, sought=sought,
        sorts=[(name, label) for name, (label, _order) in colleagues.SORTS.items()],
        lacking=counts.lacking, required=required, choices=list(REQUIRED_NAMES.items()),
        names=ROLE_NAMES, errors=errors, own=own, values=request.form,
        scope_name=token_rules.SCOPES["persons:write"],
        scim_address=state().settings.address("api", "scim", "v2"),
    )  # fmt: skip
