"""A provider that speaks SAML: set up and changed by staff, found by those who sign in at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import fetching
from catalogue.core.errors import Invalid, Missing
from catalogue.core.fetching import Bounds, NotFetched
from catalogue.core.sealing import seal, unseal
from catalogue.core.text import lazy as _
from catalogue.core.who import Who

from . import oidc_published, saml_keys, saml_metadata
from . import outside_providers as providers
from .models import Municipality
from .outside_models import SAML, IdentityProvider, SamlService, SamlTerms
from .saml_keys import Pair
from .saml_metadata import Idp
from .saml_schema import SamlSaid

PURPOSE = "key of ours at a provider of SAML"
COPIED = ("published", "private_key", "certificate", "signed_by", "metadata_address", "renewed_at",
          "renewal_fault")  # fmt: skip
SHARED = ("cvr_claim", "vouches_for_email", "may_create", "is_open")


@dataclass(frozen=True)
class Place:
    """What a provider is set up with here: our name there, what seals, and how it is asked."""

    entity_id: str
    secret_key: str
    bounds: Bounds


def find_terms(session: Session, provider: IdentityProvider | None) -> SamlTerms | None:
    """Return what a provider needs for SAML, if it speaks that."""
    if provider is None or provider.protocol != SAML:
        return None
    return session.get_one(SamlTerms, provider.id)


def get_by_code(session: Session, code: str) -> tuple[IdentityProvider, SamlTerms]:
    """Return the provider of a municipality, closed or open; raises Missing."""
    query = (
        select(IdentityProvider, SamlTerms)
        .join(Municipality, Municipality.id == IdentityProvider.municipality_id)
        .join(SamlTerms, SamlTerms.provider_id == IdentityProvider.id)
        .where(Municipality.code == code, IdentityProvider.protocol == SAML)
    )
    row = session.execute(query).first() if code.isalnum() else None
    if row is None:
        raise Missing(_("Nobody can sign in at this municipality."))
    return row[0], row[1]


def fetch(said: SamlSaid, bounds: Bounds) -> bytes:
    """Return the metadata that staff gave, or what lies at the address; raises Invalid."""
    if said.metadata_address is None:
        return said.metadata
    if not oidc_published.is_safe(said.metadata_address, bounds):
        text = _("Write a web address that begins with https://")
        raise Invalid({"metadata_address": [text]})
    try:
        return fetching.fetch(said.metadata_address, bounds)
    except NotFetched as error:
        raise Invalid({"metadata_address": [error.reason]}) from None


def save(
    session: Session, who: Who, said: SamlSaid, given: tuple[bytes, Place], now: datetime
) -> None:
    """Set the provider up, or change it; `given`: its metadata, fetched already, and our place.

    Without metadata or certificate those that are kept stay. Raises Invalid by field.
    """
    content, place = given
    kept = find_terms(session, providers.find_own(session, who))
    if kept is not None and kept.shared:
        session.delete(kept)  # what it holds is the installation's: one's own has its own key
        session.flush()
        kept = None
    idp = _published(content, kept, place.bounds, now)
    pair = _pair(said, kept, place, now)
    before = _facts(kept) if kept else {}
    made = kept or SamlTerms()
    made.published, made.loa = idp.kept(), said.loa
    made.metadata_address = said.metadata_address
    if content:
        made.signed_by = saml_metadata.signer(content)
        made.renewed_at, made.renewal_fault = now, None
    if pair:
        made.private_key = seal(place.secret_key, PURPOSE, pair.key)
        made.certificate = pair.certificate
    facts = {name: getattr(said, name) for name in SHARED} | {
        "protocol": SAML, "issuer": idp.entity_id, "client_id": place.entity_id, "scopes": "",
    }  # fmt: skip
    untold = ["certificate"] if pair else []
    told = providers.Kept(facts, before=before, after=_facts(made), untold=untold)
    found = providers.keep(session, who, told, now)
    if kept is None:
        _replace(session, found, made)


def join(
    session: Session, who: Who, said: SamlSaid, to: tuple[SamlService, str], now: datetime
) -> None:
    """Let the people of a municipality sign in by the service of the installation.

    `to`: the service, and what the installation is called there.
    """
    service, entity_id = to
    kept = find_terms(session, providers.find_own(session, who))
    before = _facts(kept) if kept else {}
    made = kept or SamlTerms()
    made.shared, made.loa = True, said.loa
    copy(service, made)
    facts = {name: getattr(said, name) for name in SHARED} | {
        "protocol": SAML, "issuer": Idp.of(service.published).entity_id, "client_id": entity_id,
        "scopes": "",
    }  # fmt: skip
    found = providers.keep(
        session, who, providers.Kept(facts, before=before, after=_facts(made)), now
    )
    if kept is None:
        _replace(session, found, made)


def copy(service: SamlService, terms: SamlTerms) -> None:
    """Write on the terms of a municipality what the service of the installation is."""
    for name in COPIED:
        setattr(terms, name, getattr(service, name))


def key_of(terms: SamlTerms, secret_key: str) -> str:
    """Return our key at a provider, in PEM; raises CannotOpen."""
    return unseal(secret_key, PURPOSE, terms.private_key)


def _published(content: bytes, kept: SamlTerms | None, bounds: Bounds, now: datetime) -> Idp:
    if content:
        return saml_metadata.read(
            content, lambda address: oidc_published.is_safe(address, bounds), now
        )
    if kept is None:
        raise Invalid({"metadata": [_("Give the provider's metadata: address, file or text.")]})
    return Idp.of(kept.published)


def _pair(said: SamlSaid, kept: SamlTerms | None, place: Place, now: datetime) -> Pair | None:
    """Return another key, None: the one that is kept stays."""
    if said.certificate:
        return saml_keys.read(said.certificate, said.certificate_password, now)
    return None if kept else saml_keys.make(place.entity_id, now)


def _facts(terms: SamlTerms) -> dict[str, Any]:
    """Return what the audit tells of what SAML needs."""
    idp = Idp.of(terms.published)
    return {
        "loa": terms.loa,
        "metadata_address": terms.metadata_address,
        "signs_in_at": idp.signs_in_at,
        "signing_certificates": len(idp.certificates),
    }


def _replace(session: Session, found: IdentityProvider, made: SamlTerms) -> None:
    """Keep the terms of a provider that spoke another protocol, or that is new."""
    former = session.get(SamlTerms, found.id)
    if former is not None:
        session.delete(former)
        session.flush()
    made.provider_id = found.id
    session.add(made)
    session.flush()
