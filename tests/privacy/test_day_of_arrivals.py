"""A day on which people arrive by every door, and fail at it: the logs tell of none of them."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, quote, urlsplit

import cast
import pytest
from accounts import saml_town as saml
from accounts import test_saml_trust as forged
from accounts.oidc_town import DOOR
from accounts.oidc_town import Town as OidcTown
from accounts.saml_provider import EID
from conftest import on_sqlite
from enterprises.test_review import application
from flask import Flask
from privacy.days import CPR, EMAIL, NAME, mails, work_off
from privacy.watcher import Watcher

NOT_MINE = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@on_sqlite
def test_arrivals_from_a_provider_of_openid_connect(
    watcher: Watcher,
    oidc_town: OidcTown,
) -> None:
    town = oidc_town
    town.client = town.app.test_client()  # type: ignore[assignment]
    watcher.hide_words(NAME, EMAIL)
    town.op.say(name=NAME, email=EMAIL)
    assert town.client.get(town.go("/ordrer?q=" + quote(NAME))).status_code == 303
    watcher.hide(town.op.last["sub"], str(town.op.last["sid"]), str(town.op.last["nonce"]))
    end = f"{DOOR}/log-ud"
    for claims in ({"sid": town.op.last["sid"]}, {"sub": town.op.last["sub"], "nonce": EMAIL},
                   {"sub": EMAIL, "events": NAME}):  # fmt: skip
        town.client.post(end, data={"logout_token": town.op.logout_token(**claims)})
    for token in ("no.token.at-all", f"{EMAIL}.x.y", town.op.sign({"sub": EMAIL}, EMAIL)):
        assert town.client.post(end, data={"logout_token": token}).status_code == 400
    town.sign_in(email=EMAIL, email_verified=False, sub=NAME)
    code = parse_qs(urlsplit(town.go()).query)["code"][0]
    assert town.client.get(town.go().replace("code=", f"code={code}")).status_code == 403
    state = parse_qs(urlsplit(town.go()).query)["state"][0]
    told = {"error": f"sorry {NAME}", "error_description": EMAIL, "state": state}
    assert town.client.get(f"{DOOR}/svar", query_string=told).headers["Location"] == "/log-ind"
    town.sign_in(name=NAME, email=EMAIL)
    page = town.client.post("/log-ud")
    watcher.hide(
        *parse_qs(urlsplit(page.headers.get("Refresh", "")).query).get("id_token_hint", ())
    )
    work_off(town.app.extensions["catalogue"])
    watcher.prove("distrusted", "logout token refused", "provider refused", "request")


@NOT_MINE
@on_sqlite
def test_arrivals_from_a_provider_of_saml(
    watcher: Watcher,
    saml_town: saml.Town,
) -> None:
    town = saml_town
    town.client = town.app.test_client()  # type: ignore[assignment]
    watcher.hide_words(NAME, EMAIL)
    watcher.hide("mette-at-slagelse")
    said = {f"{EID}firstName": ["Åse"], f"{EID}lastName": ["Ørnskov"], f"{EID}email": [EMAIL],
            f"{EID}cprNumber": [CPR]}  # fmt: skip
    assert town.sign_in("/ordrer", **said).status_code == 303
    town.idp.said = said
    for make in (
        forged._other_key, forged._unsigned, forged._sha1, forged._other_audience,
        forged._of_another, forged._file, forged._entities, forged._wrapped_within,
        forged._of_nobody,
    ):  # fmt: skip
        assert town.bring(make(town, town.ask().id)).status_code in (303, 403, 409)
    good = town.idp.answer(town.ask().id)
    for bad in (f"<{NAME}/>", f"<a>&{EMAIL};</a>",
                good.replace('IssueInstant="2', f'IssueInstant="{CPR}'),
                re.sub(r'NotOnOrAfter="[^"]+"', f'NotOnOrAfter="{NAME}"', good)):  # fmt: skip
        assert town.bring(bad).status_code == 403
    assert town.app.test_client().post(saml.ACS, data={"SAMLResponse": NAME}).status_code == 403
    query = {"SAMLRequest": base64.b64encode(EMAIL.encode()), "SigAlg": NAME, "Signature": CPR}
    assert town.client.get(saml.SLO, query_string=query).status_code == 403
    town.sign_in(**said)
    request = town.idp.address(town.idp.logout_request(""))
    assert town.client.get(f"{saml.SLO}?{request}").status_code == 303
    town.sign_in(**said)
    town.client.post("/log-ud")
    work_off(town.app.extensions["catalogue"])
    watcher.prove("distrusted", "request")


@on_sqlite
def test_forgotten_password_and_wrong_ones(app: Flask, watcher: Watcher) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    with state.database.transaction() as session:
        staff = cast.staff(session)
        person = cast.buyer(session, name=NAME, email=EMAIL, password_hash="-")
    desk, visitor = app.test_client(), app.test_client()
    cast.sign_in_as(desk, staff)
    assert desk.post(f"/medarbejdere/{person.id}/kodeord").status_code == 303
    work_off(state)
    found = re.search(r"/kodeord/[\w-]+", mails(state))
    assert found is not None
    for path in (found[0], f"{found[0]}{NAME}", f"/kodeord/{CPR}", found[0]):
        visitor.get(path)
        visitor.post(path, data={"password": "kort"})
        visitor.post(path, data={"password": "et helt nyt kodeord"})
    for each in ("et helt forkert kodeord", "et helt nyt kodeord"):
        visitor.post("/log-ind", data={"email": EMAIL, "password": each, "next": f"/soeg?q={NAME}"})
    visitor.post(
        "/adgangskode", data={"old": "et helt nyt kodeord", "password": "endnu et kodeord"}
    )
    visitor.post("/log-ud")
    for number in range(12):
        visitor.post("/log-ind", data={"email": EMAIL, "password": f"forsøg nummer {number}"})
    work_off(state)
    watcher.prove("sign-in", "job done", "too_many")


@on_sqlite
def test_application_with_a_cpr_number_and_an_invitation(app: Flask, watcher: Watcher) -> None:
    state = app.extensions["catalogue"]
    watcher.hide_words(NAME, EMAIL)
    with state.database.transaction() as session:
        home = cast.municipality(session)
        owner = cast.worker(session, cast.enterprise(session))
    form = application(municipality_id=home.id, reviewer_id=home.id)
    form |= {"person_name": NAME, "person_email": EMAIL, "password": "hemmeligt kodeord 7"}
    visitor, shop = app.test_client(), app.test_client()
    refused = visitor.post(
        "/virksomheder/ansoeg", data=form | {"social_purpose": f"Om {NAME}, {CPR}"}
    )
    assert "ligner et CPR-nummer" in refused.text
    assert visitor.post("/virksomheder/ansoeg", data=form).status_code == 303
    assert visitor.post("/virksomheder/ansoeg", data=form).status_code != 500
    cast.sign_in_as(shop, owner)
    shop.post("/virksomhed/personer", data={"email": EMAIL.upper(), "role": "enterprise"})
    shop.post(
        "/virksomhed/personer", data={"email": "ny.oernskov@slagelse.example", "role": "enterprise"}
    )
    work_off(state)
    for link in re.findall(r"/invitation/[\w.~-]+", mails(state)):
        visitor.get(link)
        visitor.post(link, data={"name": NAME, "password": "hemmeligt kodeord 8"})
    work_off(state)
    watcher.prove("request", "job done")
