"""The pages on which staff set up their municipality's sign-in: try it, map roles, preview."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cast
import pytest
from accounts import provider as providers
from accounts.provider import Provider
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.outside_models import IdentityProvider
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database

PAGE, ROLES = "/kommunens-log-ind", "/kommunens-log-ind/roller"
LINES = {"claim_0": "groups", "value_0": "Indkøb", "buyer_0": "1", "gln_0": cast.GLN}


@pytest.fixture(scope="module")
def op() -> Iterator[Provider]:
    """The provider."""
    with providers.serving() as serving:
        yield serving


@pytest.fixture
def staff(app: Flask, client: CatalogueClient, database: Database) -> CatalogueClient:
    """A member of staff at her browser."""
    with database.transaction() as session:
        person = cast.staff(session)
    cast.sign_in_as(client, person)
    return client


def form(issuer: str, **more: str) -> dict[str, str]:
    """Return the form of a provider."""
    return {"issuer": issuer, "client_id": "catalogue", "client_secret": "p4-hem-ky"} | more


def kept(database: Database) -> IdentityProvider:
    """Return the provider that is kept."""
    with database.reading() as session:
        return session.scalars(select(IdentityProvider)).one()


def allow(app: Flask) -> None:
    """Let the settings allow loopback."""
    state = app.extensions["catalogue"]
    state.settings = replace(state.settings, fetch_allowed_hosts="127.0.0.1")


def test_staff_set_up_the_provider_and_try_it(
    app: Flask, staff: CatalogueClient, database: Database, op: Provider
) -> None:
    allow(app)
    assert "http://127.0.0.1:8000/log-ind/kommune/0330/svar" in staff.get(PAGE).text
    assert staff.post(PAGE, data=form(op.issuer, is_open="1")).status_code == 303
    found = kept(database)
    assert (found.scopes, found.is_open, found.may_create) == ("openid profile email", True, False)
    assert "p4-hem-ky" not in str(found.client_secret)
    assert "p4-hem-ky" not in staff.get(PAGE).text
    tried = staff.post(f"{PAGE}/proev", data=form(op.issuer, scopes="openid groups")).text
    assert "Forbindelsen virker" in tried
    assert f"{op.issuer}/session" in tried
    assert 'value="openid groups"' in tried  # what is typed stays, and nothing is kept
    assert "p4-hem-ky" not in tried
    assert kept(database).scopes == found.scopes
    staff.post(PAGE, data=form(op.issuer, client_secret=""))  # typed nothing: the secret stays
    assert kept(database).client_secret == found.client_secret
    staff.post(PAGE, data=form("https://login.kolding.example", client_secret=""))
    assert kept(database).client_secret is None  # no other issuer ever gets it
    with database.reading() as session:
        told = [str(each.facts) for each in session.scalars(select(AuditEvent))]
    assert len(told) == 3
    assert not any("p4-hem-ky" in each for each in told)


@on_sqlite
def test_address_within_our_own_network_is_asked_by_setting_only(
    app: Flask, staff: CatalogueClient, op: Provider
) -> None:
    refused = staff.post(PAGE, data=form(op.issuer))
    assert refused.status_code == 422
    assert "https://" in refused.text
    asked = len(op.asked)
    tried = staff.post(f"{PAGE}/proev", data=form(op.issuer))
    assert tried.status_code == 422
    assert "https://" in tried.text
    within = form(op.issuer.replace("http:", "https:"))
    assert "ikke på det åbne internet" in staff.post(f"{PAGE}/proev", data=within).text
    assert len(op.asked) == asked


@on_sqlite
def test_another_name_than_the_one_it_calls_itself_by_is_refused(
    app: Flask, staff: CatalogueClient, op: Provider
) -> None:
    allow(app)
    tried = staff.post(f"{PAGE}/proev", data=form(op.issuer + "/"))
    assert "kalder sig selv" in tried.text
    assert f'value="{op.issuer}/"' in tried.text


def test_mapping_is_tried_on_claims_before_it_is_kept(
    app: Flask, staff: CatalogueClient, database: Database, op: Provider
) -> None:
    allow(app)
    staff.post(PAGE, data=form(op.issuer))
    claims = '{"groups": ["indkøb"], "name": "Mette Holm"}'
    shown = staff.post(ROLES, data=LINES | {"claims": claims, "do": "preview"}).text
    for each in ("groups = Indkøb", "Mette Holm", cast.GLN):
        assert each in shown
    assert kept(database).mapping == []
    lost = staff.post(ROLES, data=LINES | {"claims": '{"groups": "Have"}', "do": "preview"}).text
    assert "personen kommer ikke ind" in lost
    assert staff.post(ROLES, data=LINES | {"do": "save"}).status_code == 303
    assert kept(database).mapping[0]["roles"] == ["buyer"]
    assert 'value="Indkøb"' in staff.get(ROLES).text
    staff.post(ROLES, data=LINES | {"value_0": "mette@slagelse.example", "do": "save"})
    with database.reading() as session:
        told = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert told is not None
    assert told.facts["after"] == {"mapping": [f"groups = …: buyer, {cast.GLN}"]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value_0": ""}, "Udfyld"),
        ({"buyer_0": ""}, "Vælg mindst én rolle"),
        ({"gln_0": "123"}, "GLN"),
        ({"claims": "groups: Indkøb", "do": "preview"}, "objekt i JSON"),
    ],
)
@on_sqlite
def test_faulty_line_is_named(
    app: Flask, staff: CatalogueClient, op: Provider, wrong: dict[str, Any], said: str
) -> None:
    allow(app)
    staff.post(PAGE, data=form(op.issuer))
    answer = staff.post(ROLES, data=LINES | {"do": "save"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
