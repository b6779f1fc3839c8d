"""Access keys: made on the page and shown once, narrowed by scopes, ended by time, role or hand."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cast
import pytest
from api.callers import Caller, caller, problem_of
from api.conftest import Town
from sqlalchemy import delete, select

from catalogue.accounts import token_rules, tokens
from catalogue.accounts.models import Person, PersonRole
from catalogue.accounts.queries import hash_of
from catalogue.accounts.token_models import ApiPass, ApiToken
from catalogue.accounts.tokens import Wanted
from catalogue.core.audit import AuditEvent
from catalogue.core.errors import Invalid, Missing
from catalogue.core.text import reading_in
from catalogue.core.who import Role

FORM = {"name": "ERP", "scopes": ["orders:read"], "days": "30"}


def signed_in(town: Town, who: str) -> Any:
    """Return a browser in which somebody of the town is signed in."""
    client = town.app.test_client()
    cast.sign_in_as(client, town.people[who])
    return client


def test_access_key_is_shown_once_kept_as_a_hash_and_revoked(town: Town) -> None:
    client = signed_in(town, "buyer")
    page = client.post("/adgangsnoegler", data=FORM)
    secret = re.findall(r"kat_[\w-]{43}", page.text)[0]
    assert Caller(town.app, secret).get("/orders").status_code == 200
    assert secret not in client.get("/adgangsnoegler").text
    database = town.app.extensions["catalogue"].database
    with database.reading() as session:
        kept = session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
        assert kept is not None
        assert (kept.token_hash, kept.ends_with) == (hash_of(secret), secret[-4:])
    other = signed_in(town, "staff")
    assert other.post(f"/adgangsnoegler/{kept.id}/traek-tilbage").status_code == 404
    client.post(f"/adgangsnoegler/{kept.id}/traek-tilbage")
    assert problem_of(Caller(town.app, secret).get("/orders")) == "unauthenticated"
    with database.reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.object_type == "token")).all()
    assert [each.action for each in told][-2:] == ["token.created", "token.revoked"]
    assert secret not in str([each.facts for each in told])


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"scopes": []}, "scopes", "Vælg, hvad adgangsnøglen er til"),
        (
            {"scopes": ["orders:read", "coverage:read"]},
            "scopes",
            "”Læse aftaledækning” er ikke for rollen Indkøber: tag det ud",
        ),
        ({"days": 1000}, "days", "Vælg, hvor længe"),
        ({"system_role": Role.STAFF, "email": "it@slagelse.example"}, "scopes", "det, rollen må"),
    ],
)
def test_nobody_gives_more_than_her_role_has(
    town: Town, change: dict[str, Any], field: str, words: str
) -> None:
    asked = Wanted(**({"name": "ERP", "scopes": ["orders:read"], "days": 30} | change))
    with town.app.extensions["catalogue"].database.transaction() as session:
        who = cast.who(session, town.people["buyer"])
        with pytest.raises(Invalid) as refused:
            tokens.create(session, who, asked, cast.NOW)
    [told] = refused.value.problems[field]
    with reading_in("da"):
        assert words in str(told)


def test_scope_narrows_what_the_role_may(town: Town) -> None:
    narrow = caller(town.app, town.people["shop"], ["orders:read"])
    assert narrow.get("/orders").status_code == 200
    refused = narrow.get("/products")
    assert problem_of(refused) == "insufficient-scope"
    assert refused.get_json()["scope"] == "products:read"
    assert 'scope="products:read"' in refused.headers["WWW-Authenticate"]


def test_key_of_a_person_ends_with_her_role_and_with_time(town: Town) -> None:
    state = town.app.extensions["catalogue"]
    with state.database.transaction() as session:
        holder = town.people["staff"].id
        session.execute(delete(PersonRole).where(PersonRole.person_id == holder))
    assert problem_of(town.staff.get("/orders")) == "unauthenticated"
    state.clock = lambda: cast.NOW + timedelta(days=30)
    assert problem_of(town.buyer.get("/orders")) == "unauthenticated"


def test_system_acts_for_the_municipality_and_outlives_its_maker(town: Town) -> None:
    made = caller(
        town.app, town.people["staff"], system_role=Role.BUYER, email="it@slagelse.example"
    )
    database = town.app.extensions["catalogue"].database
    with database.transaction() as session:
        holder = session.get_one(Person, town.people["staff"].id)
        holder.disabled_at = cast.NOW
        session.execute(delete(PersonRole).where(PersonRole.person_id == holder.id))
        system = session.scalars(select(Person).where(Person.is_system)).one()
        assert (system.name, system.email) == ("Lønsystemet", "it@slagelse.example")
    assert made.get("/orders").get_json()["items"] == []
    assert made.get("/search").status_code == 200
    page = signed_in(town, "shop").get("/adgangsnoegler").text
    assert token_rules.client_id(made.token_id) not in page


def test_system_gets_a_pass_for_its_credentials(town: Town) -> None:
    system = caller(
        town.app, town.people["shop"], system_role=Role.ENTERPRISE, email="it@x.example"
    )
    client = token_rules.client_id(system.token_id)
    basic = "Basic " + b64encode(f"{client}:{system.secret}".encode()).decode()
    sent = {"grant_type": "client_credentials", "scope": "products:read"}
    given = system.send("POST", "/token", data=sent, headers={"Authorization": basic})
    told = given.get_json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == (
        "Bearer", 3600, "products:read",
    )  # fmt: skip
    assert given.headers["Cache-Control"] == "no-store"
    passed = Caller(town.app, told["access_token"])
    assert passed.get("/products").status_code == 200
    assert problem_of(passed.get("/orders")) == "insufficient-scope"
    with town.app.extensions["catalogue"].database.transaction() as session:
        tokens.revoke(session, cast.who(session, town.people["shop"]), system.token_id, cast.NOW)
        assert session.scalars(select(ApiPass.token_hash)).all() == [hash_of(passed.secret)]
    assert problem_of(passed.get("/products")) == "unauthenticated"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "kat_wrong"}, 401, "invalid_client"),
        ({"client_id": "system-x"}, 401, "invalid_client"),
        ({"scope": "coverage:read"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused_as_oauth_wants_it(
    town: Town, change: dict[str, str], status: int, error: str
) -> None:
    system = caller(
        town.app, town.people["shop"], system_role=Role.ENTERPRISE, email="it@x.example"
    )
    sent = {"grant_type": "client_credentials", "client_secret": system.secret}
    sent["client_id"] = token_rules.client_id(system.token_id)
    danish = {"Accept-Language": "da"}
    refused = system.send("POST", "/token", data=sent | change, headers=danish)
    assert (refused.status_code, refused.get_json()["error"]) == (status, error)
    assert refused.get_json()["error_description"].isascii()


def test_guessing_credentials_is_throttled_by_the_address_of_the_network(town: Town) -> None:
    state = town.app.extensions["catalogue"]
    state.settings = replace(state.settings, sign_in_attempts_per_address=2)
    system = caller(
        town.app, town.people["shop"], system_role=Role.ENTERPRISE, email="it@x.example"
    )
    sent = {"grant_type": "client_credentials", "client_secret": system.secret}
    sent["client_id"] = token_rules.client_id(system.token_id)
    for n in range(2):
        wrong = sent | {"client_secret": f"kat_{n}"}
        assert system.send("POST", "/token", data=wrong).status_code == 401
    refused = system.send("POST", "/token", data=sent)
    assert (refused.status_code, refused.get_json()["error"]) == (429, "slow_down")
    assert refused.headers["Retry-After"] == "900"
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert system.send("POST", "/token", data=sent, environ_base=elsewhere).status_code == 200


def test_key_of_a_person_is_no_client_and_one_of_others_is_not_hers(town: Town) -> None:
    sent = {"grant_type": "client_credentials", "client_secret": town.shop.secret}
    sent["client_id"] = token_rules.client_id(town.shop.token_id)
    assert town.shop.send("POST", "/token", data=sent).status_code == 401
    with town.app.extensions["catalogue"].database.transaction() as session:
        who = cast.who(session, town.people["buyer"])
        with pytest.raises(Missing):
            tokens.revoke(session, who, town.shop.token_id, cast.NOW)


def test_audit_tells_the_last_day_of_a_key_as_its_page_does(town: Town) -> None:
    database = town.app.extensions["catalogue"].database
    late = cast.NOW.replace(hour=23, minute=30)  # half past midnight in Copenhagen
    with database.transaction() as session:
        who = cast.who(session, town.people["buyer"])
        tokens.create(session, who, Wanted("ERP", ["orders:read"], days=30), late)
        session.flush()
        told = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert told is not None and "2026-12-25" in str(told.facts)
