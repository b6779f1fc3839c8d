"""Links in mails of orders: when they are dead, who is throttled, and whom they make one act as."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import cast
import pytest
from cast import NOW
from exchange.box import Box
from exchange.linked import ASKED, DAY, NUMBER, Town, town
from exchange.test_mail import jobs_due_again, left, step
from flask import Flask
from sqlalchemy import func, select

from catalogue.core.db import Database
from catalogue.coverage import event_words
from catalogue.exchange import link_rules
from catalogue.exchange.link_models import OrderLink
from catalogue.exchange.link_rules import Standing
from catalogue.ordering import rules as ordering
from catalogue.ordering.models import Order, OrderEvent
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

__all__ = ["town"]


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
