"""The provider of a municipality: set up and changed by its staff, found by those who sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Invalid, Missing
from catalogue.core.fetching import Bounds
from catalogue.core.sealing import seal
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import oidc_published, outside
from . import outside_rules as rules
from .models import Municipality
from .outside_models import OPENID, IdentityProvider, OutsideIdentity, OutsideSession
from .outside_rules import Gain, Line
from .outside_schema import Terms

PERSONAL = frozenset({"sub", "oid", "name", "given_name", "family_name", "preferred_username"})
PURPOSE = "client secret of a provider"
TOLD = (
    "protocol", "issuer", "client_id", "scopes", "cvr_claim", "vouches_for_email", "may_create",
    "is_open", "acr_values", "amr_values",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What is kept of a provider by any protocol, its sealed secret, and what the audit tells too.

    `before` and `after` stand with the protocol's own terms; `untold` names what changed unseen.
    """

    facts: Mapping[str, Any]
    client_secret: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    untold: Sequence[str] = ()


@dataclass(frozen=True)
class Door:
    """A municipality that one can sign in at."""

    code: str
    name: str


@dataclass(frozen=True)
class Preview:
    """What claims would give by a mapping, before it is kept."""

    gain: Gain
    told: rules.Told
    is_of: bool  # the claims name the municipality, where they must
    vouched: bool  # there is a mail address to know her by
    seen: dict[str, list[str]]  # what the claims of the mapping hold, by claim


def list_doors(session: Session) -> list[Door]:
    """List the municipalities that one can sign in at, by name. One query."""
    query = (
        select(Municipality.code, Municipality.name)
        .join(IdentityProvider, IdentityProvider.municipality_id == Municipality.id)
        .where(IdentityProvider.is_open)
        .order_by(Municipality.name)
    )
    return [Door(code, name) for code, name in session.execute(query)]


def get_open(
    session: Session, code: str, protocol: str | None = None
) -> tuple[IdentityProvider, Municipality]:
    """Return the provider at which a municipality's people sign in; raises Missing.

    With `protocol`, one that speaks another is none.
    """
    query = (
        select(IdentityProvider, Municipality)
        .join(Municipality, Municipality.id == IdentityProvider.municipality_id)
        .where(Municipality.code == code, IdentityProvider.is_open)
    )
    row = session.execute(query).first() if code.isalnum() else None
    if row is None or protocol not in (None, row[0].protocol):
        raise Missing(_("Nobody can sign in at this municipality."))
    return row[0], row[1]


def find_own(session: Session, who: Who) -> IdentityProvider | None:
    """Return the provider of one's own municipality, if there is one. One query."""
    query = select(IdentityProvider).where(IdentityProvider.municipality_id == who.municipality_id)
    return session.scalars(query).first()


def get_home(session: Session, who: Who) -> Municipality:
    """Return one's own municipality."""
    return session.get_one(Municipality, who.municipality_id)


def save(
    session: Session, who: Who, terms: Terms, keeping: tuple[str, Bounds], now: datetime
) -> None:
    """Set the provider up, or change it; one that is closed ends the sessions it began.

    `keeping`: the secret key that seals, and what an address must answer to. Another issuer gets
    the kept secret never: it has to be typed anew. Raises Invalid by field.
    """
    secret_key, bounds = keeping
    check_issuer(terms.issuer, bounds)
    found = find_own(session, who)
    sealed = seal(secret_key, PURPOSE, terms.client_secret) if terms.client_secret else None
    same = found is not None and (found.protocol, found.issuer) == (OPENID, terms.issuer)
    kept = found.client_secret if found and same else None
    facts = {name: getattr(terms, name) for name in TOLD if name != "protocol"}
    untold = ["client_secret"] if sealed else []
    keep(session, who, Kept(facts | {"protocol": OPENID}, sealed or kept, untold=untold), now)


def check_issuer(issuer: str, bounds: Bounds) -> None:
    """Raise Invalid where a provider may not be asked at that address."""
    if not oidc_published.is_safe(issuer, bounds):
        raise Invalid({"issuer": [_("Write a web address that begins with https://")]})


def keep(session: Session, who: Who, kept: Kept, now: datetime) -> IdentityProvider:
    """Keep what is said of the provider; one that is closed ends the sessions it began.

    So does one that speaks another protocol, or is another: nobody could end those elsewhere.
    """
    found = find_own(session, who)
    before = _told(found) if found else {}
    if found is None:
        found = IdentityProvider(municipality_id=who.municipality_id, mapping=[], created_at=now)
        session.add(found)
    for name, value in kept.facts.items():
        setattr(found, name, value)
    found.client_secret = kept.client_secret
    session.flush()
    another = before and (found.protocol, found.issuer) != (before["protocol"], before["issuer"])
    if before and (another or not found.is_open):
        mine = select(OutsideIdentity.id).where(OutsideIdentity.provider_id == found.id)
        outside.end(session, OutsideSession.identity_id.in_(mine))
    facts = audit.changes(before | kept.before, _told(found) | kept.after)
    if kept.untold:
        facts["untold"] = list(kept.untold)
    _record(session, who, found, "amended" if before else "created", facts, now)
    return found


def map_roles(session: Session, who: Who, lines: Sequence[Line], now: datetime) -> None:
    """Keep another mapping; it counts from each person's next sign-in. Raises Missing."""
    found = find_own(session, who)
    if found is None:
        raise Missing(_("Set up the provider first."))
    before, after = found.mapping, [line.kept() for line in lines]
    found.mapping = after
    facts = audit.changes({"mapping": _words(before)}, {"mapping": _words(after)})
    _record(session, who, found, "mapped", facts, now)


def preview(
    provider: IdentityProvider, cvr: str, lines: Sequence[Line], claims: Mapping[str, Any]
) -> Preview:
    """Return what claims would give."""
    names = dict.fromkeys([line.claim for line in lines] + [provider.cvr_claim or ""])
    told = rules.read(claims)
    return Preview(
        gain=rules.gain(lines, claims),
        told=told,
        vouched=rules.is_vouched(told, provider.vouches_for_email),
        is_of=rules.is_of(provider.cvr_claim, cvr, claims),
        seen={name: rules.values(claims, name) for name in names if name},
    )


def _told(found: IdentityProvider) -> dict[str, Any]:
    return {name: getattr(found, name) for name in TOLD}


def _words(mapping: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the mapping as the audit keeps it, a text for each line; values may name somebody."""
    given = [", ".join(filter(None, (*each["roles"], each["gln"]))) for each in mapping]
    return [
        f"{each['claim']} = {'…' if _is_personal(each) else each['value']}: {what}"
        for each, what in zip(mapping, given, strict=True)
    ]


def _is_personal(line: Mapping[str, Any]) -> bool:
    return "@" in line["value"] or line["claim"].casefold() in PERSONAL


def _record(
    session: Session, who: Who, found: IdentityProvider, deed: str, facts: Any, now: datetime
) -> None:
    audit.record(
        session, f"identity_provider.{deed}", ("identity_provider", found.id),
        person_id=who.person_id, now=now, facts=facts, municipality_id=found.municipality_id,
    )  # fmt: skip
