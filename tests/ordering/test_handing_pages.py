"""The pages by which staff keep orders going: handing over, absences, what has come to a stop."""

from __future__ import annotations

import re

import cast
import pytest
from flask import Flask
from ordering.approving import order, rule, town
from ordering.leaving import WHY, colleague, leave
from ordering.test_approval_pages import Office
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.ordering.models import Order, OrderState

NUMBER = "0330-2026-00001"
STUCK = "Indkøberen er stoppet (1)"
UNAPPROVABLE = "Ingen kan godkende (1)"


@pytest.fixture
def office(app: Flask, database: Database) -> Office:
    """The town with an order that awaits Anne, and another buyer, Hans."""
    with database.transaction() as session:
        here = town(session)
        rule(session, here)
        colleague(session, here)
        order(session, here)
    return Office(app, here)


def person(database: Database, name: str) -> Person:
    """Return a person by name."""
    with database.reading() as session:
        return session.scalars(select(Person).where(Person.name == name)).one()


def test_the_order_of_one_who_left_is_found_and_handed_over(
    office: Office, database: Database
) -> None:
    here, address = office.here, f"/ordrer/{NUMBER}"
    hans = person(database, "Hans Berg")
    assert "Indkøberen er stoppet" not in office.page(here.staff, "/ordrer")
    with database.transaction() as session:
        leave(session, session.get_one(Person, here.world.buyer.id))
    assert STUCK in office.page(here.staff, "/ordrer")
    assert NUMBER in office.page(here.staff, "/ordrer?mangler=indkoeber")
    assert NUMBER in office.page(here.staff, "/ordrer.csv?mangler=indkoeber")
    assert "Indkøberen på denne ordre er stoppet" in office.page(here.staff, address)

    form = {"buyer_id": hans.id, "why": WHY}
    page = office.post(here.staff, f"{address}/anden-indkoeber", 422, **(form | {"why": ""}))
    assert 'id="field-why-error"' in page
    assert 'href="#field-why"' in page
    assert 'id="field-reason-error"' not in page  # of the other form on the page
    page = office.post(here.staff, f"{address}/anden-indkoeber", 422, **(form | {"buyer_id": "1"}))
    assert "Vælg en anden aktiv indkøber" in page
    page = office.post(here.staff, f"{address}/anden-indkoeber", **form)
    assert "Ordren er givet videre" in page
    assert "En anden indkøber har overtaget ordren" in page
    assert "Indkøberen er stoppet" not in office.page(here.staff, "/ordrer")
    assert f"Mette Holm → Hans Berg: {WHY}" in office.page(hans, address)
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).filter_by(action="order.handed_over")).one()
    assert event.person_id == here.staff.id
    assert event.facts["before"] == {"buyer_id": here.world.buyer.id}
    assert event.facts["after"] == {"buyer_id": hans.id}
    assert "Ordre givet videre til en anden indkøber" in office.page(here.staff, "/haendelser")


def test_an_order_that_nobody_can_approve_is_found(office: Office, database: Database) -> None:
    here = office.here
    with database.transaction() as session:
        leave(session, session.get_one(Person, here.anne.id))
    assert UNAPPROVABLE in office.page(here.staff, "/ordrer")
    assert NUMBER in office.page(here.staff, "/ordrer?mangler=godkender")
    assert NUMBER not in office.page(here.staff, "/ordrer?mangler=indkoeber")
    buyers = office.page(here.world.buyer, "/ordrer?mangler=indkoeber")
    assert NUMBER in buyers  # what staff look for is none of hers
    assert "Ingen kan godkende" not in buyers


def test_where_nobody_can_take_an_order_over_the_page_says_so(
    office: Office, database: Database
) -> None:
    with database.transaction() as session:
        leave(session, session.scalars(select(Person).filter_by(name="Hans Berg")).one())
    page = office.page(office.here.staff, f"/ordrer/{NUMBER}")
    assert "Kommunen har ingen anden indkøber" in page
    with database.transaction() as session:
        session.scalars(select(Order)).one().state = OrderState.CLOSED
    page = office.page(office.here.staff, f"/ordrer/{NUMBER}")
    assert "Giv ordren videre" not in page


def test_staff_enter_and_end_absences(office: Office) -> None:
    here, address = office.here, "/godkendelsesregler/fravaer"
    away = {"person_id": here.anne.id, "deputy_id": here.bo.id}
    away |= {"from_on": "2026-11-24", "until_on": "2026-11-30"}
    page = office.post(here.staff, address, 422, **(away | {"until_on": "2026-11-01"}))
    assert 'id="field-until_on-error"' in page
    assert 'value="2026-11-24"' in page
    page = office.post(here.staff, address, **away)
    assert "Anne Bak, 24. nov. 2026 – 30. nov. 2026: Bo Dam" in page
    assert "24. nov. 2026 – 30. nov. 2026: Bo Dam" in office.page(here.anne, "/godkendelser")
    assert "Venter på Anne Bak, Bo Dam" in office.page(here.world.buyer, f"/ordrer/{NUMBER}")
    found = re.search(rf"{address}/(\d+)/slet", page)
    assert found
    page = office.post(here.staff, found[0])
    assert "Anne Bak, 24. nov." not in page
    office.post(here.staff, found[0], 404)


def test_an_order_of_one_who_left_can_be_read_by_staff_of_its_place_alone(
    office: Office, database: Database
) -> None:
    with database.transaction() as session:
        strange = cast.staff(session, cast.municipality(session, "Vejle"))
    office.page(strange, f"/ordrer/{NUMBER}", 404)
    office.post(strange, f"/ordrer/{NUMBER}/anden-indkoeber", 404, buyer_id="1", why="x")
