"""Metadata of providers of SAML, fetched anew each night: their certificates change by themselves.

Only what is signed by the key that signed it when staff gave it counts, and only of the same
provider. Whatever fails, what is kept stays: people go on signing in, and the page tells staff.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time

from sqlalchemy import select

from catalogue.core import audit, fetching
from catalogue.core.daily import Daily
from catalogue.core.db import Database
from catalogue.core.errors import CatalogueError, Invalid
from catalogue.core.fetching import Bounds, NotFetched
from catalogue.core.text import reading_in

from . import oidc_published, saml_metadata, saml_services
from .outside_models import SAML, IdentityProvider, SamlService, SamlTerms
from .saml_metadata import Idp

log = logging.getLogger("catalogue.accounts")
DAILY = Daily("saml.metadata", time(4))
LONGEST_FAULT = 300


def renew_batch(database: Database, bounds: Bounds, clock: Callable[[], datetime]) -> None:
    """Fetch the metadata of each provider that has an address and a signer; put tomorrow's work."""
    _renew_service(database, bounds, clock())
    renewable = (
        SamlTerms.metadata_address.is_not(None), SamlTerms.signed_by.is_not(None),
        SamlTerms.shared.is_(False),
    )  # fmt: skip
    query = select(SamlTerms.provider_id).where(*renewable).order_by(SamlTerms.provider_id)
    with database.reading() as session:
        found = session.scalars(query).all()
    for provider_id in found:
        with reading_in("da"):  # staff read the fault
            _renew(database, provider_id, bounds, clock())
    with database.transaction() as session:
        DAILY.put_next(session, clock())


def _renew(database: Database, provider_id: int, bounds: Bounds, now: datetime) -> None:
    with database.reading() as session:
        terms = session.get_one(SamlTerms, provider_id)
        address, signer = terms.metadata_address or "", terms.signed_by or ""
        before = Idp.of(terms.published)
    idp, fault = _fetched(address, signer, before.entity_id, bounds, now)
    with database.transaction() as session:
        terms = session.get_one(SamlTerms, provider_id, with_for_update=True)
        if (terms.metadata_address, terms.signed_by) != (address, signer):
            return  # staff changed it meanwhile
        terms.renewal_fault = fault
        if idp is None:
            log.warning("metadata was not renewed", extra={"provider": provider_id, "why": fault})
            return
        terms.renewed_at = now
        provider = session.get_one(IdentityProvider, provider_id)
        if idp == before or provider.protocol != SAML:
            return
        terms.published = idp.kept()
        audit.record(
            session, "identity_provider.renewed", ("identity_provider", provider_id),
            person_id=None, now=now, facts=audit.changes(_told(before), _told(idp)),
            municipality_id=provider.municipality_id,
        )  # fmt: skip


def _renew_service(database: Database, bounds: Bounds, now: datetime) -> None:
    """Renew what several municipalities share, and with it what each of them has of it."""
    with database.reading() as session:
        service = saml_services.find(session)
    if service is None or not (service.metadata_address and service.signed_by):
        return
    before = Idp.of(service.published)
    with reading_in("da"):
        idp, fault = _fetched(
            service.metadata_address, service.signed_by, before.entity_id, bounds, now
        )
    with database.transaction() as session:
        found = session.get_one(SamlService, service.id, with_for_update=True)
        if found.signed_by != service.signed_by:
            return  # it was set up anew meanwhile
        found.renewal_fault = fault
        if idp is not None:
            found.renewed_at, found.published = now, idp.kept()
        saml_services.copy_all(session, found)
        if idp is None or idp == before:
            return
        audit.record(
            session, "saml_service.renewed", ("saml_service", found.id), person_id=None, now=now,
            facts=audit.changes(_told(before), _told(idp)), municipality_id=None,
        )  # fmt: skip


def _fetched(
    address: str, signer: str, entity_id: str, bounds: Bounds, now: datetime
) -> tuple[Idp | None, str | None]:
    """Return what a provider publishes now, or why it does not count."""
    try:
        content = fetching.fetch(address, bounds)
        idp = saml_metadata.read(content, lambda at: oidc_published.is_safe(at, bounds), now)
        is_signed = saml_metadata.is_signed_by(content, signer)
    except NotFetched as error:
        return None, str(error.reason)[:LONGEST_FAULT]
    except Invalid as error:
        texts = [str(text) for all_ in error.problems.values() for text in all_]
        return None, " ".join(texts)[:LONGEST_FAULT]
    except CatalogueError as error:
        return None, str(error.title)[:LONGEST_FAULT]
    if not is_signed:
        return None, str(saml_metadata.OTHER_SIGNER)
    if idp.entity_id != entity_id:
        return None, str(saml_metadata.OTHER_PROVIDER)
    return idp, None


def _told(idp: Idp) -> dict[str, object]:
    return {"signs_in_at": idp.signs_in_at, "signing_certificates": len(idp.certificates)}
