""" "Can you make this?": asked of chosen enterprises only, answered by no or by a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cast
import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.accounts.models import Person
from catalogue.core import jobs
from catalogue.core.audit import AuditEvent
from catalogue.core.db import Database
from catalogue.core.errors import Invalid, Missing, NotAllowed
from catalogue.core.who import Who
from catalogue.enterprises.models import Enterprise, EnterpriseState
from catalogue.products.models import Product, ProductState
from catalogue.search import inquiries as service
from catalogue.search import inquiry_queries as queries
from catalogue.search.demand import NotVerified
from catalogue.search.models import InquiryRecipient
from catalogue.search.rules import Inquired, InquiryAnswer, Offer

RECEIVED = "/efterlysninger/modtagne"
TEXT = "Vores indkøbere leder efter hylder til garager. Kan I lave dem?"
OFFER = Offer("Garagehylde i lærk", "Hylde med fire plader.")


@dataclass
class World:
    """Staff, two enterprises that are asked in the tests, and one that is not."""

    staff: Person
    asked: Enterprise
    worker: Person
    second: Enterprise
    outsider: Person
    unverified: Enterprise
    inquiry_id: int


@pytest.fixture
def world(database: Database) -> World:
    """The world with one inquiry to two enterprises, committed."""
    with database.transaction() as session:
        staff = cast.staff(session)
        asked, second = cast.enterprise(session), cast.enterprise(session, "Træværket")
        third = cast.enterprise(session, "Udenfor")
        cast.category(session)
        made = service.ask(
            session, cast.who(session, staff), inquired(asked.id, second.id), cast.NOW
        )
        return World(
            staff=staff,
            asked=asked,
            worker=cast.worker(session, asked),
            second=second,
            outsider=cast.worker(session, third, name="Una Udenfor"),
            unverified=cast.enterprise(session, "Ny", state=EnterpriseState.APPLIED),
            inquiry_id=made.id,
        )


def inquired(*ids: int, code: str | None = cast.PLAY_HOUSES) -> Inquired:
    return Inquired("garagehylder", TEXT, frozenset(ids), code)


def identity(database: Database, person: Person) -> Who:
    with database.reading() as session:
        return cast.who(session, person)


def own(database: Database, world: World) -> InquiryRecipient:
    with database.reading() as session:
        return session.scalars(
            select(InquiryRecipient).where(InquiryRecipient.enterprise_id == world.asked.id)
        ).one()


def audited(database: Database) -> list[str]:
    with database.reading() as session:
        found = select(AuditEvent.action).where(AuditEvent.object_type == "inquiry")
        return list(session.scalars(found.order_by(AuditEvent.id)))


def browse(app: Flask, person: Person) -> Any:
    browser = app.test_client()
    cast.sign_in_as(browser, person)
    return browser


def test_each_of_those_asked_is_owed_a_mail(database: Database, world: World) -> None:
    with database.reading() as session:
        topics = [each.topic for each in session.scalars(select(jobs.Job))]
    assert topics == [service.MAIL, service.MAIL]
    assert audited(database) == ["inquiry.asked"]


@pytest.mark.parametrize(
    ("whom", "code", "field"),
    [
        ((), cast.PLAY_HOUSES, "enterprises"),
        (("unverified",), cast.PLAY_HOUSES, "enterprises"),
        (("asked", "unverified"), cast.PLAY_HOUSES, "enterprises"),
        (("asked",), "99999999", "category_code"),
    ],
)
def test_a_question_that_cannot_be_sent_is_refused_by_field(
    database: Database, world: World, whom: tuple[str, ...], code: str, field: str
) -> None:
    ids = [getattr(world, each).id for each in whom]
    who = identity(database, world.staff)
    with pytest.raises(Invalid) as refused, database.transaction() as session:
        service.ask(session, who, inquired(*ids, code=code), cast.NOW)
    assert list(refused.value.problems) == [field]


def test_only_somebody_of_a_municipality_asks(database: Database, world: World) -> None:
    who = identity(database, world.worker)
    with pytest.raises(NotAllowed), database.transaction() as session:
        service.ask(session, who, inquired(world.second.id), cast.NOW)


def test_yes_makes_a_draft_of_the_words_in_the_category(database: Database, world: World) -> None:
    who = identity(database, world.worker)
    with database.transaction() as session:
        product = service.accept(session, who, world.inquiry_id, OFFER, cast.NOW)
    with database.reading() as session:
        made = session.get_one(Product, product.id)
        assert (made.title, made.description) == ("Garagehylde i lærk", "Hylde med fire plader.")
        assert (made.category_code, made.state) == (cast.PLAY_HOUSES, ProductState.DRAFT)
        assert made.enterprise_id == world.asked.id
    kept = own(database, world)
    assert (kept.answer, kept.product_id) == (InquiryAnswer.YES, product.id)
    assert audited(database) == ["inquiry.asked", "inquiry.accepted"]


def test_a_second_yes_makes_no_second_draft(database: Database, world: World) -> None:
    who = identity(database, world.worker)
    with database.transaction() as session:
        service.accept(session, who, world.inquiry_id, OFFER, cast.NOW)
    with pytest.raises(service.AnsweredByDraft), database.transaction() as session:
        service.accept(session, who, world.inquiry_id, OFFER, cast.NOW)
    with database.reading() as session:
        assert len(session.scalars(select(Product)).all()) == 1


def test_no_can_become_yes_and_yes_can_become_no(database: Database, world: World) -> None:
    who = identity(database, world.worker)
    with database.transaction() as session:
        service.decline(session, who, world.inquiry_id, "Vi mangler en sav.", cast.NOW)
    assert (own(database, world).answer, own(database, world).reason) == (
        InquiryAnswer.NO, "Vi mangler en sav.",
    )  # fmt: skip
    with database.transaction() as session:
        service.accept(session, who, world.inquiry_id, OFFER, cast.NOW)
    assert (own(database, world).answer, own(database, world).reason) == (InquiryAnswer.YES, "")
    with database.transaction() as session:
        service.decline(session, who, world.inquiry_id, "", cast.NOW)
    assert (own(database, world).answer, own(database, world).product_id) == (
        InquiryAnswer.NO, None,
    )  # fmt: skip


def test_who_is_not_asked_cannot_answer(database: Database, world: World) -> None:
    who = identity(database, world.outsider)
    with pytest.raises(Missing), database.transaction() as session:
        service.accept(session, who, world.inquiry_id, OFFER, cast.NOW)
    with pytest.raises(Missing), database.transaction() as session:
        service.decline(session, who, world.inquiry_id, "", cast.NOW)


def test_an_enterprise_that_lost_its_verification_neither_sees_nor_answers(
    database: Database, world: World
) -> None:
    with database.transaction() as session:
        session.get_one(Enterprise, world.asked.id).state = EnterpriseState.SUSPENDED
    who = identity(database, world.worker)
    with pytest.raises(NotVerified), database.transaction() as session:
        service.decline(session, who, world.inquiry_id, "", cast.NOW)
    with database.reading() as session:
        assert queries.list_received(session, world.asked.id) == []


def test_the_page_asks_in_the_name_of_the_municipality_alone(app: Flask, world: World) -> None:
    browser = browse(app, world.worker)
    assert "garagehylder" in browser.get(RECEIVED).text
    page = browser.get(f"/efterlysninger/kan-i-lave/{world.inquiry_id}").text
    assert "Kan I lave dette: garagehylder?" in page
    assert TEXT in page
    assert "Slagelse" in page
    assert world.staff.name not in page
    assert 'value="Garagehylder"' in page


def test_who_is_not_asked_finds_no_page(app: Flask, world: World) -> None:
    browser = browse(app, world.outsider)
    assert "garagehylder" not in browser.get(RECEIVED).text
    address = f"/efterlysninger/kan-i-lave/{world.inquiry_id}"
    assert browser.get(address).status_code == 404
    assert browser.post(f"{address}/ja", data={"title": "x"}).status_code == 404
    assert browser.post(f"{address}/nej", data={}).status_code == 404


def test_answers_are_given_on_the_page(app: Flask, world: World) -> None:
    browser = browse(app, world.worker)
    address = f"/efterlysninger/kan-i-lave/{world.inquiry_id}"
    faulty = browser.post(f"{address}/ja", data={"title": "", "text": "010190-1234"})
    assert faulty.status_code == 422
    assert "010190-1234" in faulty.text
    assert browser.post(f"{address}/nej", data={"reason": "x" * 501}).status_code == 422
    declined = browser.post(f"{address}/nej", data={"reason": "Ikke i år"}, follow_redirects=True)
    assert "Nej tak" in declined.text
    accepted = browser.post(f"{address}/ja", data={"title": "Hylde"}, follow_redirects=True)
    assert "Jeres ja er sendt" in accepted.text
    assert 'value="Hylde"' in accepted.text
    assert "I har sagt ja" in browser.get(address).text
