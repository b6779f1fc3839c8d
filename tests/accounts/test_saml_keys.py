"""Files in which a certificate is sent with its key: what is odd about one is told in words."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cast
import pytest
from accounts.saml_provider import SamlProvider
from cast import NOW
from conftest import CatalogueClient, on_sqlite
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from flask import Flask

from catalogue.accounts import saml_keys
from catalogue.core.errors import Invalid

UNKNOWN_CURVE = Path(__file__).parents[1] / "data" / "certificates" / "secp112r1.p12"
PAGE = "/kommunens-log-ind/saml"
PASSWORD = "kode"
DAY = timedelta(days=1)
WRONG, NO_KEY, NO_CERTIFICATE = "passer ikke", "ingen nøgle", "intet certifikat"
NOT_RSA, WEAK, OVER = "ikke en RSA-nøgle", "for svag", "udløbet"
NOT_YET = "gælder først fra"


@cache
def key_of(kind: str) -> Any:
    """Return a key of a kind, always the same one."""
    made = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "another": lambda: rsa.generate_private_key(65537, 2048),
        "weak": lambda: rsa.generate_private_key(65537, 1024),
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "edwards": ed25519.Ed25519PrivateKey.generate,
    }
    return made[kind]()


def certificate(kind: str = "rsa", begins: timedelta = -DAY, lasts: int = 99) -> x509.Certificate:
    """Return a certificate of a key."""
    key = key_of(kind)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kind)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + begins + lasts * DAY)
        .sign(key, None if kind == "edwards" else hashes.SHA256())
    )


def sealed(
    key: str | None, own: x509.Certificate | None, *others: x509.Certificate, open_: bool = False
) -> bytes:
    """Return a file of PKCS #12."""
    seal: Any = NoEncryption() if open_ else BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(
        b"oces", key and key_of(key), own, others or None, seal
    )


ODD = {
    "no certificate": (lambda: sealed("rsa", None), NO_CERTIFICATE),
    "another's certificate": (lambda: sealed("rsa", None, certificate("another")), NO_CERTIFICATE),
    "no key": (lambda: sealed(None, certificate()), NO_KEY),
    "issuers alone": (lambda: sealed(None, None, certificate(), certificate("ec")), NO_KEY),
    "curve": (lambda: sealed("ec", certificate("ec")), NOT_RSA),
    # Made by `openssl ecparam -name secp112r1`, for the library makes none on such a curve.
    "curve that is not known": (UNKNOWN_CURVE.read_bytes, NOT_RSA),
    "Edwards curve": (lambda: sealed("edwards", certificate("edwards")), NOT_RSA),
    "weak": (lambda: sealed("weak", certificate("weak")), WEAK),
    "run out": (lambda: sealed("rsa", certificate(begins=-9 * DAY, lasts=8)), OVER),
    "not yet": (lambda: sealed("rsa", certificate(begins=DAY)), NOT_YET),
    "without a password": (lambda: sealed("rsa", certificate(), open_=True), WRONG),
    "cut off": (lambda: sealed("rsa", certificate())[:-99], WRONG),
    "too large": (lambda: sealed("rsa", certificate(), *[certificate("another")] * 200), WRONG),
    "certificate alone, in PEM": (lambda: certificate().public_bytes(Encoding.PEM), WRONG),
    "certificate alone, in DER": (lambda: certificate().public_bytes(Encoding.DER), WRONG),
}


@pytest.mark.parametrize("odd", list(ODD))
def test_what_is_odd_about_a_file_is_told_in_words(odd: str) -> None:
    make, words = ODD[odd]
    with pytest.raises(Invalid) as refused:
        saml_keys.read(make(), PASSWORD, NOW)
    (told,) = [str(text) for texts in refused.value.problems.values() for text in texts]
    assert words in told


def test_of_several_certificates_the_one_of_the_key_is_taken() -> None:
    issuers = certificate("another"), certificate("ec")
    pair = saml_keys.read(sealed("rsa", certificate(), *issuers), PASSWORD, NOW)
    found = x509.load_pem_x509_certificate(pair.certificate.encode())
    assert found.subject == certificate().subject
    unnamed = saml_keys.read(sealed("rsa", None, *issuers, certificate()), PASSWORD, NOW)
    assert unnamed == pair


def test_file_without_a_password_is_read_when_none_is_typed() -> None:
    assert saml_keys.read(sealed("rsa", certificate(), open_=True), "", NOW).key


@pytest.mark.parametrize("password", ["", "forkert", "k\0de", "\0", "kode" * 5_000, "æøå 🎁"])
def test_password_that_is_not_right_is_told(password: str) -> None:
    with pytest.raises(Invalid, match="certificate_password"):
        saml_keys.read(sealed("rsa", certificate()), password, NOW)


@pytest.mark.filterwarnings("ignore:PKCS#12 bundle could not be parsed as DER")
def test_damaged_file_is_refused_whatever_is_damaged() -> None:
    chance, whole = random.Random(7), sealed("rsa", certificate())
    for _ in range(50):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        try:
            pair = saml_keys.read(bytes(damaged), PASSWORD, NOW)
        except Invalid:
            continue
        assert pair.certificate  # what was damaged is a name that nobody reads


@on_sqlite
@pytest.mark.parametrize("odd", ["no certificate", "no key", "curve that is not known", "cut off"])
def test_form_is_shown_again_with_what_is_odd(
    app: Flask, client: CatalogueClient, idp: SamlProvider, odd: str
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
    cast.sign_in_as(client, staff)
    make, words = ODD[odd]
    sent = {
        "metadata_file": (BytesIO(idp.metadata.encode()), "idp.xml"), "loa": "Substantial",
        "certificate": (BytesIO(make()), "oces.p12"), "certificate_password": PASSWORD,
    }  # fmt: skip
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert words in answer.text
