"""The pages of an order's life through real requests: seen, a part, work, changes, and refusals."""

from __future__ import annotations

import cast
import pytest
from flask import Flask
from ordering.approving import Town, approve, order, rule, town
from ordering.test_approval_pages import Office
from ordering.world import FORM
from sqlalchemy import select, update

from catalogue.core.db import Database
from catalogue.ordering.models import Order, OrderLine
from catalogue.ordering.rules import STATE_NAMES, STEP_NAMES, Side, given, steps

NUMBER = "0330-2026-00001"
PARTS = {"partial": "1", "part_1": "3", "reason": "Vi mangler lærk"}
ABOUT = {  # every form about an order, whose it is, and what it must carry to be read at all
    "godkendelser/{}/godkend": ("approver", {"digest": "x"}),
    "godkendelser/{}/afvis": ("approver", {"reason": "x"}),
    "godkendelser/{}/send-tilbage": ("approver", {"reason": "x"}),
    "ordrer/{}/anden-godkender": ("staff", {"approver_id": "1", "reason": "x"}),
    "ordrer/{}/ret": ("buyer", FORM),
    "ordrer/{}/send-igen": ("buyer", {"answer": "x"}),
    "ordrer/{}/annuller": ("buyer", {}),
    "ordrer/{}/accepter-aendring": ("buyer", {}),
    "ordrer/{}/afvis-aendring": ("buyer", {}),
    "ordrer/{}/modtag": ("buyer", {}),
    "ordrer/{}/godkend-arbejde": ("buyer", {}),
    "ordrer/{}/luk": ("buyer", {}),
    "ordrer/{}/anden-indkoeber": ("staff", {"buyer_id": "1", "why": "x"}),
    "indkomne-ordrer/{}/bekraeft": ("enterprise", {}),
    "indkomne-ordrer/{}/bekraeft-del": ("enterprise", PARTS),
    "indkomne-ordrer/{}/afvis": ("enterprise", {"reason": "x"}),
    "indkomne-ordrer/{}/foreslaa": ("enterprise", {"quantity_1": "3", "reason": "x"}),
    "indkomne-ordrer/{}/traek-forslag": ("enterprise", {}),
    "indkomne-ordrer/{}/afsend": ("enterprise", {}),
    "indkomne-ordrer/{}/udfoert": ("enterprise", {}),
}


@pytest.fixture
def office(app: Flask, database: Database) -> Office:
    """The town with an approved order of four play houses."""
    with database.transaction() as session:
        here: Town = town(session, ceiling_ore=10_000_000)
        rule(session, here)
        approve(session, here.anne_who, order(session, here, "4"))
    return Office(app, here)


def test_an_order_is_seen_when_its_enterprise_opens_it_signed_in(office: Office) -> None:
    here, address = office.here, f"/indkomne-ordrer/{NUMBER}"
    ahead = office.app.test_client()
    cast.sign_in_as(ahead, here.world.worker)
    ahead.get(address, headers={"Sec-Purpose": "prefetch"})
    ahead.head(address)
    assert "Ikke set endnu" in office.page(here.world.buyer, "/ordrer")
    office.page(here.world.worker, address)
    assert "Set 24. nov. 2026" in office.page(here.world.buyer, "/ordrer")
    page = office.page(here.world.buyer, f"/ordrer/{NUMBER}")
    assert "Set af virksomheden" in page


def test_a_part_is_told_to_the_buyer_who_accepts_what_is_left(office: Office) -> None:
    here, incoming = office.here, f"/indkomne-ordrer/{NUMBER}/bekraeft-del"
    page = office.post(here.world.worker, incoming, 422, **(PARTS | {"part_1": "x", "reason": ""}))
    assert 'id="field-part_1-error"' in page
    assert 'id="field-part-why-error"' in page
    assert "Delvist bekræftet" in office.post(here.world.worker, incoming, **PARTS)
    page = office.page(here.world.buyer, f"/ordrer/{NUMBER}")
    for words in ("Vi mangler lærk", "3 i stedet for 4", "Annullér også resten"):
        assert words in page
    page = office.post(here.world.buyer, f"/ordrer/{NUMBER}/accepter-aendring")
    assert "Venter på Anne Bak" in page
    assert "Ændringen er accepteret og venter nu på godkendelse." in page


def test_a_lower_price_is_proposed_for_as_many_units_as_it_was_ordered_for(
    office: Office, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(update(OrderLine).values(price_base_quantity=7))
    here, incoming = office.here, f"/indkomne-ordrer/{NUMBER}"
    assert "Bestilt til 12.500,00\xa0kr. pr. 7 stk." in office.page(here.world.worker, incoming)
    new = {"propose": "1", "price_1": "12000", "reason": "Rabat"}
    office.post(here.world.worker, f"{incoming}/foreslaa", **new)
    page = office.page(here.world.buyer, f"/ordrer/{NUMBER}")
    assert "12.000,00\xa0kr. i stedet for 12.500,00\xa0kr. pr. 7 stk." in page


def test_an_order_that_came_back_is_changed_on_a_page_of_its_own(office: Office) -> None:
    here, change = office.here, "/ordrer/0330-2026-00002/ret"
    office.order("2")
    office.page(here.world.buyer, change, 409)
    back = "/godkendelser/0330-2026-00002/send-tilbage"
    office.post(here.anne, back, reason="Kun én")
    assert f'href="{change}"' in office.page(here.world.buyer, "/ordrer/0330-2026-00002")
    assert 'value="2"' in office.page(here.world.buyer, change)
    page = office.post(here.world.buyer, change, 422, **(FORM | {"quantity_1": "0", "gln": "1"}))
    assert 'id="field-quantity_1-error"' in page
    assert 'id="field-gln-error"' in page
    page = office.post(here.world.buyer, change, 422, **(FORM | {"out": "1", "quantity_1": "x"}))
    assert "Annullér ordren, hvis der intet skal bestilles" in page
    page = office.post(here.world.buyer, change, **(FORM | {"quantity_1": "1"}))
    assert "Legehus i lærk: 2 → 1" in page


def test_work_is_said_to_be_done_and_accepted(office: Office, database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(OrderLine).values(kind="service"))
    here, incoming = office.here, f"/indkomne-ordrer/{NUMBER}"
    office.post(here.world.worker, f"{incoming}/bekraeft")
    office.post(here.world.worker, f"{incoming}/afsend", 409)
    assert "Arbejdet er udført" in office.post(here.world.worker, f"{incoming}/udfoert")
    wrong = {"received_1": "3", "deviation_1": "Ét mangler"}
    address = f"/ordrer/{NUMBER}/godkend-arbejde"
    office.post(here.world.buyer, address, 422, **(wrong | {"deviation_1": ""}))
    page = office.post(here.world.buyer, address, **wrong)
    assert "Udført: 3. Ét mangler" in page
    assert "Arbejdet er godkendt" in page


def test_every_form_about_an_order_is_asked_for(app: Flask) -> None:
    blueprints = ("ordering", "changes", "life", "approvals", "policy")
    forms = {
        str(each.rule).replace("<number>", "{}").lstrip("/")
        for each in app.url_map.iter_rules()
        if "POST" in (each.methods or ()) and "<number>" in str(each.rule)
        if each.endpoint.split(".")[1] in blueprints
    }
    assert forms == set(ABOUT)


@pytest.mark.parametrize("state", ["closed", "awaiting", "partly", "confirmed"])
def test_a_form_out_of_turn_is_409_with_what_is_possible(
    office: Office, database: Database, state: str
) -> None:
    """Every form is sent to an order in a state that does not allow it; none is heard."""
    with database.transaction() as session:
        session.execute(update(Order).values(state=state))
    people = {
        "buyer": office.here.world.buyer, "approver": office.here.anne,
        "staff": office.here.staff, "enterprise": office.here.world.worker,
    }  # fmt: skip
    known = given(["goods"], seen=False, withheld=False)
    allowed = {side: steps(state, Side(side), known) for side in people}
    forms = {form: each for form, each in ABOUT.items() if not allowed[each[0]]}
    forms |= {form: each for form, each in ABOUT.items() if state in OUT_OF_TURN.get(form, ())}
    assert len(forms) >= 6
    for form, (side, data) in forms.items():
        page = office.post(people[side], f"/{form.format(NUMBER)}", 409, **data)
        assert str(STATE_NAMES[state]) in page
        assert all(str(STEP_NAMES[each]) in page for each in allowed[side])
    with database.reading() as session:
        assert session.scalars(select(Order.state)).all() == [state]


OUT_OF_TURN = {  # where the side could do something else
    "ordrer/{}/modtag": ("awaiting", "partly"),
    "ordrer/{}/luk": ("awaiting", "partly"),
    "ordrer/{}/ret": ("awaiting", "partly"),
    "ordrer/{}/anden-godkender": ("partly", "confirmed"),
    "indkomne-ordrer/{}/bekraeft-del": ("confirmed",),
    "indkomne-ordrer/{}/udfoert": ("confirmed",),
    "indkomne-ordrer/{}/traek-forslag": ("confirmed",),
}


def test_what_the_enterprise_has_already_is_not_said_to_be_changed_first(office: Office) -> None:
    here = office.here
    office.post(here.world.worker, f"/indkomne-ordrer/{NUMBER}/bekraeft-del", **PARTS)
    office.post(here.world.buyer, f"/ordrer/{NUMBER}/accepter-aendring")
    case = office.page(here.anne, f"/godkendelser/{NUMBER}")
    assert "Virksomheden har allerede denne ordre" in case
    office.post(here.anne, f"/godkendelser/{NUMBER}/send-tilbage", reason="Hvorfor tre?")
    page = office.page(here.world.buyer, f"/ordrer/{NUMBER}")
    assert "Ret først ordren" not in page
    assert "så du kan ikke rette den" in page
