"""How a request enters the API: by a token alone, without cookies, within its limit of requests."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from catalogue.core import text
from catalogue.core.ids import is_id
from catalogue.core.text import LOCALES
from catalogue.core.text import lazy as _
from catalogue.core.who import Bearer, Who

from .access import may_enter
from .operations import Operation, Trait
from .refusing import Problem
from .state import state

PART = "api.bearer"  # in `State.parts`: tells who holds a token, and counts the request
REALM = 'Bearer realm="catalogue"'
WINDOW_SECONDS = 60


def enter(operation: Operation) -> None:
    """Let a request in whose token may do this; raises Problem for all others."""
    g.catalogue_who = Who()
    asked = choose_language()
    request.max_content_length = state().settings.upload_max_bytes
    if Trait.OPEN in operation.traits:
        return
    found = _bearer()
    g.catalogue_bearer, g.catalogue_who = found, found.who
    text.set_locale(asked or found.who.locale or text.DEFAULT_LOCALE)
    if found.left < 0:
        wait = {"Retry-After": str(found.seconds)}
        raise Problem("too-many-requests", headers=wait)
    if not may_enter(operation.access, found.who):
        raise Problem("not-allowed")
    if operation.scope not in found.scopes:
        lacking = f'{REALM}, error="insufficient_scope", scope="{operation.scope}"'
        text_ = _("The token lacks the scope %(scope)s.", scope=operation.scope)
        headers = {"WWW-Authenticate": lacking}
        raise Problem("insufficient-scope", text_, headers=headers, scope=operation.scope)
    _read_places(operation)


def choose_language() -> str | None:
    """Answer in the language of Accept-Language, else in ours; return what is asked for."""
    asked = request.accept_languages.best_match(LOCALES)
    text.set_locale(asked or text.DEFAULT_LOCALE)
    return asked


def bearer() -> Bearer:
    """Return the holder of the token of this request."""
    found: Bearer = g.catalogue_bearer
    return found


def tell_limits(blueprint: Blueprint) -> None:
    """Have the answers of a blueprint tell how many requests its token has left."""
    blueprint.after_request(_tell)


def _read_places(operation: Operation) -> None:
    """Read the ids in the address; raises Problem for what names no row."""
    places = request.view_args or {}
    for name in places.keys() - operation.places.keys():
        if not is_id(places[name]):
            raise Problem("missing")
        places[name] = int(places[name])


def _bearer() -> Bearer:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("unauthenticated", headers={"WWW-Authenticate": REALM})
    found: Bearer | None = state().parts[PART](state(), secret.strip())
    if found is None:
        headers = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
        raise Problem("unauthenticated", headers=headers)
    return found


def _tell(response: Response) -> Response:
    """Set the headers of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers)."""
    found: Bearer | None = g.get("catalogue_bearer")
    if found is not None:
        left, seconds = max(0, found.left), found.seconds
        response.headers["RateLimit-Policy"] = f'"default";q={found.limit};w={WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"default";r={left};t={seconds}'
    return response
