"""Read what providers of sign-in send: what they publish, their tokens, what they tell of people.

A token is only read when its signature holds, which no search would find: here it is signed by a
key of the searches, the same at each run, and what it says is searched.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from catalogue.accounts import oidc, oidc_published, saml_metadata
from catalogue.accounts import outside_rules as rules
from catalogue.accounts.oidc import Client, Expected
from catalogue.accounts.oidc_published import Published
from catalogue.accounts.outside_rules import Line
from catalogue.core.errors import CatalogueError
from catalogue.core.fetching import Bounds
from catalogue.core.who import Role

ISSUER, CLIENT = "https://login.slagelse.example", "catalogue"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BOUNDS = Bounds(1_000_000, 5)
_PRIVATE = ec.derive_private_key(20261124, ec.SECP256R1())
KEY = ECKey.import_key(
    ECKey.import_key(_PRIVATE, {"kid": "searched"}).as_dict(private=False), {"kid": "searched"}
)
PUBLISHED = Published({}, (KEY,), NOW)
_US = Client(CLIENT, "a secret", "openid profile email", "https://katalog.example/svar", "loa4")
_LINES = [
    Line("groups", "indkøb", (Role.BUYER,), "5798009811578"),
    Line("realm_access.roles", "chef", (Role.STAFF,)),
    Line("title", "*", (Role.APPROVER,)),
]


def token(head: bytes, claims: bytes) -> str:
    """Return a token with that head and those claims, signed by the key of the searches."""
    told = b".".join(urlsafe_b64encode(each).rstrip(b"=") for each in (head, claims))
    numbers = decode_dss_signature(_PRIVATE.sign(told, ec.ECDSA(SHA256())))
    signature = b"".join(each.to_bytes(32, "big") for each in numbers)
    return (told + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode()


def provider(content: bytes) -> None:
    """Read what a provider publishes, an ID token and userinfo, each on a line, by what it gave."""
    facts, keys, head, claims, told = lines(content, 5)
    published = PUBLISHED
    with suppress(CatalogueError):
        published = Published(oidc_published.read_facts(facts, ISSUER, BOUNDS), (KEY,), NOW)
        oidc.authorization_url(published, _US, "state", "nonce", "verifier")
        oidc._session(published, _US, BOUNDS)
    with suppress(CatalogueError):
        published = Published({}, (*oidc_published.read_keys(keys), KEY), NOW)
    expected = Expected(ISSUER, CLIENT, "n", "access")
    found = oidc.read_id_token(token(head, claims), expected, published, lambda: published, NOW)
    rules.is_strong("loa3 loa4", "mfa", found)
    _of_somebody(oidc_published.read_json(told) | found)


def metadata(content: bytes) -> None:
    """Read metadata of SAML as the page does that takes it, and who signed it."""
    saml_metadata.signer(content)
    found = saml_metadata.read(content, lambda at: oidc_published.is_safe(at, BOUNDS), NOW)
    saml_metadata.Idp.of(found.kept())


def lines(content: bytes, count: int) -> Sequence[bytes]:
    """Return the first lines of a piece, empty ones for those that it lacks."""
    return [*content.split(b"\n"), *[b""] * count][:count]


def _of_somebody(claims: dict[str, Any]) -> None:
    """Ask of claims what is asked of them at a sign-in, and keep what is kept of them."""
    told = rules.read(claims)
    rules.is_vouched(told, vouches=True)
    rules.gain(_LINES, claims)
    rules.is_of("cvr", "29188505", claims)
    for text in (told.subject, told.name, told.email, str(claims.get("sid"))):
        text.encode()  # as it is hashed and written
