"""Sign-in at the municipality by SAML, judged by the IdP of pysaml2 over real requests."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from accounts.saml_provider import (
    ANSWERS_AT,
    BUYING,
    CHIEF,
    CVR,
    ENDS_AT,
    ENTITY,
    LOA,
    OURS,
    privileges,
)
from accounts.saml_town import DOOR, SLO, Town, town
from conftest import on_sqlite
from saml2 import BINDING_HTTP_REDIRECT, BINDING_SOAP
from saml2.pack import make_soap_enveloped_saml_thingy
from saml2.saml import NAMEID_FORMAT_PERSISTENT
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

from catalogue.accounts import saml_rules
from catalogue.accounts.models import Person, SignIn
from catalogue.accounts.outside_models import (
    IdentityProvider,
    OutsideSession,
    SamlTerms,
)
from catalogue.core.audit import AuditEvent

__all__ = ["town"]


def test_somebody_new_gets_her_role_by_her_privilege_and_comes_where_she_wanted_to(
    town: Town,
) -> None:
    asked = town.ask("/ordrer")
    assert asked.requested_authn_context.authn_context_class_ref[0].text == f"{LOA}/Substantial"
    assert asked.name_id_policy.format == NAMEID_FORMAT_PERSISTENT
    answer = town.sign_in("/ordrer")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ordrer")
    assert "Mette Holm" in town.client.get("/roller").text
    assert town.roles() == ["buyer"]
    town.sign_in(**privileges(CHIEF))  # another one: the former role goes
    assert town.roles() == ["approver"]
    assert town.sign_in(**privileges(BUYING, cvr="12345674")).status_code == 403  # elsewhere
    assert [each.email for each in town.rows(Person)] == ["mette@slagelse.example"]
    told = [str(each.facts) for each in town.rows(AuditEvent)]
    assert not any("mette" in each.lower() for each in told)


@on_sqlite
def test_encrypted_assertion_is_opened_by_our_key_and_weak_ciphers_are_refused(town: Town) -> None:
    weak = town.idp.encrypt(
        town.idp.answer(town.ask().id), "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"
    )
    assert town.bring(weak).status_code == 403
    strong = town.idp.encrypt(town.idp.answer(town.ask().id, sign_response=False))
    assert "Mette" not in strong
    assert town.client.get(town.bring(strong).headers["Location"]).status_code == 303
    assert town.roles() == ["buyer"]


@on_sqlite
def test_session_lasts_no_longer_than_the_provider_says(town: Town) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)
    told = town.idp.answer(town.ask().id, session_not_on_or_after=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    town.client.get(town.bring(told).headers["Location"])
    assert [each.expires_at for each in town.rows(SignIn)] == [soon]


@on_sqlite
def test_answer_counts_once_and_in_the_browser_that_asked(town: Town) -> None:
    response = town.idp.answer(town.ask().id, sign_response=True)
    first = town.bring(response)
    assert town.app.test_client().get(first.headers["Location"]).status_code == 409
    again = town.bring(response)  # the same assertion
    assert again.status_code == 403
    request_id = town.ask().id
    assert town.bring(town.idp.answer(request_id)).status_code == 303
    assert town.bring(town.idp.answer(request_id)).status_code == 409  # another, to one answered
    assert town.rows(SignIn) == []


@on_sqlite
def test_who_begins_at_the_provider_is_let_in_by_a_press_here_and_not_by_that_answer(
    town: Town,
) -> None:
    brought = town.bring(town.idp.answer(None))
    assert brought.headers["Location"].startswith(f"{DOOR}/saml/fra-portal")
    shown = town.client.get(brought.headers["Location"], follow_redirects=True)
    assert "Tryk på knappen" in shown.text
    assert f'href="{DOOR}"' in shown.text
    assert (town.rows(Person), town.rows(SignIn)) == ([], [])


@pytest.mark.parametrize("level", ["Low", "", "Unheard"])
@on_sqlite
def test_weaker_sign_in_than_staff_ask_for_is_refused(town: Town, level: str) -> None:
    town.idp.said = {LOA: [level]}
    refused = town.bring(town.idp.answer(town.ask().id))
    assert refused.status_code == 403
    assert "to trin" in refused.text
    town.change(SamlTerms, loa="")
    assert town.ask().requested_authn_context is None
    assert town.bring(town.idp.answer(town.ask().id)).status_code == 303


@on_sqlite
def test_who_gives_up_at_the_provider_is_told_so(town: Town) -> None:
    error = town.idp.idp.create_error_response(town.ask().id, ANSWERS_AT, ValueError("cancelled"))
    brought = town.bring(str(error))
    shown = town.client.get(brought.headers["Location"], follow_redirects=True)
    assert "Du blev ikke logget ind hos Slagelse" in shown.text


def test_signing_out_here_leads_on_and_the_provider_answers(town: Town) -> None:
    town.sign_in()
    page = town.client.post("/log-ud")
    address = page.headers["Refresh"].partition("url=")[2]
    query = dict(parse_qsl(urlsplit(address).query))
    request = town.idp.idp.parse_logout_request(
        query["SAMLRequest"], BINDING_HTTP_REDIRECT, sigalg=query["SigAlg"],
        signature=query["Signature"],
    ).message  # fmt: skip
    assert request.name_id.text == "mette-at-slagelse"
    assert len(request.session_index) == 1
    assert town.rows(OutsideSession) == []
    answer = town.idp.idp.create_logout_response(request, [BINDING_HTTP_REDIRECT])
    back = town.client.get(f"{SLO}?{town.idp.address(answer, 'SAMLResponse')}")
    assert back.headers["Location"] == "/log-ind"


@pytest.mark.parametrize("binding", ["redirect", "post"])
@on_sqlite
def test_the_provider_ends_a_session_and_is_told_so(town: Town, binding: str) -> None:
    town.sign_in()
    index = json.loads(_proof(town))["session_index"]
    signed = {"sign": True, "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}
    message = town.idp.logout_request(index, **signed if binding == "post" else {})
    stranger = town.app.test_client()
    if binding == "post":
        packed = base64.b64encode(str(message).encode()).decode()
        form = {"SAMLRequest": packed, "RelayState": "to and fro"}
        ended = stranger.post(SLO, data=form)
    else:
        ended = stranger.get(f"{SLO}?{town.idp.address(message)}")
    told = parse_qs(urlsplit(ended.headers["Location"]).query)
    assert ended.headers["Location"].startswith(f"{ENTITY}/slo?")
    assert told["RelayState"] == ["to and fro"]
    answered = town.idp.idp.parse_logout_request_response(
        told["SAMLResponse"][0], BINDING_HTTP_REDIRECT
    )
    assert answered.response.in_response_to in str(message)
    assert town.client.get("/roller").status_code == 303
    assert stranger.get(f"{SLO}?{town.idp.address(message)}").status_code == 403  # once


@on_sqlite
def test_request_to_sign_out_that_is_not_to_be_trusted_ends_nothing(town: Town) -> None:
    town.sign_in()
    index = json.loads(_proof(town))["session_index"]
    asked = town.idp.logout_request(index)
    good = town.idp.address(asked)
    packed = base64.b64encode(str(asked).encode()).decode()
    faulty = [
        town.idp.address(asked, server=town.idp.stranger),
        town.idp.address(asked, sigalg=SIG_RSA_SHA1),
        good.replace("to+and+fro", "elsewhere"),
        good.partition("&SigAlg")[0],
        good + "&" + good.partition("&")[0],
        town.idp.address(town.idp.logout_request(index, destination="https://other.example")),
    ]
    for query in faulty:
        assert town.client.get(f"{SLO}?{query}").status_code == 403
    assert town.app.test_client().post(SLO, data={"SAMLRequest": packed}).status_code == 403
    assert town.client.get("/roller").status_code == 200


@on_sqlite
def test_the_provider_ends_a_session_by_soap_without_a_browser(town: Town) -> None:
    town.sign_in()
    index = json.loads(_proof(town))["session_index"]
    signed = {"sign": True, "sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}
    request = town.idp.logout_request(index, **signed, destination=f"{ENDS_AT}/soap")
    server = town.app.test_client()

    def ask(message: str) -> Any:
        return server.post(f"{SLO}/soap", data=message, content_type="text/xml")

    wrapped = make_soap_enveloped_saml_thingy(str(request))
    (asked,) = re.findall(r' ID="([^"]+)"', str(request))
    assert ask(wrapped.replace(index, "another")).status_code == 403
    assert ask(str(request)).status_code == 403  # no envelope
    assert town.client.get("/roller").status_code == 200
    ended = ask(wrapped)
    assert (ended.status_code, ended.mimetype) == (200, "text/xml")
    told = town.idp.idp.parse_logout_request_response(ended.text, BINDING_SOAP)
    assert told.response.in_response_to == asked
    assert town.client.get("/roller").status_code == 303
    assert ask(wrapped).status_code == 403  # once


@on_sqlite
def test_our_metadata_stands_at_our_name_and_for_saml_alone(town: Town) -> None:
    told = town.client.get(urlsplit(OURS).path)
    assert told.mimetype == "application/samlmetadata+xml"
    for each in (OURS, ANSWERS_AT, ENDS_AT, f"{ENDS_AT}/soap", 'use="signing"', 'use="encryption"'):
        assert each in told.text
    town.change(IdentityProvider, is_open=False)
    assert town.client.get(urlsplit(OURS).path).status_code == 200
    assert town.client.get(DOOR).status_code == 404
    town.change(IdentityProvider, protocol="openid", is_open=True)
    assert town.client.get(urlsplit(OURS).path).status_code == 404
    assert town.bring("<a/>").status_code == 404


def _proof(town: Town) -> str:
    from catalogue.accounts.outside_screens import PROOF
    from catalogue.core.sealing import unseal

    (open_,) = town.rows(OutsideSession)
    return unseal("a secret of the tests", PROOF, open_.id_token)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_day_before_the_first_of_all_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        saml_rules.moment(text)


def test_privileges_with_a_reference_to_an_entity_are_none() -> None:
    listed = (
        f'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;<PrivilegeGroup Scope="{saml_rules.SCOPE}{CVR}">'
        "<Privilege>p</Privilege></PrivilegeGroup></a>"
    )
    without = listed.replace("&b;", "")
    found = [base64.b64encode(each.encode()).decode() for each in (listed, without)]
    assert [saml_rules.privileges(each, CVR) for each in found] == [[], ["p"]]
