"""Mail to enterprises that are asked "can you make this?": one each, in Danish, never twice."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import cast
import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.core import jobs
from catalogue.core.db import Database
from catalogue.exchange import inquiry_mail
from catalogue.exchange.outgoing import NotReached
from catalogue.exchange.posting import Office
from catalogue.search import inquiries
from catalogue.search.models import InquiryRecipient
from catalogue.search.rules import Inquired
from catalogue.settings import Settings

TEXT = "Kan I lave hylder?\nDe skal stå i en garage. <b>"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings without a mail server: mail lies in a folder."""
    return Settings(
        data_folder=tmp_path, public_url="https://indkob.example/", url_prefix="/katalog"
    )


@pytest.fixture
def asked(database: Database) -> list[int]:
    """The ids of two enterprises, each asked by Slagelse."""
    with database.transaction() as session:
        staff = cast.staff(session, name="Jens Hemmelig")
        shops = [cast.enterprise(session), cast.enterprise(session, "Træværket")]
        wanted = Inquired("garagehylder\r\nBcc: x", TEXT, frozenset(each.id for each in shops))
        inquiries.ask(session, cast.who(session, staff), wanted, cast.NOW)
        return [each.id for each in shops]


def work(database: Database, settings: Settings, app: Flask) -> None:
    templates = app.extensions["catalogue"].templates
    deeds: dict[str, jobs.Handler] = {
        inquiries.MAIL: lambda batch: inquiry_mail.send_batch(
            Office(database, settings, templates, lambda: cast.NOW), batch
        )
    }
    jobs.run_once(database, deeds, clock=lambda: cast.NOW)


def sent(settings: Settings) -> list[EmailMessage]:
    found = []
    for path in sorted(settings.mail_folder.glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def test_each_of_those_asked_gets_one_mail(
    database: Database, settings: Settings, app: Flask, asked: list[int]
) -> None:
    work(database, settings, app)
    mails = sent(settings)
    assert [each["To"] for each in mails] == [
        "post@legehytten.example", "post@traevaerket.example",
    ]  # fmt: skip
    assert mails[0]["Subject"] == "Slagelse spørger: Kan I lave ”garagehylder Bcc: x”?"
    assert mails[0]["Bcc"] is None
    plain, rich = (mails[0].get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert rich
    for body in (plain, rich):
        text = body.get_content()
        assert "https://indkob.example/katalog/efterlysninger/kan-i-lave/1" in text
        assert "De skal stå i en garage." in text
        assert "Hemmelig" not in text
    assert "garage. <b>" not in rich.get_content()


def test_a_mail_that_went_out_never_goes_again(
    database: Database, settings: Settings, app: Flask, asked: list[int]
) -> None:
    work(database, settings, app)
    for path in settings.mail_folder.glob("*.eml"):
        path.unlink()
    with database.transaction() as session:
        ids = session.scalars(select(InquiryRecipient.id)).all()
        for each in ids:
            jobs.put(session, inquiries.MAIL, {"recipient_id": each}, now=cast.NOW)
    work(database, settings, app)
    assert sent(settings) == []


def test_who_has_answered_meanwhile_gets_no_mail(
    database: Database, settings: Settings, app: Flask, asked: list[int]
) -> None:
    with database.transaction() as session:
        own = select(InquiryRecipient).where(InquiryRecipient.enterprise_id == asked[0])
        row = session.scalars(own).one()
        row.answer, row.answered_at = inquiries.InquiryAnswer.NO, cast.NOW
    work(database, settings, app)
    assert [each["To"] for each in sent(settings)] == ["post@traevaerket.example"]


def test_a_mail_that_fails_is_tried_again(
    database: Database, settings: Settings, app: Flask, asked: list[int]
) -> None:
    settings.mail_folder.parent.mkdir(parents=True, exist_ok=True)
    settings.mail_folder.write_text("in the way")
    with pytest.raises(NotReached, match="exists"):
        inquiry_mail.send_batch(
            Office(database, settings, app.extensions["catalogue"].templates, lambda: cast.NOW),
            [jobs.Work(1, inquiries.MAIL, {"recipient_id": 1}, 1)],
        )
    settings.mail_folder.unlink()
    work(database, settings, app)
    assert len(sent(settings)) == 2
