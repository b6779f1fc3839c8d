"""A town whose staff sign in by SAML at a provider of the tests."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import cast
import pytest
from accounts.saml_provider import (
    ANSWERS_AT,
    BUYING,
    CHIEF,
    CVR,
    ENDS_AT,
    ENTITY,
    OURS,
    SamlProvider,
)
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select

from catalogue.accounts import saml_metadata, saml_providers
from catalogue.accounts.models import PersonRole
from catalogue.accounts.outside_models import (
    SAML,
    IdentityProvider,
    OutsideIdentity,
    SamlTerms,
)
from catalogue.accounts.outside_rules import Line
from catalogue.core.sealing import seal
from catalogue.core.who import Role

DOOR, ACS = "/log-ind/kommune/0330", urlsplit(ANSWERS_AT).path
SLO = urlsplit(ENDS_AT).path
MAPPING = [
    Line("privileges", BUYING, (Role.BUYER,)).kept(),
    Line("privileges", CHIEF, (Role.APPROVER,)).kept(),
]


@dataclass
class Town:
    """A municipality whose people sign in at the IdP, and a browser of one of them."""

    app: Flask
    idp: SamlProvider
    client: CatalogueClient

    def rows(self, kind: Any, *where: Any) -> list[Any]:
        """Return rows of a kind."""
        with self.app.extensions["catalogue"].database.reading() as session:
            return list(session.scalars(select(kind).where(*where)))

    def change(self, kind: Any, **facts: Any) -> None:
        """Change what staff have said of the provider."""
        with self.app.extensions["catalogue"].database.transaction() as session:
            found = session.scalars(select(kind)).one()
            for name, value in facts.items():
                setattr(found, name, value)

    def ask(self, next_: str = "") -> Any:
        """Go to the IdP; return the request that it reads there."""
        begun = self.client.get(DOOR + ("?" + urlencode({"next": next_}) if next_ else ""))
        assert begun.status_code == 303, begun.text
        return self.idp.read(begun.headers["Location"])

    def bring(self, response: str) -> Any:
        """Bring a response to us, as a form of the IdP's page does: without a cookie."""
        stranger = self.app.test_client()
        packed = base64.b64encode(response.encode()).decode()
        return stranger.post(ACS, data={"SAMLResponse": packed})

    def sign_in(self, next_: str = "", **said: Any) -> Any:
        """Sign in at the IdP, which says this of her, and come back."""
        self.idp.said = said
        brought = self.bring(self.idp.answer(self.ask(next_).id))
        assert brought.status_code == 303, brought.text
        return self.client.get(brought.headers["Location"])

    def roles(self) -> list[str]:
        """Return the roles of the person at the provider."""
        (identity,) = self.rows(OutsideIdentity)
        found = self.rows(PersonRole, PersonRole.person_id == identity.person_id)
        return sorted(each.role for each in found)


@pytest.fixture
def town(app: Flask, client: CatalogueClient, idp: SamlProvider) -> Town:
    """Slagelse with its IdP, which gives buyers their role; the clock is the real one."""
    state = app.extensions["catalogue"]
    state.clock = lambda: datetime.now(UTC)
    published = saml_metadata.read(idp.metadata.encode(), lambda _address: True, state.clock())
    with state.database.transaction() as session:
        home = cast.municipality(session, cvr=CVR)
        provider = IdentityProvider(
            municipality_id=home.id, protocol=SAML, issuer=ENTITY, client_id=OURS, scopes="",
            cvr_claim=None, vouches_for_email=True, may_create=True, is_open=True,
            created_at=cast.NOW, mapping=MAPPING,
        )  # fmt: skip
        session.add(provider)
        session.flush()
        key = seal("a secret of the tests", saml_providers.PURPOSE, idp.ours.key)
        session.add(
            SamlTerms(
                provider_id=provider.id, metadata_address=None, published=published.kept(),
                loa="Substantial", private_key=key, certificate=idp.ours.certificate,
            )
        )  # fmt: skip
    idp.said = {}
    return Town(app, idp, client)
