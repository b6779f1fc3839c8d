"""How sign-out by SAML is answered, for one municipality or for all that share a service.

The places of one service have the same provider and the same key: the first one stands for all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Response, make_response, redirect, request
from lxml import etree

from catalogue.core.http import go, now, transaction

from . import outside, saml_messages, saml_responses, saml_rules
from .oidc_published import Distrusted
from .saml_messages import Kind
from .saml_pages import Place, distrust_is_logged, new_id
from .saml_rules import Ending


def by_address(places: Sequence[Place]) -> Response:
    """End what the provider says is over, or take its answer; it comes in the address."""
    kind: Kind = "SAMLResponse" if "SAMLResponse" in request.args else "SAMLRequest"
    query = request.query_string.decode("ascii", "replace")
    with distrust_is_logged():
        root = saml_messages.read_signed_query(query, kind, places[0].idp)
        if kind == "SAMLResponse":
            return _see_out(places, root)
        return _end(places, root, request.args.get("RelayState", ""))


def by_form(places: Sequence[Place]) -> Response:
    """End what the provider says is over, or take its answer; it comes in a form."""
    with distrust_is_logged():
        if "SAMLResponse" in request.form:
            root = saml_messages.read_signed_form(request.form["SAMLResponse"], places[0].idp)
            return _see_out(places, root)
        root = saml_messages.read_signed_form(request.form.get("SAMLRequest", ""), places[0].idp)
        return _end(places, root, request.form.get("RelayState", ""))


def by_soap(places: Sequence[Place]) -> Response:
    """End what the provider says is over; it asks by itself, and nobody's browser has a part."""
    ours = places[0].ours
    with distrust_is_logged():
        content = request.stream.read(saml_messages.LARGEST_BYTES + 1)
        root = saml_messages.read_signed_soap(content, places[0].idp)
        here = saml_messages.soap_address(ours.ends_at)
        ending = _end_sessions(places, root, (here, None))  # by SOAP it need not be named
    answer = saml_messages.signed_out_soap(ours, (ending.id, new_id()), now())
    return Response(answer, content_type="text/xml; charset=UTF-8")


def _end(places: Sequence[Place], root: etree._Element, relay_state: str) -> Response:
    ours, idp = places[0].ours, places[0].idp
    ending = _end_sessions(places, root, (ours.ends_at,))
    if not idp.told_at:
        return go("catalogue.accounts.sign_in")
    ids = ending.id, new_id()
    address = saml_messages.signed_out_url(ours, idp, ids, relay_state, now())
    return make_response(redirect(address, code=303))


def _end_sessions(
    places: Sequence[Place], root: etree._Element, destinations: Collection[str | None]
) -> Ending:
    """End what the provider says is over, once; raises Distrusted.

    `root` is a message whose signature was checked, sent to one of `destinations`.
    """
    ending = saml_responses.read_ending(root, places[0].ours.key)
    at = now()
    if why := saml_rules.ending_problem(ending, places[0].idp.entity_id, destinations, at):
        raise Distrusted("logout", why)
    until = at + saml_rules.ENDING_FOR + 2 * saml_rules.LEEWAY
    with transaction() as session:
        for place in places:
            if not outside.is_new(session, place.provider.id, ending.id, until, at):
                raise Distrusted("logout", "was used already")
            for index in ending.session_indexes or ("",):
                outside.end_by_provider(session, place.provider, ending.subject, index, at)
    return ending


def _see_out(places: Sequence[Place], root: etree._Element) -> Response:
    """Lead on after the provider's answer to our request to sign out, which says how it went."""
    if saml_responses.issuer_of(root) != places[0].idp.entity_id:
        raise Distrusted("logout", "issuer is another")
    if saml_messages.status_of(root) != saml_rules.SUCCESS:
        return go("catalogue.saml_ending.still_in", code=places[0].home.code)
    return go("catalogue.accounts.sign_in")
