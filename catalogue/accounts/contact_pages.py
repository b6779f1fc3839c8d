"""Whom to ask, for all pages that refuse something; and where staff say who it is."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from catalogue.core.errors import Invalid
from catalogue.core.fields import load
from catalogue.core.http import STAFF, flash, go, now, reading, route, transaction, who
from catalogue.core.text import lazy as _

from . import colleague_pages, contacts
from .contacts import Contact
from .schema import ContactSchema

blueprint = Blueprint("contacts", __name__)


@route(blueprint, "/medarbejdere/kontakt", access=STAFF, methods=["POST"])
def name_contact() -> Response:
    """Say whom buyers ask when something is refused."""
    try:
        typed = load(ContactSchema(), request.form)
    except Invalid as error:
        return colleague_pages.draw(error.problems)
    with transaction() as session:
        contacts.name_contact(
            session, who(), typed.get("contact_name"), typed.get("contact_email"), now()
        )
    flash(_("Saved. It stands wherever something is refused."))
    return go("catalogue.colleagues.people")


def staff_contact() -> Contact | None:
    """Return whom the reader of this page may ask; looked up once, and only where it is shown."""
    asking = who()
    if not asking.signed_in or not asking.place:
        return None
    if "catalogue_contact" not in g:
        with reading() as session:
            g.catalogue_contact = contacts.find_contact(session, asking)
    found: Contact | None = g.catalogue_contact
    return found
