"""The link in an order's mail: what it opens, what it decides, and when it is refused."""

from __future__ import annotations

from datetime import date

import pytest
from cast import NOW
from exchange.linked import ASKED, DAY, NUMBER, Town, town
from exchange.test_mail import step
from sqlalchemy import func, select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Base
from catalogue.exchange.link_models import OrderLink
from catalogue.ordering import changing, recoding
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.rules import Step

__all__ = ["town"]


def test_link_shows_the_order_to_who_has_the_mail_and_goes_nowhere_else(town: Town) -> None:
    answer = town.app.test_client().get(town.link)
    assert answer.status_code == 200
    for words in (
        NUMBER,
        "Legehus i lærk",
        "Børnehuset Regnbuen",
        "Bekræft ordren",
        "8. dec. 2026",
    ):
        assert words in answer.text, words
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_enterprise_gets_a_link_and_only_where_it_may_answer(town: Town) -> None:
    step(town.database, town.world, Step.CONFIRM)
    step(town.database, town.world, Step.DISPATCH)
    step(town.database, town.world, Step.RECEIVE)
    town.work()
    with_link = [
        (str(each["To"]), str(each["Subject"]))
        for each in town.box.messages
        if "ordrelink" in each.as_string()
    ]
    assert with_link == [(town.world.enterprise.email, f"Ny ordre {NUMBER} fra Slagelse")]


def test_programs_that_open_every_link_change_nothing(town: Town) -> None:
    def rows() -> dict[str, int]:
        with town.database.reading() as session:
            tables = Base.metadata.sorted_tables
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }

    before = rows()
    client = town.app.test_client()
    for _ in range(5):
        assert client.get(town.link).status_code == 200
        assert client.head(town.link).status_code == 200
        for address in ("bekraeft", "bekraeft-dag", "foreslaa-dag"):
            assert client.get(f"{town.link}/{address}").status_code == 404
    assert rows() == before
    assert town.state == "placed"
    (link,) = town.read(select(OrderLink))
    assert link.used_at is None


def test_order_is_confirmed_by_the_link_once(town: Town) -> None:
    client = town.app.test_client()
    answer = client.post(f"{town.link}/bekraeft")
    assert answer.status_code == 303
    assert answer.headers["Location"] == town.link
    page = client.get(town.link).text
    assert "Ordren er bekræftet" in page
    assert "Linket er brugt" in page
    assert "Børnehuset Regnbuen" not in page
    assert town.state == "confirmed"
    event = town.read(select(OrderEvent).order_by(OrderEvent.id))[-1]
    assert (event.person_id, event.person_name) == (None, "Legehytten")
    town.work()
    assert town.box.told()[-1] == (town.world.buyer.email, f"Ordre {NUMBER} er bekræftet")

    assert client.post(f"{town.link}/afvis", data={"reason": "Nej"}).status_code == 409
    assert town.state == "confirmed"
    told = [(each.action, each.facts["after"].get("link")) for each in town.events()]
    assert told == [
        ("order.confirmed", None), ("order.link_used", "used"), ("order.link_refused", "used"),
    ]  # fmt: skip
    assert {each.municipality_id for each in town.events()} == {town.world.home.id}


def test_rejecting_by_the_link_owes_a_reason(town: Town) -> None:
    client = town.app.test_client()
    answer = client.post(f"{town.link}/afvis", data={"reason": " "})
    assert answer.status_code == 422
    assert 'id="field-reason-error"' in answer.text
    assert town.state == "placed"
    assert client.post(f"{town.link}/afvis", data={"reason": "Udsolgt"}).status_code == 303
    assert town.state == "rejected"
    assert "Linket er brugt" in client.get(town.link).text
    town.work()
    message = town.box.messages[-1]
    assert "Udsolgt" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_part_is_confirmed_by_the_link_and_the_buyer_is_told(town: Town) -> None:
    client = town.app.test_client()
    answer = client.post(f"{town.link}/bekraeft-del", data={"partial": "1", "part_1": "2,5"})
    assert answer.status_code == 422
    assert 'id="field-part-why-error"' in answer.text
    part = {"partial": "1", "part_1": "2", "reason": "Vi mangler lærk"}
    answer = client.post(f"{town.link}/bekraeft-del", data=part)
    assert (answer.status_code, town.state) == (303, "partly")
    assert "En del af ordre" in client.get(town.link).text
    town.work()
    told = town.box.messages[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Legehus i lærk: 2,5 → 2: Vi mangler lærk" in told


def test_the_link_shows_another_day_as_a_choice_beside_yes_and_no(town: Town) -> None:
    page = town.app.test_client().get(town.link).text
    for words in ("En anden leveringsdag?", "Bekræft med denne dag", "Spørg indkøberen"):
        assert words in page, words
    for address in ("bekraeft", "bekraeft-dag", "foreslaa-dag", "bekraeft-del", "afvis"):
        assert f'"{town.link}/{address}"' in page, address


def test_order_is_confirmed_by_the_link_with_the_day_it_comes(town: Town) -> None:
    client = town.app.test_client()
    answer = client.post(f"{town.link}/bekraeft-dag", data=DAY)
    assert (answer.status_code, town.state) == (303, "confirmed")
    assert town.read(select(Order.delivery_on)) == [date(2026, 12, 3)]
    assert "Ordren er bekræftet" in client.get(town.link).text
    town.work()
    assert town.box.told()[-1] == (town.world.buyer.email, f"Ordre {NUMBER} er bekræftet")
    for kind in ("plain", "html"):
        told = town.box.messages[-1].get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Leveringsdag: 3. dec. 2026" in told
    assert client.post(f"{town.link}/bekraeft-dag", data=DAY).status_code == 409
    assert client.post(f"{town.link}/foreslaa-dag", data=ASKED).status_code == 409


def test_another_day_is_asked_of_the_buyer_by_the_link_once(town: Town) -> None:
    link, client = town.link, town.app.test_client()
    answer = client.post(f"{link}/foreslaa-dag", data=ASKED)
    assert (answer.status_code, town.state) == (303, "proposed")
    page = client.get(link).text
    assert "Dagen er foreslået" in page
    assert "En anden dag for ordre" in page
    (change,) = town.read(select(OrderChange))
    assert (change.delivery_on, change.reason) == (date(2026, 12, 3), "Vi har travlt")
    assert (change.lines, change.before_state) == ({}, "placed")
    assert town.read(select(Order.delivery_on)) == [None]
    assert client.post(f"{link}/bekraeft").status_code == 409
    town.work()
    told = town.box.messages[-1]
    assert told["To"] == town.world.buyer.email
    assert "Vi har travlt" in told.get_body(("plain",)).get_content()

    with town.database.transaction() as session:
        changing.refuse(session, town.world.who, NUMBER, NOW)
    town.work()
    assert town.state == "placed"
    assert town.link != link  # the order waits for an answer again, by a link of its own
    assert client.post(f"{town.link}/bekraeft").status_code == 303


@pytest.mark.parametrize(
    ("address", "data", "field", "told"),
    [
        ("bekraeft-dag", {}, "delivery_on", "Udfyld feltet"),
        ("bekraeft-dag", {"delivery_on": "2026-11-01"}, "delivery_on", "Dagen er passeret"),
        ("bekraeft-dag", {"delivery_on": "snart"}, "delivery_on", "Skriv en dato"),
        ("foreslaa-dag", {"reason": "Travlt"}, "delivery_on", "Udfyld feltet"),
        ("foreslaa-dag", {"delivery_on": "2026-11-01", "reason": "Travlt"}, "delivery_on",
         "Dagen er passeret"),
        ("foreslaa-dag", {"delivery_on": "2026-12-03"}, "day-why", "Udfyld feltet"),
    ],
)  # fmt: skip
def test_a_day_that_is_wrong_is_told_at_its_field_and_uses_nothing_up(
    town: Town, address: str, data: dict[str, str], field: str, told: str
) -> None:
    client = town.app.test_client()
    answer = client.post(f"{town.link}/{address}", data={"other_day": "1", **data})
    assert answer.status_code == 422
    label = "Begrundelse for en anden dag" if field == "day-why" else "Leveringsdag"
    assert f'<a href="#field-{field}">{label}: {told}' in answer.text
    assert f'id="field-{field}-error"' in answer.text
    assert 'id="field-reason-error"' not in answer.text
    assert town.state == "placed"
    assert client.post(f"{town.link}/bekraeft-dag", data=DAY).status_code == 303


def test_an_order_is_seen_by_a_form_and_the_link_holds_still(town: Town) -> None:
    client = town.app.test_client()
    client.get(town.link)
    assert town.read(select(Order.seen_at)) == [None]
    for _ in range(2):
        assert client.post(f"{town.link}/set").status_code == 303
    assert town.read(select(Order.seen_at, Order.seen_by)) == [NOW]
    seen = town.read(select(AuditEvent).where(AuditEvent.action == "order.seen"))
    assert len(seen) == 1
    assert "svarer senere" not in client.get(town.link).text
    town.work()
    with town.database.transaction() as session:
        recoding.recode(session, town.world.who, "0330-2026-00001", ("9", {}), NOW)
    town.work()
    assert len(town.box.messages) == 2  # to be seen, or booked anew, sends no mail
    assert client.post(f"{town.link}/bekraeft").status_code == 303
    assert client.post(f"{town.link}/set").status_code == 409
