"""The key by which we sign to a provider of SAML and open what it encrypts; its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from catalogue.core import text
from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

BITS = 3072
SHORTEST_BITS = 2048
SOON = timedelta(days=60)  # a certificate of OCES takes weeks to order
OWN_FOR = timedelta(days=3 * 365)
LARGEST_BYTES = 100_000  # a chain of certificates has some thousands
NOT_RSA = _("The key is not an RSA key. Order a certificate that has one.")


@dataclass(frozen=True)
class Pair:
    """A key and its certificate, in PEM."""

    key: str
    certificate: str


def make(entity_id: str, now: datetime) -> Pair:
    """Make a key, with a certificate that nobody but ourselves has signed."""
    key = rsa.generate_private_key(65537, BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, entity_id[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + OWN_FOR)
        .sign(key, hashes.SHA256())
    )
    return _pair(key, certificate)


def read(content: bytes, password: str, now: datetime) -> Pair:
    """Read a key with its certificate from a file of PKCS #12; raises Invalid by field.

    Of several certificates it takes the one of the key; the others are of those who issued it.
    """
    key, certificate = _open(content, password)
    if key is None:
        raise _refuse(_("The file holds no key. Export the certificate with its private key."))
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _refuse(NOT_RSA)
    if certificate is None:
        raise _refuse(_("The file holds no certificate of its key. Export both together."))
    if key.key_size < SHORTEST_BITS:
        raise _refuse(_("The key is too weak: it needs %(bits)s bits.", bits=SHORTEST_BITS))
    if certificate.not_valid_after_utc <= now:
        raise _refuse(_("The certificate has run out. Order another."))
    if certificate.not_valid_before_utc > now:
        begins = text.moment(certificate.not_valid_before_utc)
        raise _refuse(_("The certificate is valid from %(begins)s. Choose it then.", begins=begins))
    return _pair(key, certificate)


def runs_out_at(certificate: str) -> datetime:
    """Return when a certificate in PEM runs out."""
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc


def is_soon(until: datetime, now: datetime) -> bool:
    """Tell whether a certificate should be renewed by now."""
    return until - SOON <= now


def _open(content: bytes, password: str) -> tuple[object, x509.Certificate | None]:
    try:
        # At a NUL the library panics, past every `except Exception`; no file is sealed by one.
        if len(content) > LARGEST_BYTES or "\0" in password:
            raise ValueError
        return pkcs12.load_key_and_certificates(content, password.encode())[:2]
    except UnsupportedAlgorithm:  # a key on a curve that the library does not know
        raise _refuse(NOT_RSA) from None
    except (ValueError, x509.InvalidVersion):
        why = _("The file or its password is not right. Choose the .p12 file of the certificate.")
        raise Invalid({"certificate_password": [why]}) from None


def _pair(key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> Pair:
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(written.decode(), certificate.public_bytes(Encoding.PEM).decode())


def _refuse(why: Text) -> Invalid:
    return Invalid({"certificate": [why]})
