"""The pages of approval and change, through real requests: a rule, an order, decisions."""

from __future__ import annotations

import re
from typing import Any

import cast
import pytest
from drawn import placing_key
from flask import Flask
from ordering.approving import Town, town
from ordering.leaving import leave
from ordering.world import FORM

from catalogue.accounts.models import Person

NUMBER = "0330-2026-0000"


class Office:
    """The application and its people."""

    def __init__(self, app: Flask, here: Town) -> None:
        self.app, self.here = app, here

    def post(self, person: Person, address: str, status: int = 303, **form: Any) -> str:
        """Post as a person; return the page that answers."""
        client = self.app.test_client()
        cast.sign_in_as(client, person)
        answer = client.post(address, data=form)
        assert answer.status_code == status, (address, answer.text)
        return str(client.get(answer.headers["Location"]).text if status == 303 else answer.text)

    def page(self, person: Person, address: str, status: int = 200) -> str:
        """Read a page as a person."""
        client = self.app.test_client()
        cast.sign_in_as(client, person)
        answer = client.get(address)
        assert answer.status_code == status, address
        return str(answer.text)

    def order(self, quantity: str = "1") -> None:
        """Order the world's product as its buyer."""
        buyer, product = self.here.world.buyer, self.here.world.product
        self.post(buyer, "/kurv/tilfoej", product_id=product.id, quantity=quantity)
        key = placing_key(self.page(buyer, "/kurv/bestil"))
        self.post(buyer, "/kurv/bestil", **(FORM | {"placing_key": key}))

    def digest(self, number: str) -> str:
        """Return what Anne's form carries."""
        page = self.page(self.here.anne, f"/godkendelser/{number}")
        found = re.search(r'name="digest" value="(\w+)"', page)
        assert found, page
        return found[1]


@pytest.fixture
def office(app: Flask) -> Office:
    """The town with one rule: over 5,000 kr. Anne approves, after 3 days Bo too."""
    with app.extensions["catalogue"].database.transaction() as session:
        made = Office(app, town(session, ceiling_ore=10_000_000))
    here = made.here
    page = made.post(
        here.staff, "/godkendelsesregler/ny", name="Ordrer over 5.000 kr.", amount="5.000",
        category_code="37535200-6", institution="", enterprise_id=here.world.enterprise.id,
        approver_1=here.anne.id, approver_2="", approver_3="", escalate_days="3",
        escalate_to_id=here.bo.id,
    )  # fmt: skip
    assert "Ordrer over 5.000 kr." in page
    assert "Efter 3 arbejdsdage: Bo Dam" in page
    return made


def test_an_order_is_hinted_at_approved_changed_received_and_closed(office: Office) -> None:
    here = office.here
    buyer, worker = here.world.buyer, here.world.worker
    office.post(buyer, "/kurv/tilfoej", product_id=here.world.product.id, quantity="1")
    assert "Ordren skal godkendes" in office.page(buyer, "/kurv")
    office.order()
    assert "Venter på Anne Bak" in office.page(buyer, f"/ordrer/{NUMBER}1")
    office.page(worker, f"/indkomne-ordrer/{NUMBER}1", 404)
    assert f"{NUMBER}1" in office.page(here.anne, "/godkendelser")
    case = office.page(here.anne, f"/godkendelser/{NUMBER}1")
    assert "Tilbage af loftet" in case
    assert "ikke bestilt før" in case

    address = f"/godkendelser/{NUMBER}1"
    office.post(here.anne, f"{address}/godkend", 409, digest="of an old page")
    office.post(here.anne, f"{address}/send-tilbage", 422, reason=" ")
    office.post(here.anne, f"{address}/send-tilbage", reason="Hvorfor to?")
    office.post(buyer, f"/ordrer/{NUMBER}1/send-igen", 422, answer="")
    office.post(buyer, f"/ordrer/{NUMBER}1/send-igen", answer="Til to huse")
    office.post(here.anne, f"{address}/godkend", digest=office.digest(f"{NUMBER}1"))

    incoming, orders = f"/indkomne-ordrer/{NUMBER}1", f"/ordrer/{NUMBER}1"
    office.post(worker, f"{incoming}/foreslaa", 422, propose="1", quantity_1="3", reason="")
    office.post(worker, f"{incoming}/foreslaa", propose="1", delivery_on="2026-12-20", reason="Jul")
    page = office.page(buyer, orders)
    assert "Leveres 20. dec. 2026" in page
    office.post(worker, f"{incoming}/afsend", 409)
    office.post(worker, f"{incoming}/traek-forslag")
    office.post(worker, f"{incoming}/bekraeft", 422, delivery_on="2026-01-01")
    office.post(worker, f"{incoming}/bekraeft", delivery_on="2026-12-20")
    office.post(worker, f"{incoming}/foreslaa", propose="1", quantity_1="1", reason="Kun en")
    office.post(buyer, f"{orders}/afvis-aendring")
    office.post(worker, f"{incoming}/foreslaa", propose="1", delivery_on="2026-12-22", reason="Jul")
    office.post(buyer, f"{orders}/accepter-aendring")
    office.post(worker, f"{incoming}/afsend")
    office.post(buyer, f"{orders}/modtag", 422, received_1="1", deviation_1="")
    page = office.post(buyer, f"{orders}/modtag", received_1="0", deviation_1="Intet kom")
    assert "Modtaget: 0. Intet kom" in page
    office.post(buyer, f"{orders}/luk")
    assert "Lukket" in office.page(worker, incoming)


def test_an_order_is_declined_and_another_rerouted_by_staff(office: Office) -> None:
    here = office.here
    office.order()
    office.order()
    office.post(here.anne, f"/godkendelser/{NUMBER}1/afvis", 422)
    office.post(here.anne, f"/godkendelser/{NUMBER}1/afvis", reason="Vi har en")
    assert "Ikke godkendt" in office.page(here.world.buyer, f"/ordrer/{NUMBER}1")
    address = f"/ordrer/{NUMBER}2/anden-godkender"
    office.post(here.staff, address, 422, approver_id=here.bo.id, reason="")
    page = office.post(here.staff, address, approver_id=here.bo.id, reason="Anne er syg")
    assert "Venter på Bo Dam" in page
    office.post(here.anne, f"/godkendelser/{NUMBER}2/send-tilbage", 409, reason="Hov")


def test_absences_and_rules_are_kept(office: Office) -> None:
    here = office.here
    away = {"deputy_id": here.bo.id, "from_on": "2026-11-24", "until_on": "2026-11-30"}
    office.post(here.anne, "/godkendelser/fravaer", 422, **(away | {"until_on": "2026-11-01"}))
    page = office.post(here.anne, "/godkendelser/fravaer", **away)
    found = re.search(r"/godkendelser/fravaer/(\d+)/slet", page)
    assert found
    office.post(here.anne, found[0])
    office.post(here.staff, "/godkendelsesregler/ny", 422, name="", amount="x")
    rule = re.search(
        r"/godkendelsesregler/(\d+)/afslut", office.page(here.staff, "/godkendelsesregler")
    )
    assert rule
    assert "Ingen regler endnu" in office.post(here.staff, rule[0])


def test_rule_that_names_somebody_who_has_left_says_so(office: Office) -> None:
    here = office.here
    assert "godkender ikke længere" not in office.page(here.staff, "/godkendelsesregler")
    with office.app.extensions["catalogue"].database.transaction() as session:
        leave(session, session.get_one(Person, here.anne.id))
    page = office.page(here.staff, "/godkendelsesregler")
    assert f"{here.anne.name} godkender ikke længere" in page
