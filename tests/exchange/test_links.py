"""The link in an order's mail: what it opens, what it decides, and when it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cast
import pytest
from cast import NOW
from exchange.box import Box
from exchange.test_mail import jobs_due_again, left, ordered, step, work
from flask import Flask
from ordering.world import World
from sqlalchemy import func, select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Base, Database
from catalogue.coverage import event_words
from catalogue.exchange import link_rules
from catalogue.exchange.link_models import OrderLink
from catalogue.exchange.link_rules import Standing
from catalogue.ordering import changing, recoding
from catalogue.ordering import rules as ordering
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.policy_models import OrderChange
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

NUMBER = "0330-2026-00001"
DAY = {"other_day": "1", "delivery_on": "2026-12-03"}
ASKED = DAY | {"reason": "Vi har travlt"}
LINK = re.compile(r"https://indkob\.example/katalog(/ordrelink/[\w-]{43})")


class Town:
    """A placed order, the mail about it, and the application that its link opens."""

    def __init__(self, app: Flask, database: Database, settings: Settings, box: Box) -> None:
        self.app, self.database, self.box = app, database, box
        self.world: World = ordered(database)
        self.work: Callable[[], None] = lambda: work(database, settings, app)
        self.work()

    @property
    def link(self) -> str:
        """Return the address in the newest mail to the enterprise."""
        own = [each for each in self.box.messages if each["To"] == self.world.enterprise.email]
        return address_in(own[-1])

    def read(self, what: Any) -> list[Any]:
        """Read rows anew."""
        with self.database.reading() as session:
            return list(session.scalars(what))

    @property
    def state(self) -> str:
        """Return the state of the order."""
        return str(self.read(select(Order.state))[0])

    def events(self) -> list[AuditEvent]:
        """List what the audit tells of links and answers."""
        wanted = ("order.confirmed", "order.rejected", "order.link_used", "order.link_refused")
        query = select(AuditEvent).where(AuditEvent.action.in_(wanted)).order_by(AuditEvent.id)
        return self.read(query)

    def let_pass(self, time: timedelta) -> None:
        """Let time pass for the application."""
        self.app.extensions["catalogue"].clock = lambda: NOW + time


def address_in(message: Any) -> str:
    """Return the path of the link in a mail, the same in text and HTML."""
    found = set()
    for kind in ("plain", "html"):
        found |= set(LINK.findall(message.get_body((kind,)).get_content()))
    (address,) = found
    return str(address)


@pytest.fixture
def town(app: Flask, database: Database, settings: Settings, box: Box) -> Town:
    """The town."""
    return Town(app, database, settings, box)


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


def _use(town: Town) -> None:
    town.app.test_client().post(f"{town.link}/bekraeft")


def _cancel(town: Town) -> None:
    step(town.database, town.world, Step.CANCEL)


def _wait(town: Town) -> None:
    town.let_pass(timedelta(days=14))


def _go_there_and_back(town: Town) -> None:
    """Let something happen after which the order is in the same state again."""
    with town.database.transaction() as session:
        order = session.scalars(select(Order)).one()
        session.add(OrderEvent(order_id=order.id, state=order.state, at=NOW, person_name="Mette"))


@pytest.mark.parametrize(
    ("happens", "standing", "words"),
    [
        (_use, "used", "Linket er brugt"),
        (_cancel, "moved_on", "Der er sket noget med ordren"),
        (_go_there_and_back, "moved_on", "Der er sket noget med ordren"),
        (_wait, "expired", "Linket er udløbet"),
    ],
)
def test_dead_link_is_refused_with_a_clear_page_and_a_way_on(
    town: Town, happens: Callable[[Town], None], standing: str, words: str
) -> None:
    happens(town)
    state, client = town.state, town.app.test_client()
    forms = {"bekraeft": {}, "bekraeft-dag": DAY, "foreslaa-dag": ASKED, "afvis": {"reason": "Nej"}}
    for address, form in forms.items():
        answer = client.post(f"{town.link}/{address}", data=form)
        assert answer.status_code == 409
        assert words in answer.text
        assert f'href="/indkomne-ordrer/{NUMBER}"' in answer.text
    assert town.state == state
    assert town.events()[-1].action == "order.link_refused"
    assert town.events()[-1].facts["after"] == {"link": standing, "wanted": "reject"}
    page = client.get(town.link)
    assert page.status_code == 200
    assert words in page.text
    assert "Børnehuset Regnbuen" not in page.text
    assert "<textarea" not in page.text


def test_database_that_is_read_opens_no_link(town: Town) -> None:
    token = town.link.rpartition("/")[2]
    (link,) = town.read(select(OrderLink))
    assert link.token_hash != token
    assert (link.order_id, link.enterprise_id) == (1, town.world.enterprise.id)
    assert town.app.test_client().get(f"/ordrelink/{link.token_hash}").status_code == 404


def test_guessing_is_throttled_for_a_quarter_of_an_hour_as_sign_in_is(town: Town) -> None:
    limit = town.app.extensions["catalogue"].settings.sign_in_attempts_per_address
    client = town.app.test_client()
    for number in range(limit):
        assert client.get(f"/ordrelink/gaet{number}").status_code == 404
    assert client.get(town.link).status_code == 429
    answer = client.post(f"{town.link}/bekraeft")
    assert answer.status_code == 429
    assert "Vent et kvarter" in answer.text
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(town.link, environ_base=elsewhere).status_code == 200
    town.let_pass(timedelta(minutes=16))
    assert client.post(f"{town.link}/bekraeft").status_code == 303


def test_who_is_signed_in_for_the_enterprise_acts_as_herself(town: Town) -> None:
    client = town.app.test_client()
    cast.sign_in_as(client, town.world.worker)
    assert client.post(f"{town.link}/bekraeft").status_code == 303
    assert {each.person_id for each in town.events()} == {town.world.worker.id}


def test_who_is_signed_in_elsewhere_acts_as_the_bearer_of_the_link(town: Town) -> None:
    client = town.app.test_client()
    cast.sign_in_as(client, town.world.buyer)
    assert client.post(f"{town.link}/bekraeft").status_code == 303
    assert {each.person_id for each in town.events()} == {None}


def test_mail_that_was_tried_before_holds_a_link_too_and_one_answer_ends_both(
    app: Flask, database: Database, settings: Settings, box: Box
) -> None:
    box.refused.add("post@legehytten.example")
    town = Town(app, database, settings, box)
    box.refused.clear()
    jobs_due_again(database)
    town.work()
    assert left(database) == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OrderLink)) == 2
    assert app.test_client().post(f"{town.link}/bekraeft").status_code == 303
    assert town.state == "confirmed"


@pytest.mark.parametrize(
    "pair",
    [("bekraeft", "afvis"), ("bekraeft-dag", "foreslaa-dag"), ("foreslaa-dag", "bekraeft")],
)
def test_of_two_answers_at_once_one_counts(town: Town, pair: tuple[str, str]) -> None:
    link = town.link

    def send(address: str) -> int:
        client = town.app.test_client()
        return int(client.post(f"{link}/{address}", data=ASKED).status_code)

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(send, [*pair] * 2))
    assert sorted(statuses) == [303, 409, 409, 409]
    assert len(town.read(select(OrderEvent))) == 2  # placed, and the answer


@pytest.mark.parametrize(
    ("used", "moved_on", "days", "expected"),
    [
        (False, False, 1, Standing.OPEN),
        (False, False, 0, Standing.EXPIRED),
        (False, True, 1, Standing.MOVED_ON),
        (False, True, -1, Standing.MOVED_ON),
        (True, True, 1, Standing.USED),
        (True, False, -1, Standing.USED),
    ],
)
def test_standing_of_a_link(used: bool, moved_on: bool, days: int, expected: Standing) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    until = now + timedelta(days=days)
    assert link_rules.standing(used=used, moved_on=moved_on, expires_at=until, now=now) == expected


def test_by_a_link_one_answers_and_does_nothing_else() -> None:
    answers = [Step.CONFIRM, Step.CONFIRM_PART, Step.REJECT, Step.PROPOSE]
    assert link_rules.answers("placed") == answers
    for state in ordering.STATE_NAMES.keys() - {"placed"}:
        assert link_rules.answers(state) == []


def test_what_a_link_was_used_for_has_words_in_the_audit() -> None:
    assert {*link_rules.BY_LINK, Step.SEE} <= event_words.VALUES["wanted"].keys()
