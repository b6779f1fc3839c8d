"""The page of mails: every mail that the code can send is on it, and reads as it would be sent."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from catalogue.core.http import environment
from catalogue.demo import mail_page, mails
from catalogue.exchange import (
    check_mail,
    letter_words,
    mail_kinds,
    price_letters,
    quote_letters,
    quote_mail,
    reminding,
    verification_mail,
)
from catalogue.exchange.letters import Reader
from catalogue.exchange.posting import Mail

DOCS = Path(__file__).parent.parent.parent / "docs"
TEMPLATES = DOCS.parent / "catalogue" / "templates" / "catalogue" / "exchange"
PAGE, FOLDER = DOCS / "mails.md", DOCS / "mails"


@pytest.fixture(scope="module")
def drawn() -> list[Mail]:
    """One of every mail."""
    return list(mails.draw(environment()))


def test_page_of_mails_is_in_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == mail_page.document(), "scripts/mails"


def test_mails_as_html_are_in_date_and_no_others_are_left() -> None:
    kept = {each.name: each.read_text(encoding="utf-8") for each in FOLDER.iterdir()}
    assert kept == mail_page.pages(), "scripts/mails"


def test_every_mail_is_shown_whole_in_text_and_html_in_both_languages(drawn: list[Mail]) -> None:
    page = PAGE.read_text(encoding="utf-8").replace("\n", "")
    shown = "".join(each.read_text(encoding="utf-8") for each in FOLDER.iterdir())
    english = list(mails.draw(environment(), "en"))
    persons = [each for each in english if 'lang="en"' in body(each, "html")]
    assert {each.draft.cause.kind.name for each in persons} >= {
        "order", "approval", "message", "quote", "prices", "standing", "password",
    }  # fmt: skip
    for each in [*drawn, *persons]:
        assert "".join(body(each, "plain").split("\n")).strip() in page
        assert html.escape(body(each, "html")) in shown


def body(mail: Mail, kind: str) -> str:
    """Return what a mail says, as the pages have it."""
    found = mail.message.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n").replace("\xa0", " ")


def test_every_kind_and_event_is_drawn(drawn: list[Mail]) -> None:
    orders = {*letter_words.WORDINGS} | {
        (state, reader)
        for (_step, state), readers in letter_words.STEP_WORDINGS.items()
        for reader in readers
    }
    wanted = {
        ("approval" if reader == Reader.APPROVER else "order", state) for state, reader in orders
    }
    wanted |= {
        ("quote", str(each)) for each in quote_letters.WORDINGS if each not in quote_mail.KINDS
    }
    wanted |= {("prices", each) for each in price_letters.WORDINGS}
    wanted |= {("check", str(each)) for each in check_mail.SUBJECTS}
    wanted |= {("deadline", str(each)) for each in reminding.SUBJECTS}
    found = {(each.draft.cause.kind.name, each.draft.cause.event) for each in drawn}
    assert wanted - found == set()
    assert {kind for kind, _event in found} == {each.name for each in mail_kinds.ALL}
    readers = {each.draft.subject.message for each in drawn}
    assert {each.message for each in verification_mail.SUBJECTS.values()} <= readers


def test_every_template_of_a_mail_is_drawn(drawn: list[Mail]) -> None:
    texts = {each.stem for each in TEMPLATES.glob("*.txt")}
    assert {each.draft.template for each in drawn} == texts - {"_foot_mail"}


def test_every_mail_is_text_and_html_and_ends_with_why_it_comes(drawn: list[Mail]) -> None:
    for each in drawn:
        plain, rich = (each.message.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None
        assert rich is not None
        text, page = plain.get_content(), rich.get_content()
        assert "\n-- \n" in text
        assert page.startswith("<!doctype html>")
        assert "</body>" in page
        optional = each.draft.cause.kind.optional
        assert ("List-Unsubscribe" in each.message) == optional
        assert ("/afmeld/" in text) == ("/afmeld/" in page) == optional
        # One line: a mail program takes no link that is folded or encoded.
        raw = each.message.as_bytes()
        assert (b"\r\nList-Unsubscribe: <https://" in raw) == optional
