"""The whole of what the intranet does to have Catalogue: mount it, and tell it who is asking."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import lazy_gettext
from flask_login import current_user

from catalogue import Catalogue, HostPerson, HostRole, MenuEntry, hosted

MUNICIPALITY = "0330"  # Slagelse
ROLES = {"purchaser": "staff", "teacher": "buyer", "head": "approver"}


def mount(app: Flask) -> None:
    """Mount Catalogue under a prefix, with the intranet's people, menu entry and look."""
    Catalogue(
        app,
        url_prefix="/indkob",
        identity=hosted(person),
        sign_in=lambda back: url_for("pages.sign_in", next=back),
        menu=[MenuEntry(lazy_gettext("Intranet"), "pages.home")],
        templates="catalogue_templates",
    )


def person() -> HostPerson | None:
    """Return who has signed in to the intranet, with what her job lets her do in Catalogue."""
    if not current_user.is_authenticated:
        return None
    role = ROLES.get(current_user.job)
    roles = (HostRole(role, municipality=MUNICIPALITY),) if role else ()
    return HostPerson(current_user.email, current_user.name, roles=roles)
