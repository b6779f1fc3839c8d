"""Sign-out by SAML from either side: through the browser, or by the provider itself (SOAP)."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, make_response, redirect, request
from lxml import etree

from catalogue.core.http import COOKIELESS, EVERYONE, flash, go, now, reading, route, transaction
from catalogue.core.text import lazy as _

from . import outside, saml_messages, saml_responses, saml_rules
from . import outside_providers as providers
from .oidc_published import Distrusted
from .outside_models import SAML
from .saml_messages import Kind
from .saml_pages import Place, distrust_is_logged, get_place, new_id
from .saml_rules import Ending

blueprint = Blueprint("saml_ending", __name__)


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud", access=COOKIELESS)
def end_by_address(code: str) -> Response:
    """End what the provider says is over, or take its answer; it comes in the address."""
    place = get_place(code)
    kind: Kind = "SAMLResponse" if "SAMLResponse" in request.args else "SAMLRequest"
    query = request.query_string.decode("ascii", "replace")
    with distrust_is_logged():
        root = saml_messages.read_signed_query(query, kind, place.idp)
        if kind == "SAMLResponse":
            return _see_out(place, root)
        return _end(place, root, request.args.get("RelayState", ""))


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud", access=COOKIELESS, methods=["POST"])
def end_by_form(code: str) -> Response:
    """End what the provider says is over, or take its answer; it comes in a form."""
    place = get_place(code)
    with distrust_is_logged():
        if "SAMLResponse" in request.form:
            root = saml_messages.read_signed_form(request.form["SAMLResponse"], place.idp)
            return _see_out(place, root)
        root = saml_messages.read_signed_form(request.form.get("SAMLRequest", ""), place.idp)
        return _end(place, root, request.form.get("RelayState", ""))


@route(blueprint, "/log-ind/kommune/<code>/saml/log-ud/soap", access=COOKIELESS, methods=["POST"])
def end_by_soap(code: str) -> Response:
    """End what the provider says is over; it asks by itself, and nobody's browser has a part."""
    place = get_place(code)
    with distrust_is_logged():
        content = request.stream.read(saml_messages.LARGEST_BYTES + 1)
        root = saml_messages.read_signed_soap(content, place.idp)
        here = saml_messages.soap_address(place.ours.ends_at)
        ending = end_sessions(place, root, (here, None))  # SOAP bindings need not name it
    answer = saml_messages.signed_out_soap(place.ours, (ending.id, new_id()), now())
    return Response(answer, content_type="text/xml; charset=UTF-8")


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


def end_sessions(
    place: Place, root: etree._Element, destinations: Collection[str | None]
) -> Ending:
    """End what the provider says is over, once; raises Distrusted.

    `root` is a message whose signature was checked, sent to one of `destinations`.
    """
    ending = saml_responses.read_ending(root, place.ours.key)
    at = now()
    if why := saml_rules.ending_problem(ending, place.idp.entity_id, destinations, at):
        raise Distrusted("logout", why)
    with transaction() as session:
        until = at + saml_rules.ENDING_FOR + 2 * saml_rules.LEEWAY
        if not outside.is_new(session, place.provider.id, ending.id, until, at):
            raise Distrusted("logout", "was used already")
        for index in ending.session_indexes or ("",):
            outside.end_by_provider(session, place.provider, ending.subject, index, at)
    return ending


def _end(place: Place, root: etree._Element, relay_state: str) -> Response:
    ending = end_sessions(place, root, (place.ours.ends_at,))
    if not place.idp.told_at:
        return go("catalogue.accounts.sign_in")
    ids = ending.id, new_id()
    address = saml_messages.signed_out_url(place.ours, place.idp, ids, relay_state, now())
    return make_response(redirect(address, code=303))


def _see_out(place: Place, root: etree._Element) -> Response:
    """Lead on after the provider's answer to our request to sign out, which says how it went."""
    if saml_responses.issuer_of(root) != place.idp.entity_id:
        raise Distrusted("logout", "issuer is another")
    if saml_messages.status_of(root) != saml_rules.SUCCESS:
        return go("catalogue.saml_ending.still_in", code=place.home.code)
    return go("catalogue.accounts.sign_in")
