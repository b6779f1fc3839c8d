"""Sign-out by SAML from either side, at the addresses of a municipality."""

from __future__ import annotations

from flask import Blueprint, Response

from catalogue.core.http import COOKIELESS, EVERYONE, flash, go, reading, route
from catalogue.core.text import lazy as _

from . import outside_providers as providers
from . import saml_screens
from .outside_models import SAML
from .saml_pages import get_place

blueprint = Blueprint("saml_ending", __name__)


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud", access=COOKIELESS)
def end_by_address(code: str) -> Response:
    """End what the provider says is over, or take its answer; it comes in the address."""
    return saml_screens.by_address([get_place(code)])


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud", access=COOKIELESS, methods=["POST"])
def end_by_form(code: str) -> Response:
    """End what the provider says is over, or take its answer; it comes in a form."""
    return saml_screens.by_form([get_place(code)])


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud/soap", access=COOKIELESS, methods=["POST"])
def end_by_soap(code: str) -> Response:
    """End what the provider says is over; it asks by itself, and nobody's browser has a part."""
    return saml_screens.by_soap([get_place(code)])


@route(blueprint, "/log-ind/kommune/<code>/saml/stadig-inde", access=EVERYONE)
def still_in(code: str) -> Response:
    """Tell that somebody may be signed in at the provider still."""
    with reading() as session:
        _provider, home = providers.get_open(session, code, SAML)
    flash(
        _("You have signed out here, but may still be signed in at %(name)s: close the browser.",
          name=home.name), "warning",
    )  # fmt: skip
    return go("catalogue.accounts.sign_in")
