"""A real provider of SAML: the IdP of pysaml2, which answers what its browser brings."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import cast
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor, sign_entity_descriptor
from saml2.pack import http_redirect_message
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.sigver import pre_encryption_part
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from catalogue.accounts import saml_metadata
from catalogue.accounts.saml_keys import Pair

ENTITY = "https://idp.slagelse.example/saml"
CVR = "29188505"
OURS = "http://127.0.0.1:8000/log-ind/kommune/0330/saml"
SHARED = "http://127.0.0.1:8000/log-ind/saml"  # the installation's, for several municipalities
ANSWERS_AT, ENDS_AT = f"{OURS}/svar", f"{OURS}/log-ud"
EID = "https://data.gov.dk/model/core/eid/"
LOA = "https://data.gov.dk/concept/core/nsis/loa"
METTE = {
    f"{EID}firstName": ["Mette"], f"{EID}lastName": ["Holm"],
    f"{EID}email": ["mette@slagelse.example"],
    LOA: ["Substantial"],
}  # fmt: skip
BUYING = "http://catalogue.example/roles/usersystemrole/buyer/1"
CHIEF = "http://catalogue.example/roles/usersystemrole/chief/1"
GCM, OAEP = (
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
)


def pair(name: str, bits: int = 2048) -> Pair:
    """Make a key with its certificate, small: the tests wait for it.

    It is valid by the clock of the machine, as `xmlsec1` has it, and by that of the tests.
    """
    key = rsa.generate_private_key(65537, bits)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(called).issuer_name(called)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(min(now, cast.NOW) - timedelta(days=1))
    made = made.not_valid_after(max(now, cast.NOW) + timedelta(days=9))
    certificate = made.sign(key, hashes.SHA256())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(written.decode(), certificate.public_bytes(Encoding.PEM).decode())


def privileges(*names: str, cvr: str = CVR, bounds: str = "") -> dict[str, list[str]]:
    """Return what a provider says of somebody's privileges (OIO Basic Privilege Profile 1.2)."""
    inner = "".join(f"<Privilege>{each}</Privilege>" for each in names)
    text = (
        '<bpp:PrivilegeList xmlns:bpp="http://digst.dk/oiosaml/basic_privilege_profile">'
        f'<PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:{cvr}">{inner}{bounds}'
        "</PrivilegeGroup></bpp:PrivilegeList>"
    )
    return {f"{EID}privilegesIntermediate": [base64.b64encode(text.encode()).decode()]}


@dataclass
class SamlProvider:
    """The IdP; Mette sits at the browser, and has signed in there."""

    folder: Path
    ours: Pair
    said: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, held in (("idp", pair("idp")), ("stranger", pair("stranger"))):
            (self.folder / f"{name}.key").write_text(held.key)
            (self.folder / f"{name}.pem").write_text(held.certificate)
        (self.folder / "ours.pem").write_text(self.ours.certificate)
        told = [
            saml_metadata.write(each, f"{each}/svar", f"{each}/log-ud", self.ours.certificate)
            for each in (OURS, SHARED)
        ]
        self.idp = Server(config=self._configure("idp", told))
        self.stranger = Server(config=self._configure("stranger", told))
        self.metadata = str(entity_descriptor(self.idp.config))

    def signed(self, signs_in_at: str = "", **changed: Any) -> str:
        """Return the metadata, signed by the IdP or another server."""
        server = changed.pop("server", self.idp)
        told = entity_descriptor(self.idp.config)
        if signs_in_at:
            told.idpsso_descriptor.single_sign_on_service[0].location = signs_in_at
        _read, signed = sign_entity_descriptor(
            told, "_metadata", server.sec, SIG_RSA_SHA256, DIGEST_SHA256
        )
        return str(signed)

    def read(self, address: str) -> Any:
        """Take what a browser was led to, whose signature the IdP checks itself."""
        query = dict(parse_qsl(urlsplit(address).query))
        return self.idp.parse_authn_request(
            query["SAMLRequest"], BINDING_HTTP_REDIRECT, relay_state=query.get("RelayState"),
            sigalg=query["SigAlg"], signature=query["Signature"],
        ).message  # fmt: skip

    def answer(self, request_id: str, **changed: Any) -> str:
        """Return the response to a request, as XML; `changed` is what it says otherwise."""
        server = changed.pop("server", self.idp)
        facts = {
            "identity": METTE | privileges(BUYING) | self.said, "in_response_to": request_id,
            "destination": ANSWERS_AT, "sp_entity_id": OURS, "sign_assertion": True,
            "sign_response": False, "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256,
            "name_id": NameID(format=NAMEID_FORMAT_PERSISTENT, text="mette-at-slagelse"),
            "authn": {"class_ref": f"{LOA}/Substantial", "authn_auth": ENTITY},
        }  # fmt: skip
        return str(server.create_authn_response(**facts | changed))

    def encrypt(self, response: str, cipher: str = GCM) -> str:
        """Encrypt the assertion of a response for us."""
        template = pre_encryption_part(msg_enc=cipher, key_enc=OAEP)
        kind = "aes-256" if cipher == GCM else "des-192"
        moved = response.replace("<ns1:Assertion ", "<ns1:EncryptedAssertion><ns1:Assertion ", 1)
        moved = moved.replace("</ns1:Assertion>", "</ns1:Assertion></ns1:EncryptedAssertion>")
        backend = self.idp.sec.crypto
        return str(backend.encrypt_assertion(moved, str(self.folder / "ours.pem"), template, kind))

    def logout_request(self, index: str, **changed: Any) -> Any:
        """Return a request of the IdP to sign Mette out of a session."""
        _id, request = self.idp.create_logout_request(
            changed.pop("destination", ENDS_AT), changed.pop("sp", OURS),
            session_indexes=[index] if index else None,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="mette-at-slagelse"), **changed,
        )  # fmt: skip
        return request

    def address(self, message: Any, kind: str = "SAMLRequest", **changed: Any) -> str:
        """Return the query by which a browser brings a message of the IdP, signed."""
        server = changed.pop("server", self.idp)
        told = http_redirect_message(
            str(message), ENDS_AT, "to and fro", kind, sign=True,
            backend=server.sec.sec_backend, **{"sigalg": SIG_RSA_SHA256} | changed,
        )  # fmt: skip
        return urlsplit(dict(told["headers"])["Location"]).query

    def _configure(self, name: str, told: list[bytes]) -> IdPConfig:
        return IdPConfig().load(
            {
                "entityid": ENTITY,
                "key_file": str(self.folder / f"{name}.key"),
                "cert_file": str(self.folder / f"{name}.pem"),
                "metadata": {"inline": [each.decode() for each in told]},
                "service": {
                    "idp": {
                        "want_authn_requests_signed": True,
                        "endpoints": {
                            "single_sign_on_service": [(f"{ENTITY}/sso", BINDING_HTTP_REDIRECT)],
                            "single_logout_service": [
                                (f"{ENTITY}/slo", BINDING_HTTP_REDIRECT),
                                (f"{ENTITY}/slo", BINDING_HTTP_POST),
                            ],
                        },
                        "policy": {
                            "default": {
                                "lifetime": {"minutes": 5},
                                "attribute_restrictions": None,
                                "fail_on_missing_requested": False,
                            }
                        },
                    }
                },
            }
        )
