"""Sign-in at the municipality by SAML: to its provider and back. Out again: `saml_ending_pages`."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, request
from lxml import etree
from sqlalchemy.orm import Session

from catalogue.core.http import (
    COOKIELESS,
    EVERYONE,
    flash,
    go,
    now,
    reading,
    route,
    state,
    transaction,
)
from catalogue.core.sealing import seal, unseal
from catalogue.core.text import lazy as _

from . import (
    outside,
    saml_messages,
    saml_metadata,
    saml_providers,
    saml_responses,
    saml_rules,
)
from . import outside_providers as providers
from .models import Municipality
from .oidc_published import Distrusted
from .outside_models import SAML, IdentityProvider, SamlTerms
from .outside_rules import LONGEST_SUBJECT
from .outside_screens import (
    PROOF,
    address_of,
    begin_try,
    let_in,
    not_signed_in,
    take_try,
    too_late,
    too_weak,
)
from .saml_messages import Ours
from .saml_metadata import Idp
from .saml_rules import Expected, Said

blueprint = Blueprint("saml", __name__)
log = logging.getLogger("catalogue.accounts")

ANSWER = "answer of a provider of SAML"


@dataclass(frozen=True)
class Place:
    """A provider of SAML at which somebody signs in or out, and what we are there."""

    provider: IdentityProvider
    home: Municipality
    idp: Idp
    ours: Ours
    loa: str


@route(blueprint, "/log-ind/kommune/<code>/saml", access=COOKIELESS)
def metadata(code: str) -> Response:
    """Tell the provider of a municipality what it must know of us."""
    with reading() as session:
        provider, terms = saml_providers.get_by_code(session, code)
        addresses = shared_ways() if terms.shared else ways(code)
        told = saml_metadata.write(provider.client_id, *addresses, terms.certificate)
    return Response(told, content_type="application/samlmetadata+xml")


@route(blueprint, "/log-ind/kommune/<code>/saml/svar", access=COOKIELESS, methods=["POST"])
def take_answer(code: str) -> Response:
    """Check the provider's answer, and lead the browser on to fetch what it gives.

    A form of another site brings it, so that no cookie of ours comes along: the answer is kept,
    and counts in that browser alone which the sign-in began in.
    """
    place = get_place(code)
    with distrust_is_logged():
        response = saml_messages.read_form(request.form.get("SAMLResponse", ""))
        return take(place, response)


@route(blueprint, "/log-ind/kommune/<code>/saml/videre", access=EVERYONE)
def fetch_answer(code: str) -> Response:
    """Sign in here whom the provider signed in there, in the browser that began it."""
    place = get_place(code)
    tried = take_try(place.provider, request.args.get("svar", ""))
    if tried.answer is None:
        raise too_late()
    secret = state().settings.secret()
    told = json.loads(unseal(secret, ANSWER, tried.answer))
    sealed = seal(secret, PROOF, json.dumps(told["proof"]))
    arrival = outside.Arrival(
        place.idp.entity_id, told["claims"], told["proof"]["session_index"], sealed,
        saml_rules.moment(told["until"]),
    )  # fmt: skip
    return let_in(place.provider, place.home, arrival, tried.back)


@route(blueprint, "/log-ind/kommune/<code>/saml/fra-portal", access=EVERYONE)
def from_portal(code: str) -> Response:
    """Lead somebody who began at the provider to the sign-in here."""
    with reading() as session:
        _provider, home = providers.get_open(session, code, SAML)
    flash(
        _("You come from %(name)s. Press the button for it below, and you are let in.",
          name=home.name)
    )  # fmt: skip
    return go("catalogue.accounts.sign_in", next=request.args.get("next"))


@route(blueprint, "/log-ind/kommune/<code>/saml/afvist", access=EVERYONE)
def refused(code: str) -> Response:
    """Tell that the provider signed nobody in."""
    with reading() as session:
        _provider, home = providers.get_open(session, code, SAML)
    return not_signed_in(home, "")


def take(place: Place, response: etree._Element) -> Response:
    """Take an answer, and lead the browser on to fetch what it gives; raises Distrusted."""
    code = place.home.code
    if saml_messages.status_of(response) != saml_rules.SUCCESS:
        return go("catalogue.saml.refused", code=code)
    if response.get("InResponseTo") is None:
        return _send_to_begin(place, response)
    said = _read(place, response)
    if not saml_rules.reaches(said, place.loa):
        raise too_weak(place.home)
    return go("catalogue.saml.fetch_answer", code=code, svar=_keep(place, said))


def begin(code: str) -> Response:
    """Lead to the provider of a municipality."""
    place = get_place(code)
    begun = begin_try(place.provider)
    address = saml_messages.sign_in_url(place.ours, place.idp, f"_{begun.state}", place.loa, now())
    return make_response(redirect(address, code=303))


def ends_at(provider: IdentityProvider, proof: str) -> str:
    """Return where a session ends at the provider too; empty: it has no such address."""
    with reading() as session:
        home = session.get_one(Municipality, provider.municipality_id)
        place = _place(session, provider, home)
    if not place.idp.signs_out_at:
        return ""
    return saml_messages.sign_out_url(place.ours, place.idp, json.loads(proof), new_id(), now())


def entity_id(code: str) -> str:
    """Return what we are called at the provider of a municipality; our metadata lies there."""
    return address_of("log-ind", "kommune", code, "saml")


def ways(code: str) -> tuple[str, str]:
    """Return where the provider's answers go, and its messages of signing out."""
    return f"{entity_id(code)}/svar", f"{entity_id(code)}/log-ud"


def shared_id() -> str:
    """Return what the installation is called at a provider of several municipalities."""
    return address_of("log-ind", "saml")


def shared_ways() -> tuple[str, str]:
    """Return where the answers of such a provider go, and its messages of signing out."""
    return f"{shared_id()}/svar", f"{shared_id()}/log-ud"


def get_place(code: str) -> Place:
    """Return the provider at which a municipality's people sign in; raises Missing."""
    with reading() as session:
        return _place(session, *providers.get_open(session, code, SAML))


def _place(session: Session, provider: IdentityProvider, home: Municipality) -> Place:
    terms = session.get_one(SamlTerms, provider.id)
    key = saml_providers.key_of(terms, state().settings.secret())
    addresses = shared_ways() if terms.shared else ways(home.code)
    ours = Ours(provider.client_id, *addresses, key)
    return Place(provider, home, Idp.of(terms.published), ours, terms.loa)


def _send_to_begin(place: Place, response: etree._Element) -> Response:
    """Lead on after an answer that nobody here asked for: it lets nobody in.

    It might be another's, which somebody slips into this browser (login CSRF); so she asks for one
    of her own, which costs her a press while she is signed in there. Raises Distrusted.
    """
    saml_responses.read_response(response, place.ours.key, place.idp.certificates)
    back = request.form.get("RelayState", "")
    return go("catalogue.saml.from_portal", code=place.home.code, next=back or None)


def _read(place: Place, response: etree._Element) -> Said:
    """Return what the provider says, all of it checked; raises Distrusted."""
    said = saml_responses.read_response(response, place.ours.key, place.idp.certificates)
    expected = Expected(place.idp.entity_id, place.ours.entity_id, place.ours.answers_at)
    if why := saml_rules.problem(said, expected, now()):
        raise Distrusted("assertion", why)
    if len(said.name_id["text"]) > LONGEST_SUBJECT:
        raise Distrusted("assertion", "NameID is too long")
    return said


def _keep(place: Place, said: Said) -> str:
    """Keep what the provider says for the browser to fetch, once; return its word for that."""
    told = {
        "claims": saml_rules.claims(said, place.home.cvr),
        "until": said.session_until.isoformat() if said.session_until else None,
        "proof": {"name_id": dict(said.name_id), "session_index": said.session_index},
    }
    sealed = seal(state().settings.secret(), ANSWER, json.dumps(told))
    asked = (said.response_to or "").removeprefix("_")
    until = saml_rules.counts_until(said, now())
    with transaction() as session:
        if not outside.is_new(session, place.provider.id, said.assertion_id, until, now()):
            raise Distrusted("assertion", "was used already")
        word = outside.keep_answer(session, place.provider.id, asked, sealed, now())
        if word is None:
            raise too_late()
    return word


def new_id() -> str:
    """Return an id for a message of ours."""
    return f"_{secrets.token_urlsafe(32)}"


@contextmanager
def distrust_is_logged() -> Iterator[None]:
    """Log why a message is not trusted; the answer does not tell."""
    try:
        yield
    except Distrusted as error:
        log.warning("distrusted", extra={"reason": error.reason, "why": error.why[:300]})
        raise
