"""Mail about new prices: to staff when they are sent, to the enterprise when they are answered."""

from __future__ import annotations

from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import cast
import pytest
from cast import NOW, TODAY
from exchange.box import text_of
from flask import Flask

from catalogue.accounts.models import Municipality
from catalogue.core import jobs
from catalogue.lanes import lanes
from catalogue.products import proposals
from catalogue.products.models import PriceProposal
from catalogue.products.proposals import Proposed

NOTICE = 1


@pytest.fixture
def state(app: Flask) -> Any:
    """The mounted Catalogue, whose mail goes to files."""
    return app.extensions["catalogue"]


def work(state: Any) -> None:
    """Do all that is due."""
    (mail,) = [lane for lane in lanes(state) if lane.name == "mail"]
    while jobs.run_once(state.database, mail.handlers, clock=lambda: NOW):
        pass


def post(folder: Path) -> list[tuple[str, str, str]]:
    """List recipient, subject and text of what was sent."""
    read = [
        message_from_bytes(each.read_bytes(), policy=policy.default)
        for each in folder.glob("*.eml")
    ]
    return sorted((each["To"], each["Subject"], text_of(each)) for each in read)  # type: ignore[arg-type]


def propose(state: Any) -> tuple[Any, int]:
    """Send a proposal to the staff of Slagelse; return one of them and its id."""
    with state.database.transaction() as session:
        home, shop = cast.municipality(session), cast.enterprise(session)
        cast.product(session, shop)
        cast.voluntary(session, home, shop)
        staff = cast.who(session, cast.staff(session, home, email="jens@slagelse.example"))
        seller = cast.who(session, cast.worker(session, shop))
        day = TODAY.replace(year=2027, month=1, day=1)
        made = proposals.draft(
            session, seller, Proposed(day, "Lærk er dyrere", percent=Decimal(5)), NOTICE, NOW
        )
        proposals.send(session, seller, made.id, NOTICE, NOW)
        return staff, made.id


def test_staff_are_told_of_a_proposal_once_and_not_when_they_have_left(state: Any) -> None:
    who, proposal_id = propose(state)
    with state.database.transaction() as session:
        home = session.get_one(Municipality, who.municipality_id)
        cast.staff(session, home, email="tidligere@slagelse.example", disabled_at=NOW)
    work(state)
    work(state)
    ((to, subject, text),) = post(state.settings.mail_folder)
    assert (to, subject) == ("jens@slagelse.example", "Legehytten foreslår nye priser")
    assert "1. jan. 2027" in text
    assert "Lærk er dyrere" in text
    assert f"/prisforslag/{proposal_id}" in text


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_enterprise_is_told_the_answer_and_staff_no_more(state: Any, answer: str) -> None:
    staff, proposal_id = propose(state)
    with state.database.transaction() as session:
        if answer == "accepted":
            proposals.accept(session, staff, proposal_id, NOW)
        else:
            proposals.refuse(session, staff, proposal_id, "Vi venter", NOW)
    work(state)
    ((to, subject, text),) = post(state.settings.mail_folder)
    assert to == "post@legehytten.example"
    words = {"accepted": "Slagelse accepterer", "refused": "Slagelse afviser"}
    assert subject.startswith(words[answer])
    assert ("Vi venter" in text) is (answer == "refused")
    assert f"/varer-hos-os/prisforslag/{proposal_id}" in text


def test_prices_are_listed_by_the_worker_on_their_day(state: Any) -> None:
    _staff, proposal_id = propose(state)
    (finding,) = [lane for lane in lanes(state) if lane.name == "search"]
    handlers = {"price.list": finding.handlers["price.list"]}
    assert jobs.run_once(state.database, handlers, clock=lambda: NOW) == 0
    later = NOW.replace(year=2027)
    state.clock = lambda: later
    (finding,) = [lane for lane in lanes(state) if lane.name == "search"]
    handlers = {"price.list": finding.handlers["price.list"]}
    assert jobs.run_once(state.database, handlers, clock=lambda: later) == 1
    with state.database.reading() as session:
        assert session.get_one(PriceProposal, proposal_id).listed_at == later
