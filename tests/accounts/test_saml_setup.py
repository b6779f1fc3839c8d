"""The page on which staff set up SAML, and what metadata, keys and rules there may be."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import cast
import pytest
from accounts.saml_provider import CVR, EID, ENTITY, LOA, OURS, SamlProvider, privileges
from conftest import CatalogueClient, on_sqlite
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from flask import Flask
from lxml import etree
from sqlalchemy import select

from catalogue.accounts import oidc_published, saml_metadata, saml_renewal, saml_signatures
from catalogue.accounts import saml_rules as rules
from catalogue.accounts.oidc_published import Distrusted
from catalogue.accounts.outside_models import IdentityProvider, SamlTerms
from catalogue.accounts.saml_keys import Pair
from catalogue.accounts.saml_rules import Confirmation, Expected, Said
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid

PAGE = "/kommunens-log-ind/saml"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EXPECTED = Expected("idp", "sp", "acs")
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def staff(app: Flask, client: CatalogueClient, database: Database) -> CatalogueClient:
    """A member of staff at her browser."""
    with database.transaction() as session:
        person = cast.staff(session)
    cast.sign_in_as(client, person)
    return client


def kept(database: Database) -> tuple[IdentityProvider, SamlTerms]:
    """Return the provider that is kept."""
    with database.reading() as session:
        return session.scalars(select(IdentityProvider)).one(), session.scalars(
            select(SamlTerms)
        ).one()


def p12(made: Pair, password: str) -> bytes:
    """Return a key and its certificate as the file that certificates are sold in."""
    key: Any = load_pem_private_key(made.key.encode(), None)
    certificate = x509.load_pem_x509_certificate(made.certificate.encode())
    sealed = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"oces", key, certificate, None, sealed)


def test_staff_set_it_up_by_file_with_a_certificate_of_their_own(
    staff: CatalogueClient, database: Database, idp: SamlProvider
) -> None:
    assert OURS in (empty := staff.get(PAGE).text)
    assert "den anden protokol" not in empty
    file = (BytesIO(idp.metadata.encode()), "idp.xml")
    sent = {"metadata_file": file, "loa": "Substantial", "cvr_claim": rules.CVR, "is_open": "1"}
    assert staff.post(PAGE, data=sent).status_code == 303
    provider, terms = kept(database)
    assert (provider.protocol, provider.issuer, provider.client_id) == ("saml", ENTITY, OURS)
    assert (provider.is_open, provider.may_create, terms.loa) == (True, False, "Substantial")
    assert "PRIVATE KEY" not in terms.private_key
    own = {"certificate": (BytesIO(p12(idp.ours, "kode")), "oces.p12")}
    wrong = staff.post(PAGE, data=own | {"certificate_password": "forkert"})
    assert "passer ikke" in wrong.text
    own = {"certificate": (BytesIO(p12(idp.ours, "kode")), "oces.p12")}
    staff.post(PAGE, data=own | {"certificate_password": "kode"})
    provider, terms = kept(database)
    assert (terms.certificate, provider.issuer) == (idp.ours.certificate, ENTITY)
    assert "Lukket" in staff.get("/kommunens-log-ind", follow_redirects=True).text
    assert "den anden protokol" in staff.get("/kommunens-log-ind?protokol=openid").text
    with database.reading() as session:
        told = [each.facts for each in session.scalars(select(AuditEvent))]
    assert [each.get("untold") for each in told] == [["certificate"], ["certificate"]]
    assert "PRIVATE" not in str(told)
    staff.post("/kommunens-log-ind", data={"issuer": "https://login.dk", "client_id": "c"})
    assert kept(database)[0].protocol == "openid"


@on_sqlite
def test_metadata_is_fetched_from_the_open_internet_only(
    app: Flask, staff: CatalogueClient, database: Database, address: str
) -> None:
    refused = staff.post(PAGE, data={"metadata_address": address.replace("http:", "https:")})
    assert "ikke på det åbne internet" in refused.text
    state = app.extensions["catalogue"]
    state.settings = replace(state.settings, fetch_allowed_hosts="127.0.0.1")
    assert staff.post(PAGE, data={"metadata_address": address}).status_code == 303
    assert kept(database)[1].metadata_address == address
    both = staff.post(PAGE, data={"metadata_address": address, "metadata": "<a/>"})
    assert "på én måde" in both.text


@on_sqlite
def test_metadata_is_renewed_at_night_by_who_signed_it_and_else_the_old_stays(
    app: Flask, staff: CatalogueClient, database: Database, idp: SamlProvider, address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    state = app.extensions["catalogue"]
    state.settings = replace(state.settings, fetch_allowed_hosts="127.0.0.1")
    plain, moved = idp.metadata, "https://idp.slagelse.example/new"
    monkeypatch.setattr(idp, "metadata", idp.signed())
    assert staff.post(PAGE, data={"metadata_address": address}).status_code == 303

    def night() -> SamlTerms:
        saml_renewal.renew_batch(database, oidc_published.bounds_of(state.settings), state.clock)
        return kept(database)[1]

    assert night().renewal_fault is None
    monkeypatch.setattr(idp, "metadata", idp.signed(signs_in_at=moved))
    assert night().published["signs_in_at"] == moved
    later = "https://idp.slagelse.example/later"
    for wrong in (plain, idp.signed(signs_in_at=later, server=idp.stranger), "<a/>"):
        monkeypatch.setattr(idp, "metadata", wrong)
        terms = night()
        assert terms.published["signs_in_at"] == moved
        assert terms.renewal_fault
    page = staff.get(PAGE).text
    assert "kunne ikke hentes" in page
    with database.reading() as session:
        told = [each.action for each in session.scalars(select(AuditEvent))]
    assert told.count("identity_provider.renewed") == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IDPSSODescriptor", "SPSSODescriptor"), ("HTTP-Redirect", "HTTP-Artifact"),
        ("https://idp.slagelse.example/saml/sso", "javascript:alert(1)"),
        ('use="signing"', 'use="encryption"'), ("<ns1:X509Certificate>", "<ns1:X509Certificate>AA"),
        ("<ns0:EntityDescriptor", '<!DOCTYPE a [<!ENTITY b "c">]><ns0:EntityDescriptor'),
        ("</ns0:EntityDescriptor>", ""), (f'entityID="{ENTITY}"', ""),
    ],
)  # fmt: skip
def test_metadata_that_names_no_usable_provider_is_refused(
    idp: SamlProvider, old: str, new: str
) -> None:
    def is_safe(address: str) -> bool:
        return address.startswith("https://")

    now = datetime.now(UTC)
    assert saml_metadata.read(idp.metadata.encode(), is_safe, now).entity_id == ENTITY
    with pytest.raises(Invalid):
        saml_metadata.read(idp.metadata.replace(old, new).encode(), is_safe, now)
    with pytest.raises(Invalid, match="metadata"):
        saml_metadata.read(idp.metadata.encode(), is_safe, now + timedelta(days=30))  # run out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a003020102", "a003020112"),  # a version that there is not
        ("06092a864886f70d0101010500", "06092a864886e70d0101010500"),  # a kind of key that is none
        ("3082010a0282010100", "308d010a0282010100"),  # a key that is damaged
    ],
    ids=["version", "kind", "key"],
)
def test_damaged_certificate_in_metadata_is_refused_in_words(
    idp: SamlProvider, old: str, new: str
) -> None:
    told = idp.metadata.split("X509Certificate>")
    whole = base64.b64decode(told[1].removesuffix("</ns1:"))
    damaged = whole.replace(bytes.fromhex(old), bytes.fromhex(new))
    assert damaged != whole
    for place in range(1, len(told), 2):
        told[place] = base64.b64encode(damaged).decode() + "</ns1:"
    with pytest.raises(Invalid, match="metadata"):
        saml_metadata.read(
            "X509Certificate>".join(told).encode(), lambda _address: True, datetime.now(UTC)
        )


def said(**changed: Any) -> Said:
    """Return what a response says that counts, but for what is changed."""
    confirmed = Confirmation(rules.BEARER, "acs", "_1", None, SOON)
    usual = Said(
        "acs", "idp", "_1", "_a", "idp", (("sp",),), NOW, SOON, (confirmed,), None, 1, "_s",
        {"text": "mette"},
    )  # fmt: skip
    bearer = {name[3:]: changed.pop(name) for name in list(changed) if name.startswith("by_")}
    return replace(usual, **{"confirmations": (replace(confirmed, **bearer),)} | changed)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"response_issuer": None}, ""),
        ({"destination": None}, "destination is another"),
        ({"response_issuer": "evil"}, "issuer of the response is another"),
        ({"issuer": "evil"}, "issuer is another"),
        ({"audiences": ()}, "audience is missing"),
        ({"audiences": (("sp",), ("other",))}, "audience is another"),
        ({"audiences": (("other", "sp"),)}, ""),
        ({"response_to": None, "by_in_response_to": None}, "unsolicited"),
        ({"by_in_response_to": "_2"}, "no confirmation fits"),
        ({"by_recipient": "other"}, "no confirmation fits"),
        ({"by_method": "holder-of-key"}, "no confirmation fits"),
        ({"by_until": None}, "no confirmation fits"),
        ({"by_not_before": NOW}, "no confirmation fits"),
        ({"by_until": NOW - timedelta(seconds=59)}, ""),
        ({"by_until": NOW - timedelta(seconds=60)}, "confirmation has ended"),
        ({"until": NOW - timedelta(seconds=60)}, "has ended"),
        ({"not_before": NOW + timedelta(seconds=60)}, ""),
        ({"not_before": NOW + timedelta(seconds=61)}, "is not valid yet"),
        ({"session_until": NOW - timedelta(minutes=2)}, "session has ended"),
        ({"sessions": 0}, "says more or less than one sign-in"),
        ({"name_id": {}}, "names nobody"),
    ],
)
def test_assertion_counts_only_as_the_profile_has_it(changed: dict[str, Any], why: str) -> None:
    assert rules.problem(said(**changed), EXPECTED, NOW) == why


@pytest.mark.parametrize(
    ("levels", "wanted", "reached"),
    [
        ([], "", True), ([], "Low", False), (["Low"], "Substantial", False),
        (["Substantial"], "Substantial", True), (["High"], "Substantial", True),
        ([f"{LOA}/High"], "High", True), (["High", "Low"], "Low", False),
    ],
)  # fmt: skip
def test_level_of_assurance_is_at_least_the_one_asked_for(
    levels: list[str], wanted: str, reached: bool
) -> None:
    assert rules.reaches(said(attributes={LOA: levels}), wanted) is reached


def test_privileges_count_for_the_own_municipality_with_their_bounds() -> None:
    bound = '<Constraint Name="urn:gln">5790000000000</Constraint>'
    told = {
        f"{EID}privilegesIntermediate": [
            *privileges("urn:a", "urn:b")[f"{EID}privilegesIntermediate"],
            *privileges("urn:a", bounds=bound)[f"{EID}privilegesIntermediate"],
            *privileges("urn:elsewhere", cvr="12345674")[f"{EID}privilegesIntermediate"],
            "not in base 64", "bm8geG1s",
        ],
        f"{EID}email": ["mette@slagelse.example"], "email": ["other@slagelse.example"],
        "sub": ["boss"],
    }  # fmt: skip
    claims = rules.claims(said(attributes=told), CVR)
    assert claims["privileges"] == ["urn:a", "urn:b", "urn:a?urn:gln=5790000000000"]
    assert (claims["sub"], claims["email"]) == ("mette", "mette@slagelse.example")


@pytest.mark.parametrize("tag", ["CipherReference", "RetrievalMethod"])
def test_encrypted_part_never_leads_to_a_file(tag: str) -> None:
    home = saml_signatures.XENC if tag == "CipherReference" else saml_signatures.DS
    text = (
        f'<a xmlns="{home[1:-1]}" xmlns:e="{saml_signatures.XENC[1:-1]}"><{tag} URI="/etc/passwd"/>'
        '<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/></a>'
    )
    with pytest.raises(Distrusted) as refused:
        saml_signatures.decrypt(etree.fromstring(text), "")
    assert refused.value.why == "leads elsewhere"
