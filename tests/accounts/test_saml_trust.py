"""Answers of a SAML provider that are not to be trusted let nobody in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from accounts.saml_town import Town, town
from conftest import on_sqlite
from saml2.xmldsig import DIGEST_SHA1, SIG_RSA_SHA1

from catalogue.accounts.models import Person, SignIn

__all__ = ["town"]


def _other_key(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, server=town.idp.stranger)


def _unsigned(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, sign_assertion=False)


def _signed_around(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, sign_assertion=False, sign_response=True)


def _sha1(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, sign_alg=SIG_RSA_SHA1, digest_alg=DIGEST_SHA1)


def _changed(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id).replace("mette@slagelse", "jens@slagelse")


def _other_audience(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, sp_entity_id="https://other.example/saml")


def _other_destination(town: Town, request_id: str) -> str:
    return town.idp.answer(request_id, destination="https://other.example/svar")


def _old(town: Town, request_id: str) -> str:
    town.app.extensions["catalogue"].clock = lambda: datetime.now(UTC) + timedelta(minutes=7)
    return town.idp.answer(request_id)


def _of_nobody(town: Town, request_id: str) -> str:
    """Nobody asked for it, and it is not the provider's."""
    return town.idp.answer(None, server=town.idp.stranger)


def _of_another(town: Town, request_id: str) -> str:
    return town.idp.answer("_of-another")


def _entities(town: Town, request_id: str) -> str:
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    return town.idp.answer(request_id).replace('<?xml version="1.0"?>', bomb)


def _file(town: Town, request_id: str) -> str:
    leak = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
    text = town.idp.answer(request_id).replace('<?xml version="1.0"?>', leak)
    return text.replace("Mette", "&b;")


def _parts(response: str) -> tuple[str, str]:
    """Return a signed assertion, and one that an attacker writes by it."""
    (signed,) = re.findall("<ns1:Assertion .*</ns1:Assertion>", response, re.S)
    forged = re.sub("<ns2:Signature .*</ns2:Signature>", "", signed, flags=re.S)
    return signed, forged.replace("mette-at-", "boss-at-")


def _wrapped_beside(town: Town, request_id: str) -> str:
    response = town.idp.answer(request_id)
    signed, forged = _parts(response)
    return response.replace(signed, re.sub(' ID="[^"]+"', ' ID="_evil"', forged, count=1) + signed)


def _wrapped_within(town: Town, request_id: str) -> str:
    """The forged one keeps the signature, which still covers the true one, hidden within it."""
    response = town.idp.answer(request_id)
    signed, forged = _parts(response)
    (signature,) = re.findall("<ns2:Signature .*</ns2:Signature>", signed, re.S)
    hidden = f"<ns2:Object>{signed.replace(signature, '')}</ns2:Object></ns2:Signature>"
    around = signature.removesuffix("</ns2:Signature>") + hidden
    evil = re.sub(' ID="[^"]+"', ' ID="_evil"', forged, count=1)
    return response.replace(signed, evil.replace("<ns1:Subject>", f"{around}<ns1:Subject>", 1))


def _wrapped_same_id(town: Town, request_id: str) -> str:
    response = town.idp.answer(request_id)
    signed, forged = _parts(response)
    advice = f"<ns1:Advice>{signed}</ns1:Advice>"
    return response.replace(
        signed, forged.replace("<ns1:AuthnStatement", f"{advice}<ns1:AuthnStatement", 1)
    )


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_other_key, "is by none of the provider's keys"),
        (_unsigned, "has not just one signature"), (_signed_around, "has not just one signature"),
        (_sha1, "SignatureMethod, DigestMethod: the algorithm is not accepted"),
        (_changed, "is by none of the provider's keys"),
        (_other_audience, "audience is another"), (_other_destination, "destination is another"),
        (_old, "confirmation has ended"), (_of_another, ""), (_of_nobody, "is by none of the"),
        (_entities, "has a document type"), (_file, "a reference to an entity"),
        (_wrapped_beside, "has not just one assertion"),
        (_wrapped_within, "the signature covers something else"),
        (_wrapped_same_id, "has not just one signature"),
    ],
)  # fmt: skip
@on_sqlite
def test_answer_that_is_not_to_be_trusted_lets_nobody_in(
    town: Town, make: Callable[[Town, str], str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    refused = town.bring(make(town, town.ask().id))
    assert refused.status_code == (403 if why else 409)
    assert "Du blev ikke logget ind" in refused.text
    told = [each for each in caplog.records if each.name == "catalogue.accounts"]
    assert [vars(each)["why"][: len(why)] for each in told] == [why] * bool(why)
    assert (town.rows(Person), town.rows(SignIn)) == ([], [])
