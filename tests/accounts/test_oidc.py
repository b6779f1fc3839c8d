"""Sign-in at the municipality by OpenID Connect, judged by a real provider on loopback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import cast
import pytest
from accounts.oidc_town import BUYERS, DOOR, Town, op, town
from conftest import on_sqlite
from sqlalchemy import select

from catalogue.accounts import oidc
from catalogue.accounts.models import Person, PersonRole
from catalogue.accounts.outside_models import IdentityProvider, OutsideIdentity
from catalogue.accounts.outside_rules import is_strong
from catalogue.accounts.outside_settling import INSTITUTIONS
from catalogue.core import jobs
from catalogue.core.audit import AuditEvent
from catalogue.core.who import Role
from catalogue.ordering.address_models import BuyerInstitution
from catalogue.ordering.outside_institutions import join_batch

__all__ = ["op", "town"]


def test_somebody_new_gets_her_role_and_comes_where_she_wanted_to(town: Town) -> None:
    assert "Log ind med Slagelse" in town.client.get("/log-ind?next=/ordrer").text
    answer = town.client.get(town.go("/ordrer"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ordrer")
    assert "Mette Holm" in town.client.get("/roller").text
    assert town.roles() == ["buyer"]
    assert town.actions() == [
        "person.registered", "outside.linked", "role.granted", "outside.signed_in",
    ]  # fmt: skip
    told = [str(each.facts) for each in town.rows(AuditEvent)]
    assert not any("mette" in each.lower() for each in told)


def test_buyer_orders_for_the_institution_that_the_provider_names(town: Town) -> None:
    town.change(mapping=[replace(BUYERS, gln=cast.GLN).kept()])
    state = town.app.extensions["catalogue"]
    handlers = {INSTITUTIONS: lambda batch: join_batch(state.database, batch)}
    for _ in range(2):
        town.sign_in()
        jobs.run_once(state.database, handlers, clock=state.clock)
    assert [each.gln for each in town.rows(BuyerInstitution)] == [cast.GLN]


def test_roles_follow_the_provider_at_each_sign_in_but_those_given_here_stay(town: Town) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        known = cast.person(session, email="Mette@slagelse.example")
        cast.role(session, known, Role.APPROVER, municipality=cast.municipality(session))
    assert town.sign_in(groups=["Indkøb"]).status_code == 303  # joined by her confirmed address
    assert sorted(town.roles()) == ["approver", "buyer"]
    town.sign_in(groups=["Chefer"])
    assert sorted(town.roles()) == ["approver", "staff"]
    refused = town.sign_in(groups=["Haveforeningen"])
    assert refused.status_code == 403
    assert "Jens Kruse, jens@slagelse.example" in refused.text
    assert town.roles() == ["approver"]
    assert town.client.get("/roller").status_code == 303  # and her session has ended
    assert len(town.rows(Person)) == 1


def test_roles_follow_her_also_when_the_provider_calls_her_by_another_name(town: Town) -> None:
    town.sign_in(groups=["Chefer"])
    with town.app.extensions["catalogue"].database.transaction() as session:
        session.scalars(select(OutsideIdentity)).one().subject = "of the sign-in before"
    town.sign_in(groups=["Indkøb"])  # joined anew by her confirmed address
    (known,) = town.rows(Person)
    assert [each.role for each in town.rows(PersonRole)] == ["buyer"]
    assert {each.person_id for each in town.rows(OutsideIdentity)} == {known.id}
    assert sorted(each.roles for each in town.rows(OutsideIdentity)) == [[], ["buyer"]]


@on_sqlite
def test_groups_that_lie_elsewhere_let_nobody_in_and_take_no_role_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sign_in()
    claims = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {}}}
    add = oidc.add_userinfo

    def without_groups(*asked: Any) -> dict[str, Any]:
        told = add(*asked) | claims
        told.pop("groups")
        return told

    monkeypatch.setattr(oidc, "add_userinfo", without_groups)
    refused = town.sign_in()
    assert refused.status_code == 403
    assert "sender ikke dine groups" in refused.text
    assert town.roles() == ["buyer"]
    town.change(mapping=[replace(BUYERS, claim="email", value="*").kept()])
    assert town.sign_in().status_code == 303  # what gives her role is told


@pytest.mark.parametrize(
    ("facts", "claims", "said"),
    [
        ({}, {"email": ""}, "bekræftet e-mailadresse"),
        ({}, {"email_verified": False}, "bekræftet e-mailadresse"),
        ({"may_create": False}, {}, "intet login her endnu"),
        ({"cvr_claim": "cvr"}, {"cvr": "12345678"}, "en anden kommune"),
    ],
)  # fmt: skip
@on_sqlite
def test_whom_the_provider_does_not_vouch_for_is_not_let_in(
    town: Town, facts: dict[str, Any], claims: dict[str, Any], said: str
) -> None:
    town.change(**facts)
    answer = town.sign_in(**claims)
    assert answer.status_code == 403
    assert said in answer.text
    assert town.rows(Person) == []
    assert town.actions() == ["outside.refused"]


@pytest.mark.parametrize("elsewhere", ["administrator", "kolding", "enterprise", "nowhere"])
@on_sqlite
def test_a_provider_never_gets_hold_of_people_of_others(town: Town, elsewhere: str) -> None:
    with town.app.extensions["catalogue"].database.transaction() as session:
        known = cast.person(session, email="mette@slagelse.example")
        if elsewhere == "administrator":
            cast.role(session, known, Role.ADMINISTRATOR)
        elif elsewhere == "kolding":
            cast.role(session, known, Role.BUYER, municipality=cast.municipality(session))
            there = cast.municipality(session, "Kolding")
            cast.role(session, known, Role.STAFF, municipality=there)
        elif elsewhere == "enterprise":
            cast.role(session, known, Role.ENTERPRISE, enterprise=cast.enterprise(session))
    assert town.sign_in().status_code == 403
    assert town.rows(OutsideIdentity) == []


@on_sqlite
def test_a_session_from_the_provider_acts_in_its_municipality_alone(town: Town) -> None:
    town.sign_in()
    (known,) = town.rows(Person)
    with town.app.extensions["catalogue"].database.transaction() as session:
        role = cast.role(session, known, Role.ADMINISTRATOR)
    assert town.client.post("/roller", data={"role_id": role.id}).status_code == 403
    assert town.client.get("/personer").status_code == 403


@pytest.mark.parametrize(
    ("acr", "amr", "said", "strong"),
    [
        (None, None, {}, True),
        ("loa3 loa4", None, {"acr": "loa4"}, True),
        ("loa3 loa4", None, {"acr": "loa3 loa4"}, False),
        ("loa3", None, {"acr": ["loa3"]}, False),
        ("loa3", None, {}, False),
        (None, "mfa otp", {"amr": ["pwd", "mfa"]}, True),
        (None, "mfa", {"amr": "mfa"}, False),
        (None, "mfa", {"amr": ["pwd"]}, False),
        ("loa3", "mfa", {"acr": "loa3"}, False),
    ],
)
def test_strength_is_what_the_provider_says_word_for_word(
    acr: str | None, amr: str | None, said: dict[str, Any], strong: bool
) -> None:
    assert is_strong(acr, amr, said) is strong


@on_sqlite
def test_weaker_sign_in_than_is_asked_for_at_the_provider_is_refused(town: Town) -> None:
    town.change(acr_values="pwd")
    begun = urlsplit(town.client.get(DOOR).headers["Location"])
    assert "acr_values=pwd" in begun.query
    assert town.sign_in().status_code == 303
    for asked in ({"acr_values": "loa4"}, {"acr_values": None, "amr_values": "mfa"}):
        town.change(**asked)
        answer = town.client.get(answered(town))
        assert answer.status_code == 403
        assert "ikke så sikkert" in answer.text


def answered(town: Town) -> str:
    """Go to the provider as if nothing stronger were asked for: it may not know the word."""
    kept = town.rows(IdentityProvider)[0].acr_values
    town.change(acr_values=None)
    back = town.go()
    town.change(acr_values=kept)
    return back


@on_sqlite
def test_disabled_person_stays_out(town: Town) -> None:
    town.sign_in()
    with town.app.extensions["catalogue"].database.transaction() as session:
        session.scalars(select(Person)).one().disabled_at = cast.NOW
    assert town.sign_in().status_code == 403


def test_provider_ends_sessions_and_no_message_counts_twice(town: Town) -> None:
    town.sign_in()
    sid, subject = town.op.last["sid"], town.op.last["sub"]
    end = f"{DOOR}/log-ud"
    other = town.op.logout_token(sid="another session")
    assert town.client.post(end, data={"logout_token": other}).status_code == 200
    assert town.client.get("/roller").status_code == 200
    token = town.op.logout_token(sid=sid)
    assert town.client.post(end, data={"logout_token": token}).status_code == 200
    assert town.client.get("/roller").status_code == 303
    assert town.client.post(end, data={"logout_token": token}).status_code == 400
    town.sign_in()
    everywhere = town.op.logout_token(sub=subject)
    assert town.client.post(end, data={"logout_token": everywhere}).status_code == 200
    assert town.client.get("/roller").status_code == 303
    assert town.actions().count("outside.signed_out") == 2


@on_sqlite
def test_whoever_signs_out_here_is_led_on_to_sign_out_there(town: Town) -> None:
    town.sign_in()
    page = town.client.post("/log-ud")
    assert page.status_code == 200
    parts = urlsplit(page.headers["Refresh"].removeprefix("0; url="))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{town.op.issuer}/session"
    assert "id_token_hint=ey" in parts.query
    assert "Mette Holm" not in page.text
    assert town.client.get("/roller").status_code == 303
