"""What the installation is at one provider of SAML for several municipalities: set up once.

Its key and the provider's metadata are copied to each municipality that signs in by it, so that a
sign-in reads one row, whoever set it up; whatever changes is copied anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core import audit
from catalogue.core.errors import Missing
from catalogue.core.sealing import seal
from catalogue.core.text import lazy as _

from . import oidc_published, saml_keys, saml_metadata
from .models import Municipality
from .outside_models import SAML, IdentityProvider, OutsideTry, SamlService, SamlTerms
from .queries import hash_of
from .saml_keys import Pair
from .saml_metadata import Idp
from .saml_providers import PURPOSE, Place, copy


@dataclass(frozen=True)
class Wanted:
    """What whoever runs the installation says; without `pair` the key that is kept stays."""

    name: str
    metadata_address: str | None
    metadata: bytes
    pair: Pair | None


def set_up(session: Session, wanted: Wanted, place: Place, now: datetime) -> SamlService:
    """Set the service up, or change it, with all that sign in by it; raises Invalid by field."""
    idp = saml_metadata.read(
        wanted.metadata, lambda address: oidc_published.is_safe(address, place.bounds), now
    )
    found = session.scalars(select(SamlService).with_for_update()).first()
    before = {} if found is None else _facts(found)
    pair = wanted.pair or (None if found else saml_keys.make(place.entity_id, now))
    made = found or SamlService()
    made.name, made.metadata_address = wanted.name, wanted.metadata_address
    made.published, made.signed_by = idp.kept(), saml_metadata.signer(wanted.metadata)
    made.renewed_at, made.renewal_fault = now, None
    if pair is not None:
        made.private_key = seal(place.secret_key, PURPOSE, pair.key)
        made.certificate = pair.certificate
    session.add(made)
    session.flush()
    copy_all(session, made)
    audit.record(
        session, "saml_service.set_up", ("saml_service", made.id), person_id=None, now=now,
        facts=audit.changes(before, _facts(made)), municipality_id=None,
    )  # fmt: skip
    return made


def find(session: Session) -> SamlService | None:
    """Return the service of the installation, if it has one. One query."""
    return session.scalars(select(SamlService)).first()


def get(session: Session) -> SamlService:
    """Return the service of the installation; raises Missing."""
    found = find(session)
    if found is None:
        raise Missing(_("Nobody can sign in at this municipality."))
    return found


def copy_all(session: Session, service: SamlService) -> None:
    """Write on the terms of all that sign in by the service what it is now."""
    query = select(SamlTerms, IdentityProvider).join(IdentityProvider)
    for terms, provider in session.execute(query.where(SamlTerms.shared)):
        copy(service, terms)
        provider.issuer = Idp.of(service.published).entity_id


def list_codes(session: Session) -> list[str]:
    """List the municipalities whose people sign in by the service now, by code. One query."""
    query = (
        select(Municipality.code)
        .join(IdentityProvider, IdentityProvider.municipality_id == Municipality.id)
        .join(SamlTerms, SamlTerms.provider_id == IdentityProvider.id)
        .where(SamlTerms.shared, IdentityProvider.is_open, IdentityProvider.protocol == SAML)
    )
    return list(session.scalars(query.order_by(Municipality.code)))


def find_code(session: Session, asked: str) -> str | None:
    """Return the municipality in which the sign-in began that an answer is to. One query."""
    query = (
        select(Municipality.code)
        .join(IdentityProvider, IdentityProvider.municipality_id == Municipality.id)
        .join(SamlTerms, SamlTerms.provider_id == IdentityProvider.id)
        .join(OutsideTry, OutsideTry.provider_id == IdentityProvider.id)
        .where(SamlTerms.shared, OutsideTry.state_hash == hash_of(asked.removeprefix("_")))
    )
    return session.scalars(query).first()


def _facts(service: SamlService) -> dict[str, object]:
    idp = Idp.of(service.published)
    return {
        "name": service.name, "issuer": idp.entity_id, "signs_in_at": idp.signs_in_at,
        "metadata_address": service.metadata_address, "signing_certificates": len(idp.certificates),
    }  # fmt: skip
