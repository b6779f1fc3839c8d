"""OpenID Connect 1.0 as relying party, by Authlib: code flow with PKCE, and what tokens must hold.

Everything is asked through core/fetching: a provider's address is typed by people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    InvalidKeyCurveError,
    InvalidKeyTypeError,
    JoseError,
    UnsupportedKeyAlgorithmError,
)
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from catalogue.core import fetching, plain_json
from catalogue.core.fetching import Bounds

from .oidc_published import Distrusted, Published, read_json, words

# Signatures by keys that the provider alone has. Never `none`, nor HS…: with those, whoever knows
# the client's secret or the public key could sign (RFC 8725, 3.1).
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60  # by which clocks may differ
LOGOUT_FOR = timedelta(minutes=10)  # in which a logout token counts, whatever it says itself
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# RFC 6749 (4.1.2.1, 5.2) and OpenID Connect Core 1.0 (3.1.2.6).
CODES = frozenset({
    "access_denied", "account_selection_required", "consent_required", "interaction_required",
    "invalid_client", "invalid_grant", "invalid_request", "invalid_request_object",
    "invalid_request_uri", "invalid_scope", "login_required", "registration_not_supported",
    "request_not_supported", "request_uri_not_supported", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type",
    "unsupported_response_type",
})  # fmt: skip
# Another key may have signed: without `kid`, or when one took the place of another of its name.
ANOTHER_KEY = (
    BadSignatureError, InvalidKeyCurveError, InvalidKeyTypeError, UnsupportedKeyAlgorithmError,
)  # fmt: skip
CLAIMS = frozenset(
    {"aud", "at_hash", "auth_time", "azp", "exp", "iat", "iss", "nbf", "nonce", "sub"}
)
Refresh = Callable[[], Published]


@dataclass(frozen=True)
class Client:
    """What we are at a provider."""

    client_id: str
    secret: str | None
    scopes: str
    redirect_uri: str
    acr_values: str = ""  # how strongly people are to sign in there; empty: as they do


@dataclass(frozen=True)
class Expected:
    """What a token must answer to; an ID token to `nonce` and its access token too."""

    issuer: str
    client_id: str
    nonce: str = ""
    access_token: str = ""


@dataclass(frozen=True)
class Farewell:
    """What a logout token ends: a session (`sid`), or all of somebody (`subject`)."""

    subject: str
    sid: str
    jti: str
    until: datetime


def authorization_url(
    published: Published, client: Client, state: str, nonce: str, verifier: str
) -> str:
    """Return the address at which somebody signs in (PKCE S256, state, nonce)."""
    session = OAuth2Session(
        client.client_id, scope=client.scopes, redirect_uri=client.redirect_uri,
        code_challenge_method="S256",
    )  # fmt: skip
    url, _state = session.create_authorization_url(
        published.facts["authorization_endpoint"], state, verifier, nonce=nonce,
        **({"acr_values": client.acr_values} if client.acr_values else {}),
    )  # fmt: skip
    return str(url)


def known_code(code: object) -> str:
    """Return the code of a provider's error if it is one of the standards', for the log: anybody
    may write anything there.
    """
    return code if isinstance(code, str) and code in CODES else "unknown"


def exchange(
    published: Published, client: Client, code: str, verifier: str, bounds: Bounds
) -> dict[str, Any]:
    """Return the tokens for a code; raises Distrusted, NotFetched."""
    with _session(published, client, bounds) as session:
        try:
            tokens: dict[str, Any] = session.fetch_token(
                published.facts["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=client.redirect_uri,
                allow_redirects=False,
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise Distrusted("exchange", _why(error)) from None
    return tokens


def read_id_token(
    text: str, expected: Expected, published: Published, refresh: Refresh, now: datetime
) -> dict[str, Any]:
    """Return the claims of an ID token that answers to what is expected; raises Distrusted."""
    token = _verified(text, published, refresh)
    claims = CodeIDToken(
        token.claims, token.header, _options(expected.issuer, expected.client_id),
        {"nonce": expected.nonce, "client_id": expected.client_id,
         "access_token": expected.access_token},
    )  # fmt: skip
    _validate(claims, now)
    if not claims.get("nonce") or not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Distrusted("claims", "nonce or sub is missing")
    return dict(claims)


def read_logout_token(
    text: str, expected: Expected, published: Published, refresh: Refresh, now: datetime
) -> Farewell:
    """Return what a logout token ends (Back-Channel Logout 1.0, 2.6); raises Distrusted."""
    token = _verified(text, published, refresh)
    if str(token.header.get("typ", "JWT")).lower() not in ("jwt", "logout+jwt"):
        raise Distrusted("logout", "typ")
    options = _options(expected.issuer, expected.client_id)
    claims = JWTClaims(token.claims, token.header, options)
    _validate(claims, now)
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise Distrusted("logout", "events")
    if "nonce" in claims:  # an ID token is no logout token
        raise Distrusted("logout", "nonce")
    subject, sid, jti, issued = (claims.get(name, "") for name in ("sub", "sid", "jti", "iat"))
    texts = all(isinstance(each, str) for each in (subject, sid, jti))
    if not texts or not jti or not (subject or sid) or not isinstance(issued, int | float):
        raise Distrusted("logout", "sub, sid, jti or iat")
    until = now + LOGOUT_FOR
    if issued < (now - LOGOUT_FOR).timestamp():
        raise Distrusted("logout", "iat is too old")
    return Farewell(subject, sid, jti, until + timedelta(seconds=LEEWAY_SECONDS))


def add_userinfo(
    claims: Mapping[str, Any], published: Published, access_token: str, bounds: Bounds
) -> dict[str, Any]:
    """Return the claims with those of the provider's userinfo; what the ID token says stays.

    Raises Distrusted, NotFetched: with half of the claims, somebody could lose her roles.
    """
    address = published.facts.get("userinfo_endpoint")
    if not address or not access_token:
        return dict(claims)
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    answer = fetching.ask(fetching.Request(address, headers=headers), bounds)
    if answer.status != 200:
        raise Distrusted("userinfo", f"status {answer.status}")
    told = read_json(answer.content)
    if told.get("sub") != claims["sub"]:  # Core 1.0, 5.3.2: else it is about somebody else
        raise Distrusted("userinfo", "sub is another's")
    return told | dict(claims)


def _session(published: Published, client: Client, bounds: Bounds) -> Any:
    """Return a session of Authlib that asks through the guard, with nothing of ours but that."""
    offered = words(published.facts, "token_endpoint_auth_methods_supported")
    method = "client_secret_basic"
    if client.secret is None:
        method = "none"
    elif offered and method not in offered and "client_secret_post" in offered:
        method = "client_secret_post"
    session = OAuth2Session(client.client_id, client.secret, token_endpoint_auth_method=method)
    session.headers.clear()  # else it asks for what is packed, on a connection to be kept
    session.trust_env = False  # no proxy, no passwords from files
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Guarded(bounds))
    return session


class _Guarded(BaseAdapter):  # type: ignore[misc]  # requests ships no types
    """Sends what Authlib asks through core/fetching."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds

    def send(self, request: Any, *_args: Any, **_options: Any) -> Any:
        """Send a request and return its answer."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        asked = fetching.Request(request.url, request.method, dict(request.headers), body)
        answer = fetching.ask(asked, self.bounds)
        told = requests.Response()
        told.status_code, told.url, told.request = answer.status, request.url, request
        told.headers = CaseInsensitiveDict(answer.headers)
        told._content = answer.content  # as `requests` keeps what was read
        return told

    def close(self) -> None:
        """Close nothing: each request has a connection of its own."""


def _verified(text: str, published: Published, refresh: Refresh) -> jwt.Token:
    """Return a token signed by one of the provider's keys, asked for anew when none fits."""
    if text.count(".") != 2 or len(text) > 100_000:
        raise Distrusted("token", "not a signed token")
    kid = published.kid_of(text)
    for each in (published, None):
        for key in (each or refresh()).keys_for(kid):
            try:
                return jwt.decode(text, key, ALGORITHMS, decoder_cls=plain_json.Decoder)
            except ANOTHER_KEY:
                continue
            except (JoseError, ValueError) as error:
                raise Distrusted("token", _why(error)) from None
    raise Distrusted("token", "signed by none of the provider's keys")


def _options(issuer: str, client_id: str) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "exp": {"essential": False},
        "iat": {"essential": True},
    }


def _validate(claims: JWTClaims, now: datetime) -> None:
    try:
        claims.validate(int(now.timestamp()), LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise Distrusted("claims", _why(error)) from None


def _why(error: Exception) -> str:
    """Return what went wrong, for the log: not its words, for they hold what the provider sent."""
    claim = getattr(error, "claim_name", None) or getattr(error, "claim", None)
    known = [each for each in (known_code(getattr(error, "error", None)),) if each in CODES]
    return ": ".join([type(error).__name__, *known, *([claim] if claim in CLAIMS else [])])
