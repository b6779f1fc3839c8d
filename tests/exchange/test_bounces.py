"""Mail that comes back: reports as mail servers write them, and what follows from them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cast
import pytest
from cast import NOW
from click.testing import CliRunner
from exchange.box import Box
from exchange.test_mail import ordered, step, work
from exchange.test_mail_log import logged, outcomes
from exchange.test_reminding import agreed, morning
from flask import Flask
from ordering.test_pages import browser

from catalogue.cli import main
from catalogue.core.db import Database
from catalogue.exchange import bounce_rules, bounces, posting
from catalogue.ordering.rules import Step
from catalogue.settings import Settings

DAY = timedelta(days=1)


def report(
    *,
    to: str = "retur@katalog.example",
    action: str = "failed",
    status: str = "5.1.1",
    message_id: str = "<abc@katalog.example>",
    whole: bool = False,
) -> bytes:
    """Write a report as Postfix does, with the mail it is about or with its head alone."""
    head = f"From: katalog@slagelse.example\nMessage-ID: {message_id}\nSubject: Ordre\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return f"""\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; post@legehytten.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User
    unknown

--=_b
Content-Type: {kind}

{head}
{"Hej" if whole else ""}
--=_b--
""".encode()


@pytest.mark.parametrize("whole", [True, False])
def test_report_names_the_mail_it_is_about(whole: bool) -> None:
    found = bounce_rules.read(report(whole=whole))
    assert found is not None
    assert (found.status, found.message_id, found.record) == (
        "5.1.1",
        "<abc@katalog.example>",
        None,
    )
    assert found.detail == "smtp; 550 5.1.1 User unknown"


@pytest.mark.parametrize(
    ("status", "action", "hard"),
    [
        ("5.1.1", "failed", True),
        ("5.1.10", "failed", True),
        ("5.2.1", "failed", True),
        ("5.0.0", "failed", True),
        ("5.2.2", "failed", False),  # the mailbox is full
        ("5.7.1", "failed", False),  # taken for spam
        ("4.4.1", "failed", False),
        ("5.1.1", "delayed", False),
    ],
)
def test_address_is_given_up_for_what_does_not_pass(status: str, action: str, hard: bool) -> None:
    found = bounce_rules.read(report(status=status, action=action))
    assert found is not None
    assert found.is_hard == hard


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Out of office\n\nI am away.",
        b"\xff\x00\xfe" * 99,
        report(action="delivered"),
        report().replace(b"multipart/report", b"multipart/mixed"),
        report().replace(b"message/delivery-status", b"text/plain"),
        report().replace(b"Subject: Undel", b"To: " + b"(" * 3_000 + b"\nSubject: Undel"),
    ],
)
def test_what_is_no_report_of_failure_is_let_be(content: bytes) -> None:
    assert bounce_rules.read(content) is None


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: multipart/report;" + b"a;" * 30_000,
        b"Content-Type: a/b; " + b"".join(b"x*%d=a;\n " % each for each in range(20_000)),
        b"--a\n".join([b"Content-Type: multipart/mixed; boundary=a\n\n"] * 5_000),
    ],
)
def test_head_without_end_is_let_be_at_once(head: bytes) -> None:
    begun = time.perf_counter()
    assert bounce_rules.read(head + b"\n" + report()) is None
    assert time.perf_counter() - begun < 2


def test_no_stranger_reckons_the_number_of_a_mail(settings: Settings) -> None:
    other = replace(settings, secret_key="another" * 8)
    known, guessed = (
        posting.message_id(each, "order-1.placed", "post@ny.example") for each in (settings, other)
    )
    assert known == posting.message_id(settings, "order-1.placed", "post@ny.example")
    assert known != guessed


def test_return_address_names_the_mail_and_no_stranger_can_make_it_up(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database)
    back = replace(settings, bounce_address="retur@katalog.example")
    work(database, back, app)
    first, second = box.senders
    assert first.startswith("retur+1.")
    assert first.endswith("@katalog.example")
    for to, taken in ((first, 1), (second, 2), (first.replace("+1.", "+2."), None)):
        found = bounce_rules.read(report(to=to))
        assert found is not None
        with database.transaction() as session:
            record = bounces.take(session, found, back.secret(), NOW)
            assert (record.id if record else None) == taken


def test_address_that_fails_gets_orders_and_no_reminders_until_it_is_mended(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database, left=90)
    morning(database, settings, app)
    with database.transaction() as session:
        home = cast.municipality(session)
        home.contact_email = "jens@slagelse.example"
        staff = cast.staff(session, home)
        found = bounce_rules.read(report(message_id=str(box.messages[0]["Message-ID"])))
        assert found is not None
        assert bounces.take(session, found, settings.secret(), NOW) is not None
        assert bounces.take(session, found, settings.secret(), NOW) is not None
    morning(database, settings, app, NOW + 60 * DAY)
    assert [outcome for _to, outcome, _tries in outcomes(database)] == ["bounced", "failing"]
    client = browser(app, staff)
    assert client.get("/beskeder").text.count(">Mail til jens@slagelse.example kommer") == 1
    log = client.get("/sendte-mails?udfald=bounced").text
    assert "Mail til én adresse kommer retur" in log
    assert "5.1.1 smtp; 550 5.1.1 User unknown" in log
    page = client.get("/beskeder/mail").text
    assert "Mail til jens@slagelse.example kommer retur" in page
    assert client.post("/beskeder/mail/1/proev-igen").status_code == 303
    assert "kommer retur" not in client.get("/beskeder/mail").text
    assert client.post("/beskeder/mail/1/proev-igen").status_code == 404
    agreed(database, left=90, number="F-2")
    morning(database, settings, app, NOW + DAY)
    assert len(box.messages) == 2


def test_orders_are_tried_at_an_address_that_fails(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    work(database, settings, app)
    with database.transaction() as session:
        found = bounce_rules.read(report(message_id=logged(database)[0].message_id))
        assert found is not None
        bounces.take(session, found, settings.secret(), NOW)
    assert "kommer retur" in browser(app, world.worker).get("/beskeder").text
    assert "kommer retur" not in browser(app, world.buyer).get("/beskeder").text
    step(database, world, Step.CANCEL)
    work(database, settings, app)
    assert box.told()[-1][0] == world.enterprise.email


def test_mail_server_pipes_and_a_maildir_is_read_once(
    database: Database, settings: Settings, app: Flask, tmp_path: Path
) -> None:
    ordered(database)
    work(database, settings, app)
    environment = {
        "CATALOGUE_DATA_FOLDER": str(tmp_path / "data"),
        "CATALOGUE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "CATALOGUE_TEST_POSTGRES_URL": None,
    }
    first, second = (each.message_id for each in logged(database))
    ask = CliRunner().invoke
    said = ask(main, ["bounce"], input=report(message_id=first), env=environment)
    assert (said.exit_code, said.output) == (0, "mail 1 of the log: bounced, 5.1.1\n")
    for part in ("new", "cur", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1.a.mx").write_bytes(report(message_id=second, status="5.2.2"))
    (tmp_path / "box" / "new" / "2.b.mx").write_bytes(report(message_id="<else@where>"))
    (tmp_path / "box" / "new" / "3.c.mx").write_bytes(b"Subject: Hej\n\nHej")
    said = ask(main, ["bounce", "--maildir", str(tmp_path / "box")], env=environment)
    assert sorted(said.output.splitlines()) == [
        "mail 2 of the log: bounced, 5.2.2",
        "no report of mail that came back",
        "the report is not about mail of ours",
    ]
    assert ask(main, ["bounce", "--maildir", str(tmp_path / "box")], env=environment).output == ""
