"""What a SAML assertion must answer to, and what its attributes say in the names that we read.

The names are those of OIOSAML Web SSO Profile 3 and of OIO Basic Privilege Profile 1.2.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from catalogue.core import plain_xml

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
LEEWAY = timedelta(seconds=60)  # by which clocks may differ
# However long an assertion says that it counts, it is taken within this time: it is remembered
# as long, so that it counts once.
LONGEST = timedelta(minutes=30)
ENDING_FOR = timedelta(minutes=10)  # in which a request to sign out counts, whatever it says
LOA = "https://data.gov.dk/concept/core/nsis/loa"
LEVELS = ("Low", "Substantial", "High")  # NSIS 2.0.1, weakest first
CVR = "https://data.gov.dk/model/core/eid/professional/cvr"
PRIVILEGES = (
    "https://data.gov.dk/model/core/eid/privilegesIntermediate",
    "dk:gov:saml:attribute:Privileges_intermediate",  # OIOSAML 2, as KOMBIT still sends it
)
# Claims by the names that OpenID Connect has for them, with the attributes that hold them.
STANDARD = {
    "email": (
        "https://data.gov.dk/model/core/eid/email",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ),
    "given_name": (
        "https://data.gov.dk/model/core/eid/firstName",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    ),
    "family_name": (
        "https://data.gov.dk/model/core/eid/lastName",
        "urn:oid:2.5.4.4",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    ),
    "name": ("https://data.gov.dk/model/core/eid/fullName", "urn:oid:2.5.4.3"),
}
SCOPE = "urn:dk:gov:saml:cvrnumberidentifier:"  # compared in small letters


@dataclass(frozen=True)
class Confirmation:
    """Why the bearer of an assertion is the one it speaks of."""

    method: str
    recipient: str | None
    in_response_to: str | None
    not_before: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Said:
    """What a response says, and its assertion, which is signed."""

    destination: str | None
    response_issuer: str | None
    response_to: str | None
    assertion_id: str
    issuer: str | None
    audiences: tuple[tuple[str, ...], ...]  # of each restriction, all of which must hold
    not_before: datetime | None
    until: datetime | None
    confirmations: tuple[Confirmation, ...]
    session_until: datetime | None
    sessions: int  # statements of how she signed in
    session_index: str | None
    name_id: Mapping[str, str]  # `text`, and its attributes
    attributes: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ending:
    """What a provider's request to sign out ends: the sessions named, or all of somebody's."""

    id: str
    issuer: str
    destination: str | None
    subject: str
    session_indexes: tuple[str, ...]
    issued_at: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Expected:
    """What an assertion must answer to."""

    issuer: str
    audience: str
    recipient: str


def problem(said: Said, expected: Expected, now: datetime) -> str:
    """Return why an assertion does not count, for the log; empty: it does (SAML profiles 4.1.4)."""
    early, late = now + LEEWAY, now - LEEWAY
    fits = [each for each in said.confirmations if _bears(each, said, expected)]
    checks = (
        ("destination is another", said.destination != expected.recipient),
        ("issuer is another", said.issuer != expected.issuer),
        ("issuer of the response is another", said.response_issuer not in (None, expected.issuer)),
        ("audience is missing", not said.audiences),
        ("audience is another", any(expected.audience not in each for each in said.audiences)),
        ("unsolicited", not said.response_to),
        ("no confirmation fits", not fits),
        ("confirmation has ended", bool(fits) and all(_ended(each.until, late) for each in fits)),
        ("is not valid yet", said.not_before is not None and said.not_before > early),
        ("has ended", said.until is not None and said.until <= late),
        ("session has ended", said.session_until is not None and said.session_until <= late),
        ("says more or less than one sign-in", said.sessions != 1),
        ("names nobody", not said.name_id.get("text")),
    )
    return next((text for text, is_so in checks if is_so), "")


def ending_problem(
    ending: Ending, issuer: str, destinations: Collection[str | None], now: datetime
) -> str:
    """Return why a request to sign out does not count, for the log; empty: it does."""
    since, late = now - ENDING_FOR, now - LEEWAY
    checks = (
        ("issuer is another", ending.issuer != issuer),
        ("destination is another", ending.destination not in destinations),
        ("is too old", ending.issued_at is None or ending.issued_at < since),
        ("is of tomorrow", ending.issued_at is not None and ending.issued_at > now + LEEWAY),
        ("has ended", ending.until is not None and ending.until <= late),
        ("names nobody", not ending.subject or not ending.id),
    )
    return next((text for text, is_so in checks if is_so), "")


def counts_until(said: Said, now: datetime) -> datetime:
    """Return until when an assertion is remembered, so that it counts once."""
    ends = [each.until for each in said.confirmations if each.until is not None]
    return min(max(ends, default=now), now + LONGEST) + 2 * LEEWAY


def reaches(said: Said, wanted: str) -> bool:
    """Tell whether she signed in at the level of NSIS that is wanted; empty: none is."""
    if not wanted:
        return True
    found = [each.rpartition("/")[2] for each in said.attributes.get(LOA, ())]
    return len(found) == 1 and found[0] in LEVELS[LEVELS.index(wanted) :]


def claims(said: Said, cvr: str) -> dict[str, Any]:
    """Return what an assertion says as claims: attributes by name, and those of the standard.

    `privileges` are those of the municipality of `cvr` alone.
    """
    told: dict[str, Any] = dict(said.attributes)
    told["sub"] = said.name_id.get("text", "")
    for name, sources in STANDARD.items():
        found = [value for source in sources for value in said.attributes.get(source, ())]
        if found:
            told[name] = found[0]
    told["privileges"] = [
        each
        for name in PRIVILEGES
        for value in said.attributes.get(name, ())
        for each in privileges(value, cvr)
    ]
    return told


def privileges(value: str, cvr: str) -> list[str]:
    """Return the privileges for the municipality of `cvr` (OIO Basic Privilege Profile).

    One that is bounded (Constraint) is another than the same without bounds, so the bounds stand
    with it: `privilege?name=value&name=value`, in the order in which they are sent.
    """
    try:
        root = plain_xml.parse(base64.b64decode(value))
    except (ValueError, etree.XMLSyntaxError):
        return []
    # Elements alone: a reference to an entity, which is left as it stands, has no name.
    groups = [each for each in root.iterchildren("*") if _name(each) == "PrivilegeGroup"]
    own = [each for each in groups if str(each.get("Scope", "")).lower() == SCOPE + cvr]
    return [text for each in own for text in _of_group(each)]


def moment(text: str | None) -> datetime | None:
    """Return a time of SAML (1.3.3: in UTC); raises ValueError."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as error:  # the first or last day of all, in another zone
        raise ValueError(str(error)) from None


def _bears(each: Confirmation, said: Said, expected: Expected) -> bool:
    return (
        each.method == BEARER
        and each.recipient == expected.recipient
        and each.in_response_to == said.response_to
        and each.until is not None
        and each.not_before is None  # SAML profiles, 4.1.4.2
    )


def _ended(until: datetime | None, late: datetime) -> bool:
    return until is None or until <= late


def _of_group(group: etree._Element) -> Iterable[str]:
    bounds = [
        f"{each.get('Name', '')}={_text(each)}"
        for each in group.iterchildren("*")
        if _name(each) == "Constraint"
    ]
    tail = "?" + "&".join(bounds) if bounds else ""
    named = [each for each in group.iterchildren("*") if _name(each) == "Privilege"]
    return [_text(each) + tail for each in named if _text(each)]


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
