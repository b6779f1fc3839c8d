"""The messages of SAML 2.0 that we send and take (OIOSAML Web SSO Profile 3), signed both ways.

What we send goes by HTTP-Redirect; what we take comes by HTTP-POST, at sign-out by either or SOAP.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree

from . import saml_signatures as signatures
from .oidc_published import Distrusted
from .saml_metadata import HTTP_POST, PERSISTENT, Idp
from .saml_rules import LOA, SUCCESS

ASSERTED = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    f"{_RSA}256": hashes.SHA256(), f"{_RSA}384": hashes.SHA384(), f"{_RSA}512": hashes.SHA512(),
}  # fmt: skip
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
LARGEST_BYTES = signatures.LARGEST_BYTES
Kind = Literal["SAMLRequest", "SAMLResponse"]


@dataclass(frozen=True)
class Ours:
    """What we are at a provider, and the key we sign with, in PEM."""

    entity_id: str
    answers_at: str
    ends_at: str
    key: str


def sign_in_url(ours: Ours, idp: Idp, message_id: str, loa: str, now: datetime) -> str:
    """Return the address at which somebody signs in; `loa`: the least level of NSIS, or empty."""
    samlp, saml = signatures.load("samlp"), signatures.load("saml")
    context = None
    if loa:
        wanted = saml.AuthnContextClassRef(text=f"{LOA}/{loa}")
        context = samlp.RequestedAuthnContext(
            authn_context_class_ref=[wanted], comparison="minimum"
        )
    request = samlp.AuthnRequest(
        **_head(ours, message_id, idp.signs_in_at, now),
        assertion_consumer_service_url=ours.answers_at, protocol_binding=HTTP_POST,
        name_id_policy=samlp.NameIDPolicy(format=PERSISTENT, allow_create="true"),
        requested_authn_context=context,
    )  # fmt: skip
    return _signed_url(idp.signs_in_at, "SAMLRequest", request, ours)


def sign_out_url(
    ours: Ours, idp: Idp, proof: Mapping[str, Any], message_id: str, now: datetime
) -> str:
    """Return the address at which a session that the provider began ends there too."""
    samlp, saml = signatures.load("samlp"), signatures.load("saml")
    index = proof["session_index"]
    request = samlp.LogoutRequest(
        **_head(ours, message_id, idp.signs_out_at, now),
        name_id=saml.NameID(**_name_id(proof["name_id"])),
        session_index=[samlp.SessionIndex(text=index)] if index else [],
    )
    return _signed_url(idp.signs_out_at, "SAMLRequest", request, ours)


def signed_out_url(
    ours: Ours, idp: Idp, answered: tuple[str, str], relay_state: str, now: datetime
) -> str:
    """Return the address at which the provider is told how its request to sign out ended.

    `answered`: the ids of its request and of the answer.
    """
    samlp = signatures.load("samlp")
    request_id, message_id = answered
    status = samlp.Status(status_code=samlp.StatusCode(value=SUCCESS))
    response = samlp.LogoutResponse(
        **_head(ours, message_id, idp.told_at, now), in_response_to=request_id, status=status
    )
    return _signed_url(idp.told_at, "SAMLResponse", response, ours, relay_state)


def soap_address(ends_at: str) -> str:
    """Return where a provider asks for sign-out by itself; `ends_at`: where browsers bring it."""
    return f"{ends_at}/soap"


def signed_out_soap(ours: Ours, answered: tuple[str, str], now: datetime) -> bytes:
    """Return the answer to a request to sign out that came by SOAP, signed, in its envelope."""
    samlp, sigver = signatures.load("samlp"), signatures.load("sigver")
    request_id, message_id = answered
    status = samlp.Status(status_code=samlp.StatusCode(value=SUCCESS))
    head = _head(ours, message_id, "", now) | {"destination": None}
    signature = sigver.pre_signature_part(
        message_id, digest_alg=signatures.SHA256, sign_alg=f"{_RSA}256"
    )
    response = samlp.LogoutResponse(
        **head, in_response_to=request_id, status=status, signature=signature
    )
    signed = signatures.sign(str(response).encode(), ours.key)
    envelope = etree.Element(f"{SOAP}Envelope", nsmap={"soap": SOAP[1:-1]})
    etree.SubElement(envelope, f"{SOAP}Body").append(signed)
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def read_signed_query(query: str, kind: Kind, idp: Idp) -> etree._Element:
    """Return the message of an address, as it came; raises Distrusted (SAML bindings, 3.4.4.1).

    What is signed are the octets of the address: taken apart and put together again they differ.
    """
    raw = dict(each.partition("=")[::2] for each in reversed(query.split("&")))
    told = dict(parse_qsl(query, keep_blank_values=True))
    if len(raw) != len(query.split("&")):
        raise Distrusted("query", "something stands twice")
    signed = "&".join(
        f"{name}={raw[name]}" for name in (kind, "RelayState", "SigAlg") if name in raw
    )
    chosen = _HASHES.get(told.get("SigAlg", ""))
    if chosen is None:
        raise Distrusted("signature", "the algorithm is not accepted")
    signature = _decoded(told.get("Signature", ""))
    if not any(_fits(each, signature, signed.encode(), chosen) for each in idp.certificates):
        raise Distrusted("signature", "is by none of the provider's keys")
    return signatures.parse(_inflated(_decoded(told.get(kind, ""))))


def read_signed_form(text: str, idp: Idp) -> etree._Element:
    """Return the message of a form, signed as a whole; raises Distrusted."""
    root = signatures.alone(signatures.parse(_decoded(text)))
    signatures.verify(root, idp.certificates)
    return root


def read_signed_soap(content: bytes, idp: Idp) -> etree._Element:
    """Return the message of an envelope of SOAP, signed as a whole; raises Distrusted."""
    envelope = signatures.parse(content)
    found = envelope.findall(f"{SOAP}Body/*")
    if envelope.tag != f"{SOAP}Envelope" or len(found) != 1:
        raise Distrusted("message", "is no envelope of SOAP with one message")
    root = signatures.alone(found[0])
    signatures.verify(root, idp.certificates)
    return root


def read_form(text: str) -> etree._Element:
    """Return the message of a form, whoever sent it; raises Distrusted."""
    return signatures.parse(_decoded(text))


def status_of(response: etree._Element) -> str:
    """Return how a request of ours ended."""
    code = response.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    return "" if code is None else str(code.get("Value"))


def _head(ours: Ours, message_id: str, destination: str, now: datetime) -> dict[str, Any]:
    saml = signatures.load("saml")
    return {
        "id": message_id, "version": "2.0", "issue_instant": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "destination": destination, "issuer": saml.Issuer(text=ours.entity_id),
    }  # fmt: skip


def _name_id(kept: Mapping[str, str]) -> dict[str, str]:
    """Return who is to be signed out, in the words in which the provider named her."""
    names = {
        "text": "text", "Format": "format", "NameQualifier": "name_qualifier",
        "SPNameQualifier": "sp_name_qualifier", "SPProvidedID": "sp_provided_id",
    }  # fmt: skip
    return {names[name]: value for name, value in kept.items() if name in names}


def _signed_url(address: str, kind: Kind, message: Any, ours: Ours, relay_state: str = "") -> str:
    """Return an address that carries a message, signed (SAML bindings, 3.4.4.1).

    Not by pysaml2: its signers are shared by all threads, and so are the keys they sign with.
    """
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(str(message).encode()) + packer.flush()
    parts: list[tuple[str, str]] = [(kind, base64.b64encode(packed).decode())]
    parts += [("RelayState", relay_state)] if relay_state else []
    parts += [("SigAlg", f"{_RSA}256")]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts)
    # Of RSA: saml_keys takes in no other.
    key: Any = serialization.load_pem_private_key(ours.key.encode(), None)
    signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    query += f"&Signature={quote(base64.b64encode(signature).decode(), safe='')}"
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _fits(certificate: str, signature: bytes, signed: bytes, chosen: hashes.HashAlgorithm) -> bool:
    key = load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, padding.PKCS1v15(), chosen)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        raise Distrusted("message", "is not in base 64") from None


def _inflated(packed: bytes) -> bytes:
    """Unpack a message, of a bounded size however well it is packed."""
    opener = zlib.decompressobj(-15)
    try:
        found = opener.decompress(packed, signatures.LARGEST_BYTES + 1)
    except zlib.error:
        raise Distrusted("message", "is not packed as it must be") from None
    return found  # one that is larger is refused when it is parsed
