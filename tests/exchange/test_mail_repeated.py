"""Mail when the program is killed: out once, or again as the same letter that is marked as such."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cast import NOW
from exchange.test_mail import jobs_due_again, ordered
from flask import Flask
from ordering import quoting
from ordering.test_messages import say
from ordering.world import DELIVERY, make, put
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import mail, message_mail, quote_mail
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.exchange.models import SentMail
from catalogue.exchange.posting import Office
from catalogue.ordering import messages, quote_trace, service
from catalogue.ordering.message_models import OrderMessage
from catalogue.ordering.quote_models import QuoteLetter
from catalogue.settings import Settings

LATER = NOW + timedelta(minutes=10)


@dataclass(frozen=True)
class Sender:
    """A kind of mail: what calls for some, what sends it, and how what went out is noted."""

    topic: str
    send: Callable[[Office, Any], None]
    owe: Callable[[Database], object]
    noted: Any  # the query that counts what is noted as sent
    forget: Any  # the statement that takes the notes away


def _owe_message(database: Database) -> None:
    with database.transaction() as session:
        world = make(session)
        put(session, world)
        service.place(session, world.who, DELIVERY, "one-drawn-form", NOW)
        session.execute(delete(jobs.Job))
        say(session, world.who, "Kommer I i morgen?")


def _owe_quotes(database: Database) -> None:
    with database.transaction() as session:
        quoting.ask(session, quoting.make(session))


def _count(model: Any, *sent: Any) -> Any:
    return select(func.count()).select_from(model).where(*sent)


SENDERS = {
    "orders": Sender("order.mail", mail.send_batch, ordered, _count(SentMail), delete(SentMail)),
    "messages": Sender(
        messages.MAIL, message_mail.send_batch, _owe_message,
        _count(OrderMessage, OrderMessage.mailed_at.is_not(None)),
        update(OrderMessage).values(mailed_at=None),
    ),
    "quotes": Sender(
        quote_trace.MAIL, quote_mail.send_batch, _owe_quotes,
        _count(QuoteLetter, QuoteLetter.sent_at.is_not(None)),
        update(QuoteLetter).values(sent_at=None),
    ),
}  # fmt: skip


@pytest.fixture(params=SENDERS)
def sender(request: pytest.FixtureRequest) -> Sender:
    """Each kind of mail in turn."""
    return SENDERS[request.param]


class Host:
    """A host's way of sending: it keeps the letters, and may be killed when it has one."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.is_deadly = False

    def send(self, message: EmailMessage, comes_back: str | None) -> None:
        """Take a letter."""
        self.letters.append(message)
        if self.is_deadly:
            self.is_deadly = False
            raise SystemExit


@dataclass
class Post:
    """A worker with one kind of mail."""

    office: Office
    sender: Sender
    host: Host

    def work(self) -> None:
        """Let it do what is due."""
        deeds = {self.sender.topic: lambda batch: self.sender.send(self.office, batch)}
        while jobs.run_once(self.office.database, deeds, clock=lambda: LATER):
            pass

    def ids(self) -> list[str]:
        """List the Message-ID of each letter."""
        return [str(each["Message-ID"]) for each in self.host.letters]


@pytest.fixture
def post(database: Database, settings: Settings, app: Flask, sender: Sender) -> Post:
    """A worker that owes mail of that kind."""
    host = Host()
    sender.owe(database)
    templates = app.extensions["catalogue"].templates
    return Post(Office(database, settings, templates, lambda: LATER, host.send), sender, host)


def marks(database: Database) -> list[tuple[str, str]]:
    """List Message-ID and outcome of the lines of the log."""
    with database.reading() as session:
        query = select(MailRecord.message_id, MailRecord.outcome).order_by(MailRecord.id)
        return [(message_id, str(outcome)) for message_id, outcome in session.execute(query)]


def test_mail_whose_sender_is_killed_comes_again_as_the_same_and_is_marked(
    post: Post, database: Database
) -> None:
    post.host.is_deadly = True
    with pytest.raises(SystemExit):
        post.work()
    (killed,) = post.ids()
    assert (killed, Outcome.SENDING) in marks(database)
    jobs_due_again(database)
    post.work()
    assert post.ids().count(killed) == 2
    told = dict(marks(database))
    assert told.pop(killed) == Outcome.REPEATED
    assert set(told.values()) <= {Outcome.SENT}
    assert len(told) + 2 == len(post.ids())


def test_mail_that_the_log_calls_sent_and_no_row_does_is_marked_when_it_comes_again(
    post: Post, database: Database
) -> None:
    with database.reading() as session:
        owed = [(each.topic, dict(each.payload)) for each in session.scalars(select(jobs.Job))]
    post.work()
    once = post.ids()
    with database.transaction() as session:
        session.execute(post.sender.forget)
        jobs.put_all(session, owed, now=NOW)
    post.work()
    assert post.ids() == once * 2
    assert marks(database) == [(each, Outcome.REPEATED) for each in once]


def test_log_and_row_say_together_that_a_mail_went_out(post: Post, database: Database) -> None:
    seen: list[tuple[int, int]] = []

    def count(_session: Session) -> None:
        with database.reading() as session:
            sent = _count(MailRecord, MailRecord.outcome == Outcome.SENT)
            seen.append((session.scalar(sent) or 0, session.scalar(post.sender.noted) or 0))

    database.after_commit.append(count)
    post.work()
    assert {sent for sent, _noted in seen} == set(range(len(post.ids()) + 1))
    assert [each for each in seen if each[0] != each[1]] == []


def test_messages_since_a_mail_that_may_have_come_have_a_mail_of_their_own(
    database: Database, settings: Settings, app: Flask
) -> None:
    host, sender = Host(), SENDERS["messages"]
    sender.owe(database)
    templates = app.extensions["catalogue"].templates
    post = Post(Office(database, settings, templates, lambda: LATER, host.send), sender, host)
    host.is_deadly = True
    with pytest.raises(SystemExit):
        post.work()
    with database.transaction() as session:
        first = session.scalars(select(OrderMessage)).one()
        session.add(
            OrderMessage(
                order_id=first.order_id, writer=first.writer, person_id=first.person_id,
                person_name=first.person_name, text="Og en ting mere.", at=NOW,
            )
        )  # fmt: skip
    jobs_due_again(database)
    post.work()
    texts = [each.get_body(("plain",)).get_content() for each in host.letters]  # type: ignore[union-attr]
    assert ["Kommer I" in each for each in texts] == [True, True, False]
    assert ["Og en ting" in each for each in texts] == [False, False, True]
    first_id, again, second = post.ids()
    assert first_id == again != second


def test_torture_finds_mail_that_came_twice_without_a_mark(
    database: Database, settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts" / "torture"))
    audit: Any = importlib.import_module("audit")  # of a script: no types
    host, sender = Host(), SENDERS["orders"]
    sender.owe(database)
    templates = app.extensions["catalogue"].templates
    post = Post(Office(database, settings, templates, lambda: LATER, host.send), sender, host)
    post.work()
    came = SimpleNamespace(letters={each: [object(), object()] for each in post.ids()})
    with database.transaction() as session:
        found = list(audit._of_mail(session, came))
        assert [each.endswith("and the log does not say so") for each in found] == [True, True]
        session.execute(update(MailRecord).values(maybe_twice=True))
        assert list(audit._of_mail(session, came)) == []


def test_letter_that_another_worker_sent_since_it_was_looked_up_is_let_be(
    database: Database, settings: Settings, app: Flask
) -> None:
    host, sender = Host(), SENDERS["quotes"]
    sender.owe(database)
    templates = app.extensions["catalogue"].templates
    quick = Post(Office(database, settings, templates, lambda: LATER, host.send), sender, host)
    with database.reading() as session:
        query = select(jobs.Job).where(jobs.Job.topic == sender.topic, jobs.Job.due_at <= LATER)
        batch = [jobs.Work(each.id, each.topic, each.payload, 1) for each in session.scalars(query)]
    looks: list[datetime] = []

    def slow_clock() -> datetime:
        looks.append(LATER)
        if len(looks) == len(batch) + 1:  # all are looked up, and the first is to be drawn
            quick.work()
        return LATER

    sender.send(Office(database, settings, templates, slow_clock, host.send), batch)
    assert len(host.letters) == len(batch) == 3
    assert {outcome for _id, outcome in marks(database)} == {Outcome.SENT}
