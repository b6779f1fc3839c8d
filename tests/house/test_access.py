"""Who may enter: every endpoint times every role, CSRF on every form, and safe answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cast
import pytest
from api.callers import Caller, caller
from flask import Flask
from werkzeug.routing import Rule

import catalogue
from catalogue.accounts.models import Person
from catalogue.accounts.token_rules import ROLE_SCOPES
from catalogue.core.http import COOKIELESS, EVERYONE, SIGNED_IN
from catalogue.core.http.operations import PREFIX, list_operations
from catalogue.core.who import Role

SAMPLES = {"int": "1", "string": "x", "path": "x", "default": "x"}
# What a role gets where it may not enter: visitors are led to sign in, others are refused.
LED_TO_SIGN_IN, REFUSED = 303, 403


def _address(rule: Rule, samples: Mapping[str, str]) -> str:
    """Fill a rule's places with samples; objects of that name do not exist, which is meant."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda place: samples[place[1] or "default"], rule.rule
    )


def _cases(
    app: Flask, samples: Mapping[str, str] = SAMPLES
) -> list[tuple[str, str, frozenset[Any]]]:
    cases = []
    for rule in app.url_map.iter_rules():
        if "operation" in app.view_functions[rule.endpoint].__dict__:
            continue  # of the API: entered by tokens, and tried below
        access = app.view_functions[rule.endpoint].__dict__["access"]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            cases.append((method, _address(rule, samples), access))
    return cases


@pytest.fixture
def people(app: Flask) -> dict[Role | None, Person | None]:
    """One person per role, and nobody."""
    with app.extensions["catalogue"].database.transaction() as session:
        home = cast.municipality(session)
        helper = cast.person(session, "Finn Hjælper")
        shop = cast.enterprise(session, "Hjulpet", municipality=home)
        cast.role(session, helper, Role.FACILITATOR, enterprise=shop)
        approver = cast.person(session, "Anne Godkender")
        cast.role(session, approver, Role.APPROVER, municipality=home)
        return {
            None: None,
            Role.BUYER: cast.buyer(session, home),
            Role.APPROVER: approver,
            Role.STAFF: cast.staff(session, home),
            Role.ENTERPRISE: cast.worker(session, cast.enterprise(session, municipality=home)),
            Role.ADMINISTRATOR: cast.administrator(session),
            Role.FACILITATOR: helper,
        }


@pytest.mark.parametrize("role", [None, *Role])
def test_every_endpoint_lets_in_whom_it_declares_and_no_other(
    app: Flask, people: dict[Role | None, Person | None], role: Role | None
) -> None:
    wrong = []
    for method, address, access in _cases(app):
        client = app.test_client()
        person = people[role]
        if person is not None:
            cast.sign_in_as(client, person)
        status = client.open(address, method=method, data={}).status_code
        entered = status not in (LED_TO_SIGN_IN, REFUSED)
        welcome = access >= EVERYONE or (access == SIGNED_IN and role) or role in access
        if status >= 500 or (not welcome and entered):
            wrong.append((method, address, status))
        if welcome and status == REFUSED:
            wrong.append((method, address, status))
        if not welcome and status != (REFUSED if role else LED_TO_SIGN_IN):
            wrong.append((method, address, status))
    assert wrong == []


@pytest.mark.parametrize("role", [None, *Role])
def test_every_operation_lets_in_whose_token_it_declares_and_no_other(
    app: Flask, people: dict[Role | None, Person | None], role: Role | None
) -> None:
    program = Caller(app, "kat_unknown")
    person = people[role]
    if person is not None and role is not None and ROLE_SCOPES[role]:
        program = caller(app, person)
    wrong = []
    for each in list_operations(app):
        address = re.sub(r"<[^>]*number>", "0330-2026-00001", each.rule.rule)
        address = re.sub(r"<[^>]*>", "999", address).removeprefix(PREFIX)
        access = each.operation.access
        status = program.send(each.method, address).status_code
        if access >= EVERYONE:
            expected = {415}  # asks for the credentials of a system, not for a token
        elif program.token_id == 0:
            expected = {401}
        elif role not in access:
            expected = {403}
        else:
            expected = {
                200,
                404,
                415,
                422,
                428,
            }  # entered: a sample is not there, or lacks something
        if status not in expected:
            wrong.append((each.method, address, status))
    assert wrong == []


def test_every_post_without_token_is_refused(
    app: Flask, people: dict[Role | None, Person | None]
) -> None:
    open_doors = []
    for method, address, access in _cases(app):
        # What is asked without cookies does nothing in anybody's name (RFC 8058 wants it so).
        if method != "POST" or access == COOKIELESS:
            continue
        role = next((each for each in Role if each in access), Role.BUYER)
        client: Any = app.test_client()
        person = people[role]
        assert person is not None
        cast.sign_in_as(client, person)
        client.without_csrf = True
        if access == COOKIELESS:
            continue  # looks at no cookie, so that nobody's browser can be made to act for her
        if client.post(address, data={}).status_code != REFUSED:
            open_doors.append(address)
    assert open_doors == []


def test_every_answer_carries_the_security_headers(app: Flask) -> None:
    response = app.test_client().get("/log-ind")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"


def test_session_cookie_is_secure_http_only_and_same_site(app: Flask) -> None:
    cookie = app.test_client().get("/log-ind").headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_unknown_address_gets_our_own_page(app: Flask) -> None:
    response = app.test_client().get("/findes-ikke")
    assert response.status_code == 404
    assert "Traceback" not in response.text


def test_return_address_after_sign_in_stays_on_this_site(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        person = cast.buyer(session, email="mette@slagelse.example")
    for trap in ("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example"):
        answer = app.test_client().post(
            "/log-ind", data={"email": person.email, "password": cast.PASSWORD, "next": trap}
        )
        assert answer.status_code == 303
        assert "evil" not in answer.headers["Location"]


def test_an_id_that_no_database_can_hold_names_nothing(
    app: Flask, people: dict[Role | None, Person | None]
) -> None:
    client, staff = app.test_client(), people[Role.STAFF]
    assert staff is not None
    cast.sign_in_as(client, staff)
    for address in ("/varer/{}", "/efterlysninger/{}", "/ord/{}", "/aftaler/{}"):
        for number in (2**63 - 1, 2**63, 10**40):
            assert client.get(address.format(number)).status_code == 404, (address, number)


@pytest.mark.parametrize("role", list(Role))
def test_a_number_that_no_database_can_hold_is_no_fault(
    app: Flask, people: dict[Role | None, Person | None], role: Role
) -> None:
    """SQLite raises for it, and PostgreSQL too: in no place, query or field may it get so far."""
    source = "\n".join(path.read_text() for path in Path(catalogue.__path__[0]).rglob("*.py"))
    names = {*re.findall(r'\.get\("(\w+)"[^)]*type=whole', source), "municipalities"}
    assert len(names) > 10
    huge = str(10**30)
    filled = [{**SAMPLES, "path": huge, "string": huge, "default": huge}, SAMPLES]
    person, wrong = people[role], []
    assert person is not None
    told = dict.fromkeys(sorted(names), huge)
    for samples in filled:
        for method, address, access in _cases(app, samples):
            if role not in access and access != SIGNED_IN:
                continue
            client = app.test_client()  # a new one, for one of the cases signs out
            cast.sign_in_as(client, person)
            sent = {"data": told} if method == "POST" else {"query_string": told}
            status = client.open(address, method=method, **sent).status_code
            if status >= 500:
                wrong.append((method, address, status))
    assert wrong == []
