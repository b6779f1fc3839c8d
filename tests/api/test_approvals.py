"""Approval by the API: what waits for whom, and decisions on what was read."""

from __future__ import annotations

import cast
import pytest
from api.callers import Caller, caller, problem_of
from api.conftest import Town
from conftest import on_sqlite
from ordering.world import FORM

from catalogue.accounts.models import Municipality
from catalogue.core.who import Role
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.ordering import policy
from catalogue.ordering.policy import RuleTerms
from catalogue.products.models import Product

pytestmark = on_sqlite


@pytest.fixture
def approvers(town: Town) -> tuple[Caller, Caller]:
    """The programs of two approvers; the first decides all orders."""
    with town.app.extensions["catalogue"].database.transaction() as session:
        home: Municipality = cast.municipality(session)
        made = [cast.person(session, name) for name in ("Anne Bak", "Bo Dam")]
        for each in made:
            cast.role(session, each, Role.APPROVER, municipality=home)
        terms = RuleTerms(
            name="Alle ordrer", from_ore=0, category_code=None, institution=None,
            enterprise_id=None, escalate_days=3, escalate_to_id=None, approvers=(made[0].id,),
        )  # fmt: skip
        policy.create_rule(session, cast.who(session, town.people["staff"]), terms, cast.NOW)
        first = session.get_one(Product, town.product_id)
        shop = session.get_one(Enterprise, first.enterprise_id)
        cast.product(session, shop, "Gynge", price_ore=90_000)
    return caller(town.app, made[0]), caller(town.app, made[1])


def place(town: Town) -> str:
    """Order two products; return the address of their approval."""
    lines = [{"product_id": town.product_id + place, "quantity": 1} for place in range(2)]
    key = "a-key-of-our-own-choice"
    placed = town.buyer.post("/orders", {"lines": lines, "delivery": FORM}, Idempotency_Key=key)
    assert placed.status_code == 201, placed.text
    (order,) = placed.get_json()["orders"]
    assert order["state"] == "awaiting"
    return f"/approvals/{order['number']}"


def test_approver_reads_what_waits_for_her_strikes_a_line_and_approves(
    town: Town, approvers: tuple[Caller, Caller]
) -> None:
    anne, bo = approvers
    here = place(town)
    (listed,) = anne.get("/approvals?mine=true").get_json()["items"]
    assert (listed["waits_for"], listed["rule"]) == (["Anne Bak"], "Alle ordrer")
    assert bo.get("/approvals?mine=true").get_json()["items"] == []
    assert len(bo.get("/approvals").get_json()["items"]) == 1
    seen = anne.get(here).get_json()
    assert (seen["problems"], len(seen["order"]["lines"])) == ([], 2)
    decision = {"digest": seen["digest"], "struck": [2], "reason": "Vi har en gynge."}
    assert problem_of(bo.post(f"{here}/approve", decision)) == "out-of-turn"
    stale = anne.post(f"{here}/approve", decision | {"digest": 64 * "0"})
    assert problem_of(stale) == "conflict"
    bare = anne.post(f"{here}/approve", {"digest": seen["digest"], "struck": [2]})
    assert bare.get_json()["errors"][0]["pointer"] == "#/reason"
    done = anne.post(f"{here}/approve", decision).get_json()
    assert (done["order"]["state"], len(done["order"]["lines"])) == ("placed", 1)
    assert [each["by"] for each in done["approvals"]] == ["Anne Bak"]
    assert anne.get("/approvals").get_json()["items"] == []


@pytest.mark.parametrize(("deed", "state"), [("reject", "declined"), ("send-back", "returned")])
def test_order_is_refused_or_sent_back_with_words(
    town: Town, approvers: tuple[Caller, Caller], deed: str, state: str
) -> None:
    anne, bo = approvers
    here = place(town)
    reason = {"reason": "Skriv kontoen."}
    assert problem_of(bo.post(f"{here}/{deed}", reason)) == "out-of-turn"
    told = anne.post(f"{here}/{deed}", reason).get_json()["order"]
    assert (told["state"], told["events"][-1]["reason"]) == (state, "Skriv kontoen.")
    assert problem_of(town.buyer.post(f"{here}/{deed}", reason)) == "not-allowed"


def test_order_of_an_enterprise_that_is_suspended_meanwhile_is_not_approved(
    town: Town, approvers: tuple[Caller, Caller]
) -> None:
    anne, _bo = approvers
    here = place(town)
    with town.app.extensions["catalogue"].database.transaction() as session:
        first = session.get_one(Product, town.product_id)
        session.get_one(Enterprise, first.enterprise_id).state = EnterpriseState.SUSPENDED
    told = anne.get(here).get_json()
    assert len(told["problems"]) == 2
    for each in told["problems"]:
        assert ". The enterprise is not verified in your municipality. Strike the line, " in each
    refused = anne.post(f"{here}/approve", {"digest": told["digest"]})
    assert (refused.status_code, problem_of(refused)) == (409, "conflict")
