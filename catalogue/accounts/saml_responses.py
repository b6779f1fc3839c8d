"""What a provider's answer by SAML says: its one assertion, opened, checked and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from . import saml_signatures as signatures
from .oidc_published import Distrusted
from .saml_messages import ASSERTED, PROTOCOL
from .saml_rules import Confirmation, Ending, Said, moment


def read_response(root: etree._Element, key: str, certificates: Sequence[str]) -> Said:
    """Return what a response says, once its assertion is proven; raises Distrusted.

    `key` opens what is encrypted; `certificates` are those that the provider signs by.
    """
    if root.tag != f"{PROTOCOL}Response":
        raise Distrusted("response", "is another message")
    if signatures.is_signed(root):
        signatures.verify(signatures.alone(root), certificates)
    assertion = _assertion(root, key)
    signatures.verify(assertion, certificates)
    try:
        return _said(root, assertion)
    except ValueError:
        raise Distrusted("assertion", "holds what is no time or number") from None


def read_ending(root: etree._Element, key: str) -> Ending:
    """Return what a request to sign out ends; raises Distrusted."""
    if root.tag != f"{PROTOCOL}LogoutRequest":
        raise Distrusted("logout", "is another message")
    name_id = root.find(f"{ASSERTED}NameID")
    encrypted = root.find(f"{ASSERTED}EncryptedID")
    if encrypted is not None:
        name_id = signatures.decrypt(signatures.alone(encrypted), key)
    try:
        issued_at, until = moment(root.get("IssueInstant")), moment(root.get("NotOnOrAfter"))
    except ValueError:
        raise Distrusted("logout", "holds what is no time") from None
    named = tuple(_text(each) for each in root.findall(f"{PROTOCOL}SessionIndex"))
    return Ending(
        root.get("ID", ""), issuer_of(root), root.get("Destination"), _text(name_id), named,
        issued_at, until,
    )  # fmt: skip


def issuer_of(root: etree._Element) -> str:
    """Return who says that a message is its own."""
    return _text(root.find(f"{ASSERTED}Issuer"))


def _assertion(root: etree._Element, key: str) -> etree._Element:
    """Return the one assertion of a response, opened, alone."""
    encrypted = root.findall(f"{ASSERTED}EncryptedAssertion")
    plain = root.findall(f"{ASSERTED}Assertion")
    if len(encrypted) + len(plain) != 1:
        raise Distrusted("response", "has not just one assertion")
    if plain:
        return signatures.alone(plain[0])
    opened = signatures.decrypt(signatures.alone(encrypted[0]), key)
    if opened.tag != f"{ASSERTED}Assertion":
        raise Distrusted("response", "encrypts something else")
    return opened


def _said(root: etree._Element, assertion: etree._Element) -> Said:
    conditions = assertion.find(f"{ASSERTED}Conditions")
    bounds: Any = {} if conditions is None else conditions
    statements = assertion.findall(f"{ASSERTED}AuthnStatement")
    named = assertion.find(f"{ASSERTED}Subject/{ASSERTED}NameID")
    issuer = root.find(f"{ASSERTED}Issuer")
    return Said(
        destination=root.get("Destination"),
        response_issuer=None if issuer is None else _text(issuer),
        response_to=root.get("InResponseTo"),
        assertion_id=assertion.get("ID", ""),
        issuer=_text(assertion.find(f"{ASSERTED}Issuer")),
        audiences=tuple(
            tuple(_text(each) for each in one.findall(f"{ASSERTED}Audience"))
            for one in assertion.findall(f"{ASSERTED}Conditions/{ASSERTED}AudienceRestriction")
        ),
        not_before=moment(bounds.get("NotBefore")),
        until=moment(bounds.get("NotOnOrAfter")),
        confirmations=tuple(map(_confirmation, assertion.iter(f"{ASSERTED}SubjectConfirmation"))),
        session_until=moment(statements[0].get("SessionNotOnOrAfter")) if statements else None,
        sessions=len(statements),
        session_index=statements[0].get("SessionIndex") if statements else None,
        name_id={} if named is None else {"text": _text(named), **dict(named.items())},
        attributes=_attributes(assertion),
    )


def _confirmation(element: etree._Element) -> Confirmation:
    data = element.find(f"{ASSERTED}SubjectConfirmationData")
    told: Any = {} if data is None else data
    return Confirmation(
        method=element.get("Method", ""),
        recipient=told.get("Recipient"),
        in_response_to=told.get("InResponseTo"),
        not_before=moment(told.get("NotBefore")),
        until=moment(told.get("NotOnOrAfter")),
    )


def _attributes(assertion: etree._Element) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for each in assertion.iterfind(f"{ASSERTED}AttributeStatement/{ASSERTED}Attribute"):
        found = map(_text, each.iterfind(f"{ASSERTED}AttributeValue"))
        told.setdefault(each.get("Name", ""), []).extend(filter(None, found))
    return told


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()
