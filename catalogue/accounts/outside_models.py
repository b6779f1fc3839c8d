"""How people sign in at their municipality: its provider, who they are there, and their sessions.

The provider's own sign-in is trusted for one municipality, and for nothing beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.core.db import Base, BigId, UtcDateTime

OPENID, SAML = "openid", "saml"


class IdentityProvider(Base):
    """The provider at which the people of a municipality sign in: OpenID Connect, or SAML.

    By SAML, `issuer` is its entityID, `client_id` is ours, and the rest stands with SamlTerms.
    """

    __tablename__ = "catalogue_identity_providers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    municipality_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_municipalities.id"), unique=True
    )
    protocol: Mapped[str] = mapped_column(String(10), default=OPENID)
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(200))
    # Sealed (core/sealing.py): a copy of the database tells it to nobody. None: a public client.
    client_secret: Mapped[str | None] = mapped_column(String(1000))
    scopes: Mapped[str] = mapped_column(String(200))  # with blanks between, as they are sent
    # How strongly one signs in there: words of `acr` or `amr`, of which one must come; with blanks
    # between. None: the provider decides. By SAML see SamlTerms.
    acr_values: Mapped[str | None] = mapped_column(String(300))
    amr_values: Mapped[str | None] = mapped_column(String(300))
    # The claim that must hold the CVR number of the municipality; None: none is asked for.
    cvr_claim: Mapped[str | None] = mapped_column(String(200))
    # It answers for mail addresses though it does not send `email_verified` (as Entra ID).
    vouches_for_email: Mapped[bool]
    may_create: Mapped[bool]  # people unknown here get a log-in at their first sign-in
    is_open: Mapped[bool]  # offered on the sign-in page
    mapping: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # see outside_rules.Line
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SamlTerms(Base):
    """What SAML needs besides: what the provider publishes, and our key there."""

    __tablename__ = "catalogue_saml_terms"

    provider_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_identity_providers.id"), primary_key=True, autoincrement=False
    )
    metadata_address: Mapped[str | None] = mapped_column(String(2000))  # None: it was handed over
    published: Mapped[dict[str, Any]] = mapped_column(JSON)  # see saml_metadata.Idp
    loa: Mapped[str] = mapped_column(String(20))  # the least level of NSIS; empty: any
    private_key: Mapped[str] = mapped_column(Text)  # sealed (core/sealing.py)
    certificate: Mapped[str] = mapped_column(Text)  # in PEM
    # Who signed the metadata when staff gave it, in PEM: by that key it is renewed at night.
    signed_by: Mapped[str | None] = mapped_column(Text)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # found the same, or changed
    renewal_fault: Mapped[str | None] = mapped_column(String(300))  # of the last night
    # As a member of the installation's SamlService, of which all above is then a copy.
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())


class SamlService(Base):
    """What the installation is at one provider for several municipalities; there is one, or none.

    As at KOMBIT's Adgangsstyring, which knows a system once, whatever municipalities use it.
    """

    __tablename__ = "catalogue_saml_services"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    metadata_address: Mapped[str | None] = mapped_column(String(2000))
    published: Mapped[dict[str, Any]] = mapped_column(JSON)
    private_key: Mapped[str] = mapped_column(Text)  # sealed, as that of SamlTerms
    certificate: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[str | None] = mapped_column(Text)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewal_fault: Mapped[str | None] = mapped_column(String(300))


class OutsideIdentity(Base):
    """Who a person is at a provider: `subject` of `issuer`, which may be another one day."""

    __tablename__ = "catalogue_outside_identities"
    __table_args__ = (UniqueConstraint("provider_id", "issuer", "subject"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("catalogue_identity_providers.id"))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    person_id: Mapped[int] = mapped_column(ForeignKey("catalogue_persons.id"), index=True)
    # The roles it gave her, which it may take away again; those given by hand stay.
    roles: Mapped[list[str]] = mapped_column(JSON)
    institutions: Mapped[list[str]] = mapped_column(JSON)  # GLN numbers it gave her
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideSession(Base):
    """That a session was begun by a provider, with what ends it there and here."""

    __tablename__ = "catalogue_outside_sessions"

    sign_in_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_sign_ins.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    identity_id: Mapped[int] = mapped_column(
        ForeignKey("catalogue_outside_identities.id"), index=True
    )
    # Of its session: some providers' are longer than any column.
    sid_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    id_token: Mapped[str] = mapped_column(Text)  # sealed: it tells who she is


class OutsideTry(Base):
    """A sign-in under way: what must come back with its answer, which counts once."""

    __tablename__ = "catalogue_outside_tries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    provider_id: Mapped[int] = mapped_column(ForeignKey("catalogue_identity_providers.id"))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    back: Mapped[str] = mapped_column(String(2000))
    # What came by SAML, sealed: a form of the provider brings it, without our cookie.
    answer: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OutsideMessage(Base):
    """A message of a provider that was acted on, so that it is never acted on again."""

    __tablename__ = "catalogue_outside_messages"
    __table_args__ = (UniqueConstraint("provider_id", "message_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("catalogue_identity_providers.id"))
    message_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
