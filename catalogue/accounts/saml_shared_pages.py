"""The addresses of the installation's own service of SAML, by which several municipalities sign in.

An answer belongs to the municipality in which its sign-in began, and is judged there as any other.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from lxml import etree

from catalogue.core.errors import Missing
from catalogue.core.http import COOKIELESS, EVERYONE, flash, go, reading, route
from catalogue.core.text import lazy as _

from . import saml_messages, saml_metadata, saml_pages, saml_responses, saml_screens, saml_services
from .outside_screens import too_late
from .saml_pages import Place, distrust_is_logged, get_place

blueprint = Blueprint("saml_shared", __name__)


@route(blueprint, "/log-ind/saml", access=COOKIELESS)
def metadata() -> Response:
    """Tell the provider what it must know of the installation."""
    with reading() as session:
        service = saml_services.get(session)
        ways = saml_pages.shared_ways()
        told = saml_metadata.write(saml_pages.shared_id(), *ways, service.certificate)
    return Response(told, content_type="application/samlmetadata+xml")


@route(blueprint, "/log-ind/saml/svar", access=COOKIELESS, methods=["POST"])
def take_answer() -> Response:
    """Hand the provider's answer to the municipality in which its sign-in began."""
    places = _places()
    with distrust_is_logged():
        response = saml_messages.read_form(request.form.get("SAMLResponse", ""))
        asked = response.get("InResponseTo")
        if asked is None:
            return _send_to_begin(places[0], response)
        with reading() as session:
            code = saml_services.find_code(session, asked)
        if code is None:
            raise too_late()
        return saml_pages.take(get_place(code), response)


@route(blueprint, "/log-ind/saml/fra-portal", access=EVERYONE)
def from_portal() -> Response:
    """Lead somebody who began at the provider to the sign-in here."""
    flash(_("Press the button for your municipality below, and you are let in."))
    return go("catalogue.accounts.sign_in", next=request.args.get("next"))


@route(blueprint, "/log-ind/saml/log-ud", access=COOKIELESS)
def end_by_address() -> Response:
    """End what the provider says is over, or take its answer; it comes in the address."""
    return saml_screens.by_address(_places())


@route(blueprint, "/log-ind/saml/log-ud", access=COOKIELESS, methods=["POST"])
def end_by_form() -> Response:
    """End what the provider says is over, or take its answer; it comes in a form."""
    return saml_screens.by_form(_places())


@route(blueprint, "/log-ind/saml/log-ud/soap", access=COOKIELESS, methods=["POST"])
def end_by_soap() -> Response:
    """End what the provider says is over; it asks by itself, and nobody's browser has a part."""
    return saml_screens.by_soap(_places())


def _send_to_begin(place: Place, response: etree._Element) -> Response:
    """Lead on after an answer that nobody here asked for, as `saml_pages` does."""
    saml_responses.read_response(response, place.ours.key, place.idp.certificates)
    back = request.form.get("RelayState", "")
    return go("catalogue.saml_shared.from_portal", next=back or None)


def _places() -> list[Place]:
    """Return where people sign in by the service; raises Missing when nobody does."""
    with reading() as session:
        codes = saml_services.list_codes(session)
    if not codes:
        raise Missing(_("Nobody can sign in at this municipality."))
    return [get_place(code) for code in codes]
