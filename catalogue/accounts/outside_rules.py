"""What the claims of a municipality's provider make of somebody: who she is, and her roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from catalogue.core.who import Role

ANY = "*"
# The roles a provider may give, in the order in which one acts in them after signing in.
ROLES = (Role.BUYER, Role.APPROVER, Role.STAFF)
TRY_FOR = timedelta(minutes=15)  # long enough to find a telephone for a second factor
LONGEST_NAME, LONGEST_EMAIL, LONGEST_SUBJECT = 120, 254, 255


class Refusal(StrEnum):
    """Why somebody who signed in at the provider is not let in."""

    NO_ROLE = "no_role"
    OTHER_MUNICIPALITY = "other_municipality"
    NO_EMAIL = "no_email"
    EMAIL_TAKEN = "email_taken"
    UNKNOWN = "unknown"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Line:
    """A line of the mapping: a claim with that value gives those roles, and an institution.

    `claim` is a name or a path (`realm_access.roles`); `value` is compared without case, and `*`
    is whatever there is. `gln` names the institution she orders for, or is empty.
    """

    claim: str
    value: str
    roles: tuple[Role, ...]
    gln: str = ""

    def kept(self) -> dict[str, Any]:
        """Return it as the database and the audit keep it."""
        return asdict(self)


@dataclass(frozen=True)
class Gain:
    """What the claims give by a mapping; `counted`: the numbers of the lines that gave it."""

    roles: tuple[Role, ...]
    institutions: tuple[str, ...]
    counted: tuple[int, ...]


@dataclass(frozen=True)
class Told:
    """Who somebody is by her claims; empty: not told."""

    subject: str
    name: str
    email: str
    email_verified: bool


def lines_of(kept: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the mapping that is kept."""
    return [
        Line(each["claim"], each["value"], tuple(map(Role, each["roles"])), each["gln"])
        for each in kept
    ]


def values(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return the values of a claim, which may be one or several, as text.

    A name may hold dots itself (addresses do), so the longest name that there is counts.
    """
    if path in claims:
        return _flat(claims[path])
    for at in (at for at in range(len(path) - 1, 0, -1) if path[at] == "."):
        inner = claims.get(path[:at])
        parts = inner if isinstance(inner, list) else [inner]
        found = [values(each, path[at + 1 :]) for each in parts if isinstance(each, Mapping)]
        if found:
            return [value for each in found for value in each]
    return []


def gain(lines: Sequence[Line], claims: Mapping[str, Any]) -> Gain:
    """Return what the claims give; all lines that hold count together."""
    counted = [number for number, line in enumerate(lines) if _holds(line, claims)]
    roles = {role for number in counted for role in lines[number].roles}
    glns = dict.fromkeys(lines[number].gln for number in counted if lines[number].gln)
    return Gain(tuple(role for role in ROLES if role in roles), tuple(glns), tuple(counted))


def find_elsewhere(lines: Sequence[Line], claims: Mapping[str, Any]) -> str:
    """Return a claim of the mapping that the provider does not send, but says lies elsewhere
    (Core 1.0, 5.6.2), as Entra ID does with groups of whoever is in more than 200; empty: none.
    """
    named = claims.get("_claim_names")
    found = named.keys() - claims.keys() if isinstance(named, Mapping) else ()
    return next((line.claim for line in lines if line.claim in found), "")


def is_strong(acr_values: str | None, amr_values: str | None, claims: Mapping[str, Any]) -> bool:
    """Tell whether somebody signed in as strongly as is asked for: one word of each that is named.

    `claims` must be those of the ID token, which the provider signed. Empty: any will do.
    """
    acr, amr = claims.get("acr"), claims.get("amr")
    said = amr if isinstance(amr, list) else []
    return _names_one(acr_values, [acr]) and _names_one(amr_values, said)


def _names_one(wanted: str | None, said: Sequence[Any]) -> bool:
    words = (wanted or "").split()
    return not words or any(word in said for word in words)


def read(claims: Mapping[str, Any]) -> Told:
    """Return who somebody is by the standard claims (OpenID Connect Core 1.0, 5.1)."""
    parts = (str(claims.get(name) or "") for name in ("given_name", "family_name"))
    email = str(claims.get("email") or "").strip()
    name = str(claims.get("name") or " ".join(filter(None, parts)) or email)
    fits = len(email) <= LONGEST_EMAIL and "@" in email[1:-1] and not any(map(str.isspace, email))
    return Told(
        subject=str(claims.get("sub") or ""),
        name=" ".join(name.split())[:LONGEST_NAME],
        email=email if fits else "",
        email_verified=str(claims.get("email_verified")).lower() == "true",
    )


def is_of(cvr_claim: str | None, cvr: str, claims: Mapping[str, Any]) -> bool:
    """Tell whether the claims name the municipality, where they must."""
    return cvr_claim is None or values(claims, cvr_claim) == [cvr]


def is_vouched(told: Told, vouches: bool) -> bool:
    """Tell whether the mail address is hers: it says so itself, or the provider always does."""
    return bool(told.email) and (told.email_verified or vouches)


def may_link(places: Iterable[int | None], municipality_id: int) -> bool:
    """Tell whether a provider may say who somebody here is, by her mail address.

    `places`: the municipality of each role she holds, None for one elsewhere. Who acts for another
    municipality, an enterprise or the installation must not be had by a provider that says her
    address; nor somebody without any role, who may be about to.
    """
    return set(places) == {municipality_id}


def _holds(line: Line, claims: Mapping[str, Any]) -> bool:
    found = values(claims, line.claim)
    wanted = line.value.strip().casefold()
    return any(wanted in (ANY, each.strip().casefold()) for each in found)


def _flat(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _flat(each)]
    if value is None or value == "" or isinstance(value, Mapping):
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]
