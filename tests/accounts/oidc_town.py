"""A town whose people sign in at a provider of OpenID Connect."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import cast
import pytest
from accounts import provider as providers
from accounts.provider import CLIENT, SECRET, Provider
from conftest import CatalogueClient
from flask import Flask
from sqlalchemy import select

from catalogue.accounts import outside_providers
from catalogue.accounts.models import PersonRole
from catalogue.accounts.outside_models import IdentityProvider, OutsideIdentity
from catalogue.accounts.outside_rules import Line
from catalogue.core.audit import AuditEvent
from catalogue.core.sealing import seal
from catalogue.core.who import Role

DOOR = "/log-ind/kommune/0330"
BUYERS = Line("groups", "indkøb", (Role.BUYER,))
CHIEFS = Line("groups", "Chefer", (Role.APPROVER, Role.STAFF))


@dataclass
class Town:
    """A municipality whose people sign in at the provider, and a browser of one of them."""

    app: Flask
    op: Provider
    client: CatalogueClient

    def rows(self, kind: Any, *where: Any) -> list[Any]:
        """Return rows of a kind."""
        with self.app.extensions["catalogue"].database.reading() as session:
            return list(session.scalars(select(kind).where(*where)))

    def change(self, **facts: Any) -> None:
        """Change what staff have said of the provider."""
        with self.app.extensions["catalogue"].database.transaction() as session:
            found = session.scalars(select(IdentityProvider)).one()
            for name, value in facts.items():
                setattr(found, name, value)

    def go(self, next_: str = "") -> str:
        """Go to the provider, and return the address that it leads back to."""
        begun = self.client.get(DOOR + ("?" + urlencode({"next": next_}) if next_ else ""))
        assert begun.status_code == 303, begun.text
        parts = urlsplit(begun.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}" == self.op.issuer
        connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", f"{parts.path}?{parts.query}")
        with connection.getresponse() as answer:
            back = urlsplit(answer.headers["Location"])
        connection.close()
        return f"{back.path}?{back.query}"

    def sign_in(self, **claims: Any) -> Any:
        """Sign in at the provider, which says these claims besides its usual ones."""
        self.op.say(**claims)
        return self.client.get(self.go())

    def roles(self) -> list[str]:
        """Return the roles of the person at the provider."""
        (identity,) = self.rows(OutsideIdentity)
        return [
            each.role for each in self.rows(PersonRole, PersonRole.person_id == identity.person_id)
        ]

    def actions(self) -> list[str]:
        """Return what the audit tells, in its order."""
        events = self.rows(AuditEvent)
        return [each.action for each in sorted(events, key=lambda each: each.id)]


@pytest.fixture(scope="module")
def op() -> Iterator[Provider]:
    """The provider."""
    with providers.serving() as serving:
        yield serving


@pytest.fixture
def town(app: Flask, client: CatalogueClient, op: Provider) -> Town:
    """Slagelse with its provider, which gives buyers their role; the clock is the real one."""
    state = app.extensions["catalogue"]
    state.settings = replace(state.settings, fetch_allowed_hosts="127.0.0.1")
    state.clock = lambda: datetime.now(UTC)
    with state.database.transaction() as session:
        facts = {"contact_name": "Jens Kruse", "contact_email": "jens@slagelse.example"}
        home = cast.municipality(session, **facts)
        session.add(
            IdentityProvider(
                municipality_id=home.id, issuer=op.issuer, client_id=CLIENT,
                client_secret=seal("a secret of the tests", outside_providers.PURPOSE, SECRET),
                scopes="openid profile email groups", cvr_claim=None, vouches_for_email=False,
                may_create=True, is_open=True, created_at=cast.NOW,
                mapping=[BUYERS.kept(), CHIEFS.kept()],
            )
        )  # fmt: skip
    op.say()
    return Town(app, op, client)
