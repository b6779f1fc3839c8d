"""A person fetches what is kept of her, and once taken out stands nowhere by name."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import cast
import pytest
from flask import Flask
from ordering.test_pages import browser
from ordering.world import DELIVERY, make, put
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.accounts.directory_models import Membership
from catalogue.accounts.models import Person
from catalogue.core import proof
from catalogue.core.db import Base
from catalogue.core.text import Text
from catalogue.exchange import mail_kinds, mail_log, notices
from catalogue.exchange.notices import News
from catalogue.ordering import handing, messages, service
from catalogue.ordering.address_models import DeliveryAddress
from catalogue.ordering.message_models import OrderMessage
from catalogue.ordering.messages import Written
from catalogue.ordering.models import Order, OrderState
from catalogue.ordering.rules import ENDS
from catalogue.privacy import erasing
from catalogue.privacy.sweeping import KEPT
from catalogue.products.models import TypedDraft

NAME, EMAIL, PHONE = "Åse Ørnskov-Lund", "Aase.Oernskov@slagelse.example", "58 57 36 00"


@pytest.fixture
def town(app: Flask) -> dict[str, Any]:
    """Åse has ordered, written and been written about; her order is over."""
    with app.extensions["catalogue"].database.transaction() as session:
        world = make(session)
        person = world.buyer
        person.name, person.email, person.email_folded = NAME, EMAIL, EMAIL.casefold()
        session.flush()
        who = cast.who(session, person)
        put(session, world)
        contact = {"contact_name": NAME, "contact_email": EMAIL, "contact_phone": PHONE}
        note = f"Ring til {NAME} på {PHONE} eller {EMAIL.upper()}"
        delivery = type(DELIVERY)(**{**vars(DELIVERY), **contact, "note": note})
        (made,) = service.place(session, who, delivery, "one-drawn-form", cast.NOW)
        written = Written(f"Hilsen {NAME}")
        messages.send(session, world.worker_who, made.number, written, now=cast.NOW,
                      mail_at=cast.NOW)  # fmt: skip
        made.state = OrderState.CLOSED
        facts = {"kind": "order", "event": "placed", "about": "x", "recipient": EMAIL}
        facts |= {"recipient_folded": EMAIL.casefold(), "subject": "x", "message_id": "<x@y>"}
        mail_log.begin(session, [facts], cast.NOW)
        session.add(Membership(
            municipality_id=world.home.id, person_id=person.id, user_name="aaselu",
            user_name_folded="aaselu", active=True, said={"displayName": NAME},
            created_at=cast.NOW, changed_at=cast.NOW,
        ))  # fmt: skip
        session.add(TypedDraft(
            person_id=person.id, enterprise_id=world.enterprise.id, place="ny",
            typed={"title": NAME}, saved_at=cast.NOW,
        ))  # fmt: skip
        staff, administrator = cast.staff(session, world.home), cast.administrator(session)
        return {"person": person, "staff": staff, "administrator": administrator, "order": made.id,
                "namesake": cast.buyer(session, name="Jens Kruse")}  # fmt: skip


def everywhere(session: Session, *marks: str) -> dict[str, list[str]]:
    """Find texts in every text column of the whole database: table to what was found."""
    found: dict[str, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            text = json.dumps([str(each) for each in row.values()], ensure_ascii=False).casefold()
            hits = [each for each in marks if each.casefold() in text]
            if hits:
                found.setdefault(table.name, []).extend(hits)
    return found


def test_after_erasure_neither_name_nor_address_stands_anywhere(
    app: Flask, town: dict[str, Any]
) -> None:
    database, id_ = app.extensions["catalogue"].database, town["person"].id
    with database.reading() as session:
        assert len(everywhere(session, NAME, EMAIL, PHONE)) >= 7
        figures = session.execute(select(Order.number, Order.net_ore, Order.vat_ore)).all()
        persons = session.scalar(select(func.count()).select_from(Person))
    staff = browser(app, town["staff"])
    assert "Bevares" in staff.get(f"/personer/{id_}/oplysninger").text
    wrong = staff.post(f"/personer/{id_}/slet", data={"email": "x@y.dk"})
    assert wrong.status_code == 422
    assert "Skriv e-mailadressen" in wrong.text
    done = staff.post(f"/personer/{id_}/slet", data={"email": EMAIL}, follow_redirects=True)
    assert "Personen er slettet" in done.text
    with database.reading() as session:
        left = everywhere(session, NAME, EMAIL, PHONE)
        assert set(left) <= set(KEPT), left
        assert session.execute(select(Order.number, Order.net_ore, Order.vat_ore)).all() == figures
        assert session.scalar(select(func.count()).select_from(Person)) == persons
        order = session.get_one(Order, town["order"])
        assert order.contact_name == f"Slettet person {id_}"
        assert order.buyer_id == id_
    with database.reading() as session:
        assert proof.prove(session).fault is None


@pytest.mark.parametrize("written", [NAME.lower(), NAME.upper(), f"{NAME}s kontor"])
def test_name_is_found_however_it_is_written(
    app: Flask, town: dict[str, Any], written: str
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        session.scalars(select(OrderMessage)).one().text = f"Hilsen {written}"
        erasing.take_out(session, town["person"].id, cast.NOW, by=None)
    with database.reading() as session:
        text = session.scalars(select(OrderMessage)).one().text
        assert text.removesuffix("s kontor") == f"Hilsen Slettet person {town['person'].id}"


def test_phone_that_she_gave_in_a_kept_address_alone_goes_too(
    app: Flask, town: dict[str, Any]
) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        session.add(DeliveryAddress(
            municipality_id=session.get_one(Order, town["order"]).municipality_id,
            gln="5798009811578", institution="Kulturhuset", street="Torvet 1", postcode="4200",
            city="Slagelse", contact_name=NAME, contact_email=EMAIL, contact_phone="23 45 67 89",
            updated_at=cast.NOW,
        ))  # fmt: skip
        erasing.take_out(session, town["person"].id, cast.NOW, by=None)
        assert "23 45" not in str(everywhere(session, "23 45 67 89"))


def test_staff_take_out_nobody_of_another_municipality_nor_themselves_nor_who_has_open_orders(
    app: Flask, town: dict[str, Any]
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        kolding = cast.staff(session, cast.municipality(session, "Kolding"))
        session.get_one(Order, town["order"]).state = OrderState.CONFIRMED
    id_, staff = town["person"].id, browser(app, town["staff"])
    assert browser(app, kolding).get(f"/personer/{id_}/oplysninger").status_code == 404
    assert browser(app, kolding).post(f"/personer/{id_}/slet").status_code == 404
    assert staff.post(f"/personer/{id_}/slet", data={"email": EMAIL}).status_code == 409
    own = {"email": town["staff"].email}
    assert staff.post(f"/personer/{town['staff'].id}/slet", data=own).status_code == 409


@pytest.mark.parametrize("state", sorted(ENDS))
def test_orders_that_have_ended_keep_nobody(app: Flask, town: dict[str, Any], state: str) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        session.get_one(Order, town["order"]).state = OrderState(state)
    staff = browser(app, town["staff"])
    form = {"email": EMAIL}
    assert staff.post(f"/personer/{town['person'].id}/slet", data=form).status_code == 303


def test_who_handed_her_orders_over_is_taken_out_and_not_told_of_on_them(
    app: Flask, town: dict[str, Any]
) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        order = session.get_one(Order, town["order"])
        order.state = OrderState.DISPATCHED
        who = cast.who(session, session.get_one(Person, town["staff"].id))
        handing.hand_over(session, who, order.number, town["namesake"].id, "Rejst", cast.NOW)
    staff = browser(app, town["staff"])
    form = {"email": EMAIL}
    assert staff.post(f"/personer/{town['person'].id}/slet", data=form).status_code == 303
    with database.reading() as session:
        assert set(everywhere(session, NAME)) <= set(KEPT)


def test_namesake_keeps_her_name(app: Flask, town: dict[str, Any]) -> None:
    admin = browser(app, town["administrator"])
    other = town["namesake"]
    admin.post(f"/personer/{other.id}/slet", data={"email": other.email})
    with app.extensions["catalogue"].database.reading() as session:
        assert session.get_one(Person, town["staff"].id).name == "Jens Kruse"
        assert session.get_one(Person, other.id).name == f"Slettet person {other.id}"


def test_person_fetches_her_data_to_read_and_for_programs(app: Flask, town: dict[str, Any]) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        place = session.get_one(Order, town["order"]).municipality_id
        told = News("x", mail_kinds.ORDER, Text("Receipt for %(n)s", {"n": "1"}), "ordrer")
        notices.put(session, f"buyer:{place}:{town['person'].id}", told, cast.NOW)
    client = browser(app, town["person"])
    assert NAME in client.get("/mine-oplysninger").text
    answer = client.post("/mine-oplysninger")
    assert answer.headers["Cache-Control"] == "private, no-store"
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(packed.read("data.json"))
    tables = {name: rows for part in data["parts"] for name, rows in part["tables"].items()}
    assert tables["orders"][0]["contact_phone"] == PHONE
    assert tables["order_sides"][0]["buyer_email"] == EMAIL
    assert tables["notices"][0]["values"] == {"n": "1"}
    assert {"persons", "person_roles", "memberships", "mail_log", "audit"} <= set(tables)
    assert "password_hash" not in json.dumps(data)
    assert NAME in packed.read("data.html").decode()
    handed = browser(app, town["staff"]).post(f"/personer/{town['person'].id}/oplysninger")
    assert zipfile.ZipFile(io.BytesIO(handed.data)).namelist() == ["data.json", "data.html"]
