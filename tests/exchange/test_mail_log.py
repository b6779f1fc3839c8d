"""The log of mail: what became of each letter, and who may read of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cast
import pytest
from aiosmtpd.controller import Controller
from exchange.box import Box
from exchange.test_mail import jobs_due_again, ordered, work
from flask import Flask
from ordering.test_pages import browser
from ports import free_port
from sqlalchemy import select

from catalogue.core.db import Database
from catalogue.enterprises.models import Enterprise
from catalogue.exchange import posting
from catalogue.exchange.mail_models import MailRecord, Outcome
from catalogue.settings import Settings


def logged(database: Database) -> list[MailRecord]:
    """List the lines of the log, the oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(MailRecord).order_by(MailRecord.id)))


def outcomes(database: Database) -> list[tuple[str, str, int]]:
    """List recipient, outcome and tries of the lines of the log."""
    return [(each.recipient, str(each.outcome), each.tries) for each in logged(database)]


def test_log_tells_to_whom_why_and_under_which_id(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    work(database, settings, app)
    first = logged(database)[0]
    assert (first.kind, first.event, first.about) == ("order", "placed", "0330-2026-00001")
    assert first.municipality_id == world.home.id
    assert first.message_id == str(box.messages[0]["Message-ID"])
    assert first.subject == "Ny ordre 0330-2026-00001 fra Slagelse"
    assert first.outcome == Outcome.SENT


def test_refused_mail_keeps_what_the_server_said_until_it_is_taken(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    box.refused.add(world.enterprise.email)
    work(database, settings, app)
    assert outcomes(database)[0] == (world.enterprise.email, Outcome.REFUSED, 1)
    assert logged(database)[0].detail == "550 no such person"
    box.refused.clear()
    jobs_due_again(database)
    work(database, settings, app)
    assert outcomes(database) == [
        (world.enterprise.email, Outcome.SENT, 2),
        (world.buyer.email, Outcome.SENT, 1),
    ]


def test_mail_whose_line_broke_is_perhaps_sent_twice(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    keep, broken = box.handle_DATA, []

    async def break_the_line(server: Any, session: Any, envelope: Any) -> str:
        answer = await keep(server, session, envelope)
        if not broken:
            broken.append(envelope)
            server.transport.close()  # it has the mail, and cannot say so
        return answer

    box.handle_DATA = break_the_line  # type: ignore[method-assign]
    work(database, settings, app)
    jobs_due_again(database)
    work(database, settings, app)
    assert outcomes(database)[0] == (world.enterprise.email, Outcome.REPEATED, 2)
    twice = [each for each in box.messages if each["To"] == world.enterprise.email]
    assert len({each["Message-ID"] for each in twice}) == 1
    assert len(twice) == 2


def test_server_that_cannot_be_reached_is_told(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)
    work(database, replace(settings, smtp_port=1), app)
    assert [outcome for _to, outcome, _tries in outcomes(database)] == [Outcome.UNREACHED]
    jobs_due_again(database)
    work(database, settings, app)
    assert {outcome for _to, outcome, _tries in outcomes(database)} == {Outcome.SENT}
    assert len(box.messages) == 2
    assert world.home.id


def test_line_that_breaks_at_a_letter_takes_no_other_along(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world = ordered(database)

    async def refuse_and_hang_up(server: Any, session: Any, envelope: Any, *told: Any) -> str:
        if told[0] == world.enterprise.email:
            return "421 too much for today"  # after it the line is shut
        envelope.rcpt_tos.append(told[0])
        return "250 OK"

    box.handle_RCPT = refuse_and_hang_up  # type: ignore[method-assign]
    work(database, settings, app)
    assert outcomes(database) == [
        (world.enterprise.email, Outcome.REFUSED, 1),
        (world.buyer.email, Outcome.SENT, 1),
    ]


def test_letter_for_which_the_line_cannot_be_made_anew_is_told_as_unreached(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    world, port = ordered(database), free_port()
    going = Controller(box, hostname="127.0.0.1", port=port)

    async def go_down(server: Any, session: Any, envelope: Any, *told: Any) -> str:
        going.server.close()
        return "421 going down"

    box.handle_RCPT = go_down  # type: ignore[method-assign]
    going.start()
    work(database, replace(settings, smtp_port=port), app)
    going.stop()
    assert outcomes(database) == [
        (world.enterprise.email, Outcome.REFUSED, 1),
        (world.buyer.email, Outcome.UNREACHED, 1),
    ]


@pytest.mark.parametrize(
    ("address", "outcome", "sent_to"),
    [
        ("ordrer@børnehuset.example", Outcome.SENT, "ordrer@xn--brnehuset-l8a.example"),
        ("køb@enhed.example", Outcome.REFUSED, None),
    ],
)
def test_server_without_smtputf8_takes_domains_of_all_letters(
    database: Database, settings: Settings, app: Flask, box: Box,
    address: str, outcome: Outcome, sent_to: str | None,
) -> None:  # fmt: skip
    world, port = ordered(database), free_port()
    with database.transaction() as session:
        session.get_one(Enterprise, world.enterprise.id).email = address
    plain = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    plain.start()
    work(database, replace(settings, smtp_port=port), app)
    plain.stop()
    assert outcomes(database) == [(address, outcome, 1), (world.buyer.email, Outcome.SENT, 1)]
    assert [to for to, _subject in box.told() if to != world.buyer.email] == (
        [sent_to] if sent_to else []
    )


def test_staff_search_what_concerns_their_municipality(app: Flask) -> None:
    database = app.extensions["catalogue"].database
    world = ordered(database)
    work(database, app.extensions["catalogue"].settings, app)
    with database.transaction() as session:
        staff = cast.staff(session, world.home)
        stranger = cast.staff(session, cast.municipality(session, "Kolding"))
    client = browser(app, staff)
    for query, lines in (
        ("", 2),
        ("?q=0330-2026-00001", 2),
        ("?q=LEGEHYTTEN.example", 1),
        ("?slags=order&udfald=sent", 2),
        ("?udfald=bounced", 0),
        ("?fra=2026-11-24&til=2026-11-24", 2),
        ("?fra=2026-11-25", 0),
        ("?q=100%25", 0),
    ):
        assert client.get(f"/sendte-mails{query}").text.count("<code>") == lines, query
    assert browser(app, stranger).get("/sendte-mails").text.count("<code>") == 0


def test_mails_that_are_only_written_to_files_are_told_as_such(app: Flask) -> None:
    state = app.extensions["catalogue"]
    with state.database.transaction() as session:
        people = [cast.staff(session), cast.administrator(session)]
    told, given = [], state.settings
    for host, send in (("", None), ("mail.example", None), ("", print)):
        state.settings, state.parts[posting.PART] = replace(given, smtp_host=host), send
        pages = [browser(app, each).get("/sendte-mails").text for each in people]
        told.append(["Ingen mailserver er sat op" in each for each in pages])
    assert told == [[True, True], [False, False], [False, False]]


def test_a_day_that_is_none_is_told(app: Flask) -> None:
    with app.extensions["catalogue"].database.transaction() as session:
        staff = cast.staff(session)
    answer = browser(app, staff).get("/sendte-mails?fra=i-g%C3%A5r")
    assert answer.status_code == 422
    assert "Skriv en dato" in answer.text
    for query in ("fra=0001-01-01", "til=9999-12-31"):
        answer = browser(app, staff).get(f"/sendte-mails?{query}")
        assert answer.status_code == 422, query
        assert "Vælg en dag mellem" in answer.text
