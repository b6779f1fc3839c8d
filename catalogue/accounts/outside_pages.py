"""Sign-in at the municipality: to its provider and back, and out again from either side."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, redirect, request

from catalogue.core.errors import Missing, NotAllowed, Unavailable
from catalogue.core.http import (
    COOKIELESS,
    EVERYONE,
    forget_visitor,
    now,
    reading,
    render,
    route,
    state,
    transaction,
)
from catalogue.core.sealing import seal, unseal
from catalogue.core.who import Who

from . import oidc, oidc_published, outside, saml_pages
from . import outside_providers as providers
from .models import Municipality
from .oidc_published import Directory, Distrusted, Published
from .outside_models import OPENID, SAML, IdentityProvider, OutsideTry
from .outside_rules import LONGEST_SUBJECT, find_elsewhere, is_strong, lines_of
from .outside_screens import (
    PROOF,
    address_of,
    begin_try,
    bounds,
    let_in,
    not_signed_in,
    take_try,
    told_elsewhere,
    too_weak,
)

blueprint = Blueprint("outside", __name__)
log = logging.getLogger("catalogue.accounts")

FEW = 4  # doors that are shown at once; more are unfolded


@route(blueprint, "/log-ind/kommune/<code>", access=EVERYONE)
def begin(code: str) -> Response:
    """Lead to the provider of a municipality."""
    with reading() as session:
        provider, _home = providers.get_open(session, code)
    if provider.protocol == SAML:
        return saml_pages.begin(code)
    published = find_published(provider)
    begun = begin_try(provider)
    address = oidc.authorization_url(
        published, _client(provider, code), begun.state, begun.nonce, begun.verifier
    )
    return make_response(redirect(address, code=303))


@route(blueprint, "/log-ind/kommune/<code>/svar", access=EVERYONE)
def answer(code: str) -> Response:
    """Take the provider's answer: sign in here whom it signed in there."""
    with reading() as session:
        provider, home = providers.get_open(session, code, OPENID)
    tried = take_try(provider, request.args.get("state", ""))
    if request.args.get("error"):
        log.warning("provider refused", extra={"error": oidc.known_code(request.args["error"])})
        return not_signed_in(home, tried.back)
    try:
        arrival = _read_answer(provider, home, tried)
    except Distrusted as error:
        log.warning("distrusted", extra={"reason": error.reason, "why": error.why[:300]})
        raise
    return let_in(provider, home, arrival, tried.back)


@route(blueprint, "/log-ind/kommune/<code>/log-ud", access=COOKIELESS, methods=["POST"])
def end(code: str) -> Response:
    """End what the provider says is over (OpenID Connect Back-Channel Logout 1.0)."""
    try:
        with reading() as session:
            provider, _home = providers.get_open(session, code, OPENID)
        published = find_published(provider)
        farewell = oidc.read_logout_token(
            request.form.get("logout_token", ""),
            oidc.Expected(provider.issuer, provider.client_id), published,
            lambda: find_published(provider, anew=True), now(),
        )  # fmt: skip
        with transaction() as session:
            if not outside.is_new(session, provider.id, farewell.jti, farewell.until, now()):
                raise Distrusted("logout", "jti was used already")
            outside.end_by_provider(session, provider, farewell.subject, farewell.sid, now())
    except (Missing, NotAllowed, Unavailable) as error:
        why = getattr(error, "why", type(error).__name__)
        log.warning("logout token refused", extra={"why": str(why)[:300]})
        return _tell(400, {"error": "invalid_request", "error_description": str(why)[:300]})
    return _tell(200, {})


def doors() -> dict[str, Any]:
    """Return what the sign-in page offers beside our own sign-in."""
    with reading() as session:
        return {"doors": providers.list_doors(session), "few": FEW}


def leave(token: str) -> Response | None:
    """End a session; return the page that leads on to end it at the provider too, if it does.

    A page, for browsers do not let the form of the sign-out button lead to another site.
    """
    with transaction() as session:
        left = outside.sign_out(session, token)
    forget_visitor()
    if left is None:
        return None
    g.catalogue_who = Who()  # the page that leads on is for nobody
    provider, sealed = left
    try:
        proof = unseal(state().settings.secret(), PROOF, sealed)
        ends_at = saml_pages.ends_at if provider.protocol == SAML else _ends_at
        address = ends_at(provider, proof)
    except Unavailable:
        return None  # signed out here is what counts
    if not address:
        return None
    response = render("accounts/farewell.html", address=address)
    response.headers["Refresh"] = f"0; url={address}"
    return response


def _ends_at(provider: IdentityProvider, id_token: str) -> str:
    """Return where a session ends at the provider too; empty: it has no such address."""
    address = find_published(provider).facts.get("end_session_endpoint")
    if not address:
        return ""
    query = {
        "id_token_hint": id_token,
        "client_id": provider.client_id,
        "post_logout_redirect_uri": address_of("log-ind"),
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def find_published(provider: IdentityProvider, *, anew: bool = False) -> Published:
    """Return what a provider publishes; raises Unusable, NotFetched."""
    directory: Directory = state().parts[oidc_published.PART]
    if anew:
        return directory.refresh(provider.issuer, bounds(), now())
    return directory.find(provider.issuer, bounds(), now())


def _client(provider: IdentityProvider, code: str) -> oidc.Client:
    sealed, key = provider.client_secret, state().settings.secret()
    secret = unseal(key, providers.PURPOSE, sealed) if sealed else None
    redirect_uri = address_of("log-ind", "kommune", code, "svar")
    strength = provider.acr_values or ""
    return oidc.Client(provider.client_id, secret, provider.scopes, redirect_uri, strength)


def _read_answer(
    provider: IdentityProvider, home: Municipality, tried: OutsideTry
) -> outside.Arrival:
    """Return what the provider says, all of it checked.

    Raises Distrusted, Unavailable, TooWeak for a sign-in that staff say is not enough, and
    NotToldHere without a claim that gives roles.
    """
    published = find_published(provider)
    named = request.args.get("iss")
    must_name = published.facts.get("authorization_response_iss_parameter_supported") is True
    if (named is not None or must_name) and named != provider.issuer:
        raise Distrusted("answer", "iss is another provider's")  # RFC 9207
    tokens = oidc.exchange(
        published,
        _client(provider, home.code),
        request.args.get("code", ""),
        tried.verifier,
        bounds(),
    )
    id_token, access_token = (str(tokens.get(name, "")) for name in ("id_token", "access_token"))
    claims = oidc.read_id_token(
        id_token,
        oidc.Expected(provider.issuer, provider.client_id, tried.nonce, access_token),
        published,
        lambda: find_published(provider, anew=True),
        now(),
    )
    if len(claims["sub"]) > LONGEST_SUBJECT:
        raise Distrusted("claims", "sub is too long")
    if not is_strong(provider.acr_values, provider.amr_values, claims):
        raise too_weak(home)
    told = oidc.add_userinfo(claims, published, access_token, bounds())
    if claim := find_elsewhere(lines_of(provider.mapping), told):
        raise told_elsewhere(home, claim)
    sid = claims.get("sid")
    sealed = seal(state().settings.secret(), PROOF, id_token)
    known = sid if isinstance(sid, str) and sid else None
    return outside.Arrival(provider.issuer, told, known, sealed)


def _tell(status: int, told: dict[str, str]) -> Response:
    response = Response(json.dumps(told), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
