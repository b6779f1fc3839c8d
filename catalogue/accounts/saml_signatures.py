"""Signed and encrypted XML: what may stand in it, and the programs that check and open it.

What is signed is taken out of its document first, and stands alone when it is checked: what is
read afterwards is the very text that was checked, so that nothing can be wrapped around a signature
(XML signature wrapping). pysaml2 does the work, with xmlsec1; it is loaded at the first sign-in,
for that takes as long as all else that starts.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from catalogue.core import plain_xml
from catalogue.core.errors import Unavailable
from catalogue.core.text import lazy as _

from .oidc_published import Distrusted

LARGEST_BYTES = 1_000_000
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XENC = "{http://www.w3.org/2001/04/xmlenc#}"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
# No SHA-1, nor HMAC: a key that both know proves nothing.
SIGNATURES = frozenset(
    {
        *(f"{_MORE}{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512)),
        *(f"http://www.w3.org/2007/05/xmldsig-more#sha{bits}-rsa-MGF1" for bits in (256, 384, 512)),
    }
)
SHA256 = f"{XENC[1:-1]}sha256"
DIGESTS = frozenset({SHA256, f"{_MORE}sha384", f"{XENC[1:-1]}sha512"})
CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS = (f"{DS[1:-1]}enveloped-signature", CANONICAL)
# No triple DES, and no RSA 1.5, whose padding tells what it holds (Bleichenbacher).
CIPHERS = frozenset(
    {f"{XENC[1:-1]}aes{bits}-cbc" for bits in (128, 192, 256)}
    | {f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm" for bits in (128, 192, 256)}
    | {f"{XENC[1:-1]}rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"}
)
_IDS = frozenset({"ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id"})


class NoProgram(Unavailable):
    """Sign-in by SAML needs a program that is not installed."""

    title = _("Sign-in by SAML does not work on this server")


class ProgramSilent(Unavailable):
    """The program that signatures are checked with hangs; it was killed, and nobody is let in."""

    title = _("Your municipality's sign-in could not be checked in time")

    def __init__(self) -> None:
        super().__init__(
            _("Begin again in a moment; if it happens once more, tell whoever runs this server.")
        )


def parse(content: bytes) -> etree._Element:
    """Parse a message of a stranger; raises Distrusted."""
    if len(content) > LARGEST_BYTES:
        raise Distrusted("message", "is too large")
    try:
        root = plain_xml.parse(content)
    except plain_xml.EntityFound:
        raise Distrusted("message", "a reference to an entity") from None
    except (etree.XMLSyntaxError, ValueError) as error:
        # Not its words: they hold what a stranger sent.
        raise Distrusted("message", f"cannot be read: {type(error).__name__}") from None
    if root.getroottree().docinfo.doctype:
        raise Distrusted("message", "has a document type")  # entities that grow, or lead to files
    return root


def alone(element: etree._Element) -> etree._Element:
    """Return an element as a document of its own, as the text of it is signed."""
    return parse(etree.tostring(element, with_tail=False))


def is_signed(root: etree._Element) -> bool:
    """Tell whether an element bears a signature of its own."""
    return root.find(f"{DS}Signature") is not None


def fault(root: etree._Element) -> str:
    """Return why the signature of an element is none that we look at, for the log; empty: it is.

    It covers the whole element (SAML core, 5.4), by what is not broken yet, and is the first: it is
    the one that xmlsec1 finds.
    """
    own, *others = list(root.iter(f"{DS}Signature")) or [None]
    if own is None or own.getparent() is not root or not all(_is_inner(each) for each in others):
        return "has not just one signature of its own"
    ids = [value for each in root.iter("*") for name, value in each.items() if name in _IDS]
    signed = [each.get("URI") for each in own.iter(f"{DS}Reference")]
    found = {name: _algorithms(own, name) for name in _ALLOWED}
    wrong = [name for name, allowed in _ALLOWED.items() if not set(found[name]) <= set(allowed)]
    checks = (
        ("an id stands twice", len(ids) != len(set(ids))),
        ("the signature covers something else", signed != [f"#{root.get('ID')}"]),
        ("the signature has a hidden part", own.find(f"{DS}Object") is not None),
        ("SignatureMethod or its digest is missing", not all(found[name] for name in _ALLOWED)),
        (f"{', '.join(wrong)}: the algorithm is not accepted", bool(wrong)),
    )
    return next((text for text, is_so in checks if is_so), "")


def verify(root: etree._Element, certificates: Sequence[str]) -> None:
    """Check the signature of an element that stands alone.

    `certificates` in PEM: of the keys that the provider signs with, one of which must fit.
    Raises Distrusted, NoProgram, ProgramSilent.
    """
    if why := fault(root):
        raise Distrusted("signature", why)
    name = etree.QName(root)
    node_name, text = f"{name.namespace}:{name.localname}", etree.tostring(root)
    program, failures = _program(), _failures()
    for certificate in certificates:
        with _kept_for_now(certificate) as path:
            try:
                if program.validate_signature(text, path, "pem", node_name, root.get("ID")):
                    return
            except failures:
                continue  # it may be signed by the next one
    raise Distrusted("signature", "is by none of the provider's keys")


def sign(message: bytes, key: str) -> etree._Element:
    """Return a message with a place for its signature, signed; `key` in PEM.

    Raises NoProgram, ProgramSilent.
    """
    root = parse(message)
    name = etree.QName(root)
    node_name = f"{name.namespace}:{name.localname}"
    with _kept_for_now(key) as path:
        signed = _program().sign_statement(message.decode(), node_name, path, root.get("ID"))
    return parse(str(signed).encode())


def decrypt(encrypted: etree._Element, key: str) -> etree._Element:
    """Return what stands in an encrypted element, alone.

    `key` in PEM. It lies in a file of ours alone meanwhile, for xmlsec1 reads none else.
    Raises Distrusted, NoProgram, ProgramSilent.
    """
    methods = {each.get("Algorithm") for each in encrypted.iter(f"{XENC}EncryptionMethod")}
    if not methods or not methods <= CIPHERS:
        raise Distrusted("encryption", "the algorithm is not accepted")
    if any(not uri.startswith("#") for uri in _led_to(encrypted)):
        raise Distrusted("encryption", "leads elsewhere")  # to a file here, or a server
    with _kept_for_now(key) as path:
        try:
            opened = _program().decrypt(etree.tostring(encrypted).decode(), path)
        except _failures():
            raise Distrusted("encryption", "is not for our key") from None
    inner = list(parse(opened.encode()))
    if len(inner) != 1:
        raise Distrusted("encryption", "holds more or less than one element")
    return alone(inner[0])


def load(module: str) -> Any:
    """Return a module of pysaml2, loaded when it is needed first."""
    return importlib.import_module(f"saml2.{module}")


_ALLOWED = {
    "SignatureMethod": SIGNATURES,
    "DigestMethod": DIGESTS,
    "CanonicalizationMethod": (CANONICAL,),
    "Transform": TRANSFORMS,
}


def _is_inner(signature: etree._Element) -> bool:
    """Tell whether it is that of an assertion within a signed response."""
    assertion = signature.getparent()
    response = assertion.getparent()
    within = response is not None and response.getparent() is None
    return within and etree.QName(response).localname == "Response"


def _algorithms(signature: etree._Element, name: str) -> list[str]:
    return [str(each.get("Algorithm")) for each in signature.iter(f"{DS}{name}")]


def _led_to(encrypted: etree._Element) -> Iterable[str]:
    """Return the addresses at which parts of it lie."""
    for name in (f"{XENC}CipherReference", f"{DS}RetrievalMethod", f"{XENC}DataReference"):
        yield from (str(each.get("URI", "")) for each in encrypted.iter(name))


def _program() -> Any:
    sigver = load("sigver")
    ours = importlib.import_module("catalogue.accounts.saml_program")  # it loads pysaml2
    try:
        return ours.Program(sigver.get_xmlsec_binary())
    except sigver.SigverError:
        raise NoProgram(_("Whoever runs it installs xmlsec1.")) from None


def _failures() -> tuple[type[Exception], ...]:
    return (load("sigver").XmlsecError,)


@contextmanager
def _kept_for_now(text: str) -> Iterator[str]:
    """Keep a text in a file that nobody else can read, while the block lasts."""
    with TemporaryDirectory(prefix="catalogue-") as folder:  # 0700
        path = Path(folder, "key.pem")
        path.write_text(text)
        yield str(path)
