"""Metadata of SAML 2.0: what a provider says of itself, and what it must know of us (OIOSAML 3)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from catalogue.core import plain_xml
from catalogue.core.errors import Invalid
from catalogue.core.text import Text
from catalogue.core.text import lazy as _

from . import saml_signatures as signatures
from .oidc_published import Distrusted
from .saml_rules import CVR, LOA, PRIVILEGES, STANDARD

LARGEST_BYTES = 1_000_000
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
HTTP_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SAML2 = "urn:oasis:names:tc:SAML:2.0:protocol"
URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
NAME = "Indkøbskataloget"
SHORTEST_KEY_BITS = 2048
OTHER_SIGNER = _("It is not signed by the key that signed it when it was given here.")
OTHER_PROVIDER = _("It is the metadata of another provider.")
# What we ask for, and whether nobody gets in without it.
WANTED = (
    (CVR, False),
    (LOA, False),
    (PRIVILEGES[0], False),
    *((STANDARD[name][0], False) for name in ("email", "given_name", "family_name")),
)


@dataclass(frozen=True)
class Idp:
    """What a provider publishes: who it is, where it is asked, and by which keys it signs."""

    entity_id: str
    signs_in_at: str
    signs_out_at: str  # empty: it does not take part in sign-out
    told_at: str  # where it takes answers to its own requests to sign out
    certificates: tuple[str, ...]  # in PEM

    def kept(self) -> dict[str, Any]:
        """Return it as the database keeps it."""
        return asdict(self)

    @staticmethod
    def of(kept: Mapping[str, Any]) -> Idp:
        """Return what is kept."""
        return Idp(**{**kept, "certificates": tuple(kept["certificates"])})


def read(content: bytes, is_safe: Callable[[str], bool], now: datetime) -> Idp:
    """Read the metadata of a provider; raises Invalid for `metadata`.

    `is_safe` tells whether people may be led to an address.
    """
    entity = _entity(content)
    role = entity.find(f"{MD}IDPSSODescriptor")
    ends, where = _ends(role, "SingleLogoutService"), _ends(role, "SingleSignOnService")
    if REDIRECT not in where:
        raise _refuse(_("It does not say where people sign in by HTTP-Redirect."))
    out = ends.get(REDIRECT, ("", ""))
    found = Idp(
        entity.get("entityID", ""), where[REDIRECT][0], out[0], out[1] or out[0],
        _certificates(role, now),
    )  # fmt: skip
    if not 0 < len(found.entity_id) <= 300:
        raise _refuse(_("It does not say its name (entityID), or one that is too long."))
    for address in filter(None, (found.signs_in_at, found.signs_out_at, found.told_at)):
        if not is_safe(address):
            raise _refuse(_("%(address)s does not begin with https://.", address=address[:200]))
    return found


def signer(content: bytes) -> str | None:
    """Return the certificate, in PEM, by whose key metadata is signed, as it tells itself.

    None: it is not signed, or in a way that we do not check. Raises ProgramSilent.
    """
    try:
        root = signatures.parse(content.strip())
        own = root.find(f"{signatures.DS}Signature")
        told = None if own is None else own.find(f".//{signatures.DS}X509Certificate")
        if told is None:
            return None
        found = _certificate("".join(told.itertext())).public_bytes(Encoding.PEM).decode()
        signatures.verify(root, (found,))
    except (Distrusted, Invalid, signatures.NoProgram):
        return None
    return found


def is_signed_by(content: bytes, certificate: str) -> bool:
    """Tell whether metadata is signed by the key of a certificate.

    Raises NoProgram, ProgramSilent.
    """
    try:
        signatures.verify(signatures.parse(content.strip()), (certificate,))
    except Distrusted:
        return False
    return True


def write(entity_id: str, answers_at: str, ends_at: str, certificate: str) -> bytes:
    """Return what a provider must know of us, as XML."""
    md, ds = signatures.load("md"), signatures.load("xmldsig")
    plain = "".join(certificate.split("-----")[2].split())
    keys = [
        md.KeyDescriptor(use=use, key_info=ds.KeyInfo(
            x509_data=[ds.X509Data(x509_certificate=[ds.X509Certificate(text=plain)])]
        ))
        for use in ("signing", "encryption")
    ]  # fmt: skip
    asked = md.AttributeConsumingService(
        index="0", is_default="true", service_name=[md.ServiceName(lang="da", text=NAME)],
        requested_attribute=[
            md.RequestedAttribute(name=name, name_format=URI, is_required=str(must).lower())
            for name, must in WANTED
        ],
    )  # fmt: skip
    role = md.SPSSODescriptor(
        authn_requests_signed="true", want_assertions_signed="true",
        protocol_support_enumeration=SAML2, key_descriptor=keys,
        single_logout_service=[
            *(
                md.SingleLogoutService(binding=binding, location=ends_at)
                for binding in (REDIRECT, HTTP_POST)
            ),
            md.SingleLogoutService(binding=SOAP, location=f"{ends_at}/soap"),
        ],
        name_id_format=[md.NameIDFormat(text=PERSISTENT)],
        assertion_consumer_service=[
            md.AssertionConsumerService(
                binding=HTTP_POST, location=answers_at, index="0", is_default="true"
            )
        ],
        attribute_consuming_service=[asked],
    )  # fmt: skip
    told = str(md.EntityDescriptor(entity_id=entity_id, spsso_descriptor=role))
    root = plain_xml.parse(told.encode())
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _entity(content: bytes) -> etree._Element:
    """Return the one provider that is described."""
    try:
        root = plain_xml.parse(content.strip())
    except (etree.XMLSyntaxError, ValueError):
        raise _refuse(_("It is not XML. Copy all of it, or choose the file.")) from None
    if root.getroottree().docinfo.doctype:
        raise _refuse(_("It has a document type, which metadata never has."))
    found = [each for each in root.iter(f"{MD}EntityDescriptor") if _is_provider(each)]
    if len(found) != 1:
        raise _refuse(
            _("It must describe one provider (IDPSSODescriptor); here are %(count)s.",
              count=len(found))
        )  # fmt: skip
    return found[0]


def _is_provider(entity: etree._Element) -> bool:
    role = entity.find(f"{MD}IDPSSODescriptor")
    return role is not None and SAML2 in role.get("protocolSupportEnumeration", "").split()


def _ends(role: etree._Element, name: str) -> dict[str, tuple[str, str]]:
    """Return where a service lies, and where it takes answers, by binding."""
    return {
        each.get("Binding", ""): (each.get("Location", ""), each.get("ResponseLocation", ""))
        for each in reversed(role.findall(f"{MD}{name}"))
    }


def _certificates(role: etree._Element, now: datetime) -> tuple[str, ...]:
    """Return the certificates it signs by that are strong and have not run out."""
    found = [
        _certificate("".join(each.itertext()))
        for keys in role.findall(f"{MD}KeyDescriptor")
        if keys.get("use", "signing") == "signing"
        for each in keys.iter(f"{signatures.DS}X509Certificate")
    ]
    if not found:
        raise _refuse(_("It names no key that it signs by."))
    lasting = [each for each in found if each.not_valid_after_utc > now]
    if not lasting:
        raise _refuse(_("The certificate it signs by has run out. Ask for new metadata."))
    if not all(map(_is_strong, lasting)):
        raise _refuse(
            _(
                "It signs by a key that is too weak: RSA needs %(bits)s bits.",
                bits=SHORTEST_KEY_BITS,
            )
        )
    return tuple(each.public_bytes(Encoding.PEM).decode() for each in lasting)


def _certificate(text: str) -> x509.Certificate:
    try:
        found = x509.load_der_x509_certificate(base64.b64decode("".join(text.split())))
        found.public_key()  # damage in it shows when it is asked for
    except (binascii.Error, ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        raise _refuse(_("A certificate in it cannot be read.")) from None
    return found


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SHORTEST_KEY_BITS
    return isinstance(key, ec.EllipticCurvePublicKey)


def _refuse(text: Text) -> Invalid:
    return Invalid({"metadata": [text]})
