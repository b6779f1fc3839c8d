"""A rule of approval knows its institution by GLN: when it is made, and when an order is placed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.approving import Town, rule, town
from ordering.test_addresses import ADDRESS, OTHER_GLN
from ordering.test_pages import browser
from ordering.world import DELIVERY, put
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.core.errors import Invalid
from catalogue.ordering import addresses, approval, budgets, editing, service
from catalogue.ordering.address_schema import AddressFacts
from catalogue.ordering.budget_rules import Terms
from catalogue.ordering.editing import Edit
from catalogue.ordering.models import ApprovalStep
from catalogue.ordering.policy_models import ApprovalRule

NAME = DELIVERY.institution
UNKNOWN_GLN = "5790000000005"


@pytest.fixture
def people(session: Session) -> Town:
    """The people of approval, with two institutions that are known by an address."""
    made = town(session)
    keep(session, made, NAME, cast.GLN)
    keep(session, made, "Skolen", OTHER_GLN)
    return made


def keep(session: Session, people: Town, name: str, gln: str) -> None:
    """Have the buyer keep an address."""
    facts = ADDRESS | {"institution": name, "gln": gln}
    addresses.keep(session, people.world.who, AddressFacts(**facts), cast.NOW)


def state_of(session: Session, people: Town, key: str = "form-1", **delivery: Any) -> str:
    """Place an order that is delivered so; return its state."""
    put(session, people.world)
    where = replace(DELIVERY, **delivery)
    (made,) = service.place(session, people.world.who, where, key, cast.NOW)
    return made.state


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"institution": NAME.upper()}, (NAME.upper(), cast.GLN)),
        ({"gln": OTHER_GLN}, ("Skolen", OTHER_GLN)),
        ({"gln": UNKNOWN_GLN}, (None, UNKNOWN_GLN)),
        ({"institution": "Stue 2", "gln": cast.GLN}, ("Stue 2", cast.GLN)),
        ({}, (None, None)),
    ],
)
def test_name_and_gln_of_a_known_place_tell_each_other(
    session: Session, people: Town, given: dict[str, Any], kept: tuple[str | None, str | None]
) -> None:
    rule(session, people, **given)
    made = session.scalars(select(ApprovalRule)).one()
    assert (made.institution, made.gln) == kept


def test_a_name_that_no_place_alone_bears_needs_a_gln(session: Session, people: Town) -> None:
    keep(session, people, NAME, UNKNOWN_GLN)
    for name in ("Regnbuen", "Biblioteket", NAME):
        with pytest.raises(Invalid) as caught:
            rule(session, people, institution=name)
        assert set(caught.value.problems) == {"gln"}
    assert session.scalars(select(ApprovalRule)).all() == []


@pytest.mark.parametrize(
    ("delivery", "state"),
    [
        ({}, "awaiting"),
        ({"institution": "Regnbuen, stue 2"}, "awaiting"),
        ({"institution": "Et helt andet sted"}, "awaiting"),
        ({"institution": "Regnbuen", "gln": OTHER_GLN}, "awaiting"),
        ({"institution": "Skolen", "gln": OTHER_GLN}, "placed"),
    ],
)
@pytest.mark.parametrize("stored", [cast.GLN, None])
def test_an_order_is_asked_for_whatever_name_is_typed(
    session: Session, people: Town, stored: str | None, delivery: dict[str, Any], state: str
) -> None:
    rule(session, people, institution=NAME, from_ore=0)
    session.scalars(select(ApprovalRule)).one().gln = stored  # None: as rules were made before
    session.flush()
    assert state_of(session, people, **delivery) == state


def test_a_rule_made_before_knows_the_institution_by_its_budget_too(session: Session) -> None:
    people = town(session)
    keep(session, people, NAME, cast.GLN)
    rule(session, people, institution=NAME, from_ore=0)
    session.scalars(select(ApprovalRule)).one().gln = None
    terms = Terms(cast.GLN, date(2026, 1, 1), date(2026, 12, 31), 10**9)
    budgets.enter(session, people.staff_who, terms, cast.NOW)
    (listed,) = addresses.list_own(session, people.world.who)
    addresses.remove(session, people.world.who, listed.address.id, cast.NOW)
    assert state_of(session, people, institution="Stue 2") == "awaiting"


def test_places_of_another_municipality_say_nothing(session: Session, people: Town) -> None:
    rule(session, people, institution=NAME, from_ore=0)
    session.scalars(select(ApprovalRule)).one().gln = None
    vejle = cast.who(session, cast.buyer(session, cast.municipality(session, "Vejle")))
    facts = ADDRESS | {"gln": UNKNOWN_GLN}
    addresses.keep(session, vejle, AddressFacts(**facts), cast.NOW)
    assert state_of(session, people, institution="Biblioteket", gln=UNKNOWN_GLN) == "placed"


def test_an_order_moved_to_the_institution_is_asked_for(session: Session, people: Town) -> None:
    rule(session, people, from_ore=0, name="Alle")
    rule(session, people, people.bo, institution="Skolen", from_ore=0, name="Skolens")
    put(session, people.world)
    (made,) = service.place(session, people.world.who, DELIVERY, "form-1", cast.NOW)
    approval.send_back(session, people.anne_who, made.number, "Til hvem?", cast.NOW)
    wanted = Edit(replace(DELIVERY, gln=OTHER_GLN))
    editing.edit(session, people.world.who, made.number, wanted, cast.NOW)
    assert "Skolens" in _asked(session, made.id)


def test_rules_of_one_name_ask_each_for_her_own(session: Session, people: Town) -> None:
    for approver, gln in ((people.anne, cast.GLN), (people.bo, OTHER_GLN)):
        rule(session, people, approver, gln=gln, from_ore=0, name="Lederen godkender")
    put(session, people.world)
    (made,) = service.place(session, people.world.who, DELIVERY, "form-1", cast.NOW)
    approval.send_back(session, people.anne_who, made.number, "Til hvem?", cast.NOW)
    wanted = Edit(replace(DELIVERY, gln=OTHER_GLN))
    editing.edit(session, people.world.who, made.number, wanted, cast.NOW)
    query = select(ApprovalStep.approver_id).order_by(ApprovalStep.position)
    assert list(session.scalars(query)) == [people.anne.id, people.bo.id]


def test_an_approver_keeps_the_budgets_of_the_gln_her_rule_names(
    session: Session, people: Town
) -> None:
    rule(session, people, gln=OTHER_GLN, institution="En afdeling")
    kept = budgets.list_kept(session, people.anne_who)
    assert [each.gln for each in kept] == [OTHER_GLN]
    assert budgets.list_kept(session, people.bo_who) == []


def test_staff_choose_the_place_and_read_how_it_is_compared(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        people = town(session)
        keep(session, people, NAME, cast.GLN)
    staff = browser(app, people.staff)
    page = staff.get("/godkendelsesregler/ny").text
    assert f'<option value="{cast.GLN}">{NAME}</option>' in page
    assert "GLN-/EAN-nummeret afgør det" in page
    form = {"name": "Husets", "amount": "0", "approver_1": str(people.anne.id)}
    wrong = staff.post("/godkendelsesregler/ny", data=form | {"institution": "Stue 2"})
    assert wrong.status_code == 422 and "Skriv også GLN-/EAN-nummeret" in wrong.text
    assert staff.post("/godkendelsesregler/ny", data=form | {"gln": "12"}).status_code == 422
    assert staff.post("/godkendelsesregler/ny", data=form | {"gln": cast.GLN}).status_code == 303
    listed = staff.get("/godkendelsesregler").text
    assert NAME in listed and cast.GLN in listed and "kun på navnet" not in listed
    with app.extensions["catalogue"].database.transaction() as session:
        session.scalars(select(ApprovalRule)).one().gln = None
    assert "Kendes kun på navnet" in staff.get("/godkendelsesregler").text


def _asked(session: Session, order_id: int) -> list[str]:
    query = select(ApprovalStep.rule_name).where(ApprovalStep.order_id == order_id)
    return list(session.scalars(query))
