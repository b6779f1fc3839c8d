"""Delivery addresses: kept, shared by those of one institution, and chosen at check-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.test_pages import add, browser, key_of, place
from ordering.world import FORM, World, make
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.ordering.address_models import BuyerInstitution, DeliveryAddress

OTHER_GLN = "5798000880016"  # of the public OIOUBL examples
ADDRESS = {key: value for key, value in FORM.items() if key not in ("reference", "note")}
KITCHEN = ADDRESS | {"street": "Køkkenvej 9", "contact_name": "Kim Kok", "account_coding": ""}


@dataclass
class Town:
    """The world of ordering with browsers of a buyer, a colleague and one elsewhere."""

    app: Flask
    world: World
    buyer: Any
    colleague: Any
    neighbour: Any

    def ids(self) -> list[int]:
        """List the ids of all addresses."""
        with self.app.extensions["catalogue"].database.reading() as session:
            return list(session.scalars(select(DeliveryAddress.id).order_by(DeliveryAddress.id)))

    def events(self) -> list[AuditEvent]:
        """List what the audit says of addresses."""
        with self.app.extensions["catalogue"].database.reading() as session:
            query = select(AuditEvent).where(AuditEvent.object_type == "delivery_address")
            return list(session.scalars(query.order_by(AuditEvent.id)))


@pytest.fixture
def town(app: Flask) -> Town:
    """A buyer with two colleagues: one in her municipality, one in Vejle."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        colleague = cast.buyer(session, world.home)
        neighbour = cast.buyer(session, cast.municipality(session, "Vejle"))
    browsers = [browser(app, each) for each in (world.buyer, colleague, neighbour)]
    return Town(app, world, *browsers)


def keep(client: Any, address: dict[str, str] = ADDRESS) -> Any:
    """Keep an address."""
    return client.post("/leveringsadresser/ny", data=address)


def test_first_address_is_where_the_next_order_begins(town: Town) -> None:
    assert keep(town.buyer).status_code == 303
    assert "Din faste" in town.buyer.get("/leveringsadresser").text
    add(town.buyer, town.world.product)
    page = town.buyer.get("/kurv/bestil").text
    assert 'value="Skovvej 3"' in page
    assert f'value="{cast.GLN}"' in page


def test_another_address_is_chosen_at_check_out_and_may_still_be_typed_over(town: Town) -> None:
    keep(town.buyer)
    keep(town.buyer, KITCHEN)
    add(town.buyer, town.world.product)
    key = key_of(town.buyer)
    page = town.buyer.get(f"/kurv/bestil?adresse={town.ids()[1]}").text
    assert 'value="Køkkenvej 9"' in page
    assert 'value="Kim Kok"' in page
    assert place(town.buyer, key, street="Bagdøren 1").status_code == 303
    assert "Bagdøren 1" in town.buyer.get("/ordrer/0330-2026-00001").text
    with town.app.extensions["catalogue"].database.reading() as session:
        streets = set(session.scalars(select(DeliveryAddress.street)))
    assert streets == {"Skovvej 3", "Køkkenvej 9"}


def test_colleagues_of_one_institution_share_its_addresses(town: Town) -> None:
    keep(town.buyer)
    assert "Skovvej 3" not in town.colleague.get("/leveringsadresser").text
    keep(town.colleague, KITCHEN)
    for client in (town.buyer, town.colleague):
        page = client.get("/leveringsadresser").text
        assert "Skovvej 3" in page
        assert "Køkkenvej 9" in page


def test_the_same_address_twice_is_one(town: Town) -> None:
    keep(town.buyer)
    keep(town.colleague)
    assert len(town.ids()) == 1
    assert "Skovvej 3" in town.colleague.get("/leveringsadresser").text


@pytest.mark.parametrize("who", ["colleague", "neighbour"])
def test_addresses_of_other_institutions_and_municipalities_are_not_found(
    town: Town, who: str
) -> None:
    keep(town.buyer)
    client = getattr(town, who)
    keep(client, ADDRESS | {"gln": OTHER_GLN if who == "colleague" else cast.GLN, "street": "X 1"})
    here = f"/leveringsadresser/{town.ids()[0]}"
    assert client.get(here).status_code == 404
    for address in (here, f"{here}/slet", f"{here}/vanlig"):
        assert client.post(address, data=KITCHEN).status_code == 404
    assert "Skovvej 3" not in client.get("/leveringsadresser").text
    add(client, town.world.product)
    assert "Skovvej 3" not in client.get(f"/kurv/bestil?adresse={town.ids()[0]}").text


def test_address_is_changed_and_taken_out_with_a_trace_that_names_no_person(town: Town) -> None:
    keep(town.buyer)
    here = f"/leveringsadresser/{town.ids()[0]}"
    assert town.buyer.post(here, data=KITCHEN).status_code == 303
    assert town.buyer.post(f"{here}/slet").status_code == 303
    kept, changed, removed = town.events()
    assert changed.facts["before"] == {"street": "Skovvej 3", "account_coding": "1234-56"}
    assert changed.facts["untold"] == ["contact_name"]
    assert removed.facts["before"]["street"] == "Køkkenvej 9"
    assert "Bo Berg" not in str(kept.facts)
    with town.app.extensions["catalogue"].database.reading() as session:
        assert session.scalars(select(BuyerInstitution.usual_address_id)).all() == [None]


def test_usual_address_is_one_at_a_time(town: Town) -> None:
    keep(town.buyer)
    keep(town.buyer, KITCHEN | {"gln": OTHER_GLN})
    assert town.buyer.post(f"/leveringsadresser/{town.ids()[1]}/vanlig").status_code == 303
    assert town.buyer.get("/leveringsadresser").text.count("Din faste") == 1
    add(town.buyer, town.world.product)
    assert 'value="Køkkenvej 9"' in town.buyer.get("/kurv/bestil").text


def test_address_of_an_order_is_kept_from_its_page(town: Town) -> None:
    add(town.buyer, town.world.product)
    place(town.buyer, key_of(town.buyer))
    assert "/leveringsadresser/ny?ordre=" in town.buyer.get("/ordrer/0330-2026-00001").text
    page = town.buyer.get("/leveringsadresser/ny?ordre=0330-2026-00001").text
    assert 'value="Skovvej 3"' in page
    assert town.colleague.get("/leveringsadresser/ny?ordre=0330-2026-00001").status_code == 404


def test_wrong_number_is_shown_at_its_field(town: Town) -> None:
    answer = keep(town.buyer, ADDRESS | {"gln": "123"})
    assert answer.status_code == 422
    assert 'id="field-gln-error"' in answer.text
