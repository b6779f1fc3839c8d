"""What a provider of OpenID Connect publishes of itself: its addresses and its keys.

It is remembered by each process, and keys are asked for anew when a token names one not known.
"""

from __future__ import annotations

import threading
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from catalogue.core import fetching, plain_json
from catalogue.core.errors import NotAllowed, Unavailable
from catalogue.core.fetching import Bounds
from catalogue.core.text import lazy as _
from catalogue.settings import Settings

PART = "accounts.providers"  # among the parts of the application
WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_FOR = timedelta(hours=1)
# Who sends us tokens with invented keys must not make us ask the provider each time.
NOT_AGAIN_FOR = timedelta(seconds=30)
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = (("code_challenge_methods_supported", "S256"), ("response_types_supported", "code"))
ADDRESSES = ("userinfo_endpoint", "end_session_endpoint")
RSA_BITS = range(2_048, 16_385)  # RFC 7518, 3.3; and what OpenSSL checks with
LARGEST_BYTES = 1_000_000
# What else stands in a key (certificates, names of clouds) might be faulty and is not needed.
OF_KEYS = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
# No shared keys: who checks with them could sign with them. The library types each kind apart.
KINDS: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey}


class Distrusted(NotAllowed):
    """What came from a provider is not to be trusted; `reason` and `why` are for the log."""

    title = _("You were not signed in")

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(
            _(
                "The answer of your municipality's sign-in could not be confirmed. Begin again;"
                " if it happens once more, tell those who look after it."
            )
        )
        self.reason, self.why = reason, why


class Unusable(Unavailable):
    """What lies at a provider's address does not describe a provider that we can use."""

    title = _("This provider cannot be used")


@dataclass(frozen=True)
class Published:
    """What a provider publishes, and when that was asked for."""

    facts: dict[str, Any]
    keys: tuple[Any, ...]  # of RSA and of elliptic curves
    asked_at: datetime

    def keys_for(self, kid: str | None) -> list[Any]:
        """Return the keys by which a token that names `kid` may be signed."""
        return [each for each in self.keys if kid is None or each.kid == kid]

    @staticmethod
    def kid_of(token: str) -> str | None:
        """Return the name of the key that a token says it is signed by."""
        head = token.split(".", 1)[0]
        try:
            kid = plain_json.parse(urlsafe_b64decode(head + "=" * (-len(head) % 4))).get("kid")
        except (ValueError, AttributeError):
            raise Distrusted("token", "its head cannot be read") from None
        return kid if isinstance(kid, str) else None


class Directory:
    """What the providers publish, by issuer, as long as it counts."""

    def __init__(self) -> None:
        self._known: dict[str, Published] = {}
        self._turns: dict[str, threading.Lock] = {}  # a slow provider holds up its own people only

    def find(self, issuer: str, bounds: Bounds, now: datetime) -> Published:
        """Return what a provider publishes; raises Unusable, NotFetched."""
        known = self._known.get(issuer)
        if known is None or now - known.asked_at >= KEPT_FOR:
            return self.refresh(issuer, bounds, now, KEPT_FOR)
        return known

    def refresh(
        self, issuer: str, bounds: Bounds, now: datetime, unless_within: timedelta = NOT_AGAIN_FOR
    ) -> Published:
        """Ask anew, unless that was done just now."""
        with self._turns.setdefault(issuer, threading.Lock()):
            known = self._known.get(issuer)
            if known is None or now - known.asked_at >= unless_within:
                known = self._known[issuer] = ask(issuer, bounds, now)
            return known


def ask(issuer: str, bounds: Bounds, now: datetime) -> Published:
    """Ask a provider what it publishes; raises Unusable, NotFetched."""
    facts = read_facts(fetching.fetch(issuer.rstrip("/") + WELL_KNOWN, bounds), issuer, bounds)
    return Published(facts, read_keys(fetching.fetch(facts["jwks_uri"], bounds)), now)


def read_facts(content: bytes, issuer: str, bounds: Bounds) -> dict[str, Any]:
    """Return how a provider describes itself, if that can be used; raises Unusable."""
    facts = read_json(content)
    if facts.get("issuer") != issuer:
        raise Unusable(_("It calls itself %(issuer)s.", issuer=str(facts.get("issuer"))[:300]))
    for name in NEEDED + ADDRESSES:
        if name in NEEDED and name not in facts:
            raise Unusable(_("Its description lacks %(name)s.", name=name))
        if name in facts and not is_safe(facts[name], bounds):
            raise Unusable(_("Its %(name)s does not begin with https://.", name=name))
    if not all(name not in facts or word in words(facts, name) for name, word in OFFERED):
        raise Unusable(_("It does not offer the code flow with PKCE (S256)."))
    return facts


def read_keys(content: bytes) -> tuple[Any, ...]:
    """Return the keys that a provider signs by, of those it publishes; raises Unusable."""
    listed = read_json(content).get("keys")
    keys = tuple(filter(None, map(_key, listed if isinstance(listed, list) else ())))
    if not keys:
        raise Unusable(_("It publishes no key by which its answers could be checked."))
    return keys


def words(facts: Mapping[str, Any], name: str) -> list[Any]:
    """Return what a provider says that it offers; anything but a list is nothing."""
    said = facts.get(name)
    return said if isinstance(said, list) else []


def bounds_of(settings: Settings) -> Bounds:
    """Return how providers are asked, whatever they speak."""
    return Bounds(LARGEST_BYTES, settings.fetch_timeout_seconds, settings.fetch_hosts)


def is_safe(address: Any, bounds: Bounds) -> bool:
    """Tell whether an address is asked encrypted, or lies at a host that the settings allow."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:
        return False
    secure = parts.scheme == "https" and bool(parts.hostname)
    return secure or (parts.scheme == "http" and parts.hostname in bounds.allowed_hosts)


def read_json(content: bytes) -> dict[str, Any]:
    """Return an object of JSON; raises Unusable for all else."""
    try:
        found = plain_json.parse(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unusable(_("What lies there is not JSON."))
    return found


def _key(told: Any) -> Any:
    """Return a key that signs, None for others and for what cannot be read."""
    if not isinstance(told, Mapping) or told.get("use", "sig") != "sig":
        return None
    kind = KINDS.get(str(told.get("kty")))
    public = {name: told[name] for name in OF_KEYS if name in told}
    try:
        return kind.import_key(public) if kind and _is_strong(public) else None
    except (JoseError, ValueError, TypeError, KeyError):  # KeyError: a curve it does not know
        return None


def _is_strong(public: Mapping[str, Any]) -> bool:
    """Tell whether a key may prove anything; raises ValueError where it is none."""
    if public["kty"] != "RSA":
        return True
    number = str(public.get("n"))
    content = urlsafe_b64decode(number + "=" * (-len(number) % 4))
    return int.from_bytes(content, "big").bit_length() in RSA_BITS
