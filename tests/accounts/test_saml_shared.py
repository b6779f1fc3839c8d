"""One service provider of SAML for several municipalities: as KOMBIT knows a system once."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import cast
import pytest
from accounts.saml_provider import BUYING, CVR, OURS, SHARED, SamlProvider, privileges
from conftest import CatalogueClient, on_sqlite
from flask import Flask
from saml2.pack import make_soap_enveloped_saml_thingy
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256
from sqlalchemy import select

from catalogue.accounts import oidc_published, saml_renewal, saml_rules, saml_services
from catalogue.accounts.models import PersonRole
from catalogue.accounts.outside_models import IdentityProvider, SamlTerms
from catalogue.accounts.outside_rules import Line
from catalogue.accounts.saml_providers import Place
from catalogue.core.who import Role

PAGE = "/kommunens-log-ind/saml"
EID_CVR = saml_rules.CVR
KOLDING = "29189897"

pytestmark = on_sqlite


@pytest.fixture
def shared(app: Flask, idp: SamlProvider) -> Any:
    """Two municipalities that sign in by one service; the IdP knows it by one metadata."""
    state = app.extensions["catalogue"]
    state.clock = lambda: datetime.now(UTC)
    place = Place(SHARED, state.settings.secret(), oidc_published.bounds_of(state.settings))
    wanted = saml_services.Wanted("KOMBIT", None, idp.metadata.encode(), idp.ours)
    with state.database.transaction() as session:
        saml_services.set_up(session, wanted, place, state.clock())
        towns = [cast.municipality(session, cvr=CVR)]
        towns.append(cast.municipality(session, "Kolding", cvr=KOLDING))
        staff = [cast.staff(session, each, name=f"Staff {each.name}") for each in towns]
    said = {"shared": "1", "loa": "Substantial", "cvr_claim": EID_CVR, "is_open": "1",
            "may_create": "1", "vouches_for_email": "1"}  # fmt: skip
    for each in staff:
        client = app.test_client()
        cast.sign_in_as(client, each)
        assert client.post(PAGE, data=said | {"cvr_claim": ""}).status_code == 422
        assert client.post(PAGE, data=said).status_code == 303
        assert SHARED in client.get(PAGE).text
    with state.database.transaction() as session:
        for each in session.scalars(select(IdentityProvider)):
            each.mapping = [Line("privileges", BUYING, (Role.BUYER,)).kept()]
    return app


def answer(idp: SamlProvider, request_id: str, cvr: str) -> str:
    """Return an answer to the service, of somebody who comes from a municipality."""
    idp.said = privileges(BUYING, cvr=cvr) | {EID_CVR: [cvr]}
    return idp.answer(request_id, destination=f"{SHARED}/svar", sp_entity_id=SHARED)


def bring(app: Flask, response: str) -> Any:
    """Bring an answer, as a form of the IdP's page does."""
    packed = base64.b64encode(response.encode()).decode()
    return app.test_client().post("/log-ind/saml/svar", data={"SAMLResponse": packed})


def test_each_municipality_signs_in_by_the_one_service_and_nobody_in_another(
    shared: Flask, client: CatalogueClient, idp: SamlProvider
) -> None:
    metadata = client.get("/log-ind/saml")
    assert f"{SHARED}/log-ud/soap" in metadata.text
    for code, cvr in (("0330", CVR), ("0621", KOLDING)):
        browser = shared.test_client()
        asked = idp.read(browser.get(f"/log-ind/kommune/{code}").headers["Location"])
        assert asked.issuer.text == SHARED
        brought = bring(shared, answer(idp, asked.id, cvr))
        assert brought.status_code == 303, brought.text
        let_in = browser.get(brought.headers["Location"])
        assert let_in.status_code == (303 if code == "0330" else 403)  # her address acts elsewhere
    stranger = shared.test_client()
    asked = idp.read(stranger.get("/log-ind/kommune/0621").headers["Location"])
    other = bring(shared, answer(idp, asked.id, CVR))  # of Slagelse, asked for by Kolding
    assert stranger.get(other.headers["Location"]).status_code == 403
    assert bring(shared, answer(idp, "_unheard", CVR)).status_code == 409
    portal = bring(shared, answer(idp, None, CVR))  # type: ignore[arg-type]  # nobody asked
    assert portal.headers["Location"].startswith("/log-ind/saml/fra-portal")
    with shared.extensions["catalogue"].database.reading() as session:
        roles = session.scalars(select(PersonRole.role).where(PersonRole.role == "buyer")).all()
    assert len(roles) == 1


def test_the_provider_ends_a_session_wherever_it_is(
    shared: Flask, client: CatalogueClient, idp: SamlProvider
) -> None:
    asked = idp.read(client.get("/log-ind/kommune/0330").headers["Location"])
    client.get(bring(shared, answer(idp, asked.id, CVR)).headers["Location"])
    assert client.get("/roller").status_code == 200
    signed = {"sign": True, "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}
    request = idp.logout_request("", **signed, destination=f"{SHARED}/log-ud/soap", sp=SHARED)
    wrapped = make_soap_enveloped_saml_thingy(str(request))
    ended = shared.test_client().post("/log-ind/saml/log-ud/soap", data=wrapped)
    assert ended.status_code == 200, ended.text
    assert client.get("/roller").status_code == 303
    asked = idp.read(client.get("/log-ind/kommune/0330").headers["Location"])
    client.get(bring(shared, answer(idp, asked.id, CVR)).headers["Location"])
    request = idp.logout_request("", **signed, destination=f"{SHARED}/log-ud", sp=SHARED)
    packed = base64.b64encode(str(request).encode()).decode()
    ended = shared.test_client().post("/log-ind/saml/log-ud", data={"SAMLRequest": packed})
    assert urlsplit(ended.headers["Location"]).path.endswith("/slo")
    assert client.get("/roller").status_code == 303


def test_who_leaves_the_service_has_a_key_of_its_own(shared: Flask, idp: SamlProvider) -> None:
    database = shared.extensions["catalogue"].database
    with database.transaction() as session:
        staff = cast.staff(session, cast.municipality(session), name="Siri Dam")
    client = shared.test_client()
    cast.sign_in_as(client, staff)
    assert "metadata" in client.post(PAGE, data={"is_open": "1"}).text  # it has none of its own
    assert client.post(PAGE, data={"metadata": idp.metadata, "is_open": "1"}).status_code == 303
    with database.reading() as session:
        own, other = session.scalars(select(SamlTerms).order_by(SamlTerms.provider_id)).all()
    assert (own.shared, other.shared) == (False, True)
    assert own.certificate != other.certificate
    assert OURS in client.get(PAGE).text


def test_metadata_of_the_service_is_renewed_for_all(
    shared: Flask, idp: SamlProvider, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = shared.extensions["catalogue"]
    state.settings = replace(state.settings, fetch_allowed_hosts="127.0.0.1")
    bounds = oidc_published.bounds_of(state.settings)
    wanted = saml_services.Wanted("KOMBIT", address, idp.signed().encode(), None)
    with state.database.transaction() as session:
        place = Place(SHARED, state.settings.secret(), bounds)
        key = saml_services.set_up(session, wanted, place, state.clock()).private_key
    moved = "https://idp.slagelse.example/new"
    monkeypatch.setattr(idp, "metadata", idp.signed(signs_in_at=moved))
    saml_renewal.renew_batch(state.database, bounds, state.clock)
    with state.database.reading() as session:
        terms = session.scalars(select(SamlTerms)).all()
    assert [each.published["signs_in_at"] for each in terms] == [moved, moved]
    assert {each.private_key for each in terms} == {key}
