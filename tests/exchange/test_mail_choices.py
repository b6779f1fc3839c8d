"""Being without optional mail: by one click of a mail program, by a page, and back again."""

from __future__ import annotations

import re
from datetime import timedelta

import cast
from cast import NOW
from exchange.box import Box, text_of
from exchange.test_mail import ordered
from exchange.test_mail import work as work_orders
from exchange.test_mail_log import outcomes
from exchange.test_reminding import agreed, morning
from flask import Flask
from ordering.test_pages import browser
from sqlalchemy import select

from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.who import Role
from catalogue.exchange import mail_choices, mail_kinds
from catalogue.settings import Settings

ONE_CLICK = "List-Unsubscribe=One-Click"
DAY = timedelta(days=1)


def stop_address(message: object) -> str:
    """Return the path that stops a mail, as a mail program reads it in the header."""
    found = re.fullmatch(
        r"<https://indkob\.example/katalog(/afmeld/[\w-]+)>",
        str(message["List-Unsubscribe"]),  # type: ignore[index]
    )
    assert found
    return found[1]


def test_one_click_of_a_mail_program_stops_the_next_reminder(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    agreed(database)
    morning(database, settings, app)
    (message,) = box.messages
    assert message["List-Unsubscribe-Post"] == ONE_CLICK
    address = stop_address(message)
    assert f"https://indkob.example/katalog{address}" in text_of(message)
    assert "jens" not in address
    program = app.test_client()
    program.without_csrf = True  # type: ignore[attr-defined]
    assert "Stop disse mails" in program.get(address).text  # and guards of mailboxes only look
    answer = program.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert program.post(address).status_code == 200
    morning(database, settings, app, NOW + 60 * DAY)  # the next one is due
    assert len(box.messages) == 1
    assert [outcome for _to, outcome, _tries in outcomes(database)] == ["sent", "unwanted"]
    with database.reading() as session:
        actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("mail.stopped") == 1

    assert "komme igen" in program.get(address).text
    program.post(f"{address}/fortryd", data={"locale": "en"})
    morning(database, settings, app, NOW + 61 * DAY)
    assert len(box.messages) == 1  # the reminder that was not wanted is not sent afterwards


def test_link_that_we_did_not_make_stops_nothing(app: Flask) -> None:
    for address in ("/afmeld/x", "/afmeld/x/fortryd"):
        assert app.test_client().post(address).status_code == 404
    assert app.test_client().get("/afmeld/x").status_code == 404


def test_mail_that_binds_has_no_way_out_and_says_why(
    database: Database, settings: Settings, app: Flask, box: Box
) -> None:
    ordered(database)
    work_orders(database, settings, app)
    for each in box.messages:
        assert each["List-Unsubscribe"] is None
        assert "kan derfor ikke afmeldes" in text_of(each)


def test_person_chooses_for_her_own_address_and_for_the_one_she_shares(app: Flask) -> None:
    database = app.extensions["catalogue"].database
    with database.transaction() as session:
        enterprise = cast.enterprise(session)
        worker, colleague = (cast.worker(session, enterprise, name=name) for name in ("A", "B"))
    client = browser(app, worker)
    page = client.get("/beskeder/mail").text
    assert f"Til {worker.email}" in page
    assert "Til post@legehytten.example" in page
    assert page.count('type="checkbox"') == page.count(" checked") == 8
    client.post("/beskeder/mail", data={"own": ["inquiry", "verification"], "shared": ["inquiry"]})
    with database.reading() as session:
        _own, shared = mail_choices.list_boxes(session, cast.who(session, colleague))
    assert {line.kind.name: line.wanted for line in shared.lines} == {
        "inquiry": True, "order_reminder": False, "quote_reminder": False, "verification": False,
    }  # fmt: skip
    client.post(
        "/beskeder/mail",
        data={"own": ["inquiry", "verification"], "shared": ["inquiry", "verification"]},
    )
    assert client.get("/beskeder/mail").text.count(" checked") == 4


def test_what_may_be_done_without_is_what_reminds_sums_up_or_invites() -> None:
    optional = {each.name for each in mail_kinds.ALL if each.optional}
    assert optional == {
        "order_reminder", "quote_reminder", "quote_deadline", "check_list", "inquiry", "ceiling",
        "deadline", "verification", "review", "application", "approval_reminder",
    }  # fmt: skip
    assert mail_kinds.optional_for(Role.APPROVER) == [mail_kinds.APPROVAL_REMINDER]
    assert mail_kinds.optional_for(None) == []
